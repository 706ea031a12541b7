"""Commands about partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import create_group, delete_group, list_group, show_group
from milvusclient.cli.framework.parameters import collection_option, option, yes_option
from milvusclient.cli.framework.session import Session

if TYPE_CHECKING:
    from milvusclient import MilvusClient

__all__: list[str] = []

_partition_option = option("-p", "--partition", required=True, help="Name of the partition.")


@create_group.command("partition")
@collection_option
@_partition_option
@option("-d", "--description", default="", hidden=True, help="Ignored; servers keep no description of a partition.")
@pass_session
def create_partition(session: Session, collection: str, partition: str, description: str) -> None:
    """Create a partition."""
    del description
    session.client().create_partition(collection, partition, session.timeout)
    session.report(f"Created partition {partition!r} of collection {collection!r}.", created=partition)


@list_group.command("partitions")
@collection_option
@pass_session
def list_partitions(session: Session, collection: str) -> None:
    """List the partitions of a collection."""
    session.show_names("partition", session.client().list_partitions(collection, session.timeout))


def _check_exists(client: MilvusClient, collection: str, partition: str, timeout: float | None) -> None:
    if not client.has_partition(collection, partition, timeout):
        raise Failure(f"collection {collection!r} has no partition {partition!r}")


def _stats(session: Session, collection: str, partition: str) -> None:
    client = session.client()
    _check_exists(client, collection, partition, session.timeout)
    stats = client.get_partition_stats(collection, partition, session.timeout)
    session.show_record({"partition": partition, "collection": collection, **stats})


@show_group.command("partition")
@collection_option
@_partition_option
@pass_session
def show_partition(session: Session, collection: str, partition: str) -> None:
    """Show a partition and its rows."""
    _stats(session, collection, partition)


@show_group.command("partition_stats")
@collection_option
@_partition_option
@pass_session
def partition_stats(session: Session, collection: str, partition: str) -> None:
    """Show how many rows a partition has."""
    _stats(session, collection, partition)


@delete_group.command("partition")
@collection_option
@_partition_option
@yes_option
@pass_session
def delete_partition(session: Session, collection: str, partition: str, yes: bool) -> None:
    """Delete a partition and its rows."""
    client = session.client()
    _check_exists(client, collection, partition, session.timeout)  # before the question
    session.confirm(f"Delete partition {partition!r} of collection {collection!r} and its rows?", yes)
    client.drop_partition(collection, partition, session.timeout)
    session.report(f"Deleted partition {partition!r} of collection {collection!r}.", deleted=partition)
