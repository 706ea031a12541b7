"""The file that stores the position of a query iterator, so that a later iterator can continue from there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.models.collection import FieldInfo

__all__ = ["parse_checkpoint", "write_checkpoint"]


def write_checkpoint(timestamp: int, last_key: int | str) -> str:
    r"""Return the content of the file: the timestamp of the snapshot, and the last returned key, each on a line.

    Example:
        >>> from milvusclient.operations.iterator_checkpoint import write_checkpoint
        >>> write_checkpoint(445, 7)
        '445\n7\n'
    """
    return f"{timestamp}\n{json.dumps(last_key)}\n"


def parse_checkpoint(text: str, primary: FieldInfo, place: str) -> tuple[int, int | str] | None:
    """Parse the content of a file into a timestamp and a key; None if the file is still empty.

    Args:
        text: content of the file. The first line is the timestamp, the last line the last key.
        primary: primary key of the collection.
        place: name of the file, for error messages.

    Raises:
        ParamError: the content is invalid, or the key does not fit the type of the primary key.
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
            message=f"{place} is not a checkpoint of an iterator over keys of type {primary.data_type.name}: "
            f"its last line is {given(lines[-1])}; give another file"
        ) from None


def _key(line: str, primary: FieldInfo) -> int | str:
    if FACTS[primary.data_type].family != "string":
        return int(line)
    if line.startswith('"'):
        return str(json.loads(line))
    return line
