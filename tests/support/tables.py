"""The requests of tables and of rows, to be compared."""

from __future__ import annotations

import importlib
from typing import Any

from milvusclient._proto import milvus_pb2
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import check_rows, encode_rows
from milvusclient.codec.write.tables import Table, encode_table, read_table
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType

__all__ = ["books", "c", "message", "of_rows", "of_table", "same"]


def c(data_type: DataType, **options: Any) -> FieldInfo:
    """The field ``c`` of a type."""
    return FieldInfo("c", data_type=data_type, **options)


def books(*fields: FieldInfo, dynamic: bool = False) -> CollectionInfo:
    return CollectionInfo("books", fields=fields, enable_dynamic_field=dynamic)


def message(columns: list[Any], rows: int) -> milvus_pb2.InsertRequest:
    return Assembled(milvus_pb2.InsertRequest(num_rows=rows), columns).message()


def of_table(table: Table, info: CollectionInfo, **options: bool) -> milvus_pb2.InsertRequest:
    return message(encode_table(table, info, **options), len(table))


def of_rows(
    rows: list[dict[str, Any]], info: CollectionInfo, *, upsert: bool = False, partial: bool = False
) -> milvus_pb2.InsertRequest:
    return message(encode_rows(check_rows(rows), info, upsert=upsert, partial=partial), len(rows))


def same(table: Any, info: CollectionInfo, rows: list[dict[str, Any]] | None = None) -> None:
    """The whole table, a table in chunks, and a part of it make the requests that their rows make."""
    rows = table.to_pylist() if rows is None else rows
    assert of_table(read_table(table), info) == of_rows(rows, info)
    pa: Any = importlib.import_module("pyarrow")
    chunks = pa.concat_tables([table.slice(1, 2), table.slice(4)])
    assert of_table(read_table(chunks), info) == of_rows(rows[1:3] + rows[4:], info)
    assert of_table(read_table(table).slice(2, 3), info) == of_rows(rows[2:5], info)
