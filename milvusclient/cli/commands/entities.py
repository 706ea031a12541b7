"""Commands about single rows: insert, upsert, get, delete."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import click

from milvusclient import DataType, MilvusClient, ParamError
from milvusclient.cli.commands.queries import shown_fields
from milvusclient.cli.data.files import from_text, row_from_file
from milvusclient.cli.data.values import parse_json, parse_keys
from milvusclient.cli.framework.command import Command, collection_option, option, pass_session, words, yes_option
from milvusclient.cli.framework.groups import delete_group, insert_group, root, upsert_group
from milvusclient.cli.framework.session import Session
from milvusclient.models.descriptions import FieldDescription

__all__: list[str] = []

_partition_option = option("-p", "--partition", default="", help="The partition.")
_data_option = option("-d", "--data", default=None, help="The row as JSON, or a list of rows; asked for without it.")


def _asked_row(fields: Mapping[str, FieldDescription]) -> dict[str, object]:
    """A row of which each field is asked for."""
    row: dict[str, object] = {}
    for name, field in fields.items():
        if field.get("auto_id") or field.get("is_function_output"):
            continue

        may_be_empty = bool(field.get("nullable") or "default_value" in field)

        def read(text: str, field: FieldDescription = field) -> object:
            try:
                return from_text(text, field) if text else None
            except (ValueError, KeyError) as error:
                raise click.BadParameter(f"a {field['type'].name} is wanted") from error

        label = f"{name} ({field['type'].name}{', or Enter' if may_be_empty else ''})"
        default = "" if may_be_empty else None
        value = click.prompt(label, default, value_proc=read, show_default=False, err=True)
        if value is not None:
            row[name] = value
    return row


def rows_of(client: MilvusClient, collection: str, data: str | None, timeout: float | None) -> list[dict[str, Any]]:
    """Rows of a command line."""
    fields = {each["name"]: each for each in client.describe_collection(collection, timeout)["fields"]}
    if data is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Missing option '--data': the row as JSON.")
        return [_asked_row(fields)]
    found = parse_json(data, "the row")
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise ParamError(message='a row must be a JSON object such as {"id": 1, "vector": [0.1, 0.2]}')
    return [_checked(row, number, fields) for number, row in enumerate(rows)]


def _checked(row: Mapping[str, object], number: int, fields: Mapping[str, FieldDescription]) -> dict[str, Any]:
    try:
        return row_from_file(row, fields, texts=False)
    except ValueError as error:
        raise ParamError(message=f"row {number}: {error}") from error


@insert_group.command("row", examples=('insert row -c docs -d \'{"id": 1, "vector": [0.1, 0.2]}\'',))
@collection_option
@_partition_option
@_data_option
@pass_session
def insert_row(session: Session, collection: str, partition: str, data: str | None) -> None:
    """Insert a row, or several."""
    client = session.client()
    done = client.insert(collection, rows_of(client, collection, data, session.timeout), session.timeout, partition)
    session.done(
        f"Inserted {done['insert_count']} into {collection!r}.", insert_count=done["insert_count"], ids=done["ids"]
    )


@upsert_group.command("row")
@collection_option
@_partition_option
@_data_option
@option("--partial", is_flag=True, help="Change only the fields that are given.")
@pass_session
def upsert_row(session: Session, collection: str, partition: str, data: str | None, partial: bool) -> None:
    """Insert a row, or several, over those with the same keys."""
    client = session.client()
    rows = rows_of(client, collection, data, session.timeout)
    done = client.upsert(collection, rows, session.timeout, partition, partial_update=partial)
    session.done(f"Upserted {done['upsert_count']} into {collection!r}.", upsert_count=done["upsert_count"])


def keys_of(client: MilvusClient, collection: str, text: str, timeout: float | None) -> list[int | str]:
    """Keys of a command line, as texts if that is what the primary key is."""
    keys = parse_keys(text)
    fields = client.describe_collection(collection, timeout)["fields"]
    is_text = any(field.get("is_primary") and field["type"] is DataType.VARCHAR for field in fields)
    return [str(key) for key in keys] if is_text else keys


@root.command("get", cls=Command)
@collection_option
@option("--ids", "-i", default=None, metavar="KEYS", help="The keys, separated by commas.")
@option("-f", "--output-fields", "fields", default=None, help="Only these fields, separated by commas.")
@option("-p", "--partitions", default=None, help="Only these partitions, separated by commas.")
@pass_session
def get(session: Session, collection: str, ids: str | None, fields: str | None, partitions: str | None) -> None:
    """Show rows by their keys."""
    text = session.ask(ids, "Keys, separated by commas", "--ids")
    client = session.reading(collection)
    keys = keys_of(client, collection, text, session.timeout)
    rows = client.get(collection, keys, words(fields), session.timeout, words(partitions))
    session.rows(rows, shown_fields(session, client, collection, fields))


def _count(done: object) -> int:
    """How many rows a delete reports; servers since 2.3 tell, embedded ones list the keys."""
    return int(done["delete_count"]) if isinstance(done, Mapping) else len(done) if isinstance(done, list) else 0


@delete_group.command("entities")
@collection_option
@option("-e", "--expr", "--filter", "expr", required=True, help="Which rows, such as 'id < 5'.")
@_partition_option
@yes_option
@pass_session
def delete_entities(session: Session, collection: str, expr: str, partition: str, yes: bool) -> None:
    """Delete the rows that a filter finds."""
    session.confirm(f"Delete all rows of {collection!r} with {expr}?", yes)
    done = session.reading(collection).delete(
        collection, filter=expr, partition_name=partition, timeout=session.timeout
    )
    session.done(f"Deleted {_count(done)} of {collection!r}.", delete_count=_count(done))


@delete_group.command("ids")
@collection_option
@option("--ids", "-i", default=None, metavar="KEYS", help="The keys, separated by commas.")
@_partition_option
@yes_option
@pass_session
def delete_ids(session: Session, collection: str, ids: str | None, partition: str, yes: bool) -> None:
    """Delete rows by their keys."""
    text = session.ask(ids, "Keys, separated by commas", "--ids")
    client = session.reading(collection)
    keys = keys_of(client, collection, text, session.timeout)
    session.confirm(f"Delete {json.dumps(keys, ensure_ascii=False)} of {collection!r}?", yes)
    done = client.delete(collection, keys, session.timeout, partition_name=partition)
    session.done(f"Deleted {_count(done)} of {collection!r}.", delete_count=_count(done))
