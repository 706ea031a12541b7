"""Commands about resource groups."""

from __future__ import annotations

from milvusclient.cli.data.values import parse_integer
from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.groups import (
    create_group,
    delete_group,
    list_group,
    show_group,
    transfer_group,
    update_group,
)
from milvusclient.cli.framework.parameters import COUNT, COUNT_OR_ZERO, collection_option, option, yes_option
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

_name_option = option("-n", "--name", required=True, help="Name of the resource group.")
_requests_option = option(
    "--requests", type=COUNT_OR_ZERO, default=None, help="Number of query nodes that the group asks for."
)
_limits_option = option("--limits", type=COUNT_OR_ZERO, default=None, help="Largest number of query nodes.")


def _config(requests: int | None, limits: int | None) -> dict[str, object]:
    given = {"requests": requests, "limits": requests if limits is None else limits}
    return {key: {"node_num": number} for key, number in given.items() if number is not None}


@create_group.command("resource_group")
@_name_option
@_requests_option
@_limits_option
@pass_session
def create_resource_group(session: Session, name: str, requests: int | None, limits: int | None) -> None:
    """Create a resource group."""
    session.client().create_resource_group(name, session.timeout, config=_config(requests, limits) or None)
    session.report(f"Created resource group {name!r}.", created=name)


@list_group.command("resource_groups")
@pass_session
def list_resource_groups(session: Session) -> None:
    """List the resource groups."""
    session.show_names("resource_group", session.client().list_resource_groups(session.timeout))


@show_group.command("resource_group")
@_name_option
@pass_session
def show_resource_group(session: Session, name: str) -> None:
    """Show a resource group."""
    found = session.client().describe_resource_group(name, session.timeout)
    session.show_record({key: getattr(found, key) for key in found.__slots__})


@update_group.command("resource_group")
@_name_option
@_requests_option
@_limits_option
@pass_session
def update_resource_group(session: Session, name: str, requests: int | None, limits: int | None) -> None:
    """Change the number of query nodes of a resource group."""
    if requests is None and limits is None:
        requests = parse_integer(session.ask(None, "Number of query nodes", "--requests"), "the number of nodes")
    session.client().update_resource_groups({name: _config(requests, limits)}, session.timeout)
    session.report(f"Updated resource group {name!r}.", updated=name)


@delete_group.command("resource_group")
@_name_option
@yes_option
@pass_session
def delete_resource_group(session: Session, name: str, yes: bool) -> None:
    """Delete a resource group."""
    session.confirm(f"Delete resource group {name!r}?", yes)
    session.client().drop_resource_group(name, session.timeout)
    session.report(f"Deleted resource group {name!r}.", deleted=name)


@transfer_group.command("replica")
@option("--source", required=True, help="Resource group to move from.")
@option("--target", required=True, help="Resource group to move to.")
@collection_option
@option("-n", "--num-replicas", "number", type=COUNT, default=1, show_default=True, help="Number of replicas.")
@pass_session
def transfer_replica(session: Session, source: str, target: str, collection: str, number: int) -> None:
    """Move replicas of a collection to another resource group."""
    session.client().transfer_replica(source, target, collection, number, session.timeout)
    session.report(
        f"Moved {number} replica{'' if number == 1 else 's'} of collection {collection!r} to {target!r}.",
        moved=number,
        to=target,
    )
