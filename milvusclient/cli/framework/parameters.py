"""Options and arguments: those that many commands have, and the types of their values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from milvusclient.cli.framework.prompting import ask, can_ask

__all__ = [
    "COUNT",
    "COUNT_OR_ZERO",
    "PORT",
    "SECONDS",
    "SIZE",
    "batch_bytes_option",
    "checkpoint_option",
    "collection_option",
    "in_flight_option",
    "option",
    "parse_setting",
    "parse_settings",
    "quiet_option",
    "refuse_secret_words",
    "settings_option",
    "split_list",
    "tls_options",
    "yes_option",
]

F = TypeVar("F", bound=Callable[..., object])


class _Count(click.ParamType[int]):
    """An integer within limits; click's own type writes its range into every help."""

    name = "integer"

    def __init__(self, least: int, most: int | None = None) -> None:
        self._least = least
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the integer."""
        try:
            number = int(value)
        except ValueError:
            self.fail(f"expected an integer, got {value!r}", param, ctx)
        if number < self._least:
            self.fail(f"must be at least {self._least}, got {number}", param, ctx)
        if self._most is not None and number > self._most:
            self.fail(f"must be at most {self._most}, got {number}", param, ctx)
        return number


class _Seconds(click.ParamType[float]):
    """A time of more than nothing."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not number > 0:
            self.fail(f"expected a number of seconds greater than 0, got {value!r}", param, ctx)
        return number


class _Size(click.ParamType[int]):
    """A size in bytes, with or without a unit."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmg]?)i?b?\s*", str(value), re.IGNORECASE)
        if found is None:
            self.fail(f"expected a size such as 16MB, got {value!r}", param, ctx)
        size = int(float(found[1]) * 1024 ** " kmg".index(found[2].lower() or " "))
        if not 1 <= size <= 1 << 30:
            self.fail(f"must be at least 1 byte and at most 1GB, got {value!r}", param, ctx)
        return size


#: A number of rows, of at least one; one that may be zero.
COUNT = _Count(1)
COUNT_OR_ZERO = _Count(0)
PORT = _Count(1, 65535)
_TLS_MODE = _Count(0, 2)
SECONDS = _Seconds()
SIZE = _Size()
_PENDING = "milvusclient.pending"


class PromptedOption(click.Option):
    """An option that is asked for on a terminal when it is required and was not given."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value; a missing one is noted, and asked for when everything else is known to be right."""
        if self.required and self.value_is_missing(value) and not ctx.resilient_parsing and can_ask():
            ctx.meta.setdefault(f"{_PENDING}.{id(ctx)}", []).append(self)
            return None
        return super().process_value(ctx, value)

    def question(self) -> str:
        """Return how the option is asked for: its help without what is not about its value."""
        text = (self.help or self.name or "").removesuffix(" Repeatable.").partition(",")[0].rstrip(".")
        return text.removeprefix("The ")[:1].upper() + text.removeprefix("The ")[1:]


def ask_pending(ctx: click.Context) -> None:
    """Ask for the required options that were not given."""
    for each in ctx.meta.pop(f"{_PENDING}.{id(ctx)}", []):
        answer = ask(each.question(), kind=each.type)
        ctx.params[each.name] = each.process_value(ctx, [answer] if each.multiple else answer)


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """Declare an option as click does; a required one is asked for on a terminal."""
    return click.option(*names, cls=PromptedOption, **attributes)


def _refuse(ctx: click.Context, parameter: click.Parameter, found: tuple[str, ...]) -> None:
    del parameter
    if found:  # not repeated: it is most likely a secret
        raise click.UsageError(
            "A password or a token is not given on the command line, where others see it; it is asked for.", ctx
        )


#: For commands whose older forms took a secret after an option.
refuse_secret_words = click.argument("words", nargs=-1, expose_value=False, callback=_refuse, metavar="")

collection_option = option(
    "-c", "--collection-name", "collection", required=True, metavar="NAME", help="Name of the collection."
)
yes_option = option("-y", "--yes", is_flag=True, help="Do not ask for confirmation.")
quiet_option = option("-q", "--quiet", is_flag=True, help="Show no progress.")
batch_bytes_option = option(
    "--batch-bytes", type=SIZE, default=16 << 20, metavar="SIZE", help="Memory for a batch.  [default: 16MB]"
)
in_flight_option = option("--in-flight", type=COUNT, default=4, show_default=True, help="Requests at the same time.")
checkpoint_option = option(
    "--checkpoint", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
    help="Store the position in this file; with it, the command goes on where an earlier one ended.",
)  # fmt: skip

_TLS_OPTIONS = (
    option(
        "-tls", "--tls", "--tlsmode", type=_TLS_MODE, default=0, metavar="MODE",
        help="TLS: 0 none, 1 verify the server, 2 mutual.",
    ),
    option(
        "-cert", "--server-pem", "--ca", "ca", default="", metavar="FILE",
        help="CA certificates that verify the server's certificate.",
    ),
    option("--client-cert", default="", metavar="FILE", help="Certificate of this client."),
    option("--client-key", default="", metavar="FILE", help="Private key of that certificate."),
    option("--server-name", default="", metavar="NAME", help="Name that the server's certificate carries."),
)  # fmt: skip


def tls_options(command: F) -> F:
    """Declare how a server is reached with TLS."""
    for each in reversed(_TLS_OPTIONS):
        command = each(command)
    return command


def parse_setting(text: str) -> tuple[str, object]:
    """Parse ``k:v`` or ``k=v``; the value is a number, a bool or a structure if it reads as JSON, else a str.

    Raises:
        ValueError: the text is neither.

    Example:
        >>> parse_setting("nlist:128"), parse_setting("metric=L2")
        (('nlist', 128), ('metric', 'L2'))
    """
    cut = min((at for at in (text.find(":"), text.find("=")) if at > 0), default=-1)
    if cut < 0:
        raise ValueError(f"{text!r} is not NAME:VALUE or NAME=VALUE")
    value = text[cut + 1 :].strip()
    try:
        return text[:cut].strip(), json.loads(value)
    except ValueError:
        return text[:cut].strip(), value


def parse_settings(texts: Iterable[str]) -> dict[str, object]:
    """Parse several settings into a dict.

    Raises:
        BadParameter: a text is not a setting.
    """
    try:
        return dict(parse_setting(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _settings_value(ctx: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, object]:
    del ctx, parameter
    return parse_settings(texts)


def settings_option(name: str, text: str) -> Callable[[F], F]:
    """Declare an option like ``--param nlist:128`` that may be given several times; its value is a dict."""
    return option(
        f"--{name}", name.replace("-", "_"), multiple=True, metavar="NAME:VALUE", callback=_settings_value,
        help=f"{text} Repeatable.",
    )  # fmt: skip


def split_list(text: str | None) -> list[str] | None:
    """Split ``a,b`` at its commas; None stays None."""
    if text is None:
        return None
    return [word.strip() for word in text.split(",") if word.strip()]
