"""Commands about databases."""

from __future__ import annotations

from dataclasses import replace

from milvusclient.cli.data.values import parse_settings
from milvusclient.cli.framework.command import Command, option, pass_session, settings_option, yes_option
from milvusclient.cli.framework.groups import alter_group, create_group, delete_group, list_group, root, show_group
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

_database_option = option("-db", "--db-name", "name", required=True, help="The database.")


@create_group.command("database")
@_database_option
@settings_option("property", "A property, such as database.max.collections:10.")
@pass_session
def create_database(session: Session, name: str, property: tuple[str, ...]) -> None:  # noqa: A002 - the option's name
    """Create a database."""
    session.client().create_database(name, parse_settings(property), session.timeout)
    session.done(f"Created database {name!r}.", created=name)


@list_group.command("databases")
@pass_session
def list_databases(session: Session) -> None:
    """List the databases."""
    session.names("database", session.client().list_databases(session.timeout))


@show_group.command("database")
@option("-db", "--db-name", "name", default=None, help="The database.  [default: the one in use]")
@pass_session
def show_database(session: Session, name: str | None) -> None:
    """Show the properties of a database."""
    client = session.client()
    used = client.connection_info().database or "default"
    session.record(client.describe_database(name or used, timeout=session.timeout))


@alter_group.command("database")
@_database_option
@settings_option("property", "A property to set.")
@option("-k", "--delete-key", "keys", multiple=True, help="A property to delete. Repeatable.")
@pass_session
def alter_database(session: Session, name: str, property: tuple[str, ...], keys: tuple[str, ...]) -> None:  # noqa: A002
    """Set and delete properties of a database."""
    texts = property if property or keys else session.ask_several("Property as NAME:VALUE", "--property")
    client = session.client()
    if keys:
        client.drop_database_properties(name, list(keys), timeout=session.timeout)
    if texts:
        client.alter_database_properties(name, parse_settings(texts), timeout=session.timeout)
    session.done(f"Altered database {name!r}.", altered=name)


@delete_group.command("database")
@_database_option
@yes_option
@pass_session
def delete_database(session: Session, name: str, yes: bool) -> None:
    """Delete an empty database."""
    session.confirm(f"Delete database {name!r}?", yes)
    session.client().drop_database(name, timeout=session.timeout)
    session.done(f"Deleted database {name!r}.", deleted=name)


@root.command("use", cls=Command, nouns=("database",))
@_database_option
@pass_session
def use_database(session: Session, name: str) -> None:
    """Go on with another database; in a shell, for the commands that follow."""
    with session.using(replace(session.options, db_name=name), None):
        session.client().list_collections(session.timeout)
    session.keep(replace(session.options, db_name=name))
    session.done(f"Using database {name!r}.", database=name)
    session.note_end(f"--db {name}")
