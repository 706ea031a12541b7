"""The root of all commands, its help, and the groups that most commands are in."""

from __future__ import annotations

from typing import Any

import click

from milvusclient._version import __version__
from milvusclient.cli.framework.command import Group, common_options, pop_common_options
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

#: The commands by what one wants to do; help shows them so, in an order in which a new user meets them.
TASKS = (
    ("Connect", "connect disconnect use doctor health server_version"),
    ("Look", "list show describe"),
    ("Find rows", "query get search hybrid_search query_iterator search_iterator"),
    ("Write rows", "insert upsert import bulk_insert delete copy export"),
    ("Change", "create alter rename truncate"),
    ("Maintain", "load release flush flush_all compact wait_for_index transfer"),
    ("Users", "grant revoke update"),
    ("This tool", "help history set completion version calc clear exit"),
)


class _Root(Group):
    """The root, whose help shows the commands by task and fits a screen."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, a line for each task."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(TASKS))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, without the commands that click writes behind them."""
        records = [parameter.get_help_record(ctx) for parameter in self.get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record is not None])

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help: what it is for, the commands, then the options."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_commands(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)


@click.group(
    cls=_Root,
    invoke_without_command=True,
    params=common_options(),
    context_settings={"max_content_width": 110},
    subcommand_metavar="[COMMAND] ...",
)
@click.version_option(__version__, prog_name="milvusclient", message="%(prog)s %(version)s", help="Show the version.")
@click.pass_context
def root(ctx: click.Context, /, **values: Any) -> None:
    """Work with Milvus; without a command, open a shell.

    `help COMMAND` explains a command, `help all` lists all commands in a line each.
    """
    session = ctx.ensure_object(Session)
    options, form = pop_common_options(values)
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
alter_group = _add_group("alter", "Change the properties of a collection, a field or a database.")
delete_group = _add_group("delete", "Delete something, after a confirmation.")
insert_group = _add_group("insert", "Insert rows from a file or from the command line.")
upsert_group = _add_group("upsert", "Insert rows, replacing those with the same keys.")
grant_group = _add_group("grant", "Grant a role or a privilege.")
revoke_group = _add_group("revoke", "Revoke a role or a privilege.")
update_group = _add_group("update", "Change a password or a resource group.")
transfer_group = _add_group("transfer", "Move replicas between resource groups.")
set_group = _add_group("set", "Set an option for the commands that follow.")
calc_group = _add_group("calc", "Convert timestamps.")
root.add_command(show_group, "describe")
