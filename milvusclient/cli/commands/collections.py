"""Commands about collections: what they are, and whether they are loaded."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from milvusclient import CollectionSchema, LoadState, MilvusClient
from milvusclient.cli.data.values import parse_json, parse_settings, parse_whole, schema_from_json, schema_of
from milvusclient.cli.framework.command import (
    Command,
    collection_option,
    option,
    pass_session,
    settings_option,
    words,
    yes_option,
)
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import alter_group, create_group, delete_group, list_group, root, show_group
from milvusclient.cli.framework.progress import watched
from milvusclient.cli.framework.session import Options, Session
from milvusclient.models.descriptions import FieldDescription

__all__: list[str] = []


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
    help="A field, as id:INT64, title:VARCHAR:200, v:FLOAT_VECTOR:8. Repeatable.",
)
@option("-p", "--primary", "--schema-primary-field", "primary", default=None, help="The primary key.  [default: id]")
@option("-A", "--auto-id", "auto_id", is_flag=True, help="The server makes the keys. (-a without a name is the same.)")
@option(
    "-a",
    "named",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[NAME]",
    help="Use this saved connection; without a name, --auto-id.",
)
@option("-d", "--description", default="", help="What it is for.")
@option("--dimension", type=int, default=None, help="Of a collection with the fields id and vector, in place of -f.")
@option("-m", "--metric", default="COSINE", show_default=True, help="Its metric: COSINE, L2 or IP.")
@option("--dynamic/--no-dynamic", default=None, help="Take fields that are not in the schema.")
@option("--schema-file", type=Path, default=None, help="A JSON file with the schema, as `show collection` writes it.")
@option("--shards", type=int, default=None, help="How many shards.")
@option("--consistency", default="Bounded", show_default=True, help="Strong, Session, Bounded or Eventually.")
@settings_option("property", "A property.")
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
    schema_file: Path | None,
    shards: int | None,
    consistency: str,
    property: tuple[str, ...],  # noqa: A002 - the option's name
) -> None:
    """Create a collection from its fields, a schema file, or a dimension; on a terminal it asks for them."""
    auto_id = auto_id or named == ""
    schema: CollectionSchema | None = None
    if not fields and schema_file is None and dimension is None:
        fields, primary, auto_id, dimension = _asked_schema(session, primary, auto_id)
    primary = primary or "id"
    if schema_file is not None:
        schema = schema_from_json(
            parse_json(schema_file.read_text(encoding="utf-8"), str(schema_file)), str(schema_file)
        )
    elif fields:
        schema = schema_of(fields, primary, auto_id=auto_id, dynamic=bool(dynamic), description=description)
    with session.using(Options(connection=named or ""), None):
        session.client().create_collection(
            collection,
            dimension,
            primary_field_name=primary,
            metric_type=metric,
            auto_id=auto_id,
            timeout=session.timeout,
            schema=schema,
            enable_dynamic_field=dynamic is not False,
            description=description,
            consistency_level=consistency,
            num_shards=shards,
            properties=parse_settings(property),
        )
    session.done(f"Created collection {collection!r}.", created=collection)


def _asked_schema(
    session: Session, primary: str | None, auto_id: bool
) -> tuple[tuple[str, ...], str | None, bool, int | None]:
    """The fields, the primary key, whether the server makes it, and the dimension, as they are answered."""
    if not sys.stdin.isatty():
        raise click.UsageError("Missing option '--field', '--dimension' or '--schema-file': what it is made of.")
    first = session.offer(None, "Field as NAME:TYPE[:NUMBER], or Enter for a key and a vector")
    if first is None:
        text = session.ask(None, "Dimension of the vectors", "--dimension")
        return (), primary, auto_id, parse_whole(text, "the dimension")
    fields = [first]
    while more := session.offer(None, "Next field, or Enter"):
        fields.append(more)
    key = session.ask(primary, "Primary key", "--primary", first.partition(":")[0])
    auto_id = auto_id or click.confirm("Does the server make the keys?", default=False, err=True)
    return tuple(fields), key, auto_id, None


@list_group.command("collections")
@option("-l", "--loaded", is_flag=True, help="Only those that are loaded.")
@pass_session
def list_collections(session: Session, loaded: bool) -> None:
    """List the collections."""
    client = session.client()
    names = client.list_collections(session.timeout)
    if loaded:
        names = [
            name for name in names if client.get_load_state(name, timeout=session.timeout)["state"].name == "Loaded"
        ]
    session.names("collection", names)


def _field_row(field: FieldDescription) -> dict[str, object]:
    marks = ("is_primary", "auto_id", "nullable", "is_partition_key", "is_clustering_key", "is_function_output")
    return {
        "field": field["name"],
        "type": field["type"].name,
        "params": field["params"],
        "marks": " ".join(mark.removeprefix("is_") for mark in marks if field.get(mark)),
        "description": field["description"],
    }


@show_group.command("collection")
@collection_option
@pass_session
def show_collection(session: Session, collection: str) -> None:
    """Show the schema and the properties of a collection."""
    found = session.client().describe_collection(collection, session.timeout)
    if session.options.output != "table":
        session.record(found)
        return
    session.record({key: value for key, value in found.items() if key not in ("fields", "functions") or not value})
    session.rows([_field_row(field) for field in found["fields"]])
    if found["functions"]:
        session.rows(found["functions"])


@root.command("rename", cls=Command, nouns=("collection",))
@option("-old", "--old-collection-name", "old", required=True, help="Its name.")
@option("-new", "--new-collection-name", "new", required=True, help="Its new name.")
@option("--to-db", default="", help="Move it to this database.")
@pass_session
def rename_collection(session: Session, old: str, new: str, to_db: str) -> None:
    """Rename a collection."""
    session.client().rename_collection(old, new, to_db, session.timeout)
    session.done(f"Renamed collection {old!r} to {new!r}.", renamed=old, to=new)


@delete_group.command("collection")
@collection_option
@yes_option
@pass_session
def delete_collection(session: Session, collection: str, yes: bool) -> None:
    """Delete a collection with all that is in it."""
    session.confirm(f"Delete collection {collection!r} with all its rows?", yes)
    client = session.client()
    client.describe_collection(collection, session.timeout)  # deleting what does not exist is not an error to a server
    client.drop_collection(collection, session.timeout)
    session.done(f"Deleted collection {collection!r}.", deleted=collection)


@root.command("truncate", cls=Command, nouns=("collection",))
@collection_option
@yes_option
@pass_session
def truncate_collection(session: Session, collection: str, yes: bool) -> None:
    """Delete all rows of a collection."""
    session.confirm(f"Delete all rows of collection {collection!r}?", yes)
    session.client().truncate_collection(collection, session.timeout)
    session.done(f"Truncated collection {collection!r}.", truncated=collection)


def progress_of(client: MilvusClient, collection: str, partitions: list[str] | None) -> float | None:
    """How far loading is, from 0 to 1."""
    found = client.get_load_state(collection, partition_names=partitions)
    return found["progress"] / 100 if "progress" in found else None


@root.command("load", cls=Command, nouns=("collection", "partition", "partitions"))
@collection_option
@option("-p", "--partition", "partitions", multiple=True, help="A partition; without it, all. Repeatable.")
@option("--replicas", type=int, default=None, help="How many copies.")
@option("--refresh", is_flag=True, help="Load what came after it was loaded.")
@option("--fields", default=None, help="Only these fields, separated by commas.")
@option("--no-wait", is_flag=True, help="Do not wait for its end.")
@pass_session
def load(
    session: Session,
    collection: str,
    partitions: tuple[str, ...],
    replicas: int | None,
    refresh: bool,
    fields: str | None,
    no_wait: bool,
) -> None:
    """Load a collection, or some of its partitions, into memory."""
    client = session.client()
    chosen = list(partitions) or None

    def work() -> None:
        if chosen:
            client.load_partitions(
                collection, chosen, session.timeout, replica_number=replicas, refresh=refresh,
                load_fields=words(fields), _async=no_wait,
            )  # fmt: skip
        else:
            client.load_collection(
                collection, session.timeout, replica_number=replicas, refresh=refresh,
                load_fields=words(fields), _async=no_wait,
            )  # fmt: skip

    watched(f"Loading {collection}", work, lambda: progress_of(client, collection, chosen))
    session.done(f"Loaded {_what(collection, partitions)}.", loaded=collection, partitions=list(partitions))


@root.command("release", cls=Command, nouns=("collection", "partition", "partitions"))
@collection_option
@option("-p", "--partition", "partitions", multiple=True, help="A partition; without it, all. Repeatable.")
@pass_session
def release(session: Session, collection: str, partitions: tuple[str, ...]) -> None:
    """Release a collection, or some of its partitions, from memory."""
    if partitions:
        session.client().release_partitions(collection, list(partitions), session.timeout)
    else:
        session.client().release_collection(collection, session.timeout)
    session.done(f"Released {_what(collection, partitions)}.", released=collection, partitions=list(partitions))


def _what(collection: str, partitions: tuple[str, ...]) -> str:
    return (
        f"partitions {', '.join(partitions)} of collection {collection!r}"
        if partitions
        else f"collection {collection!r}"
    )


@alter_group.command("collection_properties")
@collection_option
@settings_option("property", "A property to set, such as collection.ttl.seconds:3600.")
@pass_session
def alter_collection(session: Session, collection: str, property: tuple[str, ...]) -> None:  # noqa: A002
    """Set properties of a collection."""
    texts = property or session.ask_several("Property as NAME:VALUE", "--property")
    session.client().alter_collection_properties(collection, parse_settings(texts), session.timeout)
    session.done(f"Altered collection {collection!r}.", altered=collection)


@alter_group.command("collection_field")
@collection_option
@option("-f", "--field", required=True, help="The field.")
@settings_option("param", "What to set, such as max_length:500.")
@pass_session
def alter_field(session: Session, collection: str, field: str, param: tuple[str, ...]) -> None:
    """Change a field of a collection."""
    texts = param or session.ask_several("Parameter as NAME:VALUE", "--param")
    session.client().alter_collection_field(collection, field, parse_settings(texts), session.timeout)
    session.done(f"Altered field {field!r} of collection {collection!r}.", altered=collection, field=field)


@delete_group.command("collection_properties")
@collection_option
@option("-k", "--key", "keys", multiple=True, required=True, help="The property. Repeatable.")
@yes_option
@pass_session
def delete_properties(session: Session, collection: str, keys: tuple[str, ...], yes: bool) -> None:
    """Delete properties of a collection."""
    session.confirm(f"Delete {', '.join(keys)} of collection {collection!r}?", yes)
    session.client().drop_collection_properties(collection, list(keys), session.timeout)
    session.done(f"Deleted {', '.join(keys)}.", deleted=list(keys))


def _check_exists(state: LoadState, collection: str) -> None:
    if state is LoadState.NotExist:
        raise Failure(f"collection {collection!r} does not exist")


@show_group.command("loading_progress")
@collection_option
@option("-p", "--partition", "partitions", multiple=True, help="A partition. Repeatable.")
@pass_session
def loading_progress(session: Session, collection: str, partitions: tuple[str, ...]) -> None:
    """Show how much of a collection is loaded."""
    found = session.client().get_load_state(
        collection, timeout=session.timeout, partition_names=list(partitions) or None
    )
    _check_exists(found["state"], collection)
    whole = 100 if found["state"].name == "Loaded" else 0
    session.record({"state": found["state"].name, "progress": found.get("progress", whole)})


@show_group.command("load_state")
@collection_option
@option("-p", "--partition", default="", help="A partition.")
@pass_session
def load_state(session: Session, collection: str, partition: str) -> None:
    """Show whether a collection is loaded."""
    found = session.client().get_load_state(collection, partition, session.timeout)
    _check_exists(found["state"], collection)
    session.record({**found, "state": found["state"].name})


@show_group.command("collection_stats")
@collection_option
@pass_session
def collection_stats(session: Session, collection: str) -> None:
    """Show how many rows a collection has."""
    session.record(session.client().get_collection_stats(collection, session.timeout))


@show_group.command("replicas")
@collection_option
@pass_session
def replicas_of(session: Session, collection: str) -> None:
    """Show the copies of a collection in memory, and where they are."""
    found = session.client().describe_replica(collection, session.timeout)
    session.rows(
        [
            {"id": each.id, "resource_group": each.resource_group, "nodes": each.group_nodes, "shards": each.shards}
            for each in found
        ],
        ["id", "resource_group", "nodes", "shards"],
    )
