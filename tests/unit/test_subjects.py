"""What a request is about, found without reading the rows and vectors in it."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.glance import without_large_fields
from milvusclient.codec.write.request import Assembled, Column
from milvusclient.runtime.request_subject import Subject, subject_of


@pytest.mark.parametrize(
    ("request_", "subject"),
    [
        (milvus_pb2.ShowCollectionsRequest(), Subject("", "", 0)),
        (milvus_pb2.SearchRequest(collection_name="books", nq=7, dsl="color == 'red'"), Subject("books", "", 7)),
        (
            milvus_pb2.HybridSearchRequest(collection_name="books", requests=[milvus_pb2.SearchRequest(nq=3)] * 2),
            Subject("books", "", 3),
        ),
        (milvus_pb2.InsertRequest(collection_name="books", num_rows=5), Subject("books", "", 5)),
        (milvus_pb2.FlushRequest(collection_names=["books"]), Subject("books", "", 0)),
        (milvus_pb2.FlushRequest(collection_names=["books", "films"]), Subject("", "", 0)),
        (milvus_pb2.RenameCollectionRequest(oldName="books", newName="novels"), Subject("books", "", 0)),
        (milvus_pb2.GetPersistentSegmentInfoRequest(collectionName="books", dbName="d"), Subject("books", "d", 0)),
        (milvus_pb2.CreateDatabaseRequest(db_name="library"), Subject("", "library", 0)),
        (milvus_pb2.CreateCredentialRequest(username="bob", password="hush"), Subject("", "", 0)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Message) else "",
)
def test_where_requests_say_it(request_: Message, subject: Subject) -> None:
    assert subject_of(request_) == subject


def test_a_request_of_bytes_is_not_read_where_it_is_large() -> None:
    """The column is not even valid; to read it would fail."""
    envelope = milvus_pb2.InsertRequest(collection_name="books", num_rows=9)
    request = Assembled(envelope, [Column(b"\xff" * 5000)])
    assert subject_of(request) == Subject("books", "", 9)


def test_a_search_of_bytes() -> None:
    search = milvus_pb2.SearchRequest(collection_name="books", nq=2, placeholder_group=b"\x01" * 4096)
    assert subject_of(Assembled.of(milvus_pb2.SearchRequest, search.SerializeToString())) == Subject("books", "", 2)


@given(
    st.text(max_size=300), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=3000)
)  # fmt: skip
def test_small_fields_stay_as_they_are_and_large_ones_go(name: str, rows: int, timestamp: int, data: bytes) -> None:
    message = milvus_pb2.InsertRequest(collection_name=name, num_rows=rows, schema_timestamp=timestamp)
    message.fields_data.add(field_name="f", valid_data=[True]).scalars.bytes_data.data.append(data)
    wanted = milvus_pb2.InsertRequest()
    wanted.CopyFrom(message)
    if message.fields_data[0].ByteSize() > 1024:
        del wanted.fields_data[:]
    if len(name.encode()) > 1024:
        wanted.collection_name = ""
    assert milvus_pb2.InsertRequest.FromString(without_large_fields(message.SerializeToString())) == wanted


def test_numbers_of_fixed_size_are_passed_over() -> None:
    """No request has them among its own fields today; messages with them are read all the same."""
    fixed = schema_pb2.ValueField(float_data=1.5), schema_pb2.ValueField(double_data=2.5)
    small = b"".join(value.SerializeToString() for value in fixed)
    large = schema_pb2.ValueField(string_data="x" * 2000).SerializeToString()
    assert without_large_fields(small + large + small) == small + small
