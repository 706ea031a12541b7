"""Commands that load collections into memory, and that show what is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import root, show_group
from milvusclient.cli.framework.parameters import COUNT, collection_option, option, split_list
from milvusclient.cli.framework.progress import run_with_progress
from milvusclient.cli.framework.session import Session

if TYPE_CHECKING:
    from milvusclient import MilvusClient
    from milvusclient.schema.states import LoadState

__all__: list[str] = []


def progress_of(client: MilvusClient, collection: str, partitions: list[str] | None) -> float | None:
    """Return how far loading is, from 0 to 1."""
    found = client.get_load_state(collection, partition_names=partitions)
    return found["progress"] / 100 if "progress" in found else None


@root.command("load", cls=Command, nouns=("collection", "partition", "partitions"))
@collection_option
@option(
    "-p",
    "--partition",
    "partitions",
    multiple=True,
    help="Name of a partition; without it, the whole collection. Repeatable.",
)
@option("--replicas", type=COUNT, default=None, help="Number of replicas.")
@option("--refresh", is_flag=True, help="Load data that arrived after the last load.")
@option("--fields", default=None, help="Fields to load, separated by commas.")
@option("--no-wait", is_flag=True, help="Return without waiting until it is loaded.")
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
                load_fields=split_list(fields), _async=no_wait,
            )  # fmt: skip
        else:
            client.load_collection(
                collection, session.timeout, replica_number=replicas, refresh=refresh,
                load_fields=split_list(fields), _async=no_wait,
            )  # fmt: skip

    run_with_progress(f"Loading {collection}", work, lambda: progress_of(client, collection, chosen))
    session.report(f"Loaded {_what(collection, partitions)}.", loaded=collection, partitions=list(partitions))


@root.command("release", cls=Command, nouns=("collection", "partition", "partitions"))
@collection_option
@option(
    "-p",
    "--partition",
    "partitions",
    multiple=True,
    help="Name of a partition; without it, the whole collection. Repeatable.",
)
@pass_session
def release(session: Session, collection: str, partitions: tuple[str, ...]) -> None:
    """Release a collection, or some of its partitions, from memory."""
    if partitions:
        session.client().release_partitions(collection, list(partitions), session.timeout)
    else:
        session.client().release_collection(collection, session.timeout)
    session.report(f"Released {_what(collection, partitions)}.", released=collection, partitions=list(partitions))


def _what(collection: str, partitions: tuple[str, ...]) -> str:
    return (
        f"partitions {', '.join(partitions)} of collection {collection!r}"
        if partitions
        else f"collection {collection!r}"
    )


def _check_exists(state: LoadState, collection: str) -> None:
    if state.name == "NotExist":
        raise Failure(f"collection {collection!r} does not exist")


@show_group.command("loading_progress")
@collection_option
@option("-p", "--partition", "partitions", multiple=True, help="Name of a partition. Repeatable.")
@pass_session
def loading_progress(session: Session, collection: str, partitions: tuple[str, ...]) -> None:
    """Show how much of a collection is loaded."""
    found = session.client().get_load_state(
        collection, timeout=session.timeout, partition_names=list(partitions) or None
    )
    _check_exists(found["state"], collection)
    whole = 100 if found["state"].name == "Loaded" else 0
    session.show_record({"state": found["state"].name, "progress": found.get("progress", whole)})


@show_group.command("load_state")
@collection_option
@option("-p", "--partition", default="", help="Name of the partition.")
@pass_session
def load_state(session: Session, collection: str, partition: str) -> None:
    """Show whether a collection is loaded."""
    found = session.client().get_load_state(collection, partition, session.timeout)
    _check_exists(found["state"], collection)
    session.show_record({**found, "state": found["state"].name})


@show_group.command("collection_stats")
@collection_option
@pass_session
def collection_stats(session: Session, collection: str) -> None:
    """Show how many rows a collection has."""
    session.show_record(session.client().get_collection_stats(collection, session.timeout))


@show_group.command("replicas")
@collection_option
@pass_session
def replicas_of(session: Session, collection: str) -> None:
    """Show the replicas of a collection and the nodes that hold them."""
    found = session.client().describe_replica(collection, session.timeout)
    session.show_rows(
        [
            {"id": each.id, "resource_group": each.resource_group, "nodes": each.group_nodes, "shards": each.shards}
            for each in found
        ],
        ["id", "resource_group", "nodes", "shards"],
    )
