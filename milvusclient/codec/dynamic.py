"""Dynamic fields: the keys of a row that are not fields of the schema, kept together in one JSON column."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from milvusclient.codec.json_text import decode_json, encode_json_values
from milvusclient.codec.read.builders import merger, picker, row_builder
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.cells import Cells
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient.exceptions import MilvusException

__all__ = ["META", "encode_dynamic", "merge_dynamic", "rows_of_json"]

#: The name of the column.
META = "$meta"

_META_FIELD = FieldInfo(name=META, data_type=DataType.JSON, is_dynamic=True)
_FEW_SHAPES = 16
_FEW_ROWS = 64
_SOME_ROWS = 256


def encode_dynamic(rows: Sequence[Mapping[str, object]], known: Collection[str], first_row: int = 0) -> list[bytes]:
    """Encode the cells of the dynamic column.

    Args:
        rows: the rows.
        known: the names of the fields of the schema.
        first_row: index of the first of these rows, for messages.

    Returns:
        One JSON object per row, with the keys that are not known.

    Raises:
        DataNotMatchException: a key is not a str or is ``$meta``, or a value has no form in JSON.
    """
    cells: list[bytes] = []
    try:
        # Some rows at a time: what is picked from them is still in the processor's caches when it is encoded.
        for start in range(0, len(rows), _SOME_ROWS):
            cells += encode_json_values(_pick(rows[start : start + _SOME_ROWS], known, first_row + start))
    except Refusal as refusal:
        raise _blamed(_pick(rows, known, first_row), refusal, first_row) from None
    return cells


def _blamed(picked: Sequence[Mapping[str, object]], refusal: Refusal, first_row: int) -> MilvusException:
    """Build the error that names the first row and key whose value has no form in JSON."""
    for row, extra in enumerate(picked, first_row):
        for key, value in extra.items():
            Cells(_META_FIELD, [value], [row], key).each(lambda one: encode_json_values([one]))
    return refusal.at(None, "dynamic field")


def _pick(rows: Sequence[Mapping[str, object]], known: Collection[str], first: int) -> Sequence[Mapping[str, object]]:
    """Return each row without the known keys; ``first`` is the index of the first of these rows."""
    distinct: set[tuple[object, ...]] = set(map(tuple, rows))
    wanted = {shape: tuple(key for key in shape if key not in known) for shape in distinct}
    for shape, keys in wanted.items():
        if not _are_names(keys):
            _refuse_key(keys, first + next(index for index, row in enumerate(rows) if tuple(row) == shape))
    if len(distinct) <= _FEW_SHAPES and set(map(type, chain.from_iterable(wanted.values()))) <= {str}:
        makers = {shape: picker(keys) for shape, keys in wanted.items()}
        if len(distinct) == 1:
            return makers.popitem()[1](rows)
        return [makers[tuple(row)]((row,))[0] for row in rows]
    return [{key: value for key, value in row.items() if key not in known} for row in rows]


def _are_names(keys: Sequence[object]) -> bool:
    return META not in keys and all(isinstance(key, str) for key in keys)


def _refuse_key(keys: Sequence[object], row: int) -> None:
    key = next(key for key in keys if not _are_names((key,)))
    if key == META:
        got = f"a key {META!r}; give the dynamic fields as keys of the row itself"
        raise Refusal("no such key", got).at(row, META)
    raise Refusal("names of fields that are str", f"{key!r} ({type(key).__name__})").at(row, str(key))


def rows_of_json(
    names: Sequence[str], columns: Sequence[Sequence[Any]], cells: Sequence[bytes], wanted: Collection[str] | None
) -> list[dict[str, Any]]:
    """Build rows from columns and one dynamic column whose JSON is not parsed yet.

    This goes a few rows at a time: their dynamic fields are still in the processor's caches when they are merged, and
    leave their memory to the next ones. For many rows that takes a quarter less than parsing all of them first.

    Args:
        names: the names of the columns.
        columns: the columns.
        cells: the dynamic fields of each row, as JSON.
        wanted: the keys to take; None for all.

    Raises:
        ReplyError: a cell is not JSON.
    """
    rows: list[dict[str, Any]] = []
    merge, build = merger(tuple(names)), row_builder(tuple(names))
    for start in range(0, len(cells), _FEW_ROWS):
        end = start + _FEW_ROWS
        documents = decode_json(cells[start:end])
        part = [column[start:end] for column in columns]
        try:
            if wanted is None:
                rows += merge(documents, *part)
                continue
        except TypeError:  # one of them is not a dict
            pass
        some = build(*part) if names else [{} for _ in documents]
        rows += merge_dynamic(some, documents, wanted)
    return rows


def merge_dynamic(
    rows: list[dict[str, Any]],
    documents: Sequence[Any],
    wanted: Collection[str] | None,
    names: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Merge dynamic fields into rows; a field of the schema wins over a dynamic one of the same name.

    Args:
        rows: the rows made of the other columns; changed in place.
        documents: the dynamic fields of each row; anything but a dict counts as none.
        wanted: the keys to take; None for all.
        names: the keys that each row has, if each has the same ones; None if that is not known.

    Returns:
        The rows.
    """
    if wanted is not None:
        _take(rows, documents, wanted)
    elif names is not None and _disjoint(names, documents) and len(rows) == len(documents):
        deque(map(dict.update, rows, documents), 0)
    else:
        _merge_each(rows, documents)
    return rows


def _disjoint(names: Collection[str], documents: Sequence[Any]) -> bool:
    """Return whether all documents are dicts without these keys."""
    if set(map(type, documents)) != {dict}:
        return False
    return not any(name in document for name in names for document in documents)


def _take(rows: list[dict[str, Any]], documents: Sequence[Any], wanted: Collection[str]) -> None:
    for row, document in zip(rows, documents, strict=True):
        if document.__class__ is dict:
            for key in wanted:
                if key in document and key not in row:
                    row[key] = document[key]


def _merge_each(rows: list[dict[str, Any]], documents: Sequence[Any]) -> None:
    for row, document in zip(rows, documents, strict=True):
        if document.__class__ is dict:
            if row.keys().isdisjoint(document):
                row.update(document)
            else:
                row.update({key: value for key, value in document.items() if key not in row})
