"""Commands that move many rows: files into a collection, a query into a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from milvusclient.cli.data.files import export_columns, kind_of, open_rows, writing
from milvusclient.cli.framework.command import Command, collection_option, option, pass_session, words, yes_option
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import insert_group, root, upsert_group
from milvusclient.cli.framework.progress import bar
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException

__all__: list[str] = []

_partition_option = option("-p", "--partition", default="", help="The partition.")
_batch_option = option("--batch-size", type=int, default=1000, show_default=True, help="Rows in a request.")


def _send(session: Session, path: Path, collection: str, partition: str, size: int, *, over: bool = False) -> None:
    """Send the rows of a file."""
    if size < 1:
        raise Failure("--batch-size must be at least 1")
    kind_of(path)
    client = session.client()
    fields = {each["name"]: each for each in client.describe_collection(collection, session.timeout)["fields"]}
    count = 0
    word = "Upserted" if over else "Inserted"
    with bar(f"{'Upserting' if over else 'Inserting'} into {collection}") as advance:
        try:
            for batch in open_rows(path, fields, size):
                if over:
                    client.upsert(collection, batch.rows, session.timeout, partition)
                else:
                    client.insert(collection, batch.rows, session.timeout, partition)
                count += len(batch.rows)
                advance(count, batch.part)
        except (MilvusException, Failure) as error:
            message = error.message
            raise Failure(f"{message}\n{word} {count} rows of {path} before that.") from error
        except KeyboardInterrupt:
            raise Failure(f"interrupted; {word.lower()} {count} rows of {path}, and perhaps the next {size}") from None
    key = "upsert_count" if over else "insert_count"
    session.done(f"{word} {count} rows of {path} into {collection!r}.", **{key: count})


@insert_group.command("file")
@collection_option
@_partition_option
@_batch_option
@click.argument("path", type=Path)
@pass_session
def insert_file(session: Session, collection: str, partition: str, batch_size: int, path: Path) -> None:
    """Insert the rows of a CSV, JSON, JSON lines or Parquet file."""
    _send(session, path, collection, partition, batch_size)


@upsert_group.command("file")
@collection_option
@_partition_option
@_batch_option
@click.argument("path", type=Path)
@pass_session
def upsert_file(session: Session, collection: str, partition: str, batch_size: int, path: Path) -> None:
    """Insert the rows of a file over those with the same keys."""
    _send(session, path, collection, partition, batch_size, over=True)


@root.command("import", cls=Command)
@collection_option
@_partition_option
@_batch_option
@click.argument("path", type=Path)
@pass_session
def import_file(session: Session, collection: str, partition: str, batch_size: int, path: Path) -> None:
    """Insert the rows of a file; the same as `insert file`."""
    _send(session, path, collection, partition, batch_size)


@root.command("bulk_insert", cls=Command)
@collection_option
@_partition_option
@_batch_option
@option("-f", "--file", "paths", type=Path, multiple=True, required=True, help="A file. Repeatable.")
@pass_session
def bulk_insert(session: Session, collection: str, partition: str, batch_size: int, paths: tuple[Path, ...]) -> None:
    """Insert the rows of several files."""
    for path in paths:
        _send(session, path, collection, partition, batch_size)


@root.command("export", cls=Command)
@collection_option
@option("-e", "--expr", "--filter", "expr", default="", help="Only the rows that this finds.")
@option(
    "-f", "--output-fields", "fields", default="*", show_default=True, help="Only these fields, separated by commas."
)
@option("-p", "--partitions", default=None, help="Only these partitions, separated by commas.")
@option("-l", "--limit", type=int, default=-1, help="At most so many rows.")
@_batch_option
@yes_option
@click.argument("path", type=Path)
@pass_session
def export(
    session: Session,
    collection: str,
    expr: str,
    fields: str,
    partitions: str | None,
    limit: int,
    batch_size: int,
    yes: bool,
    path: Path,
) -> None:
    """Write what a query finds to a CSV, JSON, JSON lines or Parquet file.

    JSON has dynamic fields, too. A CSV or Parquet file has those that are named: -f '*,title'.
    """
    kind_of(path)
    if path.exists():
        session.confirm(f"Write over {path}?", yes)
    client = session.reading(collection)
    described = client.describe_collection(collection, session.timeout)["fields"]
    chosen = words(fields) or ["*"]
    columns = export_columns(chosen, described)
    count = 0
    whole = _how_many(session, collection, expr, limit)
    pages = client.query_iterator(collection, batch_size, limit, expr, chosen, words(partitions), session.timeout)
    with (
        bar(f"Exporting {collection}") as advance,
        writing(path, columns, {field["name"]: field for field in described}) as write,
    ):
        while rows := pages.next():
            write(rows)
            count += len(rows)
            advance(count, min(1.0, count / whole) if whole else None)
        pages.close()
    session.done(f"Wrote {count} rows to {path}.", rows=count, path=str(path))


def _how_many(session: Session, collection: str, expr: str, limit: int) -> int:
    """How many rows an export will write; asked only where a bar shows it."""
    if not sys.stderr.isatty():
        return 0
    found: int = session.client().query(collection, expr, ["count(*)"], session.timeout)[0]["count(*)"]
    return min(found, limit) if limit >= 0 else found
