"""Commands about resource groups."""

from __future__ import annotations

from milvusclient.cli.data.values import parse_number
from milvusclient.cli.framework.command import collection_option, option, pass_session, yes_option
from milvusclient.cli.framework.groups import (
    create_group,
    delete_group,
    list_group,
    show_group,
    transfer_group,
    update_group,
)
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

_name_option = option("-n", "--name", required=True, help="The resource group.")
_requests_option = option("--requests", type=int, default=None, help="How many query nodes it is to have.")
_limits_option = option("--limits", type=int, default=None, help="How many it may have.")


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
    session.done(f"Created resource group {name!r}.", created=name)


@list_group.command("resource_groups")
@pass_session
def list_resource_groups(session: Session) -> None:
    """List the resource groups."""
    session.names("resource_group", session.client().list_resource_groups(session.timeout))


@show_group.command("resource_group")
@_name_option
@pass_session
def show_resource_group(session: Session, name: str) -> None:
    """Show a resource group."""
    found = session.client().describe_resource_group(name, session.timeout)
    session.record({key: getattr(found, key) for key in found.__slots__})


@update_group.command("resource_group")
@_name_option
@_requests_option
@_limits_option
@pass_session
def update_resource_group(session: Session, name: str, requests: int | None, limits: int | None) -> None:
    """Change how many query nodes a resource group has."""
    if requests is None and limits is None:
        requests = int(parse_number(session.ask(None, "How many nodes", "--requests"), "the number of nodes"))
    session.client().update_resource_groups({name: _config(requests, limits)}, session.timeout)
    session.done(f"Updated resource group {name!r}.", updated=name)


@delete_group.command("resource_group")
@_name_option
@yes_option
@pass_session
def delete_resource_group(session: Session, name: str, yes: bool) -> None:
    """Delete a resource group."""
    session.confirm(f"Delete resource group {name!r}?", yes)
    session.client().drop_resource_group(name, session.timeout)
    session.done(f"Deleted resource group {name!r}.", deleted=name)


@transfer_group.command("replica")
@option("--source", required=True, help="The group that has it.")
@option("--target", required=True, help="The group that gets it.")
@collection_option
@option("-n", "--num-replicas", "number", type=int, default=1, show_default=True, help="How many.")
@pass_session
def transfer_replica(session: Session, source: str, target: str, collection: str, number: int) -> None:
    """Move replicas of a collection to another resource group."""
    session.client().transfer_replica(source, target, collection, number, session.timeout)
    session.done(f"Moved {number} of collection {collection!r} to {target!r}.", moved=number, to=target)
