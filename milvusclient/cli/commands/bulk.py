"""Commands that move many rows: files into a collection, a query into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from milvusclient.cli.commands.uploading import UploadOptions, check_path, upload, upload_options
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import insert_group, root, upsert_group
from milvusclient.cli.framework.parameters import collection_option, option
from milvusclient.cli.framework.session import Session

if TYPE_CHECKING:
    pass

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
