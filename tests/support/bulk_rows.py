"""Small rows for bulk writes, and which of them arrived at a scripted server."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.support.scripted import Received, ScriptedServer

__all__ = ["VECTOR", "ids", "rows", "stored"]

VECTOR = [0.5] * 4


def rows(*ids: int) -> list[dict[str, Any]]:
    """Rows with these keys."""
    return [{"id": number, "vector": VECTOR} for number in ids]


def ids(call: Received) -> list[int]:
    """The keys of the rows of a request."""
    (column,) = (field for field in call.message.fields_data if field.field_name == "id")
    return list(column.scalars.long_data.data)


def stored(server: ScriptedServer, rpc: str = "Insert") -> Counter[int]:
    """How often each row arrived."""
    return Counter(number for call in server.calls(rpc) for number in ids(call))
