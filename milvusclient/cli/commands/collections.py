"""Commands that create, change and delete collections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import alter_group, create_group, delete_group, list_group, root
from milvusclient.cli.framework.parameters import (
    COUNT,
    collection_option,
    option,
    parse_settings,
    settings_option,
    yes_option,
)
from milvusclient.cli.framework.prompting import ask_yes, can_ask
from milvusclient.cli.framework.session import Options, Session
from milvusclient.exceptions import ParamError

if TYPE_CHECKING:
    from milvusclient.schema.collection import CollectionSchema

__all__: list[str] = []


def _check_fields(ctx: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a field that cannot be read, before anything is asked."""
    del ctx, parameter
    if not texts:
        return texts
    from milvusclient.cli.data.values import check_field_spec

    try:
        return tuple(check_field_spec(text) for text in texts)
    except ParamError as error:
        raise click.BadParameter(error.message) from None


def _read_schema(ctx: click.Context, parameter: click.Parameter, path: Path | None) -> CollectionSchema | None:
    del ctx, parameter
    if path is None:
        return None
    from milvusclient.cli.data.values import parse_json, schema_from_json

    try:
        return schema_from_json(parse_json(path.read_text(encoding="utf-8"), str(path)), str(path))
    except ParamError as error:
        raise click.BadParameter(error.message) from None


@create_group.command(
    "collection",
    examples=(
        "create collection -c docs --dimension 768",
        "create collection -c docs -f id:INT64 -f title:VARCHAR:200 -f v:FLOAT_VECTOR:768 -p id",
    ),
)
@collection_option
@option(
    "-f",
    "--field",
    "fields",
    multiple=True,
    metavar="NAME:TYPE[:NUMBER]",
    callback=_check_fields,
    help="Field, such as id:INT64, title:VARCHAR:200, v:FLOAT_VECTOR:8. Repeatable.",
)
@option("-p", "--primary", "--schema-primary-field", "primary", default=None, help="Primary key field.  [default: id]")
@option("-A", "--auto-id", "auto_id", is_flag=True, help="Let the server make the keys, as -a without a name does.")
@option(
    "-a",
    "named",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[NAME]",
    help="Use this saved connection; without a name, --auto-id.",
)
@option("-d", "--description", default="", help="Description of the collection.")
@option(
    "--dimension",
    type=COUNT,
    default=None,
    help="Make the fields id and vector, with vectors of this dimension.",
)
@option("-m", "--metric", default="COSINE", show_default=True, help="Metric for --dimension: COSINE, L2 or IP.")
@option("--dynamic/--no-dynamic", default=None, help="Accept fields that are not in the schema.")
@option(
    "--schema-file",
    "file_schema",
    type=Path,
    default=None,
    callback=_read_schema,
    help="JSON file with the schema, as `show collection -o json` writes it.",
)
@option("--shards", type=COUNT, default=None, help="Number of shards.")
@option("--consistency", default="Bounded", show_default=True, help="Strong, Session, Bounded or Eventually.")
@settings_option("property", "Property of the collection.")
@pass_session
def create_collection(
    session: Session,
    collection: str,
    fields: tuple[str, ...],
    primary: str | None,
    auto_id: bool,
    named: str | None,
    description: str,
    dimension: int | None,
    metric: str,
    dynamic: bool | None,
    file_schema: CollectionSchema | None,
    shards: int | None,
    consistency: str,
    property: dict[str, object],  # noqa: A002 - the option's name
) -> None:
    """Create a collection from its fields, a schema file, or a dimension. On a terminal, they are asked for."""
    auto_id = auto_id or named == ""
    if not fields and file_schema is None and dimension is None:
        fields, primary, auto_id, dimension = _ask_schema(session, primary, auto_id)
    primary = primary or "id"
    schema = file_schema
    if schema is None and fields:
        from milvusclient.cli.data.values import schema_of

        schema = schema_of(fields, primary, auto_id=auto_id, dynamic=bool(dynamic), description=description)
    with session.using(Options(connection=named or ""), None):
        session.client().create_collection(
            collection,
            dimension if schema is None else None,
            primary_field_name=primary,
            metric_type=metric,
            auto_id=auto_id,
            timeout=session.timeout,
            schema=schema,
            enable_dynamic_field=dynamic is not False,
            description=description,
            consistency_level=consistency,
            num_shards=shards,
            properties=property,
        )
    session.report(f"Created collection {collection!r}.", created=collection)


