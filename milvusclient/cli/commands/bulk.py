"""Commands that move many rows: files into a collection, a query into a file."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from milvusclient.cli.commands.reading import fields_of, where_option
from milvusclient.cli.commands.uploading import UploadOptions, check_path, upload, upload_options
from milvusclient.cli.data.columns import export_columns, single_precision
from milvusclient.cli.data.files import path_kind, writing
from milvusclient.cli.data.where import filter_of
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import insert_group, root, upsert_group
from milvusclient.cli.framework.json_values import as_single
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import COUNT, collection_option, option, split_list, yes_option
from milvusclient.cli.framework.progress import progress_bar
from milvusclient.cli.framework.session import Session

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike

__all__: list[str] = []

_path_argument = click.argument("path", type=Path, callback=check_path)


@insert_group.command(
    "file",
    examples=(
        "insert file -c docs docs.csv",
        "insert file -c docs docs.parquet --checkpoint place --rejects refused.jsonl",
    ),
)
@collection_option
@upload_options(upsert=False)
@_path_argument
@pass_session
def insert_file(session: Session, /, collection: str, path: Path, **options: Any) -> None:
    """Insert the rows of a CSV, JSON, JSON lines, Parquet or Arrow file.

    Several requests are under way at a time. A row that is refused is named by its place in the file, and the rows
    before it are inserted.
    """
    upload(session, path, collection, UploadOptions(**options))


@upsert_group.command("file")
@collection_option
@upload_options(upsert=True)
@_path_argument
@pass_session
def upsert_file(session: Session, /, collection: str, path: Path, **options: Any) -> None:
    """Insert the rows of a file, replacing those with the same keys."""
    upload(session, path, collection, UploadOptions(**options), upsert=True)


@root.command("bulk_insert", cls=Command)
@collection_option
@upload_options(upsert=False)
@option("-f", "--file", "paths", type=Path, multiple=True, required=True, callback=check_path, help="File. Repeatable.")
@pass_session
def bulk_insert(session: Session, /, collection: str, paths: tuple[Path, ...], **options: Any) -> None:
    """Insert the rows of several files.

    Each has a checkpoint and a file of refused rows of its own, whose name ends with its number.
    """
    chosen = UploadOptions(**options)
    for number, path in enumerate(paths, 1):
        upload(session, path, collection, chosen.of_file(number))


@root.command("export", cls=Command, examples=("export -c docs -e 'id < 100' -f 'id,title' docs.csv",))
@collection_option
@option("-e", "--expr", "--filter", "expr", default="", help="Filter, such as 'id < 5'.  [default: all rows]")
@where_option
@option(
    "-f", "--output-fields", "fields", default="*", show_default=True, help="Fields to export, separated by commas."
)
@option("-p", "--partitions", default=None, help="Partitions to export, separated by commas.")
@option("-l", "--limit", type=int, default=-1, help="Export at most this many rows.  [default: all]")
@option("--batch-size", type=COUNT, default=1000, show_default=True, help="Rows in a page.")
@yes_option
@_path_argument
@pass_session
def export(
    session: Session,
    collection: str,
    expr: str,
    where: tuple[str, ...],
    fields: str,
    partitions: str | None,
    limit: int,
    batch_size: int,
    yes: bool,
    path: Path,
) -> None:
    """Export query results to a CSV, JSON, JSON lines or Parquet file.

    A JSON file has the dynamic fields, too. For a CSV or Parquet file, name those that are wanted: -f '*,title'.
    """
    described = fields_of(session, collection)
    if path.exists():
        session.confirm(f"Overwrite {path}?", yes)
    client = session.reading_client(collection)
    chosen = split_list(fields) or ["*"]
    columns = export_columns(chosen, described)
    # Parquet has a type for numbers of single precision; texts have the digits that these have.
    single = frozenset[str]() if path_kind(path) == "parquet" else single_precision(described)
    count = 0
    rows_filter = filter_of(expr, where, described)
    whole = _count_rows(session, collection, rows_filter, limit)
    pages = client.query_iterator(
        collection, batch_size, limit, rows_filter, chosen, split_list(partitions), session.timeout
    )
    with (
        progress_bar(f"Exporting {collection}") as advance,
        writing(path, columns, {field["name"]: field for field in described}) as write,
    ):
        while rows := pages.next():
            write(_with_singles(rows, single))
            count += len(rows)
            advance(count, min(1.0, count / whole) if whole else None)
        pages.close()
    session.report(f"Exported {count_rows(count)} to {path}.", rows=count, path=str(path))


def _with_singles(rows: Sequence[Mapping[str, object]], single: frozenset[str]) -> Sequence[Mapping[str, object]]:
    if not single:
        return rows
    return [{name: as_single(value) if name in single else value for name, value in row.items()} for row in rows]


def _count_rows(session: Session, collection: str, rows_filter: FilterLike, limit: int) -> int:
    """Return how many rows an export will write; asked only where a bar shows it."""
    if not sys.stderr.isatty():
        return 0
    found: int = session.client().query(collection, rows_filter, ["count(*)"], session.timeout)[0]["count(*)"]
    return min(found, limit) if limit >= 0 else found
