"""What the tests on both servers share: the server under test, and the schemas and rows that most of them use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from milvusclient import CollectionSchema, DataType, FieldSchema, IndexParams

LITE = "lite"
MILVUS_235 = "2.3.5"

_TITLES = {LITE: "Milvus Lite", MILVUS_235: "Milvus 2.3.5"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that a test runs on.

    Attributes:
        name: ``LITE`` or ``MILVUS_235``.
        uri: of a database for the test; a file for Milvus Lite.
    """

    name: str
    uri: str

    @property
    def is_lite(self) -> bool:
        """Whether this is the embedded server."""
        return self.name == LITE

    def skip_on(self, name: str, limit: str) -> None:
        """Skip the test where the server cannot do it: ``server.skip_on(LITE, "has no binary vectors")``."""
        if self.name == name:
            pytest.skip(f"{_TITLES[name]} {limit}")


def schema_of(*fields: FieldSchema, dim: int = 2, dynamic: bool = False) -> CollectionSchema:
    """An INT64 key ``id``, these fields, and a FLOAT_VECTOR ``vector``."""
    key = FieldSchema("id", DataType.INT64, is_primary=True)
    vector = FieldSchema("vector", DataType.FLOAT_VECTOR, dim=dim)
    return CollectionSchema([key, *fields, vector], enable_dynamic_field=dynamic)


def flat(field: str = "vector", metric: str = "L2") -> IndexParams:
    """An exact index."""
    params = IndexParams()
    params.add_index(field, "FLAT", metric_type=metric)
    return params


def by_id(rows: Sequence[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Rows by their keys; servers return them in any order."""
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


#: The collection that tests read and never change: two colours by turns, one dynamic field, and a partition.
BOOKS = "books"
BOOK_ROWS: list[dict[str, Any]] = [
    {"id": number, "vector": [float(number), 0.0], "color": ("red", "blue")[number % 2], "year": 2000 + number}
    | ({"pages": 100 * number} if number else {})
    for number in range(8)
]
OLD_ROWS: list[dict[str, Any]] = [
    {"id": 100 + number, "vector": [float(number), 5.0], "color": "green", "year": 1900 + number} for number in range(3)
]
BOOK_SCHEMA = schema_of(
    FieldSchema("color", DataType.VARCHAR, max_length=10), FieldSchema("year", DataType.INT32), dynamic=True
)
