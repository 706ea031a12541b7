"""Canned replies of Search, HybridSearch and Query."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.support import facts
from tests.support.canned_rows import dynamic_data, field_data, struct_data
from tests.support.canned_state import SESSION_TS, TOTAL_ROWS, Config, State, replies_to
from tests.support.facts import Dynamic
from tests.support.readable import pairs

_PAGE = 4
"""Hits of one page of a search iterator."""
_CURSOR = re.compile(r'^\s*(\w+) (>=?) "?([^"\s)]+)"?')
"""The first condition of a query iterator's page: ``pk > last``."""


def primary_field(schema: Dynamic) -> Dynamic | None:
    """The primary key's FieldSchema."""
    return next((field for field in schema.fields if field.is_primary_key), None)


def has_text_keys(schema: Dynamic) -> bool:
    """Whether the primary key is a VARCHAR."""
    field = primary_field(schema)
    return field is not None and bool(field.data_type == facts.enum_value("DataType", "VarChar"))


# --- columns ---------------------------------------------------------------------------------------------------------
def _columns(
    schema: Dynamic, wanted: Sequence[str], rows: Sequence[int], keys: Sequence[int | str]
) -> tuple[list[Dynamic], list[str]]:
    """The columns for some output fields, and those fields' names, each once.

    A name may be ``*``, a field, a struct array, one of its sub-fields (``chunks[text]``) or a dynamic key; all
    dynamic keys share one column.
    """
    fields = {field.name: field for field in schema.fields}
    structs = {struct.name: struct for struct in schema.struct_array_fields}
    columns: list[Dynamic] = []
    names = list(dict.fromkeys(_expanded(schema, wanted)))
    built: set[str] = set()
    dynamic = False
    for name in names:
        base = name.split("[")[0]
        if base not in fields and base not in structs:
            dynamic = dynamic or bool(schema.enable_dynamic_field)
            continue
        if base in built:
            continue
        built.add(base)
        columns.append(struct_data(structs[base], rows) if base in structs else field_data(fields[base], rows, keys))
    if dynamic:
        columns.append(dynamic_data(rows))
    return columns, names


