"""Commands that insert and delete single rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from milvusclient.cli.commands.queries import keys_of
from milvusclient.cli.commands.reading import chosen_rows, expr_option, fields_of, where_option
from milvusclient.cli.data.cells import Fields, row_from_file, value_from_text
from milvusclient.cli.data.values import parse_json
from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import delete_group, insert_group, upsert_group
from milvusclient.cli.framework.output import count_rows
from milvusclient.cli.framework.parameters import collection_option, option, yes_option
from milvusclient.cli.framework.prompting import ask, can_ask
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import ParamError

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription

__all__: list[str] = []

_partition_option = option("-p", "--partition", default="", help="Name of the partition.")


def _check_json(ctx: click.Context, parameter: click.Parameter, text: str | None) -> object:
    del ctx, parameter
    try:
        return None if text is None else parse_json(text, "the row")
    except ParamError as error:
        raise click.BadParameter(error.message) from None


_data_option = option(
    "-d", "--data", default=None, callback=_check_json, help="Row in JSON, or a list of rows; asked for if not given."
)


def _ask_row(fields: Fields) -> dict[str, object]:
    """Ask for each field of a row."""
    row: dict[str, object] = {}
    for name, field in fields.items():
        if field.get("auto_id") or field.get("is_function_output"):
            continue
        may_be_empty = bool(field.get("nullable") or "default_value" in field)
        value = ask(
            f"{name} ({field['type'].name}{', or Enter' if may_be_empty else ''})",
            "" if may_be_empty else None,
            convert=partial(_answer, field),
        )
        if value is not None:
            row[name] = value
    return row


def _answer(field: FieldDescription, text: str) -> object:
    try:
        return value_from_text(text, field) if text else None
    except ValueError as error:
        raise click.BadParameter(f"expected a value of type {field['type'].name}") from error


def _rows(session: Session, collection: str, data: object) -> list[dict[str, Any]]:
    """Return the rows of a command line; one is asked for if there are none."""
    if data is None and not can_ask():
        raise click.UsageError("Missing option '--data': the row in JSON.")
    fields = {each["name"]: each for each in fields_of(session, collection)}
    if data is None:
        return [_ask_row(fields)]
    rows = data if isinstance(data, list) else [data]
    if not all(isinstance(row, dict) for row in rows):
        raise ParamError(message='a row must be a JSON object such as {"id": 1, "vector": [0.1, 0.2]}')
    return [_checked(row, number, fields) for number, row in enumerate(rows, 1)]


def _checked(row: Mapping[str, object], number: int, fields: Fields) -> dict[str, Any]:
    try:
        return row_from_file(row, fields)
    except ValueError as error:
        raise Failure(f"row {number}: {error}") from error


@insert_group.command("row", examples=('insert row -c docs -d \'{"id": 1, "vector": [0.1, 0.2]}\'',))
@collection_option
@_partition_option
@_data_option
@pass_session
def insert_row(session: Session, collection: str, partition: str, data: object) -> None:
    """Insert a row, or several."""
    rows = _rows(session, collection, data)
    done = session.client().insert(collection, rows, session.timeout, partition)
    session.report(
        f"Inserted {count_rows(done['insert_count'])} into {collection!r}.",
        insert_count=done["insert_count"],
        ids=done["ids"],
    )


@upsert_group.command("row")
@collection_option
@_partition_option
@_data_option
@option("--partial", is_flag=True, help="Change only the fields that are given.")
@pass_session
def upsert_row(session: Session, collection: str, partition: str, data: object, partial: bool) -> None:
    """Insert a row, or several, replacing those with the same keys."""
    rows = _rows(session, collection, data)
    done = session.client().upsert(collection, rows, session.timeout, partition, partial_update=partial)
    session.report(
        f"Upserted {count_rows(done['upsert_count'])} into {collection!r}.", upsert_count=done["upsert_count"]
    )


def _count(done: object) -> int:
    """Return how many rows a delete reports; servers since 2.3 tell, embedded ones list the keys."""
    return int(done["delete_count"]) if isinstance(done, Mapping) else len(done) if isinstance(done, list) else 0


@delete_group.command("entities")
@collection_option
@expr_option
@where_option
@_partition_option
@yes_option
@pass_session
def delete_entities(
    session: Session, collection: str, expr: str | None, where: tuple[str, ...], partition: str, yes: bool
) -> None:
    """Delete the rows that match a filter."""
    if not where:
        expr = session.ask(expr, "Filter", "--expr")
    fields_of(session, collection)  # so that a misspelt collection is refused before the question
    shown = " and ".join([*([expr] if expr else []), *where])
    session.confirm(f"Delete all rows of {collection!r} that match {shown}?", yes)
    chosen = chosen_rows(session, collection, expr, where)
    done = session.reading_client(collection).delete(
        collection, filter=chosen, partition_name=partition, timeout=session.timeout
    )
    session.report(f"Deleted {count_rows(_count(done))} of {collection!r}.", delete_count=_count(done))


@delete_group.command("ids", examples=("delete ids -c docs 1 2 3",))
@collection_option
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@option("--ids", "-i", default=None, metavar="KEYS", help="Keys, separated by commas.")
@_partition_option
@yes_option
@pass_session
def delete_ids(
    session: Session, collection: str, keys: tuple[str, ...], ids: str | None, partition: str, yes: bool
) -> None:
    """Delete rows by their primary keys."""
    texts = (*keys, *([ids] if ids is not None else []))
    texts = texts or (session.ask(None, "Keys, separated by commas", "--ids"),)
    client = session.reading_client(collection)
    found = keys_of(session, collection, texts)
    session.confirm(f"Delete the rows of {collection!r} with the keys {json.dumps(found, ensure_ascii=False)}?", yes)
    done = client.delete(collection, found, session.timeout, partition_name=partition)
    session.report(f"Deleted {count_rows(_count(done))} of {collection!r}.", delete_count=_count(done))
