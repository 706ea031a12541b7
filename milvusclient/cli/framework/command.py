"""Commands and groups of them: the options that every command has, and errors as one line with an exit status."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import click

from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.output import FORMATS
from milvusclient.cli.framework.session import Options, Session
from milvusclient.exceptions import MilvusException

__all__ = [
    "Command",
    "Group",
    "collection_option",
    "no_words",
    "option",
    "pass_session",
    "settings_option",
    "tls_options",
    "words",
    "yes_option",
]

F = TypeVar("F", bound=Callable[..., object])

pass_session = click.make_pass_decorator(Session)


def common_options() -> list[click.Option]:
    """The options that every command has."""
    return [
        click.Option(["-a", "--connection", "common_connection"], metavar="NAME", help="Use this saved connection."),
        click.Option(["--uri", "common_uri"], metavar="URI", help="Use the server or file at this address."),
        click.Option(["--db", "common_db"], metavar="NAME", help="Use this database."),
        click.Option(
            ["-t", "--timeout", "common_timeout"], type=float, metavar="SECONDS", help="Give up after so many seconds."
        ),
        click.Option(["-o", "--output", "common_output"], type=click.Choice(FORMATS), help="How to show the result."),
    ]


def take_common(values: dict[str, Any]) -> tuple[Options, Any]:
    """The common options out of a command's values, which then has only its own."""
    taken = {name: values.pop(f"common_{name}", None) for name in ("connection", "uri", "db", "timeout", "output")}
    options = Options(
        connection=taken["connection"] or "",
        uri=taken["uri"] or "",
        db_name=taken["db"] or "",
        timeout=taken["timeout"],
    )
    return options, taken["output"]


class _Asked(click.Option):
    """An option that is asked for on a terminal when it must be given and is not; elsewhere that is an error."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """The value, from the command line or from a prompt."""
        if self.required and self.value_is_missing(value) and not ctx.resilient_parsing and sys.stdin.isatty():
            label = (self.help or self.name or "").rstrip(".").removeprefix("The ").removesuffix(". Repeatable")
            answer = click.prompt(label[:1].upper() + label[1:], type=self.type, err=True)
            value = [answer] if self.multiple else answer
        return super().process_value(ctx, value)


#: Which of the options that all commands have: all, only how to show the result, or none.
Common = Literal["all", "output", "none"]


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
        for each in common_options():
            if common != "all" and (common == "none" or each.name != "common_output"):
                continue
            # An option of the command's own has its letter; the long form is always there.
            each.opts = [text for text in each.opts if text not in taken]
            if each.opts:
                self.params.append(each)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, line by line."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}milvusclient {example}\n")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words, without the noun that says nothing new."""
        return super().parse_args(ctx, args[1:] if args and args[0] in self.nouns else args)

    def invoke(self, ctx: click.Context) -> object:
        """Run with the options of this command, and turn the library's errors into one line."""
        options, form = take_common(ctx.params)
        try:
            with ctx.ensure_object(Session).using(options, form):
                return super().invoke(ctx)
        except MilvusException as error:
            raise Failure(_with_advice(error.message, ctx.params.get("collection"))) from error
        except BrokenPipeError:
            raise  # whoever read the output has seen enough; click ends quietly
        except OSError as error:
            raise Failure(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error


def _with_advice(message: str, collection: str | None) -> str:
    """The message of an error, and what to do where the library cannot know it."""
    if collection and "not loaded" in message:
        return f"{message}; load it first: load -c {collection}"
    return message


class Group(click.Group):
    """A group of commands that knows what a misspelt word may have meant."""

    command_class = Command
    group_class = type

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name; ``_`` and ``-`` are the same, and so are one and many."""
        for name in (cmd_name, cmd_name.replace("-", "_"), f"{cmd_name}s", f"{cmd_name}es", cmd_name.removesuffix("s")):
            if (command := super().get_command(ctx, name)) is not None:
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = [name for name in self.list_commands(ctx) if not self.commands[name].hidden]
            near = difflib.get_close_matches(args[0], known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            raise click.UsageError(f"No such command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option; like click's, but one that must be given is asked for on a terminal."""
    return click.option(*names, cls=_Asked, **attributes)


def _refuse_words(ctx: click.Context, parameter: click.Parameter, found: tuple[str, ...]) -> None:
    del parameter
    if found:  # not repeated: it is most likely a secret
        raise click.UsageError(
            "A password or a token is not given as a word, where others see it; it is asked for.", ctx
        )


#: For commands whose older forms took a secret after an option.
no_words = click.argument("words", nargs=-1, expose_value=False, callback=_refuse_words, metavar="")

collection_option = option("-c", "--collection-name", "collection", required=True, help="The collection.")
yes_option = option("-y", "--yes", is_flag=True, help="Do not ask.")


_TLS_OPTIONS = (
    option(
        "-tls", "--tls", "--tlsmode", type=click.IntRange(0, 2), default=0, help="0 none, 1 server checked, 2 both."
    ),
    option(
        "-cert",
        "--server-pem",
        "--ca",
        "ca",
        default="",
        metavar="FILE",
        help="Certificates to check the server's with.",
    ),
    option("--client-cert", default="", metavar="FILE", help="This client's certificate."),
    option("--client-key", default="", metavar="FILE", help="The key of that certificate."),
    option("--server-name", default="", metavar="NAME", help="The name that the server's certificate carries."),
)


def tls_options(command: F) -> F:
    """How a server is reached with TLS."""
    for each in reversed(_TLS_OPTIONS):
        command = each(command)
    return command


def settings_option(name: str, text: str) -> Callable[[F], F]:
    """An option like ``--param nlist:128`` that may be given several times."""
    return option(f"--{name}", name.replace("-", "_"), multiple=True, metavar="NAME:VALUE", help=f"{text} Repeatable.")


def words(text: str | None) -> list[str] | None:
    """``a,b`` as a list; None stays None."""
    if text is None:
        return None
    return [word.strip() for word in text.split(",") if word.strip()]
