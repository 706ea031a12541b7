"""The tables that notebooks show: one function for each class, and :func:`html_of`, which chooses among them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from milvusclient.notebook.cells import ABSENT, text_of
from milvusclient.notebook.tables import (
    COLUMNS,
    count_of,
    facts,
    first_rows,
    heading,
    more,
    page,
    pairs,
    records,
    shown_rows,
    table,
    words,
)

if TYPE_CHECKING:
    from milvusclient.models.columns import Columns
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.models.results import (
        AggregationBucket,
        AggregationHit,
        Entity,
        Hit,
        Hits,
        QueryResult,
        SearchResult,
    )
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.fields import FieldSchema
    from milvusclient.schema.functions import Function
    from milvusclient.schema.index import IndexParam
    from milvusclient.schema.structs import StructFieldSchema

__all__ = ["VIEWS", "html_of"]

#: Maximum number of query vectors and of best hits of a bucket that are shown.
_QUERIES = 5
_BUCKET_HITS = 5
#: Entries of ``extra`` that only iterators use.
_CURSORS = ("iterator_session_ts",)
_OPERATIONS = 200
#: Names of parameters that hold credentials of services; not ``max_tokens``.
_SECRET = re.compile("api_?key|secret|passw|credential|access_?key|token$", re.IGNORECASE)


# --- results ---------------------------------------------------------------------------------------------------------
def query_result(rows: QueryResult) -> str:
    """Build the table of rows, with a column for each field."""
    indexes = shown_rows(len(rows))
    shown = [_as_dict(rows[index]) for index in indexes]
    caption = heading(type(rows).__name__, [count_of(len(rows), "row"), *facts(rows.extra, _CURSORS)])
    return page([records(caption, shown, len(rows), indexes=indexes, typed=True)])


def search_result(found: SearchResult) -> str:
    """Build one table for each query vector: its hits, and its buckets if the search asked for some."""
    told = [count_of(len(found), "query vector"), *facts(found.extra)]
    parts = [table(heading(type(found).__name__, told), [], [])]
    for query in range(min(max(len(found), len(found.agg_buckets)), _QUERIES)):
        each = found[query] if query < len(found) else []
        groups = found.agg_buckets[query] if query < len(found.agg_buckets) else []
        recall = [f"recall {found.recalls[query]:.4g}"] if query < len(found.recalls) else []
        if each or not groups:
            parts.append(_hits_table(f"query {query}", each, [found.metric_type, *recall]))
        if groups:
            parts.append(_buckets_table(f"query {query}", groups))
    return page([*parts, more(len(found), _QUERIES, "query vector")])


def hits(found: Hits) -> str:
    """Build the table of the hits of one query vector."""
    return page([_hits_table(type(found).__name__, found)])


def hit(found: Hit) -> str:
    """Build the table of one hit, with a line for each value."""
    return page([pairs(heading("Hit"), _flat(found))])


def entity(fields: Entity) -> str:
    """Build the table of the output fields of a hit, with a line for each."""
    return page([pairs(heading("Entity"), fields)])


def aggregation_hit(found: AggregationHit) -> str:
    """Build the table of one of the best hits of a bucket, with a line for each value."""
    return page([pairs(heading("AggregationHit"), _aggregated(found))])


def bucket(found: AggregationBucket) -> str:
    """Build the table of a bucket and those inside it, and the table of its best hits."""
    best = [_aggregated(each) for each in found.hits[: first_rows(len(found.hits))]]
    parts = [_buckets_table("AggregationBucket", [found])]
    if best:
        caption = heading("its best hits", [count_of(len(found.hits), "hit")])
        parts.append(records(caption, best, len(found.hits), indexes=range(len(best)), typed=True))
    return page(parts)


def columns(found: Columns) -> str:
    """Build the table of the first and the last rows. Of vectors that are not decoded yet, only these are."""
    total, indexes = found.row_count, shown_rows(found.row_count)
    size = f"{count_of(total, 'row')} of {count_of(len(found), 'column')}"
    caption = heading(type(found).__name__, [size, *facts(found.extra, _CURSORS)])
    # Where the rows in the middle are left out, there are two parts; else the second one is empty.
    first = next((place for place, index in enumerate(indexes) if index > place), total)
    parts = [range(first), range(total - len(indexes) + first, total)]
    cells = [found._some(name, parts) for name in islice(found, COLUMNS)]
    rows = list(zip(*cells, strict=True))
    return page([table(caption, list(found), rows, indexes=indexes, typed=True, total=total)])


def _as_dict(row: object) -> Mapping[str, object]:
    """Return a row as a dict. Results are lists, to which a program can add any object."""
    return row if isinstance(row, dict) else {"": row}


def _beside(own: Mapping[str, object], fields: Mapping[str, object], place: str) -> dict[str, object]:
    """Merge the values of a hit and its fields; a field of the same name gets ``place`` as a prefix."""
    row = dict(own)
    for name, value in fields.items():
        label = name
        while label in row:
            label = f"{place}.{label}"
        row[label] = value
    return row


def _flat(found: object) -> Mapping[str, object]:
    """Return a hit as one flat dict: its key, its distance and its output fields."""
    if not isinstance(found, dict):
        return _as_dict(found)
    own = dict(found)
    fields = own.pop("entity", None)
    if not isinstance(fields, dict):
        return own if fields is None else {**own, "entity": fields}
    key = getattr(found, "primary_key", None)  # as an output field, the key is in both
    return _beside(own, {name: value for name, value in fields.items() if not (name == key and key in own)}, "entity")


def _hits_table(title: str, found: Sequence[object], told: Iterable[str] = ()) -> str:
    indexes = shown_rows(len(found))
    shown = [_flat(found[index]) for index in indexes]
    caption = heading(title, [count_of(len(found), "hit"), *told])
    return records(caption, shown, len(found), indexes=indexes, typed=True)


def _aggregated(found: AggregationHit) -> dict[str, object]:
    return _beside({"pk": found.pk, "score": found.score}, found.fields, "fields")


def _buckets_table(title: str, groups: Sequence[AggregationBucket]) -> str:
    """Build the table of buckets, in which the buckets inside a bucket follow it."""
    every = list(_nested(groups))
    rows = [_bucket_row(depth, bucket) for depth, bucket in every[: first_rows(len(every))]]
    return records(heading(title, [count_of(len(every), "bucket")]), rows, len(every))


def _nested(groups: Iterable[AggregationBucket], depth: int = 0) -> Iterator[tuple[int, AggregationBucket]]:
    for bucket in groups:
        yield depth, bucket
        yield from _nested(bucket.sub_groups, depth + 1)


def _bucket_row(depth: int, bucket: AggregationBucket) -> dict[str, object]:
    key = words(f"{text_of(part.get('field_name'))} = {text_of(part.get('value'))}" for part in bucket.key)
    row = _beside({"bucket": "→ " * depth + key, "count": bucket.count}, bucket.metrics, "metrics")
    if bucket.hits:
        best = [f"{text_of(each.pk)} ({text_of(each.score)})" for each in bucket.hits[:_BUCKET_HITS]]
        row = _beside(row, {"best hits": words([*best, *["…"][: len(bucket.hits) - len(best)]])}, "hits")
    return row


# --- schemas ---------------------------------------------------------------------------------------------------------
_FIELD_COLUMNS = ("field", "type", "properties", "parameters", "description")
_INDEX_COLUMNS = ("field", "index type", "index name", "metric", "parameters")
_FUNCTION_COLUMNS = ("function", "type", "input", "output", "parameters", "description")


def collection_schema(schema: CollectionSchema) -> str:
    """Build the table of the fields and sub-fields of a schema, and the table of its functions."""
    flags = {
        "auto id": schema.auto_id,
        "dynamic field": schema.enable_dynamic_field,
        "namespace": schema.enable_namespace,
        "external": schema.external_source,  # not its value: notebooks are shared, and the source can contain a key
    }
    rows = [_field_row(field) for field in schema.fields]
    for struct in schema.struct_fields:
        rows += _struct_rows(struct)
    told = [*(name for name, is_set in flags.items() if is_set), schema.description]
    parts = [_without_empty(heading("CollectionSchema", told), _FIELD_COLUMNS, rows)]
    if schema.functions:
        functions = [_function_row(function) for function in schema.functions]
        parts.append(_without_empty(heading("functions"), _FUNCTION_COLUMNS, functions))
    return page(parts)


def field_schema(field: FieldSchema) -> str:
    """Build the table of one field, as in the table of a schema."""
    return page([_without_empty(heading("FieldSchema"), _FIELD_COLUMNS, [_field_row(field)])])


def struct_field_schema(struct: StructFieldSchema) -> str:
    """Build the table of a struct array, with a line for itself and one for each sub-field."""
    return page([_without_empty(heading("StructFieldSchema"), _FIELD_COLUMNS, _struct_rows(struct))])


def index_params(indexes: Sequence[IndexParam]) -> str:
    """Build the table of indexes."""
    caption = heading("IndexParams", [count_of(len(indexes), "index")])
    return page([_without_empty(caption, _INDEX_COLUMNS, [_index_row(index) for index in indexes])])


def index_param(index: IndexParam) -> str:
    """Build the table of one index, as in the table of all indexes."""
    return page([_without_empty(heading("IndexParam"), _INDEX_COLUMNS, [_index_row(index)])])


def _index_row(index: IndexParam) -> list[object]:
    params = dict(index.params)
    return [index.field_name, index.index_type, index.index_name, params.pop("metric_type", ""), _all(params)]


def _without_empty(caption: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Build a table without the columns in which no row has a value."""
    shown = [["" if _is_empty(value) else text_of(value) for value in row] for row in rows[: first_rows(len(rows))]]
    used = [place for place in range(len(names)) if any(row[place] for row in shown)]
    cells = [[row[place] or ABSENT for place in used] for row in shown]
    return table(caption, [names[place] for place in used], cells, total=len(rows))


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value)


