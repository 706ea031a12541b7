"""The wire format: what is walked is what protobuf wrote, and bytes that are no message are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.wire import WireError, field_number, prefix, walk


@given(st.text(), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.lists(st.binary(max_size=300), max_size=3))
def test_the_fields_of_a_message(name: str, rows: int, timestamp: int, cells: list[bytes]) -> None:
    message = milvus_pb2.InsertRequest(collection_name=name, num_rows=rows, schema_timestamp=timestamp)
    for cell in cells:
        message.fields_data.add(field_name="f").scalars.bytes_data.data.append(cell)
    data = message.SerializeToString()
    fields = list(walk(memoryview(data)))
    assert b"".join(field.data for field in fields) == data
    columns = field_number(milvus_pb2.InsertRequest, "fields_data")
    found = [bytes(field.body or b"") for field in fields if field.number == columns]
    assert found == [column.SerializeToString() for column in message.fields_data]
    for field, column in zip((field for field in fields if field.number == columns), found, strict=True):
        assert bytes(field.data) == prefix(columns, len(column)) + column


@pytest.mark.parametrize(("size", "written"), [(0, b"\x0a\x00"), (127, b"\x0a\x7f"), (128, b"\x0a\x80\x01")])
def test_a_length_takes_as_few_bytes_as_it_can(size: int, written: bytes) -> None:
    assert prefix(1, size) == written


def test_numbers_of_fixed_size() -> None:
    for value, size in ((schema_pb2.ValueField(float_data=1.5), 5), (schema_pb2.ValueField(double_data=2.5), 9)):
        (field,) = walk(memoryview(value.SerializeToString()))
        assert len(field.data) == size
        assert field.body is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x08\x01\x0a\x05abc", "the message ends inside the field at byte 2"),
        (b"\x0a", "the message ends inside the field at byte 0"),
        (b"\x08\xff", "the message ends inside the field at byte 0"),
        (b"\x0d\x00\x00", "the message ends inside the field at byte 0"),
        (b"\x08\x01\x0b\x0c", "wire type 3 at byte 2"),
    ],
    ids=["text cut", "no length", "varint cut", "number cut", "a group"],
)
def test_bytes_that_are_no_message(data: bytes, message: str) -> None:
    with pytest.raises(WireError, match=f"^{message}$"):
        list(walk(memoryview(data)))
