"""The fewest arguments that each public method of the clients can be called with, by the names of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from milvusclient import AnnSearchRequest, DataType, FieldSchema, Function, FunctionType, MilvusClient, RRFRanker
from milvusclient.schema.index import IndexParams
from milvusclient.schema.structs import StructFieldSchema

__all__ = ["arguments", "methods"]

VECTOR = [0.1, 0.2, 0.3, 0.4]
ROW = {"id": 1, "vector": VECTOR}


def _index_params(field: str) -> IndexParams:
    params = MilvusClient.prepare_index_params()
    params.add_index(field, index_type="AUTOINDEX")
    return params


def _struct() -> StructFieldSchema:
    struct = MilvusClient.create_struct_field_schema()
    struct.add_field("n", DataType.INT64)
    return struct


_BM25 = Function("bm25", FunctionType.BM25, ["t"], ["sp"])

VALUES: dict[str, Any] = {
    **dict.fromkeys(("collection_name", "source_collection_name", "old_name"), "c"),
    **dict.fromkeys(("new_name", "target_collection_name"), "c2"),
    **dict.fromkeys(("alias", "db_name", "name", "path", "index_name", "partition_name", "field_name"), "x"),
    **dict.fromkeys(("function_name", "snapshot_name", "source_cluster_id", "pchannel", "target_pchannel"), "x"),
    **dict.fromkeys(("role_name", "user_name", "group_name", "source_group", "privilege", "object_name"), "x"),
    **dict.fromkeys(("description", "target_group"), "y"),
    **dict.fromkeys(("job_id", "flush_all_ts", "pin_id", "num_replicas", "max_capacity"), 1),
    **{name: {"mmap.enabled": True} for name in ("properties", "field_params")},
    **{name: ["x"] for name in ("property_keys", "privileges", "texts", "partition_names")},
    **dict.fromkeys(("password", "old_password", "new_password"), "pa55word"),
    "object_type": "Collection",
    "data": [VECTOR],
    "data_type": DataType.INT64,
    "field_schema": FieldSchema("sp", DataType.SPARSE_FLOAT_VECTOR),
    "func": _BM25,
    "function": _BM25,
    "ids": [1],
    "index_params": _index_params("vector"),
    "struct_schema": _struct(),
    "ranker": RRFRanker(),
    "files": ["rows.json"],
    "rows": [ROW],
    "reqs": [AnnSearchRequest([VECTOR], "vector", {}, 3)],
    "clusters": [{"cluster_id": "c1", "connection_param": {"uri": "http://c1:19530"}, "pchannels": ["p0"]}],
    "configs": {"x": {"requests": {"node_num": 1}}},
}
"""What a required parameter of that name gets."""

SPECIAL: dict[str, dict[str, Any]] = {
    "add_collection_field": {"nullable": True},
    "add_function_field": {"index_params": _index_params("sp")},
    "copy_collection": {"target_name": "c2"},
    "create_collection": {"dimension": 4},
    "delete": {"ids": [1]},
    "drop_collection_field": {"field_name": "x"},
    "dump_messages": {"start_message_id": {"id": "m0", "wal_name": "Pulsar"}},
    "insert": {"data": ROW},
    "query": {"filter": "id > 0"},
    "search": {"data": [VECTOR]},
    "upsert": {"data": ROW},
}
"""What a method needs beside that, or instead."""


def methods(cls: type) -> Iterator[str]:
    """The names of a class's public methods that take a timeout for themselves."""
    for name, function in inspect.getmembers(cls, callable):
        if name == "with_options":  # its timeout is for the calls of another client
            continue
        if not name.startswith("_") and "timeout" in inspect.signature(function).parameters:
            yield name


def arguments(cls: type, name: str) -> dict[str, Any]:
    """Arguments for a method, without the timeout.

    Raises:
        KeyError: VALUES lacks a parameter that the method requires.
    """
    parameters = inspect.signature(getattr(cls, name)).parameters.values()
    required = [each.name for each in parameters if each.default is each.empty and each.name != "self"]
    special = SPECIAL.get(name, {})
    return {each: VALUES[each] for each in required if each not in special} | special
