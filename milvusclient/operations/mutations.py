"""Insert, upsert and delete: rows become columns, keys become a filter."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_bool, require_name, require_str
from milvusclient.codec.ids import decode_ids
from milvusclient.codec.read.results import extra_info
from milvusclient.codec.write.request import LARGE, Assembled, Column
from milvusclient.codec.write.row_steps import encode_in_steps, table_takes_steps, takes_steps
from milvusclient.codec.write.rows import check_rows, encode_rows, is_arrow
from milvusclient.exceptions import (
    DataNotMatchException,
    DataTypeNotMatchException,
    ParamError,
    SchemaMismatchRetryableException,
)
from milvusclient.models.mutations import DeletedKeys
from milvusclient.operations.consistency import parse_level
from milvusclient.operations.keys import Keys, list_keys, require_filter
from milvusclient.operations.queries import filter_values
from milvusclient.schema.enums import DataType
from milvusclient.schema.field_ops import FieldOp, FieldOpType, normalize_field_ops

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from milvusclient._proto import common_pb2, schema_pb2
    from milvusclient.codec.write.tables import Table
    from milvusclient.exceptions import MilvusException
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.schema.enums import ConsistencyLevel

__all__ = [
    "ArrowTable",
    "Data",
    "FieldOps",
    "build_delete",
    "build_insert",
    "build_upsert",
    "is_schema_mismatch",
    "list_delete_keys",
    "parse_delete",
    "parse_insert",
    "parse_upsert",
    "read_data",
    "schema_changed_twice",
]

#: How an upsert changes single fields, by field name.
FieldOps = Mapping[str, FieldOp | FieldOpType | int | str | None]

Row = Mapping[str, object]

Req = TypeVar("Req", bound="Message")
#: A request that is built in steps, between which the caller may do something else.
InSteps: TypeAlias = Generator[None, None, Assembled[Req]]


class ArrowTable(Protocol):
    """A table with the Arrow C stream interface, as those of pyarrow, polars, pandas and DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule with the stream."""


#: What can be inserted: a row, rows, or a table.
Data: TypeAlias = Row | Sequence[Row] | ArrowTable

#: Codes for a changed schema, of newer servers and of servers before 2.3.
_SCHEMA_MISMATCH = 109
_LEGACY_SCHEMA_MISMATCH = 62


def read_data(data: object) -> Sequence[Row] | Table:
    """Return the rows or the table that a user gave; all batches of a table are read.

    Raises:
        TypeError: ``data`` is something else.
        DataNotMatchException: an element of the sequence is not a dict.
        ParamError: the stream of the table fails, or is not a table.
    """
    if is_arrow(data):
        from milvusclient.codec.write.tables import read_table  # imported here, because most programs write rows

        return read_table(data)
    if takes_steps(data):
        return cast("Sequence[Row]", data)  # the rows are checked in steps, too
    return check_rows(data)


def _encode(
    data: Sequence[Row] | Table, collection: CollectionInfo, *, upsert: bool = False, partial: bool = False
) -> list[Column]:
    if isinstance(data, Sequence):
        try:
            return encode_rows(data, collection, upsert=upsert, partial=partial)
        except (DataNotMatchException, ParamError) as error:
            if len(data) != 1 or not _looks_like_columns(data[0]):
                raise
            name = "upsert_many()" if upsert else "insert_many()"
            raise type(error)(message=f"{error.message}; a dict is one row here, use {name} for columns") from None
    from milvusclient.codec.write.tables import encode_table  # imported here, because most programs write rows

    return encode_table(data, collection, upsert=upsert, partial=partial)


def _looks_like_columns(row: Row) -> bool:
    """Return whether all values of a row have the same length, as columns have."""
    lengths = set()
    for value in row.values():
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__len__"):
            return False
        try:
            lengths.add(len(value))
        except TypeError:  # an array without dimensions
            return False
    return len(lengths) == 1


def _assemble_in_steps(
    request: Req,
    data: Sequence[Row] | Table,
    collection: CollectionInfo,
    *,
    upsert: bool = False,
    partial: bool = False,
) -> Generator[None, None, Assembled[Req]]:
    columns = yield from encode_in_steps(data, collection, upsert=upsert, partial=partial)
    return (yield from Assembled.in_steps(request, columns))


def _assemble(request: Req, columns: list[Column]) -> Assembled[Req] | InSteps[Req]:
    """Assemble a request of columns; a large one in steps."""
    if sum(len(column.head) + column.size for column in columns) <= LARGE:
        return Assembled(request, columns)
    # Others wait for one of the steps then, and not for all of them: each keeps the interpreter to itself.
    return Assembled.in_turns(request, columns)


def build_insert(
    collection_name: str,
    rows: Sequence[Row] | Table,
    collection: CollectionInfo,
    *,
    partition_name: str | None = None,
    namespace: str | None = None,
) -> Assembled[milvus_pb2.InsertRequest] | InSteps[milvus_pb2.InsertRequest]:
    """Build an insert; a large one in steps.

    Args:
        collection_name: name or alias of the collection.
        rows: the rows or the table, as returned by :func:`read_data`; not empty.
        collection: schema of the collection.
        partition_name: name of the partition to write to; None or empty lets the server choose.
        namespace: namespace of the rows.

    Raises:
        DataNotMatchException: a row does not fit the schema.
        ParamError: an argument is invalid.
    """
    request = milvus_pb2.InsertRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=optional_str("partition_name", partition_name),
        num_rows=len(rows),
        schema_timestamp=collection.update_timestamp,
    )
    if namespace is not None:
        request.namespace = require_str("namespace", namespace)
    if takes_steps(rows) if isinstance(rows, Sequence) else table_takes_steps(rows, collection):
        return _assemble_in_steps(request, rows, collection)
    return _assemble(request, _encode(rows, collection))


def build_upsert(
    collection_name: str,
    rows: Sequence[Row] | Table,
    collection: CollectionInfo,
    *,
    partition_name: str | None = None,
    namespace: str | None = None,
    partial_update: bool = False,
    field_ops: FieldOps | None = None,
) -> Assembled[milvus_pb2.UpsertRequest] | InSteps[milvus_pb2.UpsertRequest]:
    """Build an upsert; a large one in steps.

    Args:
        collection_name: name or alias of the collection.
        rows: the rows or the table, as returned by :func:`read_data`; not empty.
        collection: schema of the collection.
        partition_name: name of the partition to write to; None or empty lets the server choose.
        namespace: namespace of the rows.
        partial_update: change only the fields in the rows.
        field_ops: how to change single fields instead of replacing them; implies ``partial_update``.

    Raises:
        DataNotMatchException: a row does not fit the schema, or an operation is for a field of another type than ARRAY.
        ParamError: an argument is invalid.
    """
    ops = normalize_field_ops(field_ops)
    partial = require_bool("partial_update", partial_update) or bool(ops)
    request = milvus_pb2.UpsertRequest(
        collection_name=require_name("collection_name", collection_name),
        partition_name=optional_str("partition_name", partition_name),
        num_rows=len(rows),
        schema_timestamp=collection.update_timestamp,
        partial_update=partial,
    )
    if namespace is not None:
        request.namespace = require_str("namespace", namespace)
    for name, op in ops.items():
        _check_op(name, op, collection)
        request.field_ops.add(field_name=name, op=cast("schema_pb2.FieldPartialUpdateOp.OpType.ValueType", int(op)))
    if takes_steps(rows) if isinstance(rows, Sequence) else table_takes_steps(rows, collection):
        return _assemble_in_steps(request, rows, collection, upsert=True, partial=partial)
    return _assemble(request, _encode(rows, collection, upsert=True, partial=partial))


def _check_op(name: str, op: FieldOpType, collection: CollectionInfo) -> None:
    field = collection.field(name)
    if field is None or field.data_type is not DataType.ARRAY:
        is_what = "does not exist" if field is None else f"is {field.data_type.name}"
        raise DataNotMatchException(
            message=f"field_ops[{name!r}] is {op.name}, which needs an ARRAY field; "
            f"in collection {collection.name!r} field {name!r} {is_what}"
        )


def list_delete_keys(ids: Keys | None, pks: Keys | None) -> list[int | str]:
    """Return the keys of the rows to delete, which may be given under either name.

    Raises:
        TypeError: a key is neither an int nor a str. (It is a ParamError, too.)
    """
    listed = [] if pks is None else list_keys("pks", pks)
    return listed + ([] if ids is None else list_keys("ids", ids))


def build_delete(
    collection_name: str,
    filter_text: str | None,
    filter_params: Mapping[str, object] | None,
    *,
    partition_name: str | None = None,
    consistency_level: ConsistencyLevel | int | str | None = None,
    namespace: str | None = None,
    by_keys: bool = False,
) -> milvus_pb2.DeleteRequest:
    """Build a delete.

    Args:
        collection_name: name or alias of the collection.
        filter_text: boolean expression that rows must satisfy.
        filter_params: values for the placeholders in the filter.
        partition_name: name of the partition; empty or None means the whole collection.
        consistency_level: consistency level of the search for rows that match the filter; None lets the server choose.
        namespace: namespace of the rows.
        by_keys: the rows are found by their keys, which are added once the name of the primary key is known.

    Raises:
        DataTypeNotMatchException: neither keys nor a filter are given, or the filter is not a str.
        ParamError: an argument is invalid, or both keys and a filter are given.
    """
    request = milvus_pb2.DeleteRequest(
        collection_name=require_name("collection_name", collection_name),
        expr=require_filter("filter", filter_text),
        partition_name=optional_str("partition_name", partition_name),
    )
    if by_keys and request.expr:
        raise ParamError(message="give either ids or filter; for both, write the ids into the filter")
    if not by_keys and filter_text is None:
        raise DataTypeNotMatchException(
            message="ids and filter are missing; give one of them to say which rows to delete"
        )
    if not by_keys and not request.expr:
        raise ParamError(message="filter must not be empty; to delete all rows, use truncate_collection")
    if consistency_level is not None:
        level = parse_level(consistency_level)
        request.consistency_level = cast("common_pb2.ConsistencyLevel.ValueType", int(level))
    if namespace is not None:
        request.namespace = require_str("namespace", namespace)
    for name, value in filter_values(filter_params).items():
        request.expr_template_values[name].CopyFrom(value)
    return request


def parse_insert(reply: milvus_pb2.MutationResult) -> dict[str, Any]:
    """Parse the result of an insert."""
    return {"insert_count": reply.insert_cnt, "ids": decode_ids(reply.IDs), "cost": _cost(reply)}


def parse_upsert(reply: milvus_pb2.MutationResult) -> dict[str, Any]:
    """Parse the result of an upsert."""
    return {"upsert_count": reply.upsert_cnt, "ids": decode_ids(reply.IDs), "cost": _cost(reply)}


def parse_delete(reply: milvus_pb2.MutationResult) -> dict[str, int] | DeletedKeys:
    """Parse the result of a delete: the number of rows or, from some servers, their keys."""
    keys = decode_ids(reply.IDs)
    if keys:
        return DeletedKeys(keys, _cost(reply))
    return {"delete_count": reply.delete_cnt, "cost": _cost(reply)}


def _cost(reply: milvus_pb2.MutationResult) -> int:
    return int(extra_info(reply.status).get("cost", 0))


def is_schema_mismatch(error: MilvusException) -> bool:
    """Return whether the server refused rows because the schema has changed since they were encoded."""
    return error.code == _SCHEMA_MISMATCH or error.compatible_code == _LEGACY_SCHEMA_MISMATCH


def schema_changed_twice(error: MilvusException) -> SchemaMismatchRetryableException:
    """Build the error for a schema that changes again while the rows are encoded for its last change."""
    changed = SchemaMismatchRetryableException(
        error.code,
        f"the schema changed again while the rows were encoded for its last change: {error.message}; call again",
        error.compatible_code,
        error.is_input_error,
        error.retriable,
    )
    changed.__dict__.update({name: value for name, value in vars(error).items() if not name.startswith("_")})
    return changed
