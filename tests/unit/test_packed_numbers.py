"""Columns of integers and booleans that are made by numpy."""

from __future__ import annotations

import pytest

from milvusclient._proto import schema_pb2
from milvusclient.codec.wire import prefix
from milvusclient.codec.write.packed_numbers import packed_integers
from milvusclient.codec.write.tables import encode_table, read_columns
from milvusclient.exceptions import DataNotMatchException
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType

numpy = pytest.importorskip("numpy")


@pytest.mark.parametrize("bits", [1, 7, 8, 14, 15, 21, 22, 28, 29, 35, 42, 49, 56, 62])
@pytest.mark.parametrize("kind", ["one size", "several sizes", "negative"])
def test_integers_are_the_varints_of_protobuf(bits: int, kind: str) -> None:
    chance = numpy.random.default_rng(bits)
    numbers = chance.integers(1 << (bits - 1) if kind == "one size" else 0, 1 << bits, 40_000)
    if kind == "negative":
        numbers[::1000] *= -1
    numbers[:3] = numbers[0]
    message = schema_pb2.LongArray(data=numbers.tolist())
    packed = bytes(packed_integers(numpy, numbers))
    assert message.SerializeToString() == prefix(1, len(packed)) + packed


def test_booleans_of_numpy_are_no_integers() -> None:
    table = read_columns({"id": numpy.array([True, False])})
    assert table.row(0) == {"id": True}
    with pytest.raises(DataNotMatchException, match="row 0, field 'id': expected an INT64.* bool is not accepted"):
        encode_table(table, CollectionInfo("books", fields=(FieldInfo("id", data_type=DataType.INT64),)))
    assert read_columns({"sold": numpy.array([], "?")}).num_rows == 0
