"""Commands and groups of them: the options that every command has, and errors as one message with an exit status."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from typing import Any, Literal

import click

from milvusclient.cli.framework.failure import Failure, UnknownCommand
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.output import FORMATS
from milvusclient.cli.framework.parameters import SECONDS, ask_pending
from milvusclient.cli.framework.session import Options, Session
from milvusclient.exceptions import MilvusException

__all__ = [
    "Command",
    "Group",
    "common_options",
    "pass_session",
    "pop_common_options",
    "write_options",
]

pass_session = click.make_pass_decorator(Session)

#: Which of the options that all commands have: all, only how to show the result, or none.
Common = Literal["all", "output", "none"]


def common_options() -> list[click.Option]:
    """Make the options that every command has."""
    return [
        click.Option(["-a", "--connection", "common_connection"], metavar="NAME", help="Use this saved connection."),
        click.Option(["--uri", "common_uri"], metavar="URI", help="Use the server or file at this address."),
        click.Option(["--db", "common_db"], metavar="NAME", help="Use this database."),
        click.Option(
            ["-t", "--timeout", "common_timeout"],
            type=SECONDS,
            metavar="SECONDS",
            help="Give up after this many seconds.",
        ),
        click.Option(
            ["-o", "--output", "common_output"],
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            help=f"Format of results: {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.",
        ),
        click.Option(["--verbose", "common_verbose"], is_flag=True, help="Show all details of an error."),
    ]


def pop_common_options(values: dict[str, Any]) -> tuple[Options, Any]:
    """Take the common options out of a command's values, which then has only its own."""
    names = ("connection", "uri", "db", "timeout", "output", "verbose")
    taken = {name: values.pop(f"common_{name}", None) for name in names}
    options = Options(
        connection=taken["connection"] or "",
        uri=taken["uri"] or "",
        db_name=taken["db"] or "",
        timeout=taken["timeout"],
        verbose=bool(taken["verbose"]),
    )
    return options, taken["output"]


class Command(click.Command):
    """A command with the common options.

    Args:
        nouns: words that may stand before the options and say nothing new, as in ``load collection -c docs``.
        common: which of the common options it has.
        examples: lines that its help shows.
    """

    def __init__(
        self, *args: Any, nouns: Sequence[str] = (), common: Common = "all", examples: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.nouns = nouns
        self.examples = examples
        taken = {text for parameter in self.params for text in parameter.opts}
        for each in common_options() if common != "none" else ():
            if common == "output" and each.name not in ("common_output", "common_verbose"):
                continue
            # An option of the command's own has its letter; the long form is always there.
            each.opts = [text for text in each.opts if text not in taken]
            if each.opts:
                self.params.append(each)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those that every command has."""
        write_options(self.get_params(ctx), ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, line by line."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}milvusclient {example}\n")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words, without the noun that says nothing new; ask for what is missing when all else is right."""
        rest = super().parse_args(ctx, args[1:] if args and args[0] in self.nouns else args)
        ask_pending(ctx)
        return rest

    def invoke(self, ctx: click.Context) -> object:
        """Run with the options of this command, and turn the library's errors into one message."""
        options, form = pop_common_options(ctx.params)
        session = ctx.ensure_object(Session)
        with session.using(options, form):
            verbose = session.options.verbose
            try:
                return super().invoke(ctx)
            except MilvusException as error:
                collection = ctx.params.get("collection")
                raise Failure(
                    message_of(error, collection=collection if isinstance(collection, str) else "", verbose=verbose)
                ) from error
            except BrokenPipeError:
                raise  # the reader of the output has seen enough; click ends quietly
            except OSError as error:
                raise Failure(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error


def write_options(parameters: Sequence[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the options of a command, those that every command has in a section of their own."""
    sections: dict[str, list[tuple[str, str]]] = {"Options": [], "Common options": []}
    for parameter in parameters:
        # Arguments are in the usage.
        record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
        if record is not None:
            is_common = (parameter.name or "").startswith(("common_", "help"))
            sections["Common options" if is_common else "Options"].append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


class Group(click.Group):
    """A group of commands that load when they are used, and that knows what a misspelt word may have meant."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules: dict[str, str] = {}
        self._hidden: set[str] = set()

    def add_lazy(self, name: str, module: str, *, hidden: bool) -> None:
        """Add a command that a module adds to this group when it is imported."""
        self._modules[name] = module
        if hidden:
            self._hidden.add(name)

    def names(self) -> list[str]:
        """Return the names of the commands that are not hidden, without loading them."""
        known = (name for name, command in self.commands.items() if not command.hidden)
        return sorted({*known, *self._modules} - self._hidden)

    def visible_commands(self) -> list[tuple[str, click.Command]]:
        """Return the commands that are not hidden, by name; all of them are loaded."""
        return [(name, command) for name in self.names() if (command := self._load(name)) is not None]

    def _load(self, name: str) -> click.Command | None:
        if name not in self.commands and name in self._modules:
            importlib.import_module(self._modules[name])
        return self.commands.get(name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted({*self.commands, *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name; ``_`` and ``-`` are the same, and so are one and many."""
        del ctx
        for name in (cmd_name, cmd_name.replace("-", "_"), f"{cmd_name}s", f"{cmd_name}es", cmd_name.removesuffix("s")):
            if (command := self._load(name)) is not None:
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the first word; an unknown one is refused with the nearest that there is."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise UnknownCommand(self.unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def groups(self) -> list[Group]:
        """Return the groups in this one."""
        return [command for command in self.commands.values() if isinstance(command, Group)]

    def unknown(self, word: str) -> str:
        """Return what is said of a word that is not a command."""
        if near := self.nearest(word):
            return f"No such command {word!r}; did you mean {near!r}?"
        hint = "`help` lists the commands" if self.groups() else f"there are {', '.join(self.names())}"
        return f"No such command {word!r}; {hint}."

    def nearest(self, word: str) -> str:
        """Return the command that a misspelt word most likely means, with the group before it; "" if none is near."""
        # What is to be seen comes last, so that it is kept where several groups have the word.
        groups = sorted(self.groups(), key=lambda group: group.name in ("show", "list"))
        below = {name: f"{group.name} {name}" for group in groups for name in group.names()}
        for name in (word, f"{word}s", f"{word}es", word.removesuffix("s")):
            if name in below:
                return below[name]
        for known in ({name: name for name in self.names()}, below):
            if near := difflib.get_close_matches(word, known, 1):
                return known[near[0]]
        return ""
