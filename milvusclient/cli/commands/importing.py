"""Commands that import files: this tool sends their rows, or the server reads them from its own storage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from milvusclient.cli.commands.uploading import UploadOptions, upload, upload_options
from milvusclient.cli.data.files import path_kind
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure, Interrupted
from milvusclient.cli.framework.groups import list_group, root, show_group
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import COUNT_OR_ZERO, collection_option, option
from milvusclient.cli.framework.progress import progress_bar
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient.models.imports import ImportState

__all__: list[str] = []

_COLUMNS = ("job", "state", "progress", "rows", "collection", "files", "reason")


@root.command(
    "import",
    cls=Command,
    examples=("import -c docs docs.csv", "import -c docs --on-server part1.parquet part2.parquet"),
)
@collection_option
@option("--on-server", is_flag=True, help="The files are in the server's own storage, and the server imports them.")
@option("--no-wait", is_flag=True, help="With --on-server, do not wait for the end of the import.")
@upload_options(upsert=False)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@pass_session
def import_files(
    session: Session, /, collection: str, on_server: bool, no_wait: bool, paths: tuple[str, ...], **options: Any
) -> None:
    """Insert the rows of files, or let the server import them from its storage.

    Without --on-server the rows are sent, as `insert file` does. With it, the files must be in the bucket or the local
    storage of the server, which is the fastest way for many rows: JSON, Parquet, or NumPy files, one for each field,
    joined by commas. `show import` and `list imports` tell how far it is.
    """
    chosen = UploadOptions(**options)
    if on_server:
        _import_on_server(session, collection, paths, chosen, waits=not no_wait)
        return
    if no_wait:
        raise click.UsageError("--no-wait is for --on-server.")
    for path in paths:
        path_kind(Path(path))
    for number, path in enumerate(paths, 1):
        upload(session, Path(path), collection, chosen.of_file(number) if number > 1 else chosen)


def _import_on_server(
    session: Session, collection: str, paths: Sequence[str], options: UploadOptions, *, waits: bool
) -> None:
    if options.checkpoint or options.rejects or options.on_error:
        raise click.UsageError("--checkpoint, --rejects and --on-error are for rows that this tool sends.")
    files = [path.split(",") if "," in path else path for path in paths]
    job = session.client().import_files(collection, files, options.partition, session.timeout)
    names = ", ".join(map(str, job.job_ids))
    look = f"`show import -id {job.job_ids[0]} -c {collection}`"
    if not waits:
        session.report(
            f"The server imports {', '.join(paths)} into {collection!r}: import {names}; see it with {look}.",
            job_ids=job.job_ids,
        )
        return
    with progress_bar(f"Importing into {collection}", quiet=options.quiet) as advance:

        def show(states: Sequence[ImportState]) -> None:
            advance(sum(state.rows for state in states), job.progress / 100)

        try:
            states = job.wait(session.timeout, show)
        except KeyboardInterrupt:
            raise Interrupted(f"The server goes on with import {names}; see it with {look}.") from None
    rows = sum(state.rows for state in states)
    session.report(
        f"The server imported {count_rows(rows)} of {', '.join(paths)} into {collection!r}."
        + _how_to_see_them(session, collection, options.partition),
        rows=rows,
        job_ids=job.job_ids,
    )


def _how_to_see_them(session: Session, collection: str, partition: str) -> str:
    """Return what to do before a query shows imported rows; nothing if the next load brings them."""
    try:
        state = session.client().get_load_state(collection, partition, session.timeout)["state"]
    except MilvusException:  # the import is done, whatever the user may not ask
        return ""
    if state.name != "Loaded":
        return ""
    which = f"{collection} -p {partition}" if partition else collection
    return f"\nIt is loaded, and may show none of them before `load -c {which} --refresh`."


def _shown(state: ImportState) -> Mapping[str, object]:
    progress = "" if state.progress is None else f"{state.progress}%"
    values = (
        state.job_id,
        state.state,
        progress,
        state.rows,
        state.collection_name,
        ", ".join(state.files),
        state.reason,
    )
    return dict(zip(_COLUMNS, values, strict=True))


_of_collection = option(
    "-c", "--collection-name", "collection", default="", metavar="NAME",
    help="Imports of this collection; newer servers need it.  [default: all]",
)  # fmt: skip


@show_group.command("import")
@option("-id", "--job-id", "job_id", required=True, metavar="ID", help="The import's identifier.")
@_of_collection
@pass_session
def show_import(session: Session, job_id: str, collection: str) -> None:
    """Show the state of an import by the server."""
    for state in session.client().list_imports(collection, timeout=session.timeout):
        if str(state.job_id) == job_id:
            session.show_record(_shown(state))
            return
    raise Failure(f"there is no import {job_id!r}; `list imports` lists those that the server remembers")


@list_group.command("imports")
@_of_collection
@option("-l", "--limit", type=COUNT_OR_ZERO, default=0, help="Show at most this many.  [default: all]")
@pass_session
def list_imports(session: Session, collection: str, limit: int) -> None:
    """List the imports by the server, the latest first."""
    states = session.client().list_imports(collection, limit, session.timeout)
    session.show_rows([_shown(state) for state in states], _COLUMNS)


# The names in Milvus's older tools.
for _group, _name, _command in (
    (show_group, "bulk_insert_state", show_import),
    (list_group, "bulk_insert_tasks", list_imports),
):
    _group.add_command(
        Command(_name, params=_command.params, callback=_command.callback, help=_command.help, hidden=True)
    )
