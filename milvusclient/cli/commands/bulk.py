"""Commands that move many rows: files into a collection, a query into a file."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from milvusclient.cli.commands.reading import fields_of, where_option
from milvusclient.cli.data.columns import export_columns, single_precision
from milvusclient.cli.data.files import Batch, open_rows, path_kind, writing
from milvusclient.cli.data.where import filter_of
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure, Interrupted
from milvusclient.cli.framework.groups import insert_group, root, upsert_group
from milvusclient.cli.framework.json_values import as_single
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import COUNT, collection_option, option, split_list, yes_option
from milvusclient.cli.framework.progress import progress_bar
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import (
    ConnectError,
    DataNotMatchException,
    MilvusException,
    ParamError,
    PermissionDeniedError,
    RpcError,
)

if TYPE_CHECKING:
    from milvusclient import MilvusClient
    from milvusclient.filters import FilterLike

__all__: list[str] = []

_partition_option = option("-p", "--partition", default="", help="Name of the partition.")
_batch_option = option("--batch-size", type=COUNT, default=1000, show_default=True, help="Rows in a request.")
_json_option = option(
    "--json-columns",
    default="",
    metavar="NAMES",
    help="Dynamic fields of a CSV file that are JSON, separated by commas; the others are text.",
)


def check_path(ctx: click.Context, parameter: click.Parameter, value: Path | tuple[Path, ...]) -> object:
    """Refuse a file whose kind is not known, before anything is asked."""
    del ctx, parameter
    for path in value if isinstance(value, tuple) else (value,):
        path_kind(path)
    return value


_path_argument = click.argument("path", type=Path, callback=check_path)


@dataclass
class _Upload:
    """The rows of a file on their way into a collection."""

    client: MilvusClient
    collection: str
    partition: str
    timeout: float | None
    upsert: bool
    #: Rows that the server has taken.
    count: int = 0

    def send(self, batch: Batch) -> None:
        """Send the rows of a batch; one that is refused is found and named by its place.

        A refused request has changed nothing. So its first half is sent, and if that is refused, the half of that; what
        is left in the end is one row, and all before it are sent.
        """
        rows, places = batch.rows, batch.places
        try:
            self._send(rows)
        except MilvusException as error:
            if len(rows) == 1:
                raise Failure(f"{places[0]}: {_without_row(message_of(error))}") from error
            if not _is_about_rows(error):
                raise
            half = len(rows) // 2
            self.send(Batch(rows[:half], places[:half], None))
            self.send(Batch(rows[half:], places[half:], None))

    def _send(self, rows: list[dict[str, Any]]) -> None:
        call: Callable[..., object] = self.client.upsert if self.upsert else self.client.insert
        call(self.collection, rows, self.timeout, self.partition)
        self.count += len(rows)


def _is_about_rows(error: MilvusException) -> bool:
    """Return whether another request with fewer rows may be taken where this one was refused."""
    if isinstance(error, ParamError | DataNotMatchException):
        return True
    return not isinstance(error, RpcError | ConnectError | PermissionDeniedError) and not error.retriable


def _without_row(message: str) -> str:
    """Take the number that a row has in its request out of a message that names its place in the file."""
    return re.sub(r"^row \d+(?:, |: )", "", message)


def _upload(
    session: Session, path: Path, collection: str, partition: str, size: int, json: str, *, upsert: bool
) -> None:
    """Insert or upsert the rows of a file."""
    fields = {each["name"]: each for each in fields_of(session, collection)}
    upload = _Upload(session.client(), collection, partition, session.timeout, upsert)
    done, doing = ("Upserted", "Upserting") if upsert else ("Inserted", "Inserting")
    with progress_bar(f"{doing} into {collection}") as advance:
        try:
            for batch in open_rows(path, fields, size, split_list(json) or ()):
                upload.send(batch)
                advance(upload.count, batch.fraction)
        except (MilvusException, Failure) as error:
            text = error.message if isinstance(error, Failure) else message_of(error, verbose=session.options.verbose)
            where = "" if text.startswith(str(path)) else f"{path}, " if text.startswith(("line ", "row ")) else ""
            raise Failure(f"{where}{text}\n{done} {count_rows(upload.count)} of {path} before that.") from error
        except KeyboardInterrupt:
            raise Interrupted(
                f"Interrupted after {count_rows(upload.count)} of {path}; the next {size:,} may have been "
                f"{done.lower()} too."
            ) from None
    key = "upsert_count" if upsert else "insert_count"
    session.report(f"{done} {count_rows(upload.count)} of {path} into {collection!r}.", **{key: upload.count})


@insert_group.command("file", examples=("insert file -c docs docs.csv",))
@collection_option
@_partition_option
@_batch_option
@_json_option
@_path_argument
@pass_session
def insert_file(
    session: Session, collection: str, partition: str, batch_size: int, json_columns: str, path: Path
) -> None:
    """Insert the rows of a CSV, JSON, JSON lines or Parquet file."""
    _upload(session, path, collection, partition, batch_size, json_columns, upsert=False)


@upsert_group.command("file")
@collection_option
@_partition_option
@_batch_option
@_json_option
@_path_argument
@pass_session
def upsert_file(
    session: Session, collection: str, partition: str, batch_size: int, json_columns: str, path: Path
) -> None:
    """Insert the rows of a file, replacing those with the same keys."""
    _upload(session, path, collection, partition, batch_size, json_columns, upsert=True)


@root.command("import", cls=Command)
@collection_option
@_partition_option
@_batch_option
@_json_option
@_path_argument
@pass_session
def import_file(
    session: Session, collection: str, partition: str, batch_size: int, json_columns: str, path: Path
) -> None:
    """Insert the rows of a file, as `insert file` does."""
    _upload(session, path, collection, partition, batch_size, json_columns, upsert=False)


@root.command("bulk_insert", cls=Command)
@collection_option
@_partition_option
@_batch_option
@_json_option
@option("-f", "--file", "paths", type=Path, multiple=True, required=True, callback=check_path, help="File. Repeatable.")
@pass_session
def bulk_insert(
    session: Session, collection: str, partition: str, batch_size: int, json_columns: str, paths: tuple[Path, ...]
) -> None:
    """Insert the rows of several files."""
    for path in paths:
        _upload(session, path, collection, partition, batch_size, json_columns, upsert=False)


@root.command("export", cls=Command, examples=("export -c docs -e 'id < 100' -f 'id,title' docs.csv",))
@collection_option
@option("-e", "--expr", "--filter", "expr", default="", help="Filter, such as 'id < 5'.  [default: all rows]")
@where_option
@option(
    "-f", "--output-fields", "fields", default="*", show_default=True, help="Fields to export, separated by commas."
)
@option("-p", "--partitions", default=None, help="Partitions to export, separated by commas.")
@option("-l", "--limit", type=int, default=-1, help="Export at most this many rows.  [default: all]")
@_batch_option
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
