"""The command that describes a collection: what people look for first, then the internals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from milvusclient.cli.framework import output
from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.groups import show_group
from milvusclient.cli.framework.parameters import collection_option, option
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException

if TYPE_CHECKING:
    from milvusclient import MilvusClient
    from milvusclient.models.descriptions import CollectionDescription, FieldDescription

__all__: list[str] = []

T = TypeVar("T")
_LOAD_WORDS = {"Loaded": "loaded", "NotLoad": "not loaded", "Loading": "loading"}
_MARKS = ("is_primary", "auto_id", "nullable", "is_partition_key", "is_clustering_key", "is_function_output")
#: What is shown in other places, or only with --all.
_SHOWN_ELSEWHERE = ("collection_name", "description", "fields", "functions", "aliases")


def _field_row(field: FieldDescription) -> dict[str, object]:
    params = {key: value for key, value in field["params"].items() if value not in (None, "")}
    row: dict[str, object] = {
        "field": field["name"],
        "type": field["type"].name,
        "parameters": ", ".join(f"{key}={value}" for key, value in params.items()),
        "marks": ", ".join(mark.removeprefix("is_").replace("_", " ") for mark in _MARKS if field.get(mark)),
    }
    return {**row, "description": field["description"]} if field["description"] else row


def _tried(ask: Callable[[], T]) -> T | None:
    """Return what the server says; None if it does not, because the user may not ask or it does not know the call."""
    try:
        return ask()
    except MilvusException:
        return None


def _indexes(client: MilvusClient, collection: str, timeout: float | None) -> list[dict[str, object]]:
    found = []
    for name in client.list_indexes(collection, timeout=timeout):
        index = client.describe_index(collection, name, timeout)
        if index is not None:
            found.append(dict(index))
    return found


_INDEX_COLUMNS = {
    "index_name": "index",
    "field_name": "field",
    "index_type": "type",
    "metric_type": "metric",
    "state": "state",
    "indexed_rows": "indexed rows",
}


@show_group.command("collection", examples=("show collection -c docs", "show collection -c docs -o json"))
@collection_option
@option("--all", "everything", is_flag=True, help="Show internal ids and times, too.")
@pass_session
def show_collection(session: Session, collection: str, everything: bool) -> None:
    """Show the fields, indexes, rows, load state and partitions of a collection."""
    client = session.client()
    found = client.describe_collection(collection, session.timeout)
    indexes = _tried(lambda: _indexes(client, collection, session.timeout))
    stats = _tried(lambda: client.get_collection_stats(collection, session.timeout))
    load = _tried(lambda: client.get_load_state(collection, timeout=session.timeout))
    facts = {
        "indexes": indexes,
        "row_count": stats["row_count"] if stats else None,
        "load_state": load["state"].name if load else None,
        "partitions": _tried(lambda: client.list_partitions(collection, session.timeout)),
    }
    if not output.for_people(session.options.output):
        session.show_record({**found, **facts})
        return
    _show_to_people(found, facts, everything=everything)


def _show_to_people(found: CollectionDescription, facts: Mapping[str, object], *, everything: bool) -> None:
    style = output.current_style()

    def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
        output.write(output.render(rows, "table", columns, style))

    title = f"Collection {found['collection_name']!r}"
    click.echo(f"{title}: {found['description']}" if found["description"] else title)
    table([_field_row(field) for field in found["fields"]], ("field", "type", "parameters", "marks"))
    indexes = facts["indexes"]
    if isinstance(indexes, list) and indexes:
        click.echo("Indexes")
        rows = [{title: index.get(key) for key, title in _INDEX_COLUMNS.items()} for index in indexes]
        table(rows, tuple(_INDEX_COLUMNS.values()))
    if found["functions"]:
        click.echo("Functions")
        table(
            [
                {
                    "function": each["name"],
                    "type": each["type"].name,
                    "input": ", ".join(each["input_field_names"]),
                    "output": ", ".join(each["output_field_names"]),
                }
                for each in found["functions"]
            ],
            ("function", "type", "input", "output"),
        )
    output.write(output.render_record(_overview(found, facts, everything=everything), "table", style))


def _overview(found: CollectionDescription, facts: Mapping[str, object], *, everything: bool) -> dict[str, object]:
    """Return the facts beside fields and indexes, under the names that people read; what is not known is left out."""
    indexes, partitions = facts["indexes"], facts["partitions"]
    record: dict[str, object] = {
        "Indexes": "none" if indexes == [] else None,
        "Rows": facts["row_count"],
        "Load state": _LOAD_WORDS.get(str(facts["load_state"]), facts["load_state"]),
        "Partitions": ", ".join(partitions) if isinstance(partitions, list) else None,
        "Dynamic fields": "yes" if found.get("enable_dynamic_field") else "no",
        "Aliases": ", ".join(found.get("aliases") or ()),
    }
    if everything:
        record |= {str(key): value for key, value in found.items() if key not in _SHOWN_ELSEWHERE}
    return {key: value for key, value in record.items() if value not in (None, "")}
