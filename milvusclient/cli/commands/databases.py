"""Commands about databases."""

from __future__ import annotations

from dataclasses import replace

import click

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import alter_group, create_group, delete_group, list_group, root, show_group
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.parameters import option, parse_settings, settings_option, yes_option
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException

__all__: list[str] = []

_database_option = option("-db", "--db-name", "name", required=True, help="Name of the database.")


@create_group.command("database")
@_database_option
@settings_option("property", "Property, such as database.max.collections:10.")
@pass_session
def create_database(session: Session, name: str, property: dict[str, object]) -> None:  # noqa: A002 - the option's name
    """Create a database."""
    session.client().create_database(name, property, session.timeout)
    session.report(f"Created database {name!r}.", created=name)


@list_group.command("databases")
@pass_session
def list_databases(session: Session) -> None:
    """List the databases."""
    session.show_names("database", session.client().list_databases(session.timeout))


@show_group.command("database")
@option("-db", "--db-name", "name", default=None, help="Name of the database.  [default: the one in use]")
@pass_session
def show_database(session: Session, name: str | None) -> None:
    """Show the properties of a database."""
    client = session.client()
    used = client.connection_info().database or "default"
    session.show_record(client.describe_database(name or used, timeout=session.timeout))


@alter_group.command("database")
@_database_option
@settings_option("property", "Property to set.")
@option("-k", "--delete-key", "keys", multiple=True, help="Property to delete. Repeatable.")
@pass_session
def alter_database(
    session: Session,
    name: str,
    property: dict[str, object],  # noqa: A002 - the option's name
    keys: tuple[str, ...],
) -> None:
    """Set and delete properties of a database."""
    settings = property
    if not settings and not keys:
        settings = parse_settings(session.ask_several("Property as NAME:VALUE", "--property"))
    client = session.client()
    if keys:
        client.drop_database_properties(name, list(keys), timeout=session.timeout)
    if settings:
        client.alter_database_properties(name, settings, timeout=session.timeout)
    session.report(f"Altered database {name!r}.", altered=name)


@delete_group.command("database")
@_database_option
@yes_option
@pass_session
def delete_database(session: Session, name: str, yes: bool) -> None:
    """Delete an empty database."""
    session.confirm(f"Delete database {name!r}?", yes)
    session.client().drop_database(name, timeout=session.timeout)
    session.report(f"Deleted database {name!r}.", deleted=name)


@root.command("use", cls=Command, nouns=("database",), examples=("use demo",))
@click.argument("database", required=False, metavar="[DATABASE]")
@option("-db", "--db-name", "name", default=None, help="Name of the database.")
@pass_session
def use_database(session: Session, database: str | None, name: str | None) -> None:
    """Use another database; in a shell, for the commands that follow."""
    name = session.ask(database or name, "Database", "--db-name")
    try:
        with session.using(replace(session.options, db_name=name), None):
            session.client().list_collections(session.timeout)
    except MilvusException as error:
        if name in session.connection_file.read():
            hint = f"{name!r} is the name of a saved connection: connect -a {name}"
            raise Failure(f"{message_of(error)}\n{hint}") from error
        raise
    session.choose(replace(session.options, db_name=name))
    session.report(f"Using database {name!r}.", database=name)
    session.note_end(f"--db {name}")
