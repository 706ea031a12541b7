"""What the shell offers while one types: commands, options, and live names. Pure; it is told the names."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import click

__all__ = ["LIVE", "Asked", "candidates", "split_words"]

#: Options whose values are names that a server has: (destination of the option, the family).
LIVE = {
    "collection": "collections",
    "old": "collections",
    "partition": "partitions",
    "partitions": "partitions",
    "user": "users",
    "role": "roles",
    "common_connection": "connections",
    "common_db": "databases",
    "db_name": "databases",
}
#: Those that mean one thing in one command and another elsewhere: (command, destination).
_BY_COMMAND = {
    ("database", "name"): "databases",
    ("use", "name"): "databases",
    ("index", "name"): "indexes",
    ("index_progress", "name"): "indexes",
    ("wait_for_index", "name"): "indexes",
    ("index", "field"): "fields",
    ("search", "field"): "fields",
    ("query", "fields"): "fields",
    ("get", "fields"): "fields",
    ("connect", "alias"): "connections",
    ("disconnect", "alias"): "connections",
    ("connection", "name"): "connections",
    ("alias", "alias"): "aliases",
    ("resource_group", "name"): "resource_groups",
    ("privilege_group", "name"): "privilege_groups",
}

#: Asks for the names of a family; the second argument is the collection of the line, if it names one.
Asked = Callable[[str, str], Iterable[str]]


def split_words(line: str) -> tuple[list[str], str]:
    """The finished words of a line, and the one that is being typed.

    Example:
        >>> split_words("show coll"), split_words("show ")
        ((['show'], 'coll'), (['show'], ''))
    """
    try:
        words = shlex.split(line)
    except ValueError:  # a quote is open
        words = line.split()
    if not line or line[-1].isspace():
        return words, ""
    return words[:-1], words[-1] if words else ""


def candidates(root: click.Group, words: Sequence[str], begun: str, ask: Asked) -> Iterator[tuple[str, str]]:
    """What may come next: (word, what it is).

    Args:
        root: the root of the commands.
        words: the finished words.
        begun: the beginning of the next one.
        ask: tells live names.
    """
    command, rest = _command(root, words)
    if command.name == "help" and command is not root:
        yield from candidates(root, rest, begun, ask)
        return
    if isinstance(command, click.Group):
        yield from _matching(((name, each.get_short_help_str()) for name, each in _visible(command)), begun)
        return
    expecting = _option(command, rest[-1]) if rest else None
    if expecting is not None and not expecting.is_flag:
        yield from _matching(((value, "") for value in _values(command, expecting, rest, ask)), begun)
        return
    for argument in command.params if not rest else ():
        if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
            yield from _matching(((str(each), "") for each in argument.type.choices), begun)
    if begun.startswith("-") or not begun:
        options = (
            (max(each.opts, key=len), each.help or "") for each in command.params
            if isinstance(each, click.Option) and not each.hidden
        )  # fmt: skip
        yield from _matching(options, begun)


def _matching(pairs: Iterable[tuple[str, str]], begun: str) -> Iterator[tuple[str, str]]:
    return (pair for pair in pairs if pair[0].lower().startswith(begun.lower()))


def _visible(group: click.Group) -> list[tuple[str, click.Command]]:
    return [(name, command) for name, command in sorted(group.commands.items()) if not command.hidden]


def _command(root: click.Group, words: Sequence[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and the words after its name."""
    command: click.Command = root
    rest = list(words)
    while rest and isinstance(command, click.Group):
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            break
        command = found
        rest.pop(0)
    return command, rest


def _option(command: click.Command, word: str) -> click.Option | None:
    return next((each for each in command.params if isinstance(each, click.Option) and word in each.opts), None)


def _values(command: click.Command, option: click.Option, rest: Sequence[str], ask: Asked) -> Iterable[str]:
    if isinstance(option.type, click.Choice):
        return [str(each) for each in option.type.choices]
    family = _BY_COMMAND.get((command.name or "", option.name or "")) or LIVE.get(option.name or "")
    if family is None:
        return []
    return ask(family, _collection(command, rest))


def _collection(command: click.Command, rest: Sequence[str]) -> str:
    """The collection that the line names."""
    for word, value in pairwise(rest):
        found = _option(command, word)
        if found is not None and found.name == "collection":
            return value
    return ""
