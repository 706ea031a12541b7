"""The command that writes the rows of a collection to a file."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from milvusclient.cli.commands.reading import fields_of, where_option
from milvusclient.cli.data.columns import export_columns, single_precision
from milvusclient.cli.data.files import Written, path_kind, unfinished_path, writing
from milvusclient.cli.data.where import filter_of
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure, Interrupted
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.json_values import as_singles
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import (
    COUNT,
    checkpoint_option,
    collection_option,
    option,
    quiet_option,
    split_list,
    yes_option,
)
from milvusclient.cli.framework.progress import progress_bar
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike
    from milvusclient.models.descriptions import FieldDescription

__all__: list[str] = []

#: Bytes at the end of what is written by which a file is recognized.
_TAIL = 4096


def _check_target(ctx: click.Context, parameter: click.Parameter, path: Path) -> Path:
    del ctx, parameter
    path_kind(path, to_write=True)
    return path


@dataclass
class _Checkpoint:
    """The checkpoint of an export: a position in the collection, and the part of the file that is written.

    Attributes:
        path: the file of the checkpoint.
        target: the file of the export.
        export: digest of what is exported.
    """

    path: Path
    target: Path
    export: str

    @property
    def position_path(self) -> Path:
        """The file in which the iterator stores its position."""
        return self.path.with_name(f"{self.path.name}.position")

    def read(self) -> Written:
        """Return what an earlier run has written; the file must be that of this export.

        Raises:
            Failure: it is not.
        """
        if not self.path.parent.is_dir():
            raise Failure(f"--checkpoint: the folder of {self.path} does not exist; create it first")
        self.position_path.unlink(missing_ok=True)
        if not self.path.exists():
            return Written(0, 0)
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            written, export, tail = Written(found["rows"], found["bytes"]), found["export"], found["tail"]
            position = str(found["position"])
        except (ValueError, KeyError, TypeError) as error:
            raise Failure(f"{self.path} is not a checkpoint of an export; give another file") from error
        if export != self.export:
            raise Failure(
                f"{self.path} is the checkpoint of another export: the collection, the filter, the fields or the file "
                "differ; give another file, or delete it to export all rows"
            )
        part = unfinished_path(self.target)
        if not part.exists() or part.stat().st_size < written.bytes or _tail(part, written.bytes) != tail:
            raise Failure(f"{part} is not the file that {self.path} tells of; delete {self.path} to export all rows")
        self.position_path.write_text(position, encoding="utf-8")
        return written

    def write(self, rows: int, size: int) -> None:
        """Store what is written, and the position of the iterator behind it."""
        position = self.position_path.read_text(encoding="utf-8")
        state = {"rows": rows, "bytes": size, "tail": _tail(unfinished_path(self.target), size)}
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(json.dumps({**state, "position": position, "export": self.export}), encoding="utf-8")
        fresh.replace(self.path)

    def remove(self) -> None:
        """Remove the files, because the export is complete."""
        self.path.unlink(missing_ok=True)
        self.position_path.unlink(missing_ok=True)


def _tail(path: Path, size: int) -> str:
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        return hashlib.sha256(file.read(min(size, _TAIL))).hexdigest()[:16]


@root.command(
    "export",
    cls=Command,
    examples=("export -c docs -e 'id < 100' -f 'id,title' docs.csv", "export -c docs docs.jsonl --checkpoint place"),
)
@collection_option
@option("-e", "--expr", "--filter", "expr", default="", help="Filter, such as 'id < 5'.  [default: all rows]")
@where_option
@option(
    "-f", "--output-fields", "fields", default="*", show_default=True, help="Fields to export, separated by commas."
)
@option("-p", "--partitions", default=None, help="Partitions to export, separated by commas.")
@option("-l", "--limit", type=int, default=-1, help="Export at most this many rows.  [default: all]")
@option("--batch-size", type=COUNT, default=1000, show_default=True, help="Rows in a page.")
@option("--in-flight", type=COUNT, default=4, show_default=True, help="Pages to request at the same time.")
@checkpoint_option
@quiet_option
@yes_option
@click.argument("path", type=Path, callback=_check_target)
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
    in_flight: int,
    checkpoint: Path | None,
    quiet: bool,
    yes: bool,
    path: Path,
) -> None:
    """Export query results to a CSV, JSON, JSON lines or Parquet file.

    A JSON file has the dynamic fields, too. For a CSV or Parquet file, name those that are wanted: -f '*,title'. A
    Parquet file cannot be continued, so it has no checkpoint.

    Rows come in the order of their keys, and several pages are read while one is written. To know where pages begin,
    the keys alone are read ahead; --in-flight 1 reads without that, one page after the other.
    """
    if checkpoint is not None and path_kind(path) == "parquet":
        raise click.UsageError("--checkpoint is for CSV, JSON and JSON lines; a Parquet file cannot be continued.")
    described = fields_of(session, collection)
    if path.exists():
        session.confirm(f"Overwrite {path}?", yes)
    client = session.reading_client(collection)
    chosen = split_list(fields) or ["*"]
    columns = export_columns(chosen, described)
    single = _single_precision(path, described)
    rows_filter = filter_of(expr, where, described)
    place = None
    if checkpoint is not None:
        what = [client.describe_collection(collection, session.timeout)["collection_id"], str(rows_filter), chosen]
        place = _Checkpoint(checkpoint, path, _digest([*what, partitions, limit, str(path.resolve())]))
    written = place.read() if place else None
    count = written.rows if written else 0
    whole = 0 if quiet else _count_rows(session, collection, rows_filter, limit)
    pages = client.query_iterator(
        collection,
        batch_size,
        max(limit - count, min(limit, 0)),
        rows_filter,
        chosen,
        split_list(partitions),
        session.timeout,
        iterator_cp_file=str(place.position_path) if place else None,
        in_flight=in_flight,
    )
    again = "\nThe same command with the same --checkpoint goes on from there." if place else ""
    try:
        with (
            progress_bar(f"Exporting {collection}", quiet=quiet) as advance,
            writing(path, columns, {field["name"]: field for field in described}, written=written) as write,
        ):
            for rows in pages:
                size = write(_with_singles(rows, single))
                count += len(rows)
                if place is not None:
                    place.write(count, size)
                advance(count, min(1.0, count / whole) if whole else None)
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted after {count_rows(count)}; {path} is not written.{again}") from None
    except MilvusException as error:
        told = message_of(error, collection=collection, verbose=session.options.verbose)
        raise Failure(f"{told}\nExported {count_rows(count)} before that; {path} is not written.{again}") from error
    finally:
        pages.close()
    if place is not None:
        place.remove()
    session.report(f"Exported {count_rows(count)} to {path}.", rows=count, path=str(path))


def _digest(what: Sequence[object]) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def _single_precision(path: Path, described: Sequence[FieldDescription]) -> frozenset[str]:
    """Return the fields whose numbers get the digits of single precision; Parquet has a type for these numbers."""
    return frozenset() if path_kind(path) == "parquet" else single_precision(described)


def _with_singles(rows: Sequence[Mapping[str, object]], single: frozenset[str]) -> Sequence[Mapping[str, object]]:
    names = [name for name in single if rows and name in rows[0]]
    if not names:
        return rows
    columns = [as_singles([row.get(name) for row in rows]) for name in names]
    return [{**row, **dict(zip(names, values, strict=True))} for row, *values in zip(rows, *columns, strict=True)]


def _count_rows(session: Session, collection: str, rows_filter: FilterLike, limit: int) -> int:
    """Return how many rows an export will write; asked only where a bar shows it."""
    if not sys.stderr.isatty():
        return 0
    found: int = session.client().query(collection, rows_filter, ["count(*)"], session.timeout)[0]["count(*)"]
    return min(found, limit) if limit >= 0 else found
