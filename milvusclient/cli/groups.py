"""The root of all commands, and the words that most of them begin with."""

from __future__ import annotations

from typing import Any

import click

from milvusclient._version import __version__
from milvusclient.cli.command import Group, common_options, take_common
from milvusclient.cli.session import Session

__all__ = [
    "alter",
    "calc",
    "create",
    "delete",
    "grant",
    "insert",
    "list_",
    "revoke",
    "root",
    "set_",
    "show",
    "transfer",
    "update",
    "upsert",
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
        from milvusclient.cli.shell import run_shell

        ctx.exit(run_shell(session))


def _verb(name: str, text: str) -> Group:
    group = Group(name, help=text, short_help=text)
    root.add_command(group)
    return group


create = _verb("create", "Create a collection, a database, an index, ...")
list_ = _verb("list", "List collections, databases, indexes, ...")
show = _verb("show", "Show one thing in detail.")
alter = _verb("alter", "Change the properties of something.")
delete = _verb("delete", "Delete something; asks first.")
insert = _verb("insert", "Insert rows from a file or from the command line.")
upsert = _verb("upsert", "Insert rows, over those with the same keys.")
grant = _verb("grant", "Give a role or a privilege.")
revoke = _verb("revoke", "Take a role or a privilege away.")
update = _verb("update", "Change a password or a resource group.")
transfer = _verb("transfer", "Move replicas between resource groups.")
set_ = _verb("set", "Choose for the commands that follow.")
calc = _verb("calc", "Convert timestamps.")
root.add_command(show, "describe")
