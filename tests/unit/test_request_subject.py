"""What a request is about, found without reading the rows and vectors in it."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message

from milvusclient._proto import milvus_pb2
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


def test_the_columns_of_a_request_are_not_read() -> None:
    """The column is not even valid; to read it would fail."""
    envelope = milvus_pb2.InsertRequest(collection_name="books", num_rows=9)
    request = Assembled(envelope, [Column(b"\xff" * 5000)])
    assert subject_of(request) == Subject("books", "", 9)


def test_a_search_of_bytes() -> None:
    """The vectors are not even valid; to read them would fail."""
    envelope = milvus_pb2.SearchRequest(collection_name="books", nq=2).SerializeToString()
    request = Assembled.of(milvus_pb2.SearchRequest, envelope, b"\xff" * 5000)
    assert subject_of(request) == Subject("books", "", 2)
