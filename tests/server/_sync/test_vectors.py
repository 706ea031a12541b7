"""Vectors of each type in each form, there and back, bit for bit, on the servers that have them."""

from __future__ import annotations

import array
import math
import struct
from typing import Any

import numpy
import pytest

from milvusclient import MilvusClient, CollectionSchema, DataType, FieldSchema
from tests.server.both import LITE, MILVUS_235, Server, by_id, flat, schema_of

NUMBERS = [0.1, -2.5]
F4 = numpy.array(NUMBERS, "f4")


def one_vector(kind: DataType, dim: int | None) -> CollectionSchema:
    """A key ``id`` and a vector field of that type."""
    return CollectionSchema([
        FieldSchema("id", DataType.INT64, is_primary=True), FieldSchema("vector", kind, dim=dim)
    ])  # fmt: skip


def test_float_vectors_in_any_form(server: Server) -> None:
    forms: list[Any] = [
        NUMBERS,
        tuple(NUMBERS),
        F4,
        numpy.array(NUMBERS, "f8"),
        numpy.array([NUMBERS, NUMBERS], "f4")[:, ::1][1],
        numpy.array([[0.1, 9], [-2.5, 9]], "f4")[:, 0],
        array.array("f", NUMBERS),
        array.array("d", NUMBERS),
        struct.pack("<2f", *NUMBERS),
        bytearray(struct.pack("<2f", *NUMBERS)),
        F4.data,
        [numpy.float32(0.1), numpy.float64(-2.5)],
    ]
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat(), consistency_level="Strong")
        client.insert("c", [{"id": number, "vector": form} for number, form in enumerate(forms)])
        for number, form in enumerate(forms):  # also each alone: a column of one kind takes another path
            client.upsert("c", {"id": 100 + number, "vector": form})
        found = client.query("c", "id >= 0", ["vector"])
        assert len(found) == 2 * len(forms)
        for row in found:
            assert row["vector"] == F4.tolist(), row["id"]


def test_float_vectors_at_the_limits(server: Server) -> None:
    largest = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
    smallest = struct.unpack("<f", b"\x01\x00\x00\x00")[0]
    rows = [[largest, -largest], [smallest, -smallest], [0.0, -0.0]]
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat(), consistency_level="Strong")
        client.insert("c", [{"id": number, "vector": row} for number, row in enumerate(rows)])
        found = by_id(client.query("c", "id >= 0", ["vector"]))
        assert repr([found[number]["vector"] for number in range(3)]) == repr(rows)


def test_the_largest_dimension(server: Server) -> None:
    vector = (numpy.arange(32_768, dtype="f4") / 7).astype("f4")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(dim=32_768), index_params=flat())
        client.insert("c", [{"id": 1, "vector": vector}, {"id": 2, "vector": vector[::-1].tolist()}])
        (hits,) = client.search("c", [vector], limit=1, output_fields=["vector"], consistency_level="Strong")
        assert hits.ids == [1]
        assert numpy.array_equal(numpy.array(hits[0].vector, "f4"), vector)


def test_binary_vectors(server: Server) -> None:
    server.skip_on(LITE, "has no binary vectors")
    bits = numpy.array([1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0], "u1")
    forms: list[Any] = [
        b"\x81\xf0", [0x81, 0xF0], (0x81, 0xF0), numpy.packbits(bits), bytearray(b"\x81\xf0"), memoryview(b"\x81\xf0"),
        array.array("B", [0x81, 0xF0]),
    ]  # fmt: skip
    with MilvusClient(server.uri) as client:
        client.create_collection(
            "c",
            schema=one_vector(DataType.BINARY_VECTOR, 16),
            index_params=MilvusClient.prepare_index_params("vector", "BIN_FLAT", metric_type="HAMMING"),
            consistency_level="Strong",
        )
        client.insert("c", [{"id": number, "vector": form} for number, form in enumerate(forms)])
        client.insert("c", {"id": 100, "vector": b"\x00\x00"})
        found = client.query("c", "id < 100", ["vector"])
        assert [row["vector"] for row in found] == [[b"\x81\xf0"]] * len(forms)
        (nearest,) = client.search("c", [numpy.packbits(bits)], limit=len(forms) + 1)
        assert nearest.ids[-1] == 100
        assert nearest.distances == [0.0] * len(forms) + [6.0]


def test_float16_vectors(server: Server) -> None:
    server.skip_on(LITE, "has no float16 vectors")
    wanted = numpy.array([1.5, -65504.0], "f2")
    forms: list[Any] = [
        [1.5, -65504.0], (1.5, -65504.0), wanted, wanted.astype("f4"), wanted.astype("f8"), wanted.tobytes(),
        wanted.data, array.array("f", [1.5, -65504.0]),
    ]  # fmt: skip
    with MilvusClient(server.uri) as client:
        client.create_collection(
            "c", schema=one_vector(DataType.FLOAT16_VECTOR, 2), index_params=flat(), consistency_level="Strong"
        )
        client.insert("c", [{"id": number, "vector": form} for number, form in enumerate(forms)])
        found = client.query("c", "id >= 0", ["vector"])
        assert [row["vector"] for row in found] == [[wanted.tobytes()]] * len(forms)


def test_sparse_vectors(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no sparse vectors")
    forms: list[Any] = [{7: 0.5, 1: 2.0}, [(1, 2.0), (7, 0.5)], [[7, 0.5], [1, 2.0]]]
    forms.append({numpy.int64(1): numpy.float32(2.0), numpy.int64(7): 0.5})
    with MilvusClient(server.uri) as client:
        schema = schema_of(FieldSchema("sparse", DataType.SPARSE_FLOAT_VECTOR))
        params = flat()
        params.add_index("sparse", "SPARSE_INVERTED_INDEX", metric_type="IP")
        client.create_collection("c", schema=schema, index_params=params)
        rows = [{"id": number, "vector": [1, 2], "sparse": form} for number, form in enumerate(forms)]
        client.insert("c", rows)
        limits = {0: 1.0, 2**32 - 2: math.ldexp(1, -149)}
        client.insert("c", {"id": 100, "vector": [1, 2], "sparse": limits})
        found = client.query("c", "id < 100", ["sparse"])
        assert [row["sparse"] for row in found] == [{1: 2.0, 7: 0.5}] * len(forms)
        assert client.query("c", "id == 100", ["sparse"]) == [{"id": 100, "sparse": limits}]


def test_sparse_rows_of_scipy(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no sparse vectors")
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.csr_array(numpy.array([[0, 2.0, 0.5], [0, 0, 1.0]]))
    with MilvusClient(server.uri) as client:
        schema = schema_of(FieldSchema("sparse", DataType.SPARSE_FLOAT_VECTOR))
        params = flat()
        params.add_index("sparse", "SPARSE_INVERTED_INDEX", metric_type="IP")
        client.create_collection("c", schema=schema, index_params=params)
        client.insert("c", [{"id": n, "vector": [1, 2], "sparse": matrix[[n], :]} for n in range(2)])
        found = by_id(client.query("c", "id >= 0", ["sparse"]))
        assert [found[n]["sparse"] for n in range(2)] == [{1: 2.0, 2: 0.5}, {2: 1.0}]
        (hits,) = client.search("c", matrix[[1], :], anns_field="sparse", limit=1)
        assert hits.ids == [1]
