"""Rows behind a scripted server that are queried page by page, as an iterator asks for them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.scripted import Received

__all__ = ["Together", "bounds", "key_pages", "limit_of", "page_of"]

Key = int | str


def bounds(expression: str) -> tuple[Key | None, Key | None]:
    """The keys after which, and up to which, rows are asked for."""
    found: dict[str, Key] = {}
    for sign, text in re.findall(r'\w+ (>=?|<=?) ("(?:[^"\\]|\\.)*"|-?\d+)', expression):
        if text.startswith('"'):
            found[sign] = re.sub(r"\\(.)", r"\1", text[1:-1])
        elif sign in (">", "<="):
            found[sign] = int(text)
        else:
            found[">" if sign == ">=" else "<="] = int(text) - 1
    return found.get(">"), found.get("<=")


def limit_of(params: Mapping[str, str]) -> int:
    """How many rows are asked for."""
    return int(params["limit"])


def page_of(keys: Sequence[Any], expression: str, limit: int) -> list[Any]:
    """The keys of a reply: the first ones of the range that an expression tells."""
    after, until = bounds(expression)
    return [key for key in keys if (after is None or key > after) and (until is None or key <= until)][:limit]


def key_pages(keys: Sequence[int]) -> Callable[[Received], dict[str, Any]]:
    """Answers to queries of a collection with these keys and vectors of 4 numbers."""

    def answer(call: Received) -> dict[str, Any]:
        params = {pair.key: pair.value for pair in call.message.query_params}
        found = page_of(keys, call.message.expr, limit_of(params))
        columns = [{"field_name": "id", "type": "Int64", "scalars": {"long_data": {"data": found}}}]
        if list(call.message.output_fields) != ["id"]:
            vectors = {"dim": 4, "float_vector": {"data": [0.5] * 4 * len(found)}}
            columns.append({"field_name": "vector", "type": "FloatVector", "vectors": vectors})
        return {"fields_data": columns, "output_fields": [column["field_name"] for column in columns]}

    return answer


class Together:
    """Counts the requests that are answered at the same time.

    Attributes:
        most: the largest number of them.
    """

    def __init__(self, seconds: float = 0.02) -> None:
        self.most = 0
        self._seconds = seconds
        self._now = 0
        self._lock = threading.Lock()

    def answer(self, answer: Callable[[Received], dict[str, Any]], call: Received) -> dict[str, Any]:
        """Answer a request after some time."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self._seconds)
        with self._lock:
            self._now -= 1
        return answer(call)
