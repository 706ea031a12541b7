"""Rows in a JSON file, read piece by piece: a file of any size takes the memory of a few rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from milvusclient.cli.framework.failure import Failure

__all__ = ["json_rows"]

_PIECE = 1 << 20
#: No server takes a row of this size; what has not ended by then is not a row.
_LONGEST_ROW = 64 << 20
#: A list, or an object with a list of rows, as the importer of Milvus wants it.
_BEGINNING = re.compile(r'\s*(?:\{\s*"rows"\s*:\s*)?\[')
_BETWEEN = re.compile(r"\s*,?\s*")


def json_rows(path: Path, file: IO[str]) -> Iterator[tuple[int, object]]:
    """Read the elements of a list, of ``{"rows": [...]}``, or one object, each with the line where it begins.

    Raises:
        Failure: it is not JSON; the message says where.
    """
    count = line = 0
    try:
        text = file.read(_PIECE)
        beginning = _BEGINNING.match(text)
        if beginning is None:
            yield from _single(path, text, file)
            return
        start = text[: beginning.end()].count("\n") + 1
        for line, value in _elements(text[beginning.end() :], file, start):
            count += 1
            yield line, value
    except UnicodeDecodeError as error:
        raise Failure(f"{path}: {error}; save the file in UTF-8") from error
    except ValueError as error:
        behind = f", behind row {count} in line {line}" if count else ""
        raise Failure(f"{path}{behind}: {_words(error)}") from error


def _words(error: ValueError) -> str:
    """Return an error in words; its position is one in a piece of the file, which says nothing."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    if error.msg.startswith("Unterminated string") or not error.doc[error.pos :].strip():
        return "the file ends too early; it is incomplete"
    return f"it is not JSON: {error.msg}"


def _single(path: Path, text: str, file: IO[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    text += file.read(_LONGEST_ROW)
    if not text.strip():
        raise Failure(f"{path}: the file is empty; it must be a list of objects, which is [] without rows")
    value = json.loads(text)
    if not isinstance(value, Mapping):
        raise Failure(f"{path}: it must be a list of objects")
    yield 1, value


def _elements(text: str, file: IO[str], line: int) -> Iterator[tuple[int, object]]:
    """Yield the elements of a list that has begun, with their lines; what follows its end is not looked at."""
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
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            # It may go on in the next piece; pieces grow, so that a long row is not read again and again.
            more = file.read(max(_PIECE, len(text) - at))
            if not more or len(text) - at > _LONGEST_ROW:
                raise
            text, at = text[at:] + more, 0
            continue
        first = False
        line += text.count("\n", at, start)
        yield line, value
        line += text.count("\n", start, end)
        at = end
