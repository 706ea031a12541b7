"""The command that copies a collection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure, Interrupted
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import (
    batch_bytes_option,
    checkpoint_option,
    in_flight_option,
    option,
    quiet_option,
)
from milvusclient.cli.framework.places import Place, parse_place
from milvusclient.cli.framework.progress import progress_bar
from milvusclient.cli.framework.session import Options, Session
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.copies import UnsureCopyError

if TYPE_CHECKING:
    from milvusclient import MilvusClient
    from milvusclient.models.bulk import BulkProgress
    from milvusclient.models.copies import CopyReport

__all__: list[str] = []


@root.command(
    "copy",
    cls=Command,
    examples=(
        "copy books books_copy",
        "copy books archive/books",
        "copy ./demo.db/books http://host:19530 --target-token-env TOKEN",
        "copy prod:books ./backup.db --checkpoint place",
    ),
)
@click.argument("source")
@click.argument("target")
@option(
    "-e", "--expr", "--filter", "expr", default="", help="Copy the rows that match, such as 'id < 5'.  [default: all]"
)
@option("--with-aliases", is_flag=True, help="Give the copy the aliases of the source, too.")
@checkpoint_option
@batch_bytes_option
@in_flight_option
@option("--source-token-env", default="", metavar="NAME", help="Variable with the token for the source's address.")
@option("--target-token-env", default="", metavar="NAME", help="Variable with the token for the target's address.")
@quiet_option
@pass_session
def copy(
    session: Session,
    source: str,
    target: str,
    expr: str,
    with_aliases: bool,
    checkpoint: Path | None,
    batch_bytes: int,
    in_flight: int,
    source_token_env: str,
    target_token_env: str,
    quiet: bool,
) -> None:
    """Copy a collection: schema, functions, indexes, partitions and rows.

    SOURCE and TARGET are [DATABASE/]COLLECTION of the command's own connection, or that behind a saved connection
    (prod:books), an address (http://host:19530/books) or a file (./demo.db/books). Without a collection, and with a
    database that ends with /, the copy is named like the source.

    In the end the rows of both are counted; another number is an error. Secrets come from the saved connections, from
    MILVUS_TOKEN, or from the variables that the options name.
    """
    saved = session.connection_file.read()
    here, there = parse_place(source, saved), parse_place(target, saved)
    if not here.collection:
        raise click.UsageError(f"SOURCE names no collection: {source}")
    reading = _client(session, here, source_token_env, loads=True)
    writing = _client(session, there, target_token_env, loads=False)
    seen = 0
    with progress_bar(f"Copying {here.collection}", quiet=quiet) as advance:

        def show(progress: BulkProgress) -> None:
            nonlocal seen
            seen = progress.rows
            advance(seen, min(1.0, seen / progress.total) if progress.total else None)

        again = "\nThe same command with the same --checkpoint goes on from there." if checkpoint else ""
        try:
            report = reading.copy_collection(
                here.collection, writing, there.collection, filter=expr, with_aliases=with_aliases,
                batch_bytes=batch_bytes, in_flight=in_flight, progress=show,
                checkpoint=str(checkpoint) if checkpoint else None, timeout=session.timeout,
            )  # fmt: skip
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted after {count_rows(seen)}.{again}") from None
        except MilvusException as error:
            is_unsure = isinstance(error, UnsureCopyError)
            cause = error.__cause__ if getattr(error, "report", None) is not None and not is_unsure else None
            again = "" if is_unsure or isinstance(error, ParamError) else again
            told = message_of(
                cause if isinstance(cause, MilvusException) else error,
                collection=here.collection,
                verbose=session.options.verbose,
            )
            before = f"\nCopied {count_rows(seen)} before that.{again}" if seen else ""
            raise Failure(f"{told}{before}") from error
    _report(session, here, target, report)


def _client(session: Session, place: Place, token_env: str, *, loads: bool) -> MilvusClient:
    """Return the client of a place.

    Args:
        session: the session.
        place: the place.
        token_env: variable that has the token; "" for the usual ways.
        loads: whether to load the collection of an embedded server, which forgets between runs what was loaded.
    """
    if token_env and not place.uri:
        raise click.UsageError(
            f"--...-token-env is for an address; {place.collection!r} has a saved connection, or none."
        )
    with session.using(Options(place.connection, place.uri, place.db_name), None):
        if token_env:
            if token_env not in os.environ:
                raise Failure(f"the variable {token_env} with the token for {place.uri} is not set")
            from milvusclient import MilvusClient

            key = ("", session.options.uri, session.options.db_name)
            session.clients[key] = MilvusClient(
                place.uri, token=os.environ[token_env], db_name=place.db_name, timeout=session.timeout
            )
        return session.reading_client(place.collection) if loads else session.client()


def _report(session: Session, here: Place, target: str, report: CopyReport) -> None:
    parts = [
        f"{len(names):,} {word if len(names) == 1 else plural}"
        for names, word, plural in (
            (report.partitions, "partition", "partitions"),
            (report.indexes, "index", "indexes"),
            (report.aliases, "alias", "aliases"),
        )
        if names
    ]
    before = f"; {report.skipped:,} were there already" if report.skipped else ""
    session.report(
        f"Copied {count_rows(report.written)} of {here.collection!r} to {report.target_name!r} ({target}), with "
        f"{', '.join(parts) or 'no index'}{before}.",
        written=report.written,
        skipped=report.skipped,
        source_rows=report.source_rows,
        target_rows=report.target_rows,
    )
