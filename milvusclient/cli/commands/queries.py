"""Commands that find rows by a filter or by their keys."""

from __future__ import annotations

import sys

import click

from milvusclient.cli.commands.reading import (
    MORE,
    batch_option,
    chosen_rows,
    columns_of,
    consistency_option,
    expr_option,
    fields_of,
    fields_option,
    guarantee_option,
    offset_option,
    partitions_option,
    show_pages,
    where_option,
)
from milvusclient.cli.data.columns import single_precision
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.output import for_people
from milvusclient.cli.framework.parameters import COUNT, collection_option, option, split_list
from milvusclient.cli.framework.session import Session

__all__ = ["keys_of"]

#: Rows that a query shows on a terminal when no limit is given; elsewhere it has none.
_SCREEN_LIMIT = 100
#: Rows, with those that are skipped, beyond which servers refuse a query.
_SERVER_LIMIT = 16384


@root.command(
    "query",
    cls=Command,
    examples=("query -c docs -e 'id < 5' --output json", "query -c docs -e 'id > 0' -l 3 -o vertical"),
)
@collection_option
@expr_option
@where_option
@fields_option
@partitions_option
@option(
    "-l",
    "--limit",
    type=COUNT,
    default=None,
    help="Show at most this many rows.  [default: 100 on a terminal, else all]",
)
@offset_option
@consistency_option
@guarantee_option
@pass_session
def query(
    session: Session,
    collection: str,
    expr: str | None,
    where: tuple[str, ...],
    fields: str | None,
    partitions: str | None,
    limit: int | None,
    offset: int | None,
    consistency: str | None,
    guarantee_timestamp: int | None,
) -> None:
    """Show the rows that match a filter."""
    if expr is None and limit is None and not where:
        expr = session.ask(None, "Filter", "--expr")
        fields = session.ask_optional(fields, "Fields to show, separated by commas, or Enter")
        partitions = session.ask_optional(partitions, "Partitions, separated by commas, or Enter for all")
    client = session.reading_client(collection)
    shown = _limit(limit, fields)
    rows = client.query(
        collection,
        chosen_rows(session, collection, expr, where),
        split_list(fields),
        session.timeout,
        partition_names=split_list(partitions),
        limit=_asked_limit(session, shown, offset),
        offset=offset,
        consistency_level=consistency,
        guarantee_timestamp=guarantee_timestamp,
    )
    described = fields_of(session, collection)
    session.show_rows(
        rows[:shown],
        columns_of(described, fields),
        single=single_precision(described),
        more=MORE if shown is not None and len(rows) > shown else "",
    )


def _limit(limit: int | None, fields: str | None) -> int | None:
    """Return how many rows are shown; a terminal has a limit of its own, but an aggregate such as count(*) none."""
    if limit is not None or "(" in (fields or "") or not sys.stdout.isatty():
        return limit
    return _SCREEN_LIMIT


def _asked_limit(session: Session, shown: int | None, offset: int | None) -> int | None:
    """Return the limit of the request: one more than is shown tells people whether there are more."""
    if shown is None or not (for_people(session.options.output) or sys.stdout.isatty()):
        return shown
    return shown + 1 if shown + (offset or 0) < _SERVER_LIMIT else shown


def keys_of(session: Session, collection: str, words: tuple[str, ...]) -> list[int | str]:
    """Parse the keys of a command line as the type of the primary key says."""
    from milvusclient.cli.data.values import parse_keys
    from milvusclient.schema.enums import DataType

    kinds = [field["type"] for field in fields_of(session, collection) if field.get("is_primary")]
    return parse_keys(words, kinds[0] if kinds else DataType.INT64)


@root.command("get", cls=Command, examples=("get -c docs 1 2 3", "get -c docs -i 1,2,3 -f title"))
@collection_option
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@option("--ids", "-i", default=None, metavar="KEYS", help="Keys, separated by commas.")
@fields_option
@partitions_option
@pass_session
def get(
    session: Session,
    collection: str,
    keys: tuple[str, ...],
    ids: str | None,
    fields: str | None,
    partitions: str | None,
) -> None:
    """Show rows by their primary keys."""
    texts = (*keys, *([ids] if ids is not None else []))
    texts = texts or (session.ask(None, "Keys, separated by commas", "--ids"),)
    client = session.reading_client(collection)
    found = keys_of(session, collection, texts)
    rows = client.get(collection, found, split_list(fields), session.timeout, split_list(partitions))
    described = fields_of(session, collection)
    session.show_rows(rows, columns_of(described, fields), single=single_precision(described))


@root.command("query_iterator", cls=Command)
@collection_option
@expr_option
@where_option
@fields_option
@partitions_option
@batch_option
@option("-l", "--limit", type=int, default=-1, help="Show at most this many rows.  [default: all]")
@pass_session
def query_iterator(
    session: Session,
    collection: str,
    expr: str | None,
    where: tuple[str, ...],
    fields: str | None,
    partitions: str | None,
    batch_size: int,
    limit: int,
) -> None:
    """Show the rows that match a filter, page by page."""
    client = session.reading_client(collection)
    pages = client.query_iterator(
        collection, batch_size, limit, chosen_rows(session, collection, expr, where), split_list(fields) or ["*"],
        split_list(partitions), session.timeout,
    )  # fmt: skip
    described = fields_of(session, collection)
    try:
        show_pages(session, pages.next, columns_of(described, fields), described)
    finally:
        pages.close()
