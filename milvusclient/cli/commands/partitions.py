"""Commands about partitions."""

from __future__ import annotations

from milvusclient.cli.framework.command import collection_option, option, pass_session, yes_option
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import create_group, delete_group, list_group, show_group
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

_partition_option = option("-p", "--partition", required=True, help="The partition.")


@create_group.command("partition")
@collection_option
@_partition_option
@option("-d", "--description", default="", hidden=True, help="Servers keep none; accepted as older tools have it.")
@pass_session
def create_partition(session: Session, collection: str, partition: str, description: str) -> None:
    """Create a partition."""
    del description
    session.client().create_partition(collection, partition, session.timeout)
    session.done(f"Created partition {partition!r} of collection {collection!r}.", created=partition)


@list_group.command("partitions")
@collection_option
@pass_session
def list_partitions(session: Session, collection: str) -> None:
    """List the partitions of a collection."""
    session.names("partition", session.client().list_partitions(collection, session.timeout))


def _stats(session: Session, collection: str, partition: str) -> None:
    client = session.client()
    if not client.has_partition(collection, partition, session.timeout):
        raise Failure(f"collection {collection!r} has no partition {partition!r}")
    stats = client.get_partition_stats(collection, partition, session.timeout)
    session.record({"partition": partition, "collection": collection, **stats})


@show_group.command("partition")
@collection_option
@_partition_option
@pass_session
def show_partition(session: Session, collection: str, partition: str) -> None:
    """Show a partition."""
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
    """Delete a partition with its rows."""
    session.confirm(f"Delete partition {partition!r} of collection {collection!r} with its rows?", yes)
    session.client().drop_partition(collection, partition, session.timeout)
    session.done(f"Deleted partition {partition!r} of collection {collection!r}.", deleted=partition)