def _expanded(schema: Dynamic, wanted: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name in wanted:
        if name != "*":
            names.append(name)
            continue
        names.extend(field.name for field in schema.fields if not field.is_dynamic)
        names.extend(struct.name for struct in schema.struct_array_fields)
        if schema.enable_dynamic_field:
            names.append("$meta")
    return names


# --- search ----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Page:
    """The hits that each query of a search gets: ``first`` is the number of the first, ``scores`` says how many."""

    first: int
    scores: list[float]
    token: str = ""
    last_bound: float = 0.0


def _page(config: Config, limit: int, params: Mapping[str, str]) -> _Page:
    if config.get("empty"):
        page = _page({**config, "empty": False}, limit, params)
        page.scores = []
        return page
    if "search_iter_v2" in params and not config.get("iter_v1"):
        return _iterator_page(limit, params)
    if "iterator" in params and config.get("iter_v1"):
        return _range_page(limit, params)
    return _Page(1, [round(0.9 - 0.1 * rank, 6) for rank in range(min(limit, 3))])


def _iterator_page(limit: int, params: Mapping[str, str]) -> _Page:
    """Two pages of four hits behind a token; the first call, which asks for one hit, is the probe."""
    bound = params.get("search_iter_last_bound") or ""
    number = int(float(bound)) if bound else 0
    probe = not bound and params.get("search_iter_batch_size") == "1"
    count = 0 if number >= 2 else 1 if probe else min(limit, _PAGE)
    first = number * _PAGE + 1
    scores = [round(0.9 - 0.01 * (first + rank), 6) for rank in range(count)]
    return _Page(first, scores, token="iter-token-1", last_bound=0.0 if probe else float(number + 1))


def _range_page(limit: int, params: Mapping[str, str]) -> _Page:
    """Range searches of the older iterator: distances grow by 0.25, and end at 4."""
    nested = json.loads(params.get("params") or "{}")
    start = nested.get("range_filter")
    count = min(limit, _PAGE)
    if start is None:
        return _Page(1, [0.25 * (rank + 1) for rank in range(count)])
    if start >= 4.0:
        count = 0
    return _Page(100 + round(start * 4), [start + 0.25 * (rank + 1) for rank in range(count)])


def _search(
    state: State, collection: str, queries: int, limit: int, output: Sequence[str], params: Mapping[str, str]
) -> tuple[Dynamic, list[int]]:
    """The reply of a search and the row numbers of its hits."""
    schema, config = state.schema(collection), state.config(collection)
    page = _page(config, limit, params)
    text_keys = has_text_keys(schema)
    rows: list[int] = []
    keys: list[int | str] = []
    reply = facts.message("SearchResults")(
        collection_name=collection, session_ts=0 if config.get("no_session_ts") else SESSION_TS
    )
    data = reply.results
    data.num_queries, data.top_k, data.all_search_count = queries, limit, TOTAL_ROWS
    for query in range(queries):
        for rank in range(len(page.scores)):
            number = page.first + rank
            rows.append(number % 7)
            keys.append(f"pk{number + 100 * query}" if text_keys else number + 100 * query)
        data.scores.extend(page.scores)
        data.topks.append(len(page.scores))
    (data.ids.str_id if text_keys else data.ids.int_id).data.extend(keys)
    if page.token:
        data.search_iterator_v2_results.token = page.token
        data.search_iterator_v2_results.last_bound = page.last_bound
    primary = primary_field(schema)
    data.primary_field_name = primary.name if primary is not None else ""
    columns, names = _columns(schema, output, rows, keys)
    data.fields_data.extend(columns)
    data.output_fields.extend(names)
    grouped = next((field for field in schema.fields if field.name == params.get("group_by_field")), None)
    if grouped is not None:
        data.group_by_field_value.CopyFrom(field_data(grouped, rows, keys))
    if params.get("enable_recall_calculation"):
        data.recalls.extend([0.5] * queries)
    reply.status.extra_info["report_value"] = "6"
    return reply, rows


def _add_buckets(data: Dynamic, aggregation: Dynamic, queries: int) -> None:
    """Two buckets of 3 and 2 rows for the first query."""
    for number in range(2):
        bucket = data.agg_buckets.add(count=3 - number)
        for field in aggregation.fields:
            bucket.key.add(field_name=field, field_id=101, string_val=f"g{number}")
        for alias in sorted(aggregation.metrics):
            bucket.metrics[alias].double_val = 1.5 + number
        if aggregation.HasField("top_hits"):
            hit = bucket.hits.add(int_pk=number + 1, score=0.5)
            hit.fields.add(field_id=102, field_name="color", string_val=f"c{number}")
    data.agg_topks.extend([2] + [0] * (queries - 1))


@replies_to("Search")
def _reply_search(state: State, request: Dynamic) -> Dynamic:
    params = pairs(request.search_params)
    topk = params.get("topk", "3")
    limit = int(topk) if topk.lstrip("-").isdigit() else 3
    queries = max(int(request.nq), 1)
    reply, rows = _search(state, request.collection_name, queries, limit, list(request.output_fields), params)
    if request.HasField("search_aggregation"):
        _add_buckets(reply.results, request.search_aggregation, queries)
    if request.HasField("highlighter"):
        highlight = reply.results.highlight_results.add(field_name="text")
        for _ in rows:
            highlight.datas.add(fragments=["<em>x</em>"], scores=[0.5])
    return reply


@replies_to("HybridSearch")
def _reply_hybrid_search(state: State, request: Dynamic) -> Dynamic:
    params = pairs(request.rank_params)
    queries = max((int(part.nq) for part in request.requests), default=1)
    limit = int(params.get("limit", "3"))
    return _search(state, request.collection_name, queries, limit, list(request.output_fields), params)[0]


# --- query -----------------------------------------------------------------------------------------------------------
@replies_to("Query")
def _reply_query(state: State, request: Dynamic) -> Dynamic:
    schema, config = state.schema(request.collection_name), state.config(request.collection_name)
    params = pairs(request.query_params)
    primary = primary_field(schema)
    reply = facts.message("QueryResults")(
        collection_name=request.collection_name,
        session_ts=0 if config.get("no_session_ts") else SESSION_TS,
        primary_field_name=primary.name if primary is not None else "",
    )
    reply.status.extra_info["report_value"] = "4"
    if list(request.output_fields) == ["count(*)"]:
        column = reply.fields_data.add(type=facts.enum_value("DataType", "Int64"), field_name="count(*)")
        column.scalars.long_data.data.append(TOTAL_ROWS)
        reply.output_fields.append("count(*)")
        return reply
    text_keys = has_text_keys(schema)
    after = _cursor(request.expr, primary.name if primary is not None else "", text_keys)
    rows = [] if config.get("empty") else [row for row in range(1, TOTAL_ROWS + 1) if row > after]
    rows = rows[int(params.get("offset") or 0) :]
    limit = params.get("limit")
    rows = rows[: 3 if limit in (None, "", "-1") else int(limit or 0)]
    keys: list[int | str] = [f"pk{row}" if text_keys else row for row in rows]
    wanted = [*request.output_fields, *([primary.name] if primary is not None else [])]
    columns, names = _columns(schema, wanted, rows, keys)
    reply.fields_data.extend(columns)
    reply.output_fields.extend(names)
    if config.get("element_indices"):
        for _ in rows:
            reply.element_indices.add().indices.data.extend([0, 2])
    return reply


def _cursor(expression: str, primary: str, text_keys: bool) -> int:
    """The last row that an iterator has seen, by the first condition of its expression; 0 without one."""
    match = _CURSOR.match(expression)
    if match is None or match.group(1) != primary:
        return 0
    digits = match.group(3)[2 if text_keys else 0 :]
    return int(digits) if digits.lstrip("-").isdigit() else 0
