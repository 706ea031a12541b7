"""Decode the replies of queries and searches into what users receive."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from milvusclient.codec.dynamic import META, merge_dynamic, rows_of_json
from milvusclient.codec.ids import decode_ids
from milvusclient.codec.read.builders import hit_builder, row_builder
from milvusclient.codec.read.columns import decode_column, json_cells
from milvusclient.codec.read.packed_floats import floats_in
from milvusclient.exceptions import ReplyError
from milvusclient.models.results import (
    AggregationBucket,
    AggregationHit,
    Hit,
    Hits,
    QueryResult,
    SearchResult,
    hit_class,
)

if TYPE_CHECKING:
    from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
    from milvusclient.codec.read.reply import Raw

__all__ = ["decode_query", "decode_search", "extra_info"]

Row = dict[str, Any]
_SCORES = 4
"""The number of the field SearchResultData.scores."""
_INTEGER_COUNTERS = ("scanned_remote_bytes", "scanned_total_bytes")


def extra_info(status: common_pb2.Status) -> dict[str, int | float]:
    """Return what a server says about a call beside its result: ``cost``, and whatever else it counted."""
    counters = status.extra_info
    if not counters:
        return {"cost": 0}
    extra: dict[str, int | float] = {"cost": _integer(counters.get("report_value", ""))}
    for name in _INTEGER_COUNTERS:
        if name in counters:
            extra[name] = _integer(counters[name])
    if "cache_hit_ratio" in counters:
        try:
            extra["cache_hit_ratio"] = float(counters["cache_hit_ratio"])
        except ValueError:
            extra["cache_hit_ratio"] = 0.0
    return extra


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


# --- rows ------------------------------------------------------------------------------------------------------------
class _Table(NamedTuple):
    """The columns of a reply: those with a name, and those of dynamic fields, as JSON or as dicts."""

    names: list[str]
    columns: list[list[Any]]
    cells: list[list[bytes]]
    documents: list[list[Any]]


def _table(fields: Sequence[schema_pb2.FieldData], count: int | None, raw: Raw, as_numpy: bool) -> _Table:
    """Decode the columns of a reply, which must all have the same length.

    Args:
        fields: the columns.
        count: how many rows there must be; None to take that from the columns.
        raw: the bytes of float vectors that are not in the columns.
        as_numpy: whether dense vectors are numpy arrays.
    """
    table = _Table([], [], [], [])
    for field, beside in zip(fields[:], raw or repeat(None), strict=False):
        if field.is_dynamic and not (table.cells or table.documents):
            cells = json_cells(field, count)
            if cells is not None:
                count = len(cells)
                table.cells.append(cells)
                continue
        column = decode_column(field, count, raw=beside, as_numpy=as_numpy)
        count = len(column)
        if field.is_dynamic:
            table.documents.append(column)
        else:
            table.names.append(field.field_name)
            table.columns.append(column)
    return table


def _rows(table: _Table, output_fields: Sequence[str], count: int) -> list[Row]:
    """Build rows from columns, with the dynamic fields that were asked for merged into them."""
    names, columns, cells, documents = table
    if cells:
        rows = rows_of_json(names, columns, cells[0], _wanted_keys(output_fields, names))
    else:
        rows = row_builder(tuple(names))(*columns) if names else [{} for _ in range(count)]
    for document in documents:
        only = not cells and len(documents) == 1
        merge_dynamic(rows, document, _wanted_keys(output_fields, names), names if only else None)
    return rows


def _wanted_keys(output_fields: Sequence[str], names: Collection[str]) -> list[str] | None:
    """Return the dynamic keys that were asked for; None for all of them."""
    if not output_fields or META in output_fields or "*" in output_fields:
        return None
    return [name for name in output_fields if name not in names]


def decode_query(reply: milvus_pb2.QueryResults, *, raw: Raw = (), as_numpy: bool = False) -> QueryResult:
    """Decode the rows that a query found.

    Args:
        reply: the reply.
        raw: for each column the bytes of its float vectors that are not in the reply.
        as_numpy: whether dense vectors are numpy arrays.

    Raises:
        ReplyError: the reply is inconsistent.
    """
    table = _table(reply.fields_data, None, raw, as_numpy)
    rows = _rows(table, reply.output_fields, len(table.documents[0]) if table.documents else 0)
    if reply.element_indices:
        rows = list(_by_element(rows, reply))
    extra = extra_info(reply.status)
    extra["iterator_session_ts"] = reply.session_ts
    return QueryResult(rows, extra=extra)


def _by_element(rows: list[Row], reply: milvus_pb2.QueryResults) -> Iterator[Row]:
    """Yield a row for each element that matched, as a query for elements of struct arrays returns them."""
    if len(reply.element_indices) != len(rows):
        raise ReplyError(
            message=f"the reply cannot be read: element indices for {len(reply.element_indices)} of {len(rows)} rows"
        )
    for row, indices in zip(rows, reply.element_indices, strict=True):
        for index in indices.indices.data:
            yield {**row, "offset": index}


#: More queries than one request can hold; servers accept 16,384.
_MOST_QUERIES = 1 << 20


# --- hits ------------------------------------------------------------------------------------------------------------
def decode_search(
    reply: milvus_pb2.SearchResults, round_decimal: int = -1, *, raw: Raw = (), as_numpy: bool = False
) -> SearchResult:
    """Decode the hits of each query.

    Args:
        reply: the reply of a search or of a hybrid search.
        round_decimal: how many decimals the distances keep; negative for all.
        raw: for each column the bytes of its float vectors that are not in the reply.
        as_numpy: whether dense vectors are numpy arrays.

    Raises:
        ReplyError: the reply is inconsistent.
    """
    data = reply.results
    ids: list[Any] = decode_ids(data.ids)
    counts = _counts(data, len(ids))
    hits = _hits(data, ids, round_decimal, _table(data.fields_data, len(ids), raw, as_numpy))
    queries: list[Hits] = []
    start = 0
    for count in counts:
        queries.append(Hits(hits[start : start + count]))
        start += count
    token, bound = "", 0.0
    if data.HasField("search_iterator_v2_results"):
        token = data.search_iterator_v2_results.token
        bound = data.search_iterator_v2_results.last_bound
    return SearchResult(
        queries,
        extra=extra_info(reply.status),
        recalls=data.recalls[:],
        agg_buckets=_split_buckets(data),
        session_ts=reply.session_ts,
        iterator_token=token,
        iterator_last_bound=bound,
    )


def _counts(data: schema_pb2.SearchResultData, keys: int) -> list[int]:
    """Return how many hits each query has. This comes first, so that no result is built from inconsistent counts."""
    counts: list[int] = data.topks[:]
    if not counts and not keys and 0 <= data.num_queries <= _MOST_QUERIES:
        return [0] * data.num_queries
    if not counts or min(counts) < 0 or sum(counts) != keys:
        raise ReplyError(
            message=f"the reply cannot be read: {sum(counts)} hits of {len(counts) or data.num_queries} queries with "
            f"{keys} keys"
        )
    return counts


def _distances(data: schema_pb2.SearchResultData, round_decimal: int) -> list[float]:
    distances = floats_in(data, data.scores, "f", field_number=_SCORES)
    if round_decimal < 0:
        return distances
    return [round(distance, round_decimal) for distance in distances]


def _hits(data: schema_pb2.SearchResultData, ids: list[Any], round_decimal: int, table: _Table) -> list[Hit]:
    """Build the hits of all queries, one after the other."""
    distances = _distances(data, round_decimal)
    if len(ids) != len(distances):
        raise ReplyError(
            message=f"the reply cannot be read: {len(ids)} hits with {len(ids)} keys and {len(distances)} distances"
        )
    made_of = hit_class(data.primary_field_name)
    if table.cells or table.documents:
        hits = hit_builder(made_of)(ids, distances, _rows(table, data.output_fields, len(ids)))
    else:
        hits = hit_builder(made_of, tuple(table.names))(ids, distances, *table.columns)
    if data.HasField("element_indices"):
        _add_offsets(hits, data.element_indices.data)
    if data.highlight_results:  # to check whether there are any costs a quarter of a loop over none
        for highlight in data.highlight_results:
            _add_highlights(hits, highlight)
    return hits


def _add_offsets(hits: list[Hit], offsets: Sequence[int]) -> None:
    if len(offsets) != len(hits):
        raise ReplyError(message=f"the reply cannot be read: {len(offsets)} element indices for {len(hits)} hits")
    for hit, offset in zip(hits, offsets, strict=True):
        hit["offset"] = offset


def _add_highlights(hits: list[Hit], highlight: common_pb2.HighlightResult) -> None:
    """Add what the highlighter found in one field; hits beyond the end of the list have nothing."""
    for hit, found in zip(hits, highlight.datas, strict=False):
        by_field = hit.setdefault("highlight", {})
        by_field[highlight.field_name] = {"fragments": found.fragments[:], "scores": found.scores[:]}


# --- aggregation -----------------------------------------------------------------------------------------------------
def _split_buckets(data: schema_pb2.SearchResultData) -> list[list[AggregationBucket]]:
    """Decode the buckets of each query; an empty list without an aggregation."""
    if not data.agg_buckets and not data.agg_topks:
        return []
    buckets = [_bucket(bucket) for bucket in data.agg_buckets]
    if sum(data.agg_topks) != len(buckets):
        raise ReplyError(
            message=f"the reply cannot be read: {len(buckets)} buckets, of which the queries have {sum(data.agg_topks)}"
        )
    split: list[list[AggregationBucket]] = []
    start = 0
    for count in data.agg_topks:
        split.append(buckets[start : start + count])
        start += count
    return split


def _value(message: Any, oneof: str) -> Any:  # one of the messages with a oneof of plain values
    member = message.WhichOneof(oneof)
    return None if member is None else getattr(message, member)


def _bucket(bucket: schema_pb2.AggBucket) -> AggregationBucket:
    return AggregationBucket(
        key=[
            {"field_name": entry.field_name, "field_id": entry.field_id, "value": _value(entry, "value")}
            for entry in bucket.key
        ],
        count=bucket.count,
        metrics={name: _value(metric, "value") for name, metric in bucket.metrics.items()},
        hits=[_aggregation_hit(hit) for hit in bucket.hits],
        sub_groups=[_bucket(group) for group in bucket.sub_groups],
    )


def _aggregation_hit(hit: schema_pb2.AggHit) -> AggregationHit:
    given = [entry for entry in hit.fields if entry.WhichOneof("value") is not None]
    return AggregationHit(
        pk=_value(hit, "pk"),
        score=hit.score,
        fields={entry.field_name: _value(entry, "value") for entry in given},
        field_ids={entry.field_name: entry.field_id for entry in given},
    )
