"""Where a query iterator is, as the text of a file: an iterator that is made later goes on from there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient.models.collection import FieldInfo

__all__ = ["parse_checkpoint", "write_checkpoint"]


def write_checkpoint(timestamp: int, last_key: int | str) -> str:
    r"""The moment that the iterator looks at, and the last key that it handed out, each on a line.

    Example:
        >>> from milvusclient.operations.iterator_checkpoint import write_checkpoint
        >>> write_checkpoint(445, 7)
        '445\n7\n'
    """
    return f"{timestamp}\n{json.dumps(last_key)}\n"


def parse_checkpoint(text: str, primary: FieldInfo, place: str) -> tuple[int, int | str] | None:
    """What a file says; None if it says nothing yet.

    Args:
        text: the file's text; of its keys, the last one counts.
        primary: the primary key.
        place: the file's name, for messages.

    Raises:
        ParamError: it is no such text, or its key is not of this collection's type.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if len(lines) < 2:
        return None
    try:
        return int(lines[0]), _key(lines[-1], primary)
    except ValueError:
        raise ParamError(
            message=f"{place} is no checkpoint of an iterator over keys of type {primary.data_type.name}: "
            f"its last line is {given(lines[-1])}; give another file"
        ) from None


def _key(line: str, primary: FieldInfo) -> int | str:
    if primary.data_type not in (DataType.VARCHAR, DataType.STRING):
        return int(line)
    if line.startswith('"'):
        return str(json.loads(line))
    return line