def _ask_schema(
    session: Session, primary: str | None, auto_id: bool
) -> tuple[tuple[str, ...], str | None, bool, int | None]:
    """Ask for the fields, the primary key, whether the server makes it, or for the dimension alone."""
    if not can_ask():
        raise click.UsageError("Missing option '--field', '--dimension' or '--schema-file': the fields.")
    from milvusclient.cli.data.values import check_field_spec, parse_integer

    first = session.ask_optional(
        None, "Field as NAME:TYPE[:NUMBER], or Enter for a key and a vector", check=check_field_spec
    )
    if first is None:
        text = session.ask(None, "Dimension of the vectors", "--dimension")
        return (), primary, auto_id, parse_integer(text, "the dimension")
    fields = [first]
    while more := session.ask_optional(None, "Next field, or Enter", check=check_field_spec):
        fields.append(more)
    key = session.ask(primary, "Primary key", "--primary", first.partition(":")[0])
    auto_id = auto_id or ask_yes("Does the server make the keys?")
    return tuple(fields), key, auto_id, None


@list_group.command("collections")
@option("-l", "--loaded", is_flag=True, help="List only loaded collections.")
@pass_session
def list_collections(session: Session, loaded: bool) -> None:
    """List collections."""
    client = session.client()
    names = client.list_collections(session.timeout)
    if loaded:
        names = [
            name for name in names if client.get_load_state(name, timeout=session.timeout)["state"].name == "Loaded"
        ]
    session.show_names("collection", names)


@root.command("rename", cls=Command, nouns=("collection",))
@option("-old", "--old-collection-name", "old", required=True, help="Name of the collection.")
@option("-new", "--new-collection-name", "new", required=True, help="New name.")
@option("--to-db", default="", help="Move the collection to this database.")
@pass_session
def rename_collection(session: Session, old: str, new: str, to_db: str) -> None:
    """Rename a collection."""
    session.client().rename_collection(old, new, to_db, session.timeout)
    session.report(f"Renamed collection {old!r} to {new!r}.", renamed=old, to=new)


@delete_group.command("collection")
@collection_option
@yes_option
@pass_session
def delete_collection(session: Session, collection: str, yes: bool) -> None:
    """Delete a collection and all its rows."""
    client = session.client()
    # Before the question; and a server takes the deletion of a collection that does not exist as done.
    client.describe_collection(collection, session.timeout)
    session.confirm(f"Delete collection {collection!r} and all its rows?", yes)
    client.drop_collection(collection, session.timeout)
    session.report(f"Deleted collection {collection!r}.", deleted=collection)


@root.command("truncate", cls=Command, nouns=("collection",))
@collection_option
@yes_option
@pass_session
def truncate_collection(session: Session, collection: str, yes: bool) -> None:
    """Delete all rows of a collection."""
    client = session.client()
    client.describe_collection(collection, session.timeout)  # before the question
    session.confirm(f"Delete all rows of collection {collection!r}?", yes)
    client.truncate_collection(collection, session.timeout)
    session.report(f"Truncated collection {collection!r}.", truncated=collection)


@alter_group.command("collection_properties")
@collection_option
@settings_option("property", "Property to set, such as collection.ttl.seconds:3600.")
@pass_session
def alter_collection(session: Session, collection: str, property: dict[str, object]) -> None:  # noqa: A002 - the option's name
    """Set properties of a collection."""
    settings = property or parse_settings(session.ask_several("Property as NAME:VALUE", "--property"))
    session.client().alter_collection_properties(collection, settings, session.timeout)
    session.report(f"Altered collection {collection!r}.", altered=collection)


@alter_group.command("collection_field")
@collection_option
@option("-f", "--field", required=True, help="Name of the field.")
@settings_option("param", "Setting, such as max_length:500.")
@pass_session
def alter_field(session: Session, collection: str, field: str, param: dict[str, object]) -> None:
    """Change the settings of a field."""
    settings = param or parse_settings(session.ask_several("Parameter as NAME:VALUE", "--param"))
    session.client().alter_collection_field(collection, field, settings, session.timeout)
    session.report(f"Altered field {field!r} of collection {collection!r}.", altered=collection, field=field)


@delete_group.command("collection_properties")
@collection_option
@option("-k", "--key", "keys", multiple=True, required=True, help="Property to delete. Repeatable.")
@yes_option
@pass_session
def delete_properties(session: Session, collection: str, keys: tuple[str, ...], yes: bool) -> None:
    """Delete properties of a collection."""
    session.client().describe_collection(collection, session.timeout)  # before the question
    session.confirm(f"Delete {', '.join(keys)} of collection {collection!r}?", yes)
    session.client().drop_collection_properties(collection, list(keys), session.timeout)
    session.report(f"Deleted {', '.join(keys)}.", deleted=list(keys))
