"""Rows as the columns that a request has in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import encode_rows
from milvusclient.models.collection import CollectionInfo

__all__ = ["encoded_columns"]


def encoded_columns(
    rows: Sequence[Mapping[str, Any]], collection: CollectionInfo, *, upsert: bool = False, partial: bool = False
) -> list[schema_pb2.FieldData]:
    """The columns of an insert, after they went through the bytes that are sent."""
    columns = encode_rows(rows, collection, upsert=upsert, partial=partial)
    return list(Assembled(milvus_pb2.InsertRequest(num_rows=len(rows)), columns).message().fields_data)
