"""Common parts of the commands that read rows: their options, columns, limits and pages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from milvusclient.cli.data.columns import export_columns, single_precision
from milvusclient.cli.data.where import filter_of
from milvusclient.cli.framework.parameters import COUNT, option, settings_option, split_list
from milvusclient.cli.framework.prompting import ask_yes
from milvusclient.cli.framework.session import Session

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike
    from milvusclient.models.descriptions import FieldDescription

__all__ = [
    "MORE",
    "asks_between_pages",
    "batch_option",
    "chosen_rows",
    "columns_of",
    "consistency_option",
    "expr_option",
    "fields_of",
    "fields_option",
    "guarantee_option",
    "hit_fields_option",
    "offset_option",
    "param_option",
    "partitions_option",
    "show_pages",
    "where_option",
]

#: How to see the rest of a result that a limit has cut.
MORE = "use --limit or --offset"

expr_option = option(
    "-e", "--expr", "--filter", "expr", default=None, metavar="FILTER", help="Filter, such as 'id < 5'."
)
where_option = option(
    "--where",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value that a field must have; a name given several times may have any of its values.",
)
fields_option = option("-f", "--output-fields", "fields", default=None, help="Fields to show, separated by commas.")
hit_fields_option = option("--output-fields", "fields", default=None, help="Fields to show, separated by commas.")
partitions_option = option("-p", "--partitions", default=None, help="Partitions to look in, separated by commas.")
consistency_option = option("--consistency", default=None, help="Strong, Session, Bounded or Eventually.")
guarantee_option = option(
    "--guarantee-timestamp", type=int, default=None, help="See everything written up to this hybrid timestamp."
)
offset_option = option("--offset", type=int, default=None, help="Skip this many results first.")
batch_option = option("--batch-size", type=COUNT, default=100, show_default=True, help="Rows in a page.")
param_option = settings_option("param", "Search parameter, such as nprobe:16.")


def fields_of(session: Session, collection: str) -> list[FieldDescription]:
    """Return the fields of a collection."""
    return session.client().describe_collection(collection, session.timeout)["fields"]


def chosen_rows(session: Session, collection: str, expr: str | None, where: tuple[str, ...]) -> FilterLike:
    """Return the filter of a command line; the types of fields are asked for only if there is ``--where``."""
    return filter_of(expr, where, fields_of(session, collection) if where else [])


def columns_of(described: Sequence[FieldDescription], fields: str | None) -> list[str]:
    """Return the columns of a query's result, in one order whatever the server's is; with no rows, too."""
    key = [field["name"] for field in described if field.get("is_primary")]
    return list(dict.fromkeys([*key, *export_columns(split_list(fields) or ["*"], described)]))


def asks_between_pages() -> bool:
    """Return whether pages are shown one by one: at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def show_pages(
    session: Session,
    fetch: Callable[[], Sequence[Mapping[str, object]]],
    columns: Sequence[str],
    described: Sequence[FieldDescription],
    *more_singles: str,
) -> None:
    """Show rows page by page: on a terminal with a question between them, elsewhere as one result."""
    single = single_precision(described) | frozenset(more_singles)
    if not asks_between_pages():
        rows: list[Mapping[str, object]] = []
        while page := fetch():
            rows.extend(page)
        session.show_rows(rows, columns, single=single)
        return
    page = fetch()
    while True:
        session.show_rows(page, columns, single=single, paged=False)
        if not page or not (page := fetch()) or not ask_yes("Next page?", default=True):
            return