def _field_row(field: FieldSchema, struct: str = "") -> list[object]:
    flags = {
        "primary key": field.is_primary,
        "auto id": field.auto_id,
        "partition key": field.is_partition_key,
        "clustering key": field.is_clustering_key,
        "dynamic": field.is_dynamic,
        "nullable": field.nullable,
        "computed": field.is_function_output,
    }
    properties = [name for name, is_set in flags.items() if is_set]
    if field.default_value is not None:
        properties.append(f"default {text_of(field.default_value)}")
    if field.external_field:
        properties.append(f"from {text_of(field.external_field)}")
    kind = field.dtype.name if field.element_type is None else f"{field.dtype.name} of {field.element_type.name}"
    name = f"{struct}[{field.name}]" if struct else field.name
    return [name, kind, ", ".join(properties), _all(field.params), field.description]


def _struct_rows(struct: StructFieldSchema) -> list[list[object]]:
    capacity = {} if struct.max_capacity is None else {"max_capacity": struct.max_capacity}
    properties = "nullable" if struct.nullable else ""
    own: list[object] = [
        struct.name,
        "ARRAY of STRUCT",
        properties,
        _all({**capacity, **struct.params}),
        struct.description,
    ]
    return [own, *(_field_row(field, struct.name) for field in struct.fields)]


