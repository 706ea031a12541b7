"""Commands that find the nearest rows: search, hybrid search, and search page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from milvusclient.cli.commands.reading import (
    batch_option,
    chosen_rows,
    consistency_option,
    expr_option,
    fields_of,
    guarantee_option,
    hit_fields_option,
    offset_option,
    param_option,
    partitions_option,
    show_pages,
    where_option,
)
from milvusclient.cli.data.columns import DISTANCE, single_precision
from milvusclient.cli.data.values import parse_json, parse_number, parse_queries, pick_vector_field
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.parameters import COUNT, collection_option, option, split_list
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import ParamError

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription
    from milvusclient.models.results import Hit
    from milvusclient.schema.ranking import AnnSearchRequest

__all__: list[str] = []

_vector_option = option(
    "-v", "--vector", default=None, help="Vector in JSON, several in a list, or a text for full-text search."
)
_field_option = option(
    "-f", "--anns-field", "field", default=None, help="Vector field; not needed if there is only one."
)
_metric_option = option("-m", "--metric-type", "metric", default=None, help="Metric, if it is not that of the index.")


def hit_row(hit: Hit) -> dict[str, object]:
    """Build one flat row of a hit: key, distance, then the fields."""
    return {hit.primary_key: hit.id, DISTANCE: hit.distance, **hit.fields}


def rows_of_hits(results: Sequence[Iterable[Hit]]) -> list[dict[str, object]]:
    """Build rows of all hits; with several vectors each has the number of its query."""
    several = len(results) > 1
    return [
        ({"query": number} if several else {}) | hit_row(hit) for number, hits in enumerate(results) for hit in hits
    ]


def _columns(described: Sequence[FieldDescription], fields: str | None) -> list[str]:
    key = [field["name"] for field in described if field.get("is_primary")]
    return ["query", *key, DISTANCE, *(name for name in split_list(fields) or [] if name not in ("*", *key))]


def _show_hits(
    session: Session, found: Sequence[Iterable[Hit]], described: Sequence[FieldDescription], fields: str | None
) -> None:
    rows = rows_of_hits(found)
    columns = _columns(described, fields)
    session.show_rows(rows, columns if rows else columns[1:], single=single_precision(described) | {DISTANCE})


@root.command(
    "search",
    cls=Command,
    examples=("search -c docs -v '[0.1, 0.2]' -l 3 --output-fields title", "search -c docs -f sparse -v 'red shoes'"),
)
@collection_option
@_vector_option
@_field_option
@option("-l", "--limit", type=COUNT, default=10, show_default=True, help="Show this many results for each vector.")
@expr_option
@where_option
@hit_fields_option
@partitions_option
@_metric_option
@param_option
@offset_option
@option("--round-decimal", type=int, default=-1, help="Round distances to this many places.")
@consistency_option
@guarantee_option
@pass_session
def search(
    session: Session,
    collection: str,
    vector: str | None,
    field: str | None,
    limit: int,
    expr: str | None,
    where: tuple[str, ...],
    fields: str | None,
    partitions: str | None,
    metric: str | None,
    param: dict[str, object],
    offset: int | None,
    round_decimal: int,
    consistency: str | None,
    guarantee_timestamp: int | None,
) -> None:
    """Show the rows nearest to a vector, or to a string."""
    if vector is None:
        vector = session.ask(None, "Vector in JSON, or a string", "--vector")
        field = session.ask_optional(field, "Vector field, or Enter if there is only one")
        expr = session.ask_optional(expr, "Filter, or Enter")
        fields = session.ask_optional(fields, "Fields to show, separated by commas, or Enter")
    described = fields_of(session, collection)
    searched = pick_vector_field(described, field, collection)
    data = parse_queries(vector, searched)
    found = session.reading_client(collection).search(
        collection,
        data,
        chosen_rows(session, collection, expr, where),
        limit,
        split_list(fields),
        search_params(param, metric),
        session.timeout,
        split_list(partitions),
        searched["name"],
        offset=offset,
        round_decimal=round_decimal,
        consistency_level=consistency,
        guarantee_timestamp=guarantee_timestamp,
    )
    _show_hits(session, found, described, fields)


def search_params(settings: Mapping[str, object], metric: str | None) -> dict[str, object]:
    """Build the parameters of a search as the client takes them."""
    return ({"params": dict(settings)} if settings else {}) | ({"metric_type": metric.upper()} if metric else {})


def check_request(ctx: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a part of a hybrid search that cannot be read, before anything is asked."""
    del ctx, parameter
    for text in texts:
        try:
            _split_request(text)
        except ParamError as error:
            raise click.BadParameter(error.message) from None
    return texts


