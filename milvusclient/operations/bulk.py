"""Bulk writes: their options, the rows of their sources, and the meaning of their errors."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from milvusclient import exceptions
from milvusclient.checks import (
    given,
    optional_str,
    require_int,
    require_name,
    require_one_of,
    require_path,
    require_str,
)
from milvusclient.codec.write.row_memory import row_memory, rows_memory
from milvusclient.codec.write.rows import is_arrow
from milvusclient.codec.write.tables import Table, read_columns, read_tables
from milvusclient.exceptions import DataNotMatchException, MilvusException, ParamError, RpcError
from milvusclient.models.bulk import words_of
from milvusclient.operations import collections
from milvusclient.operations.keys import primary_field
from milvusclient.operations.mutations import is_schema_mismatch
from milvusclient.policy.bulk import Fault
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    import os

    from milvusclient.models.bulk import BulkProgress
    from milvusclient.models.collection import CollectionInfo

__all__ = [
    "BulkOptions",
    "Row",
    "Table",
    "TableRows",
    "as_row",
    "bulk_options",
    "check_count",
    "check_iterable",
    "closed_error",
    "fault_of",
    "is_denied",
    "keys_of",
    "length_of",
    "lookup_fault",
    "message_limit",
    "moved",
    "position_of",
    "row_bytes",
    "row_memory",
    "rows_memory",
    "tables_of",
]

Row = Mapping[str, Any]

_MOST_IN_FLIGHT = 1_024
_MOST_BYTES = 1 << 30
_RATE_LIMIT, _LEGACY_RATE_LIMIT = 8, 49
#: Codes for "writing is denied": the quota of memory or disk is used up, or an administrator said so.
_DENIED, _LEGACY_DENIED = 9, frozenset({48, 53, 54})
#: Codes for invalid parameters and fields, and those of servers before 2.3 for an illegal argument and row.
_CONTENT = (*range(1_100, 1_200), *range(1_700, 1_800))
_LEGACY_CONTENT = frozenset({5, 11})
#: "received message larger than max (76958575 vs. 67108864)"
_LARGER = re.compile(r"larger than max(?:imum)?(?:[^\d]*\d+ vs\.? (\d+))?")
_ROW = re.compile(r"row (\d+)\b")

_BYTES = {
    DataType.FLOAT_VECTOR: 4.0,
    DataType.FLOAT16_VECTOR: 2.0,
    DataType.BFLOAT16_VECTOR: 2.0,
    DataType.INT8_VECTOR: 1.0,
    DataType.BINARY_VECTOR: 0.125,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOptions:
    """The options of a bulk write, as explained at :meth:`MilvusClient.insert_many`."""

    collection_name: str
    partition_name: str
    upsert: bool
    batch_bytes: int
    batch_rows: int | None
    in_flight: int
    collect: bool
    verify: bool
    progress: bool | Callable[[BulkProgress], object]
    checkpoint: str | None
    namespace: str | None


def bulk_options(
    collection_name: str,
    partition_name: str | None,
    *,
    upsert: bool,
    batch_bytes: int,
    batch_rows: int | None,
    in_flight: int,
    on_error: str,
    on_uncertain: str,
    progress: bool | Callable[[BulkProgress], object] | None,
    checkpoint: str | os.PathLike[str] | None,
    namespace: str | None,
) -> BulkOptions:
    """Check the options of a bulk write.

    Raises:
        ParamError: an option is invalid.
    """
    if progress is not None and not isinstance(progress, bool) and not callable(progress):
        raise ParamError(message=f"progress must be True or a function of BulkProgress, got {given(progress)}")
    return BulkOptions(
        collection_name=require_name("collection_name", collection_name),
        partition_name=optional_str("partition_name", partition_name),
        upsert=upsert,
        batch_bytes=require_int("batch_bytes", batch_bytes, least=1, most=_MOST_BYTES),
        batch_rows=None if batch_rows is None else require_int("batch_rows", batch_rows, least=1),
        in_flight=require_int("in_flight", in_flight, least=1, most=_MOST_IN_FLIGHT),
        collect=require_one_of("on_error", on_error, ("raise", "collect")) == "collect",
        verify=require_one_of("on_uncertain", on_uncertain, ("report", "verify")) == "verify",
        progress=progress or False,
        checkpoint=None if checkpoint is None else require_path("checkpoint", checkpoint),
        namespace=None if namespace is None else require_str("namespace", namespace),
    )


# --- sources ---------------------------------------------------------------------------------------------------------
class TableRows(Sequence[Row]):
    """The rows of a table: parts stay tables, and only a single row becomes Python values."""

    __slots__ = ("table",)

    def __init__(self, table: Table) -> None:
        self.table = table

    def __len__(self) -> int:
        return self.table.num_rows

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> TableRows: ...

    def __getitem__(self, index: int | slice) -> Row | TableRows:
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self))
            return TableRows(self.table.slice(start, stop - start))
        return self.table.row(index)


def tables_of(source: object) -> Iterable[Table] | None:
    """Return the tables of a source that is a table, a mapping of columns or a structured array; None for rows.

    Raises:
        ParamError: the columns have different lengths, or one is not a sequence.
    """
    if is_arrow(source):
        return read_tables(source)
    if isinstance(source, Mapping):
        return [read_columns(source)]
    names = getattr(getattr(source, "dtype", None), "names", None)  # a structured array of numpy
    return [read_columns({name: source[name] for name in names})] if names else None  # type: ignore[index]  # it is one


def check_iterable(source: object) -> None:
    """Check that a source has rows.

    Raises:
        TypeError: it does not. (It is a ParamError, too.)
    """
    if isinstance(source, str | bytes | bytearray) or not isinstance(source, Iterable | AsyncIterable):
        raise exceptions.TypeError(
            message=f"rows must be an iterable of rows, a table or a mapping of columns, got {given(source)}"
        )


def length_of(source: object) -> int | None:
    """Return the number of rows of a source; None if it has no length."""
    if isinstance(source, Mapping):
        source = next(iter(source.values()), ())
    try:
        return len(source)  # type: ignore[arg-type]  # the except is for what has no length
    except TypeError:
        return None


def as_row(value: Any) -> Row:  # what a user gave
    """Return a row as a mapping: a mapping itself, or the fields of a dataclass, pydantic or attrs object.

    A pydantic model with ``extra="allow"`` brings its extra values, too.

    Raises:
        DataNotMatchException: it is of another type.
    """
    if isinstance(value, Mapping):
        return value
    names: Iterable[str] | None = None
    extra: Row | None = None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
    elif hasattr(type(value), "model_fields"):  # pydantic
        names, extra = type(value).model_fields, getattr(value, "model_extra", None)
    elif hasattr(type(value), "__attrs_attrs__"):  # attrs
        names = [field.name for field in type(value).__attrs_attrs__]
    if names is None:
        wanted = "a dict of field name to value, or a dataclass, pydantic or attrs object"
        raise DataNotMatchException(message=f"expected {wanted}, got {given(value)}")
    row = {name: getattr(value, name) for name in names}
    return {**row, **extra} if extra else row


def row_bytes(collection: CollectionInfo) -> int:
    """Return the estimated size of a row in a request."""
    size = 0.0
    for field in collection.fields:
        if field.data_type in _BYTES:
            size += _BYTES[field.data_type] * field.dim
        elif not field.is_function_output:
            size += 32 if field.max_length else 8
    return int(size) + 8 * sum(len(struct.fields) for struct in collection.struct_fields) + 1


def keys_of(rows: Sequence[Row], collection: CollectionInfo) -> list[int | str]:
    """Return the primary key of each row.

    Raises:
        ParamError: the server generates the keys, so that rows cannot be looked up.
    """
    primary = primary_field(collection)
    if primary.auto_id:
        raise ParamError(
            message="on_uncertain='verify' needs rows with primary keys; "
            f"the server generates those of collection {collection.name!r}"
        )
    return [row[primary.name] for row in rows]


# --- errors ----------------------------------------------------------------------------------------------------------
def fault_of(error: MilvusException) -> Fault:
    """Return what an error means for the batch that it belongs to."""
    if error.ambiguous:
        return Fault.LOST
    if error.code == _RATE_LIMIT or error.compatible_code == _LEGACY_RATE_LIMIT:
        return Fault.RATE_LIMIT
    if isinstance(error, RpcError):
        return Fault.TOO_LARGE if _LARGER.search(error.message) else Fault.FATAL
    if is_schema_mismatch(error):
        return Fault.OUTDATED
    if isinstance(error, DataNotMatchException | ParamError):
        return Fault.BAD_ROW
    if collections.is_refusal(error) and (
        error.is_input_error or error.code in _CONTENT or error.compatible_code in _LEGACY_CONTENT
    ):
        return Fault.CONTENT
    return Fault.FATAL


def check_count(acknowledged: int, sent: int) -> None:
    """Check that a server acknowledges as many rows as were sent.

    Raises:
        MilvusException: it acknowledges fewer; it is ``ambiguous``, as it does not say which.
    """
    if acknowledged < sent:
        error = MilvusException(message=f"the server acknowledges {acknowledged} rows of {sent} that were sent")
        error.ambiguous = True
        raise error


def closed_error(cause: BaseException | None) -> MilvusException:
    """Return the error for a row that is added to a closed writer.

    Args:
        cause: what ended the write early; None if nothing did.
    """
    if cause is None:
        return MilvusException(message="this bulk writer is closed; create a new one")
    error = MilvusException(
        message=f"this bulk writer is closed, because the write ended early ({words_of(cause)}); its report says what "
        "is written; create a new one for the rest"
    )
    error.__cause__ = cause
    return error


def lookup_fault(error: MilvusException) -> Fault:
    """Return what it means that the rows of a lost insert could not be looked up.

    They stay uncertain. The rest is still written, unless the server cannot be reached.
    """
    is_away = isinstance(error, exceptions.MilvusUnavailableException | exceptions.DeadlineExceededError)
    return Fault.FATAL if is_away else Fault.LOST


def is_denied(error: BaseException | None) -> bool:
    """Return whether the server denies all writes, because of a quota or by order."""
    return isinstance(error, MilvusException) and (error.code == _DENIED or error.compatible_code in _LEGACY_DENIED)


def message_limit(error: MilvusException) -> int | None:
    """Return the server's limit of the size of a request, if the error says it."""
    found = _LARGER.search(error.message)
    return int(found[1]) if found and found[1] else None


def position_of(error: MilvusException, rows: Sequence[Row]) -> int | None:
    """Return the position in a batch of the row that an error of the encoder names; None if it names none."""
    found = _ROW.match(error.message)
    if found is None:
        return None
    # Of a table the encoder knows the position in the source, of rows only that in the batch.
    position = int(found[1]) - (rows.table.first_row if isinstance(rows, TableRows) else 0)
    return position if 0 <= position < len(rows) else None


def moved(error: MilvusException, index: int) -> MilvusException:
    """Return an error of the encoder with the position of its row in the source, instead of that in its batch."""
    return type(error)(message=_ROW.sub(f"row {index}", error.message, count=1))