def _function_row(function: Function) -> list[object]:
    names = (words(function.input_field_names), words(function.output_field_names))
    return [function.name, function.type.name, *names, _all(function.params), function.description]


def _all(params: Mapping[str, object]) -> str:
    """Write parameters in one cell. Notebooks are shared, so values that look like a secret are left out."""
    return words(
        f"{text_of(name)}={'…' if _SECRET.search(text_of(name)) else text_of(value)}" for name, value in params.items()
    )


# --- connections -----------------------------------------------------------------------------------------------------
def connection_info(info: ConnectionInfo) -> str:
    """Build the table of the counters of a connection, and the table of those of each kind of request."""
    own = {field.name: getattr(info, field.name) for field in dataclasses.fields(info) if field.name != "operations"}
    own["connected_since"] = _moment(info.connected_since)
    parts = [pairs(heading("ConnectionInfo"), {name: _grouped(value) for name, value in own.items()})]
    operations = info.operations
    if operations:
        names = ("operation", "calls", "errors", "p50 ms", "p99 ms")
        rows = [
            [name, stats.calls, stats.errors, _milliseconds(stats.p50), _milliseconds(stats.p99)]
            for name, stats in islice(operations.items(), _OPERATIONS)
        ]
        parts.append(table(heading("operations"), names, rows, total=len(operations)))
    return page(parts)


def _moment(seconds: float) -> str:
    """Write seconds since the epoch as a date and time; as a number if they are out of range."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _grouped(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


def _milliseconds(seconds: float | None) -> object:
    return ABSENT if seconds is None else float(f"{seconds * 1000:.3g}")


# --- which class is shown how ----------------------------------------------------------------------------------------
#: Classes by name: importing them here would close a circle, since they can be shown and so know of this module.
VIEWS: dict[str, Callable[[Any], str]] = {
    "milvusclient.models.columns.Columns": columns,
    "milvusclient.models.connection.ConnectionInfo": connection_info,
    "milvusclient.models.results.AggregationBucket": bucket,
    "milvusclient.models.results.AggregationHit": aggregation_hit,
    "milvusclient.models.results.Entity": entity,
    "milvusclient.models.results.Hit": hit,
    "milvusclient.models.results.Hits": hits,
    "milvusclient.models.results.QueryResult": query_result,
    "milvusclient.models.results.SearchResult": search_result,
    "milvusclient.schema.collection.CollectionSchema": collection_schema,
    "milvusclient.schema.fields.FieldSchema": field_schema,
    "milvusclient.schema.index.IndexParam": index_param,
    "milvusclient.schema.index.IndexParams": index_params,
    "milvusclient.schema.structs.StructFieldSchema": struct_field_schema,
}


def html_of(value: object) -> str:
    """Return the HTML that notebooks show of a value.

    Args:
        value: an object of one of the classes in :data:`VIEWS`, or of a subclass.

    Returns:
        One ``<div>`` with tables.

    Raises:
        KeyError: the class and its bases are not in :data:`VIEWS`.
    """
    names = [f"{each.__module__}.{each.__qualname__}" for each in type(value).__mro__]
    name = next((name for name in names if name in VIEWS), names[0])
    return VIEWS[name](value)