def _split_request(text: str) -> tuple[str, str, Mapping[str, object]]:
    """Return the field, what to search it for, and the other settings of a part of a hybrid search."""
    if not text.lstrip().startswith("{"):
        field, equals, vector = text.partition("=")
        if not equals:
            raise ParamError(message=f"{text!r} is not FIELD=VECTOR")
        return field.strip(), vector, {}
    found = parse_json(text, "the request")
    if not isinstance(found, Mapping) or not {"field", "vector"} <= found.keys():
        raise ParamError(message='a request in JSON needs "field" and "vector"')
    return str(found["field"]), "", found


def parse_request(
    text: str, limit: int, described: Sequence[FieldDescription], collection: str = ""
) -> AnnSearchRequest:
    """Build one part of a hybrid search of ``FIELD=VECTOR``, or JSON with field, vector, limit, filter and params.

    Raises:
        ParamError: it is neither, or the field cannot be searched for this.
    """
    from milvusclient.schema.ranking import AnnSearchRequest

    name, vector, more = _split_request(text)
    field = pick_vector_field(described, name, collection)
    if not more:
        return AnnSearchRequest(parse_queries(vector, field), name, {}, limit)
    given = more["vector"]
    data = parse_queries(given, field) if isinstance(given, str) else [given]
    params, own_limit, expr = more.get("params") or {}, more.get("limit", limit), more.get("filter")
    if not isinstance(own_limit, int) or not isinstance(expr, str | None):
        raise ParamError(message=f'in request {text[:60]!r}, "limit" must be an integer and "filter" a string')
    return AnnSearchRequest(data, name, {"params": params}, own_limit, expr)


@root.command(
    "hybrid_search",
    cls=Command,
    examples=("hybrid_search -c docs -r 'dense=[0.1, 0.2]' -r 'text=red shoes' --weights 0.7,0.3",),
)
@collection_option
@option(
    "-r",
    "--request",
    "requests",
    multiple=True,
    metavar="FIELD=VECTOR",
    callback=check_request,
    help="One search; give two or more.",
)
@option(
    "--weights",
    default=None,
    help="Weights of the searches, separated by commas; without them, reciprocal ranks decide.",
)
@option("-l", "--limit", type=COUNT, default=10, show_default=True, help="Show this many results.")
@hit_fields_option
@partitions_option
@consistency_option
@pass_session
def hybrid_search(
    session: Session,
    collection: str,
    requests: tuple[str, ...],
    weights: str | None,
    limit: int,
    fields: str | None,
    partitions: str | None,
    consistency: str | None,
) -> None:
    """Show the rows that several searches together rank first."""
    from milvusclient.schema.ranking import RRFRanker, WeightedRanker

    numbers = [parse_number(each, "a weight") for each in split_list(weights) or []]
    texts = requests or session.ask_several("Search as FIELD=VECTOR", "--request")
    described = fields_of(session, collection)
    parts = [parse_request(text, limit, described, collection) for text in texts]
    found = session.reading_client(collection).hybrid_search(
        collection,
        parts,
        WeightedRanker(*numbers) if numbers else RRFRanker(),
        limit,
        split_list(fields),
        session.timeout,
        split_list(partitions),
        consistency_level=consistency,
    )
    _show_hits(session, found, described, fields)


@root.command("search_iterator", cls=Command)
@collection_option
@_vector_option
@_field_option
@expr_option
@where_option
@hit_fields_option
@partitions_option
@_metric_option
@param_option
@batch_option
@option("-l", "--limit", type=int, default=-1, help="Show at most this many results.  [default: all]")
@pass_session
def search_iterator(
    session: Session,
    collection: str,
    vector: str | None,
    field: str | None,
    expr: str | None,
    where: tuple[str, ...],
    fields: str | None,
    partitions: str | None,
    metric: str | None,
    param: dict[str, object],
    batch_size: int,
    limit: int,
) -> None:
    """Show the rows nearest to a vector, page by page."""
    text = session.ask(vector, "Vector in JSON", "--vector")
    described = fields_of(session, collection)
    searched = pick_vector_field(described, field, collection)
    pages = session.reading_client(collection).search_iterator(
        collection, parse_queries(text, searched), batch_size, chosen_rows(session, collection, expr, where), limit,
        split_list(fields), search_params(param, metric), session.timeout, split_list(partitions), searched["name"],
    )  # fmt: skip
    try:
        columns = _columns(described, fields)[1:]
        show_pages(session, lambda: [hit_row(hit) for hit in pages.next()], columns, described, DISTANCE)
    finally:
        pages.close()
