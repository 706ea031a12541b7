"""Rows in a JSON file, read piece by piece: a file of any size takes the memory of a few rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from milvusclient.cli.framework.failure import Failure

__all__ = ["as_object", "json_rows"]

_PIECE = 1 << 20
#: No server takes a row of this size; what is not over by then is no row.
_LONGEST_ROW = 64 << 20
#: A list, or an object with a list of rows, as the importer of Milvus wants it.
_BEGINNING = re.compile(r'\s*(?:\{\s*"rows"\s*:\s*)?\[')
_BETWEEN = re.compile(r"\s*,?\s*")


def as_object(path: Path, value: object, number: int) -> Mapping[str, object]:
    """A row, which must be an object.

    Raises:
        Failure: it is none; the message has its number.
    """
    if not isinstance(value, Mapping):
        raise Failure(f"{path}, row {number}: it must be an object, {{...}}, got {str(value)[:60]!r}")
    return value


def json_rows(path: Path, file: IO[str]) -> Iterator[Mapping[str, object]]:
    """The rows of a list, of ``{"rows": [...]}``, or of one object.

    Raises:
        Failure: it is no JSON, or something in it is no row; the message says where.
    """
    number = 0
    try:
        text = file.read(_PIECE)
        beginning = _BEGINNING.match(text)
        if beginning is None:
            yield from _single(path, text, file)
            return
        for number, value in enumerate(_elements(text[beginning.end() :], file), 1):
            yield as_object(path, value, number)
    except ValueError as error:
        raise Failure(f"{path}, after row {number}: {error}") from error


def _single(path: Path, text: str, file: IO[str]) -> Iterator[Mapping[str, object]]:
    value = json.loads(text + file.read(_LONGEST_ROW))
    if not isinstance(value, Mapping):
        raise Failure(f"{path}: it must be a list of objects")
    yield value


def _elements(text: str, file: IO[str]) -> Iterator[object]:
    """The elements of a list that has begun; what follows its end is not looked at."""
    decoder = json.JSONDecoder()
    at = 0
    first = True
    while True:
        between = _BETWEEN.match(text, at)
        start = between.end() if between else at
        if text[start : start + 1] == "]":
            return
        try:
            if not first and "," not in text[at:start]:
                raise json.JSONDecodeError("a comma or a bracket is missing", text, at)
            value, at = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            # It may go on in the next piece; pieces grow, so that a long row is not read again and again.
            more = file.read(max(_PIECE, len(text) - at))
            if not more or len(text) - at > _LONGEST_ROW:
                raise
            text, at = text[at:] + more, 0
            continue
        first = False
        yield value
