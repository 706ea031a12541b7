"""Commands that find rows: query, search, hybrid search, and both page by page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

import click

from milvusclient import AnnSearchRequest, MilvusClient, RRFRanker, WeightedRanker
from milvusclient.cli.data.files import export_columns
from milvusclient.cli.data.values import parse_json, parse_number, parse_settings, parse_vectors
from milvusclient.cli.framework.command import Command, collection_option, option, pass_session, settings_option, words
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import ParamError
from milvusclient.models.results import Hit

__all__: list[str] = []

_expr_option = option("-e", "--expr", "--filter", "expr", default=None, help="A filter, such as 'id < 5'.")
_fields_option = option("-f", "--output-fields", "fields", default=None, help="Only these fields, separated by commas.")
_partitions_option = option("-p", "--partitions", default=None, help="Only these partitions, separated by commas.")
_consistency_option = option("--consistency", default=None, help="Strong, Session, Bounded or Eventually.")
_graceful_option = option("--guarantee-timestamp", type=int, default=None, help="See all that was written up to this.")
_batch_option = option("--batch-size", type=int, default=100, show_default=True, help="Rows in a page.")
_vector_option = option(
    "-v", "--vector", default=None, help="What to search for: a JSON list, or words for a full-text search."
)
_param_option = settings_option("param", "A search parameter, such as nprobe:16.")


@root.command("query", cls=Command, examples=("query -c docs -e 'id < 5' --output json",))
@collection_option
@_expr_option
@_fields_option
@_partitions_option
@option("-l", "--limit", type=int, default=None, help="At most so many rows.")
@option("--offset", type=int, default=None, help="Leave out so many first.")
@_consistency_option
@_graceful_option
@pass_session
def query(
    session: Session,
    collection: str,
    expr: str | None,
    fields: str | None,
    partitions: str | None,
    limit: int | None,
    offset: int | None,
    consistency: str | None,
    guarantee_timestamp: int | None,
) -> None:
    """Show the rows that a filter finds."""
    if expr is None and limit is None:
        expr = session.ask(None, "Filter", "--expr")
        fields = session.offer(fields, "Fields to show, separated by commas, or Enter")
        partitions = session.offer(partitions, "Partitions, separated by commas, or Enter for all")
    client = session.reading(collection)
    rows = client.query(
        collection,
        expr or "",
        words(fields),
        session.timeout,
        partition_names=words(partitions),
        limit=limit,
        offset=offset,
        consistency_level=consistency,
        guarantee_timestamp=guarantee_timestamp,
    )
    session.rows(rows, shown_fields(session, client, collection, fields))


def shown_fields(session: Session, client: MilvusClient, collection: str, fields: str | None) -> list[str]:
    """The columns of a query's result, in one order whatever the server's is; with no rows, too."""
    if session.options.output == "json":
        return []
    described = client.describe_collection(collection, session.timeout)["fields"]
    named = words(fields) or ["*"]
    key = [field["name"] for field in described if field.get("is_primary")]
    return list(dict.fromkeys([*key, *export_columns(named, described)]))


def hit_row(hit: Hit) -> dict[str, object]:
    """A hit as one flat row: key, distance, then the fields."""
    return {hit.primary_key: hit.id, "distance": hit.distance, **hit.fields}


def flat(results: Sequence[Iterable[Hit]]) -> list[dict[str, object]]:
    """All hits as rows; with several vectors each says which one it belongs to."""
    several = len(results) > 1
    return [
        ({"vector": number} if several else {}) | hit_row(hit) for number, hits in enumerate(results) for hit in hits
    ]


@root.command("search", cls=Command, examples=("search -c docs -v '[0.1, 0.2]' -l 3 --output-fields title",))
@collection_option
@_vector_option
@option("-f", "--anns-field", "field", default=None, help="The vector field; may be left out if there is one.")
@option("-l", "--limit", type=int, default=10, show_default=True, help="How many for each vector.")
@_expr_option
@option("--output-fields", "fields", default=None, help="Also these fields, separated by commas.")
@_partitions_option
@option("-m", "--metric-type", "metric", default=None, help="The metric, if it must be said.")
@_param_option
@option("--offset", type=int, default=None, help="Leave out so many first.")
@option("--round-decimal", type=int, default=-1, help="Round distances to so many places.")
@_consistency_option
@_graceful_option
@pass_session
def search(
    session: Session,
    collection: str,
    vector: str | None,
    field: str | None,
    limit: int,
    expr: str | None,
    fields: str | None,
    partitions: str | None,
    metric: str | None,
    param: tuple[str, ...],
    offset: int | None,
    round_decimal: int,
    consistency: str | None,
    guarantee_timestamp: int | None,
) -> None:
    """Show the rows nearest to a vector, or to words."""
    if vector is None:
        vector = session.ask(None, "Vector as JSON, or words", "--vector")
        field = session.offer(field, "Vector field, or Enter if there is one")
        expr = session.offer(expr, "Filter, or Enter")
        fields = session.offer(fields, "Fields to show, separated by commas, or Enter")
    data = parse_vectors(vector)
    found = session.reading(collection).search(
        collection,
        data,
        expr or "",
        limit,
        words(fields),
        search_params(param, metric),
        session.timeout,
        words(partitions),
        field,
        offset=offset,
        round_decimal=round_decimal,
        consistency_level=consistency,
        guarantee_timestamp=guarantee_timestamp,
    )
    session.rows(flat(found), ("id", "distance"))


def search_params(texts: Iterable[str], metric: str | None) -> dict[str, object]:
    """The parameters of a search as the client takes them."""
    params = parse_settings(texts)
    return ({"params": params} if params else {}) | ({"metric_type": metric.upper()} if metric else {})


def parse_request(text: str, limit: int) -> AnnSearchRequest:
    """One part of a hybrid search: ``FIELD=VECTOR`` or a JSON object with field, vector, limit, filter and params.

    Raises:
        ParamError: it is neither.
    """
    if text.lstrip().startswith("{"):
        found = parse_json(text, "the request")
        if not isinstance(found, Mapping) or not {"field", "vector"} <= found.keys():
            raise ParamError(message='a request needs "field" and "vector"')
        vector = found["vector"]
        data = parse_vectors(vector) if isinstance(vector, str) else [vector]
        params = found.get("params") or {}
        return AnnSearchRequest(
            data, found["field"], {"params": params}, found.get("limit", limit), found.get("filter")
        )
    field, equals, vector = text.partition("=")
    if not equals:
        raise ParamError(message=f"{text!r} is not FIELD=VECTOR")
    return AnnSearchRequest(parse_vectors(vector), field.strip(), {}, limit)


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
    help="A search; give two or more.",
)
@option("--weights", default=None, help="Rank by weights, separated by commas, in place of reciprocal ranks.")
@option("-l", "--limit", type=int, default=10, show_default=True, help="How many.")
@option("--output-fields", "fields", default=None, help="Also these fields, separated by commas.")
@_partitions_option
@_consistency_option
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
    texts = requests or session.ask_several("Search as FIELD=VECTOR", "--request")
    parts = [parse_request(text, limit) for text in texts]
    ranker = (
        WeightedRanker(*(parse_number(each, "a weight") for each in words(weights) or [])) if weights else RRFRanker()
    )
    found = session.reading(collection).hybrid_search(
        collection,
        parts,
        ranker,
        limit,
        words(fields),
        session.timeout,
        words(partitions),
        consistency_level=consistency,
    )
    session.rows(flat(found), ("id", "distance"))


def _pages(
    session: Session, fetch: Callable[[], Sequence[Mapping[str, object]]], asks: bool, columns: Sequence[str]
) -> None:
    """Page by page; on a terminal asks between pages, elsewhere all are one result."""
    if not asks:
        rows: list[Mapping[str, object]] = []
        while page := fetch():
            rows.extend(page)
        session.rows(rows, columns)
        return
    while page := fetch():
        session.rows(page, columns)
        if not click.confirm("Next page?", default=True, err=True):
            return


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@root.command("query_iterator", cls=Command)
@collection_option
@_expr_option
@_fields_option
@_partitions_option
@_batch_option
@option("-l", "--limit", type=int, default=-1, help="At most so many rows.")
@pass_session
def query_iterator(
    session: Session,
    collection: str,
    expr: str | None,
    fields: str | None,
    partitions: str | None,
    batch_size: int,
    limit: int,
) -> None:
    """Show the rows that a filter finds, page by page."""
    client = session.reading(collection)
    pages = client.query_iterator(
        collection, batch_size, limit, expr or "", words(fields) or ["*"], words(partitions), session.timeout
    )
    try:
        _pages(session, pages.next, _asks(), shown_fields(session, client, collection, fields))
    finally:
        pages.close()


@root.command("search_iterator", cls=Command)
@collection_option
@_vector_option
@option("-f", "--anns-field", "field", default=None, help="The vector field; may be left out if there is one.")
@_expr_option
@option("--output-fields", "fields", default=None, help="Also these fields, separated by commas.")
@_partitions_option
@_param_option
@_batch_option
@option("-l", "--limit", type=int, default=-1, help="At most so many rows.")
@pass_session
def search_iterator(
    session: Session,
    collection: str,
    vector: str | None,
    field: str | None,
    expr: str | None,
    fields: str | None,
    partitions: str | None,
    param: tuple[str, ...],
    batch_size: int,
    limit: int,
) -> None:
    """Show the rows nearest to a vector, page by page."""
    data = parse_vectors(session.ask(vector, "Vector as JSON", "--vector"))
    pages = session.reading(collection).search_iterator(
        collection, data, batch_size, expr or "", limit, words(fields), search_params(param, None), session.timeout,
        words(partitions), field,
    )  # fmt: skip
    try:
        _pages(session, lambda: [hit_row(hit) for hit in pages.next()], _asks(), ("id", "distance"))
    finally:
        pages.close()
