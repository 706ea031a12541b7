"""Vectors of each type, in each form, arrive as the same bytes, and come back from them.

The server keeps the columns of the insert and answers the query with them: also for the types that neither of the
servers at hand can store.
"""

from __future__ import annotations

import array
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest

from milvusclient._sync.client import MilvusClient
from tests.support import facts
from tests.support.facts import Dynamic
from tests.support.scripted import ScriptedServer

TYPES = {
    "dense": ("FloatVector", 2),
    "bits": ("BinaryVector", 16),
    "half": ("Float16Vector", 2),
    "brain": ("BFloat16Vector", 2),
    "bytes8": ("Int8Vector", 2),
}
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "Int64", "is_primary_key": True},
    *({"name": name, "type": kind, "type_params": {"dim": str(dim)}} for name, (kind, dim) in TYPES.items()),
    {"name": "sparse", "type": "SparseFloatVector"},
]

HALF = numpy.array([1.5, -65504.0], "f2")
BYTES8 = numpy.array([-128, 127], "i1")
#: 1.00390625 lies halfway between two bfloat16 numbers; the even one is 1.0.
BRAIN = struct.pack("<2H", 0x3F80, 0xC000)

#: field, its forms, and what comes back
FORMS: list[tuple[str, list[Any], Any]] = [
    ("dense", [[0.5, -2], (0.5, -2.0), numpy.array([0.5, -2], "f4"), numpy.array([0.5, -2], "f8"),
               array.array("f", [0.5, -2]), struct.pack("<2f", 0.5, -2)], [0.5, -2.0]),
    ("bits", [b"\x81\xf0", [0x81, 0xF0], (0x81, 0xF0), numpy.array([0x81, 0xF0], "u1"), memoryview(b"\x81\xf0")],
     [b"\x81\xf0"]),
    ("half", [[1.5, -65504], HALF, HALF.astype("f4"), HALF.astype("f8"), HALF.tobytes(), HALF.data,
              array.array("d", [1.5, -65504])], [HALF.tobytes()]),
    ("brain", [[1.00390625, -2], (1.0, -2.0), numpy.array([1.00390625, -2], "f4"), numpy.array([1.0, -2], "f8"), BRAIN,
               bytearray(BRAIN), array.array("f", [1.0, -2])], [BRAIN]),
    ("bytes8", [[-128, 127], (-128, 127), BYTES8, BYTES8.tobytes(), BYTES8.data, array.array("b", [-128, 127])],
     [BYTES8.tobytes()]),
    ("sparse", [{7: 0.5, 1: 2.0}, [(1, 2.0), (7, 0.5)], struct.pack("<IfIf", 1, 2.0, 7, 0.5)], {1: 2.0, 7: 0.5}),
]  # fmt: skip
ONE = {name: forms[0] for name, forms, _ in FORMS}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that answers a query with the columns of the last insert."""
    with ScriptedServer({"c": {"fields": FIELDS}}) as server:
        server.on("Query").then(echo(server)).forever()
        yield server


def echo(server: ScriptedServer) -> Callable[[Dynamic], Dynamic]:
    """A reply made of the last insert."""

    def reply(request: Dynamic) -> Dynamic:
        inserted = server.calls("Insert")[-1].message
        return facts.message("QueryResults")(
            collection_name="c", fields_data=inserted.fields_data, output_fields=["id", *ONE]
        )

    return reply


@pytest.mark.parametrize(("field", "forms", "wanted"), FORMS, ids=[form[0] for form in FORMS])
def test_every_form_is_the_same_vector(server: ScriptedServer, field: str, forms: list[Any], wanted: Any) -> None:
    client = MilvusClient(server.uri)
    rows = [{"id": number, **ONE, field: form} for number, form in enumerate(forms)]
    client.insert("c", rows)
    assert [row[field] for row in client.query("c", "id >= 0")] == [wanted] * len(forms)
    for row in rows:  # a column of one kind takes another path
        client.insert("c", [row, row])
        assert [found[field] for found in client.query("c", "id >= 0")] == [wanted] * 2


def test_scipy_rows(server: ScriptedServer) -> None:
    sparse = pytest.importorskip("scipy.sparse")
    client = MilvusClient(server.uri)
    matrix = sparse.csr_matrix(numpy.array([[0, 2.0, 0.5], [0, 0, 1.0]]))
    client.insert("c", [{"id": n, **ONE, "sparse": matrix[n]} for n in range(2)])
    assert [row["sparse"] for row in client.query("c", "id >= 0")] == [{1: 2.0, 2: 0.5}, {2: 1.0}]
