"""The root of all commands, and the words that most of them begin with."""

from __future__ import annotations

from typing import Any

import click

from milvusclient._version import __version__
from milvusclient.cli.framework.command import Group, common_options, take_common
from milvusclient.cli.framework.session import Session

__all__ = [
    "alter_group",
    "calc_group",
    "create_group",
    "delete_group",
    "grant_group",
    "insert_group",
    "list_group",
    "revoke_group",
    "root",
    "set_group",
    "show_group",
    "transfer_group",
    "update_group",
    "upsert_group",
]


@click.group(
    cls=Group,
    invoke_without_command=True,
    params=common_options(),
    context_settings={"max_content_width": 110},
    epilog="Without a command it opens a shell. `milvusclient COMMAND --help` explains a command.",
)
@click.version_option(__version__, prog_name="milvusclient", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, /, **values: Any) -> None:
    """Work with Milvus: a server, a cluster, or a local file.

    Connections are kept by name: `milvusclient connect -h localhost -p 19530 -a default`. Any command takes `-a NAME`,
    or `--uri URI` for an address that has no name.
    """
    session = ctx.ensure_object(Session)
    options, form = take_common(values)
    ctx.with_resource(session.using(options, form))
    if ctx.invoked_subcommand is None and not session.interactive:
        ctx.exit(session.start_shell(session))


def _add_group(name: str, text: str) -> Group:
    group = Group(name, help=text, short_help=text)
    root.add_command(group)
    return group


create_group = _add_group("create", "Create a collection, a database, an index, ...")
list_group = _add_group("list", "List collections, databases, indexes, ...")
show_group = _add_group("show", "Show one thing in detail.")
alter_group = _add_group("alter", "Change the properties of something.")
delete_group = _add_group("delete", "Delete something; asks first.")
insert_group = _add_group("insert", "Insert rows from a file or from the command line.")
upsert_group = _add_group("upsert", "Insert rows, over those with the same keys.")
grant_group = _add_group("grant", "Give a role or a privilege.")
revoke_group = _add_group("revoke", "Take a role or a privilege away.")
update_group = _add_group("update", "Change a password or a resource group.")
transfer_group = _add_group("transfer", "Move replicas between resource groups.")
set_group = _add_group("set", "Choose for the commands that follow.")
calc_group = _add_group("calc", "Convert timestamps.")
root.add_command(show_group, "describe")
