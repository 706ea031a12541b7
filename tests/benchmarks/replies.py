"""The canned replies, as bytes, by name of a reply set and by RPC."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from tests.support import facts
from tests.support.facts import Dynamic

__all__ = ["Reply", "reply_set"]

Reply = bytes | Callable[[bytes], bytes]
"""A reply, or a function that picks one by looking for a text in the request, which is never decoded."""

_DIM = 768
_MANY = 10_000
_PAGES = 10


def reply_set(name: str) -> dict[str, Reply]:
    """The replies of one set, by short name of the RPC."""
    replies: dict[str, Reply] = {
        "Connect": facts.message("ConnectResponse")(
            status=_ok(), identifier=7, server_info={"build_tags": "v2.6.0", "deploy_mode": "STANDALONE"}
        ).SerializeToString(),
        "GetVersion": facts.message("GetVersionResponse")(status=_ok(), version="v2.6.0").SerializeToString(),
        "ShowCollections": _show_collections(),
    }
    replies.update(_SETS[name]())
    return replies


def _ok() -> Dynamic:
    return facts.message("Status")()


def _show_collections() -> bytes:
    names = [f"collection_{index}" for index in range(5)]
    ids = range(100, 100 + len(names))
    reply = facts.message("ShowCollectionsResponse")(status=_ok(), collection_names=names, collection_ids=ids)
    return bytes(reply.SerializeToString())


# --- collections -----------------------------------------------------------------------------------------------------
_SCALARS = (
    ("year", "Int32"), ("views", "Int64"), ("price", "Float"), ("weight", "Double"), ("title", "VarChar"),
    ("sold", "Bool"),
)  # fmt: skip


def _describe(vector: str, dim: int, scalars: Sequence[tuple[str, str]] = (), *, dynamic: bool = False) -> bytes:
    reply = facts.message("DescribeCollectionResponse")(
        status=_ok(), collection_name="books", collectionID=7, shards_num=1, num_partitions=1, db_name="default"
    )
    schema = reply.schema
    schema.name = "books"
    schema.enable_dynamic_field = dynamic
    columns = [("id", "Int64"), ("vector", vector), *scalars]
    for number, (name, kind) in enumerate(columns):
        field = schema.fields.add(fieldID=100 + number, name=name, data_type=facts.enum_value("DataType", kind))
        field.is_primary_key = name == "id"
        if name == "vector" and dim:
            field.type_params.add(key="dim", value=str(dim))
        if kind == "VarChar":
            field.type_params.add(key="max_length", value="64")
    return bytes(reply.SerializeToString())


def _written(describe: bytes, count: int) -> dict[str, Reply]:
    reply = facts.message("MutationResult")(status=_ok(), insert_cnt=count, timestamp=460_000_000_000_000_000)
    reply.succ_index.extend(range(count))
    reply.IDs.int_id.data.extend(range(count))
    return {"DescribeCollection": describe, "Insert": bytes(reply.SerializeToString())}


def _bulk() -> dict[str, Reply]:
    """Small rows with text in the collection ``books``, and without in ``numbers``."""
    with_text = _describe("FloatVector", 8, _SCALARS)
    without = _describe("FloatVector", 8, [scalar for scalar in _SCALARS if scalar[1] != "VarChar"])

    def describe(request: bytes) -> bytes:
        return without if b"numbers" in request else with_text

    return {**_written(with_text, 80_000), "DescribeCollection": describe}


# --- columns ---------------------------------------------------------------------------------------------------------
def _column(kind: str, name: str) -> Dynamic:
    return facts.message("FieldData")(type=facts.enum_value("DataType", kind), field_name=name)


def _ids(first: int, count: int) -> Dynamic:
    column = _column("Int64", "id")
    column.scalars.long_data.data.extend(range(first, first + count))
    return column


def _titles(first: int, count: int) -> Dynamic:
    column = _column("VarChar", "title")
    column.scalars.string_data.data.extend([f"title number {row}" for row in range(first, first + count)])
    return column


def _prices(first: int, count: int) -> Dynamic:
    column = _column("Double", "price")
    column.scalars.double_data.data.extend([row / 3 for row in range(first, first + count)])
    return column


def _vectors(count: int) -> Dynamic:
    column = _column("FloatVector", "vector")
    column.vectors.dim = _DIM
    for row in range(count):
        column.vectors.float_vector.data.extend([row + element / _DIM for element in range(_DIM)])
    return column


def _documents(count: int) -> Dynamic:
    column = _column("JSON", "$meta")
    column.is_dynamic = True
    for row in range(count):
        document = {
            "user": f"user_{row}", "age": row, "tags": ["a", "b", str(row)], "score": 0.25,
            "geo": {"lat": 1.5, "lon": row},
        }  # fmt: skip
        column.scalars.json_data.data.append(json.dumps(document, separators=(",", ":")).encode())
    return column


# --- reads -----------------------------------------------------------------------------------------------------------
def _search(queries: int, top: int, columns: Sequence[Dynamic]) -> dict[str, Reply]:
    reply = facts.message("SearchResults")(status=_ok(), collection_name="books")
    found = reply.results
    count = queries * top
    found.num_queries, found.top_k, found.primary_field_name = queries, top, "id"
    found.topks.extend([top] * queries)
    found.scores.extend([1 - index / count for index in range(count)])
    found.ids.int_id.data.extend(range(count))
    found.fields_data.extend(columns)
    found.output_fields.extend([column.field_name for column in columns])
    describe = _describe("FloatVector", _DIM, (("title", "VarChar"), ("price", "Double")))
    return {"DescribeCollection": describe, "Search": bytes(reply.SerializeToString())}


def _two_fields(count: int) -> list[Dynamic]:
    return [_titles(0, count), _prices(0, count)]


def _query(columns: Sequence[Dynamic], output_fields: Sequence[str]) -> bytes:
    reply = facts.message("QueryResults")(status=_ok(), collection_name="books", session_ts=460_000_000_000_000_000)
    reply.primary_field_name = "id"
    reply.fields_data.extend(columns)
    reply.output_fields.extend(output_fields)
    return bytes(reply.SerializeToString())


def _queried(columns: Sequence[Dynamic], output_fields: Sequence[str]) -> dict[str, Reply]:
    describe = _describe("FloatVector", _DIM, (("title", "VarChar"), ("price", "Double")), dynamic=True)
    return {"DescribeCollection": describe, "Query": _query(columns, output_fields)}


def _pages() -> dict[str, Reply]:
    """Ten full pages, found by the key that they begin after; an empty one after the last; one row for a limit of 1."""
    names = ["id", "title", "price"]

    def page(first: int, count: int) -> bytes:
        return _query([_ids(first, count), _titles(first, count), _prices(first, count)], names)

    pages = [page(number * _MANY, _MANY) for number in range(_PAGES)]
    pages.append(page(0, 0))
    opening = page(0, 1)
    after = re.compile(rb"id > (\d+)")

    def pick(request: bytes) -> bytes:
        if str(_MANY).encode() not in request:
            return opening
        found = after.search(request)
        return pages[(int(found[1]) + 1) // _MANY] if found and int(found[1]) >= 0 else pages[0]

    return {**_queried([], names), "Query": pick}


_SETS: dict[str, Callable[[], dict[str, Reply]]] = {
    "small": dict,
    "search_10": lambda: _search(1, 10, _two_fields(10)),
    "search_1000": lambda: _search(1, 1_000, _two_fields(1_000)),
    "search_100x100": lambda: _search(100, 100, _two_fields(_MANY)),
    "search_vectors": lambda: _search(1, 100, [_vectors(100)]),
    "float": lambda: _written(_describe("FloatVector", _DIM), _MANY),
    "scalars": lambda: _written(_describe("FloatVector", 8, _SCALARS), 100_000),
    "bulk": _bulk,
    "sparse": lambda: _written(_describe("SparseFloatVector", 0), _MANY),
    "int8": lambda: _written(_describe("Int8Vector", _DIM), _MANY),
    "float16": lambda: _written(_describe("Float16Vector", _DIM), _MANY),
    "dynamic": lambda: _written(_describe("FloatVector", 8, dynamic=True), _MANY),
    "query_scalars": lambda: _queried([_ids(0, _MANY), *_two_fields(_MANY)], ["id", "title", "price"]),
    "query_vectors": lambda: _queried([_ids(0, _MANY), _vectors(_MANY)], ["id", "vector"]),
    "query_json": lambda: _queried([_ids(0, _MANY), _documents(_MANY)], ["id", "$meta"]),
    "pages": _pages,
}
