"""The rows of a file on their way into a collection: in batches, several at a time, with a report of every row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import click

from milvusclient.cli.commands.reading import fields_of
from milvusclient.cli.data.columns import single_precision
from milvusclient.cli.data.files import path_kind
from milvusclient.cli.data.sources import BadRow, FileSource
from milvusclient.cli.framework.failure import Failure, Interrupted
from milvusclient.cli.framework.json_values import as_single, json_line, json_value
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import (
    COUNT,
    batch_bytes_option,
    checkpoint_option,
    in_flight_option,
    option,
    quiet_option,
    split_list,
)
from milvusclient.cli.framework.progress import Advance, progress_bar
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException, ParamError

if TYPE_CHECKING:
    from milvusclient.models.bulk import BulkProgress, BulkReport, RejectedRow

__all__ = ["UploadOptions", "check_path", "upload", "upload_options"]

F = TypeVar("F", bound=Callable[..., object])


#: Rows whose errors are shown one by one.
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """The options of the commands that insert files, as their help explains them."""

    partition: str
    batch_rows: int | None
    batch_bytes: int
    in_flight: int
    checkpoint: Path | None
    on_error: str | None
    rejects: Path | None
    json_columns: str
    quiet: bool
    on_uncertain: str = "report"

    def of_file(self, number: int) -> UploadOptions:
        """Return the options for one of several files, which has a checkpoint and a file of refused rows of its own."""
        checkpoint, rejects = (
            path and path.with_name(f"{path.name}.{number}") for path in (self.checkpoint, self.rejects)
        )
        return replace(self, checkpoint=checkpoint, rejects=rejects)


def check_path(ctx: click.Context, parameter: click.Parameter, value: Path | tuple[Path, ...]) -> object:
    """Refuse a file whose kind is not known, before anything is asked."""
    del ctx, parameter
    for path in value if isinstance(value, tuple) else (value,):
        path_kind(path)
    return value


_OPTIONS = (
    option("-p", "--partition", default="", help="Name of the partition."),
    option(
        "--batch-size", "--batch-rows", "batch_rows", type=COUNT, default=None,
        help="Rows in a request, at most.  [default: as many as --batch-bytes holds]",
    ),
    batch_bytes_option,
    in_flight_option,
    checkpoint_option,
    option(
        "--on-error", type=click.Choice(["raise", "collect"]), default=None,
        help="At a row that is refused, end, or go on with the others.  [default: raise; collect with --rejects]",
    ),
    option(
        "--rejects", type=Path, default=None, metavar="FILE",
        help="Write the rows that are refused to this file, in JSON lines with the reasons.",
    ),
    option(
        "--json-columns", default="", metavar="NAMES",
        help="Dynamic fields of a CSV file that are JSON, separated by commas; the others are text.",
    ),
    quiet_option,
)  # fmt: skip
_UNCERTAIN = option(
    "--on-uncertain", type=click.Choice(["report", "verify"]), default="report", show_default=True,
    help="Rows whose reply is lost are reported, or looked up by their keys and sent if they are missing.",
)  # fmt: skip


def upload_options(*, upsert: bool) -> Callable[[F], F]:
    """Declare the options of a command that inserts files."""

    def decorate(command: F) -> F:
        for each in reversed(_OPTIONS if upsert else (*_OPTIONS, _UNCERTAIN)):
            command = each(command)
        return command

    return decorate


def upload(session: Session, path: Path, collection: str, options: UploadOptions, *, upsert: bool = False) -> None:
    """Insert or upsert the rows of a file, and report what was done.

    Raises:
        Failure: not all rows are inserted; the message says which, and how many are.
        Interrupted: the user ended it.
    """
    fields = {each["name"]: each for each in fields_of(session, collection)}
    source = FileSource(path, fields, split_list(options.json_columns) or ())
    done, doing = ("Upserted", "Upserting") if upsert else ("Inserted", "Inserting")
    ended = _Ended(source, options, done)
    with ExitStack() as stack:
        rejects = _open_rejects(stack, options.rejects, path)
        advance = stack.enter_context(progress_bar(f"{doing} into {collection}", quiet=options.quiet))
        try:
            report = _write(session, source, collection, options, advance, upsert=upsert)
        except KeyboardInterrupt as stop:
            raise ended.interrupted(getattr(stop, "report", None)) from None
        except MilvusException as error:
            found = getattr(error, "report", None)
            if found is None:
                raise
            ended.write_rejects(rejects, found)
            raise ended.early(found, error, verbose=session.options.verbose) from error
        ended.write_rejects(rejects, report)
    if source.failure or report.rejected or report.uncertain:
        raise ended.incomplete(report)
    before = f"; {report.skipped:,} were there already" if report.skipped else ""
    key = "upsert_count" if upsert else "insert_count"
    session.report(
        f"{done} {count_rows(report.written)} of {path} into {collection!r}{before}.", **{key: report.written}
    )


def _write(
    session: Session, source: FileSource, collection: str, options: UploadOptions, advance: Advance, *, upsert: bool
) -> BulkReport:
    def show(progress: BulkProgress) -> None:
        advance(progress.rows, source.fraction)

    # Rows are looked up in a collection that is loaded.
    client = session.reading_client(collection) if options.on_uncertain == "verify" else session.client()
    rows = source.open()
    checkpoint = str(options.checkpoint) if options.checkpoint else None
    on_error = options.on_error or ("collect" if options.rejects else "raise")
    if upsert:
        return client.upsert_many(
            collection, rows, options.partition, batch_bytes=options.batch_bytes, batch_rows=options.batch_rows,
            in_flight=options.in_flight, on_error=on_error, progress=show, checkpoint=checkpoint,
            timeout=session.timeout,
        )  # fmt: skip
    return client.insert_many(
        collection, rows, options.partition, batch_bytes=options.batch_bytes, batch_rows=options.batch_rows,
        in_flight=options.in_flight, on_error=on_error, on_uncertain=options.on_uncertain, progress=show,
        checkpoint=checkpoint, timeout=session.timeout,
    )  # fmt: skip


def _open_rejects(stack: ExitStack, rejects: Path | None, path: Path) -> IO[str] | None:
    """Open the file for rejected rows before anything is inserted, so that it cannot fail when it is needed."""
    if rejects is None:
        return None
    if rejects.exists() and rejects.samefile(path):
        raise Failure(f"--rejects: {rejects} is the file with the rows; give another one")
    return stack.enter_context(rejects.open("w", encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Ended:
    """The words for the end of an upload that did not write all rows."""

    source: FileSource
    options: UploadOptions
    #: "Inserted" or "Upserted".
    done: str

    def interrupted(self, report: BulkReport | None) -> Interrupted:
        """Return what is said after Ctrl-C."""
        if report is None:
            return Interrupted("Interrupted.")
        unsure = sum(map(len, report.uncertain))
        more = f"; {unsure:,} more may have been {self.done.lower()}" if unsure else ""
        return Interrupted(
            f"Interrupted after {count_rows(report.written)} of {self.source.path}{more}.{self._again(report)}"
        )

    def early(self, report: BulkReport, error: MilvusException, *, verbose: bool) -> Failure:
        """Return what is said about an error that ended the upload."""
        failure = self.source.failure
        if failure is not None:
            reason = failure.message
        elif report.rejected:
            reason = self._rejected(report.rejected[0])
        else:
            cause = error.__cause__
            reason = message_of(cause if isinstance(cause, MilvusException) else error, verbose=verbose)
            reason = re.sub("^data: ", f"{self.source.path}: ", reason)  # what is wrong with the columns of a table
        # What is refused before anything is written would be refused again: another checkpoint, say.
        is_refused = isinstance(error, ParamError) and not report.written
        return Failure(reason if is_refused else f"{reason}\n{self._so_far(report)}")

    def incomplete(self, report: BulkReport) -> Failure:
        """Return what is said about an upload that came to its end, but not with every row."""
        lines = [self._rejected(row) for row in report.rejected[:_MOST_SHOWN]]
        if report.rejected:
            count = len(report.rejected)
            rejects = self.options.rejects
            was, they_are = ("was", "it is") if count == 1 else ("were", "they are")
            kept = f"{they_are} in {rejects}" if rejects else "--rejects FILE keeps such rows"
            lines.append(f"{count_rows(count)} of {self.source.path} {was} refused; {kept}.")
        if self.source.failure is not None:
            lines.append(self.source.failure.message)
        return Failure("\n".join([*lines, self._so_far(report)]))

    def _so_far(self, report: BulkReport) -> str:
        path, count = self.source.path, report.written + report.skipped
        text = f"{self.done} {count_rows(report.written)} of {path}"
        if report.skipped:
            text += f"; {report.skipped:,} were there already"
        ends = self.source.failure is not None or not report.rejected
        first = count if ends else report.rejected[0].index
        if self.options.rejects is None and self.options.on_error != "collect":
            text += f": all before that, and {count - first:,} behind it" if count > first else " before that"
        text += "."
        if report.uncertain:
            unsure = sum(map(len, report.uncertain))
            places = ", ".join(self._span(positions) for positions in report.uncertain[:_MOST_SHOWN])
            text += f"\n{count_rows(unsure)} may or may not be {self.done.lower()}, as the reply was lost: {places}"
            text += " and more." if len(report.uncertain) > _MOST_SHOWN else "."
        return text + self._again(report)

    def _again(self, report: BulkReport) -> str:
        """Return how to go on, with what another run does about rows whose reply was lost."""
        again = "\nThe same command with the same --checkpoint"
        if self.options.checkpoint is None:
            return ""
        if not report.uncertain or self.options.on_uncertain == "verify" or self.done == "Upserted":
            return f"{again} goes on from there."
        if any(field.get("auto_id") for field in self.source.fields.values()):
            return f"{again} goes on with the other rows; the server generates the keys, so that none can be looked up."
        return f"{again} and --on-uncertain verify looks them up, and goes on from there."

    def _span(self, positions: range) -> str:
        first, last = self.source.place(positions.start), self.source.place(positions.stop - 1)
        return first if len(positions) == 1 else f"{first} to {last}"

    def _rejected(self, row: RejectedRow) -> str:
        return f"{self.source.path}, {self.source.place(row.index)}: {_reason(row)}"

    def write_rejects(self, file: IO[str] | None, report: BulkReport) -> None:
        """Write the rejected rows, from which a file of mended rows can be made."""
        if file is None:
            return
        single = single_precision(self.source.fields.values())
        for each in report.rejected:
            row = each.row.row if isinstance(each.row, BadRow) else each.row
            if isinstance(row, Mapping):
                row = {name: as_single(value) if name in single else value for name, value in row.items()}
            place = self.source.place(each.index)
            line = {"index": each.index, "place": place, "error": _reason(each)}
            # With null in place of NaN the file would not show what was wrong, and a nullable field would take it.
            line["row"] = json_value(row, keeps_nan=True)
            file.write(json_line(line) + "\n")


def _reason(row: RejectedRow) -> str:
    """Return why a row was rejected, without the number that it has in its request."""
    if isinstance(row.row, BadRow):
        return row.row.error
    text = message_of(row.error) if isinstance(row.error, MilvusException) else str(row.error)
    return re.sub(r"^row \d+(?:, |: )", "", text)
