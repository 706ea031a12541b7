"""Columns of integers and booleans that are made by numpy."""

from __future__ import annotations

import itertools

import pytest

from milvusclient._proto import schema_pb2
from milvusclient.codec.wire import prefix
from milvusclient.codec.write.packed_numbers import packed_integers, packed_strings
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
    packed = b"".join(packed_integers(numpy, numbers))
    assert message.SerializeToString() == prefix(1, len(packed)) + packed


@pytest.mark.parametrize("dtype", ["i1", "u2", "i4", "i8", "u8"])
@pytest.mark.parametrize("sign", [1, -1])
def test_integers_of_each_type_are_the_varints_of_protobuf(dtype: str, sign: int) -> None:
    bits = min(63, numpy.iinfo(dtype).bits - numpy.dtype(dtype).kind.count("i"))
    edges = sorted({max(0, (1 << bit) - 1 + more) for bit in range(bits + 1) for more in (0, 1)} - {1 << bits})
    if sign < 0 and dtype.startswith("i"):
        edges = [-edge - 1 for edge in edges]
    for first, last in itertools.combinations_with_replacement(range(len(edges)), 2):
        numbers = numpy.array(edges[first : last + 1], dtype)
        packed = b"".join(packed_integers(numpy, numbers))
        assert schema_pb2.LongArray(data=numbers.tolist()).SerializeToString() == prefix(1, len(packed)) + packed


@pytest.mark.parametrize("longest", [0, 1, 2, 63, 64, 65, 127, 128, 300, 20_000])
@pytest.mark.parametrize("kind", ["one length", "several lengths", "nulls"])
@pytest.mark.parametrize("count", [1, 50, 70_000])
def test_strings_are_those_of_protobuf(longest: int, kind: str, count: int) -> None:
    if longest > 64 and count > 1_000:
        count = 100  # more of them would only take longer
    chance = numpy.random.default_rng(longest)
    lengths = numpy.full(count, longest) if kind == "one length" else chance.integers(0, longest + 1, count)
    valid = chance.integers(0, 2, count) if kind == "nulls" else numpy.ones(count, "i8")
    lengths *= valid
    offsets = numpy.cumsum([3, *lengths])
    letters = bytes(chance.integers(97, 123, int(offsets[-1]), "u1"))
    strings = [
        letters[start:end].decode() for start, end, bit in zip(offsets[:-1], offsets[1:], valid, strict=True) if bit
    ]
    bits = valid.astype("u1").tobytes() if kind == "nulls" else None
    packed = packed_strings(numpy, offsets.astype("i4"), memoryview(letters), longest, bits)
    assert packed is not None
    assert b"".join(packed) == schema_pb2.StringArray(data=strings).SerializeToString()
    if strings and max(map(len, strings)) == longest > 0:
        assert packed_strings(numpy, offsets, memoryview(letters), longest - 1, bits) is None, "one is too long"


def test_booleans_of_numpy_are_no_integers() -> None:
    table = read_columns({"id": numpy.array([True, False])})
    assert table.row(0) == {"id": True}
    with pytest.raises(DataNotMatchException, match="row 0, field 'id': expected an INT64.* bool is not accepted"):
        encode_table(table, CollectionInfo("books", fields=(FieldInfo("id", data_type=DataType.INT64),)))
    assert read_columns({"sold": numpy.array([], "?")}).num_rows == 0
