"""Commands about aliases of collections; their `-a` is the alias, so --connection chooses the connection."""

from __future__ import annotations

from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.groups import create_group, delete_group, list_group, show_group
from milvusclient.cli.framework.parameters import collection_option, option, yes_option
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

_alias_option = option("-a", "--alias", required=True, help="Name of the alias.")


@create_group.command("alias")
@collection_option
@_alias_option
@option("-A", "--alter", is_flag=True, help="Move the alias from the collection that has it.")
@pass_session
def create_alias(session: Session, collection: str, alias: str, alter: bool) -> None:
    """Give a collection another name."""
    client = session.client()
    (client.alter_alias if alter else client.create_alias)(collection, alias, session.timeout)
    session.report(f"Alias {alias!r} now names collection {collection!r}.", alias=alias, collection=collection)


@list_group.command("aliases")
@option("-c", "--collection-name", "collection", default="", help="List only aliases of this collection.")
@pass_session
def list_aliases(session: Session, collection: str) -> None:
    """List aliases."""
    session.show_names("alias", session.client().list_aliases(collection, session.timeout)["aliases"])


@show_group.command("alias")
@_alias_option
@pass_session
def show_alias(session: Session, alias: str) -> None:
    """Show the collection that an alias names."""
    session.show_record(session.client().describe_alias(alias, session.timeout))


@delete_group.command("alias")
@_alias_option
@yes_option
@pass_session
def delete_alias(session: Session, alias: str, yes: bool) -> None:
    """Delete an alias; the collection stays."""
    session.confirm(f"Delete alias {alias!r}?", yes)
    session.client().drop_alias(alias, session.timeout)
    session.report(f"Deleted alias {alias!r}.", deleted=alias)
