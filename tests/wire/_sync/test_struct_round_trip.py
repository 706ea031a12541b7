"""Arrays of structs, there and back, bit for bit: neither of the servers at hand has them.

The server keeps the columns of the insert, and answers the query with them.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from tests.support import facts
from tests.support.facts import Dynamic
from tests.support.scripted import ScriptedServer

FLOAT_MAX = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
#: For each type of a sub-field, values at its limits, and such as are easily mistaken for none.
SCALARS: dict[str, list[Any]] = {
    "Bool": [True, False],
    "Int8": [-128, 127, 0],
    "Int16": [-(2**15), 2**15 - 1, 0],
    "Int32": [-(2**31), 2**31 - 1, 0],
    "Int64": [-(2**63), 2**63 - 1, 0, 2**53 + 1],
    "Float": [-FLOAT_MAX, FLOAT_MAX, -0.0, 0.5],
    "Double": [-sys.float_info.max, sys.float_info.max, 5e-324, -0.0, math.pi],
    "VarChar": ["", "x" * 65_535, "Ünïcödé 漢字 🎉", "null"],
}
VECTOR = [0.5, -2.0]
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "Int64", "is_primary_key": True},
    {"name": "vector", "type": "FloatVector", "type_params": {"dim": "2"}},
]
CLIPS: dict[str, Any] = {
    "name": "clips",
    "fields": [
        *(
            {
                "name": kind,
                "type": "Array",
                "element_type": kind,
                "type_params": {"max_capacity": "100", "max_length": "65535"},
            }
            for kind in SCALARS
        ),
        {
            "name": "emb",
            "type": "ArrayOfVector",
            "element_type": "FloatVector",
            "type_params": {"dim": "2", "max_capacity": "100"},
        },
    ],
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that answers a query with the columns of the last insert."""
    with ScriptedServer({"c": {"fields": FIELDS, "struct_array_fields": [CLIPS]}}) as server:
        server.on("Query").then(echo(server)).forever()
        yield server


def echo(server: ScriptedServer) -> Callable[[Dynamic], Dynamic]:
    """A reply made of the last insert."""

    def reply(request: Dynamic) -> Dynamic:
        inserted = server.calls("Insert")[-1].message
        return facts.message("QueryResults")(
            collection_name="c", fields_data=inserted.fields_data, output_fields=["id", "vector", "clips"]
        )

    return reply


def clip(number: int) -> dict[str, Any]:
    """An element; those of a few numbers in sequence have each value of each type."""
    scalars = {kind: values[number % len(values)] for kind, values in SCALARS.items()}
    return {**scalars, "emb": [0.25 * number, -FLOAT_MAX]}


def test_structs_of_every_type_come_back_as_they_were_given(server: ScriptedServer) -> None:
    lengths = (3, 0, 1, 100, 0)
    rows: list[dict[str, Any]] = [
        {"id": row, "vector": VECTOR, "clips": [clip(row + number) for number in range(length)]}
        for row, length in enumerate(lengths)
    ]
    client = MilvusClient(server.uri)
    client.insert("c", rows)
    found = client.query("c", "id >= 0", ["*"])
    assert len(found) == len(rows)
    for given, row in zip(rows, found, strict=True):
        assert (row["id"], row["vector"]) == (given["id"], VECTOR)
        assert len(row["clips"]) == len(given["clips"])
        for position, (wanted, element) in enumerate(zip(given["clips"], row["clips"], strict=True)):
            assert set(element) == set(wanted)
            for name, value in wanted.items():
                assert repr(value) == repr(element[name]), f"row {row['id']}, element {position}, {name}"


def test_no_row_has_an_element(server: ScriptedServer) -> None:
    client = MilvusClient(server.uri)
    client.insert("c", [{"id": row, "vector": VECTOR, "clips": []} for row in range(3)])
    assert [row["clips"] for row in client.query("c", "id >= 0", ["*"])] == [[], [], []]
