"""Completions for the Tab key: commands, options, and names that the server has. Pure: the names are handed in."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import click

from milvusclient.cli.framework.command import Group

__all__ = ["ListNames", "candidates", "chosen_options", "split_words"]

#: Options whose values are names that a server has: destination of the option -> kind of names.
_KINDS = {
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
#: Those that mean one thing in one command and another elsewhere: (command, destination) -> kind of names.
_KINDS_BY_COMMAND = {
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

#: Returns the names of a kind; the second argument is the collection of the line, if it names one.
ListNames = Callable[[str, str], Iterable[str]]


def split_words(line: str) -> tuple[list[str], str]:
    """Split a line into its finished words and the one that is being typed.

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


def candidates(
    root: Group, words: Sequence[str], begun: str, list_names: ListNames, *, explain: bool = True
) -> Iterator[tuple[str, str]]:
    """Yield what may come next, as (word, what it is).

    Args:
        root: the root of the commands.
        words: the finished words.
        begun: the beginning of the next one.
        list_names: returns the names that the server has.
        explain: whether to say what a command does; for that, all commands have to be loaded.
    """
    command, rest = _command(root, words)
    if command.name == "help" and command is not root:
        yield from candidates(root, rest, begun, list_names, explain=explain)
        return
    if isinstance(command, Group):
        yield from _matching(_commands(command, explain=explain), begun)
        return
    expecting = _option(command, rest[-1]) if rest else None
    if expecting is not None and not expecting.is_flag:
        yield from _matching(((value, "") for value in _values(command, expecting, rest, list_names)), begun)
        return
    if not rest:
        yield from _matching(((value, "") for value in _argument_values(command)), begun)
    if begun.startswith("-") or not begun:
        yield from _matching(_visible_options(command), begun)


def _argument_values(command: click.Command) -> Iterator[str]:
    for argument in command.params:
        if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
            yield from (str(each) for each in argument.type.choices)


def _visible_options(command: click.Command) -> Iterator[tuple[str, str]]:
    for each in command.params:
        if isinstance(each, click.Option) and not each.hidden:
            yield max(each.opts, key=len), each.help or ""


def _matching(pairs: Iterable[tuple[str, str]], begun: str) -> Iterator[tuple[str, str]]:
    return (pair for pair in pairs if pair[0].lower().startswith(begun.lower()))


def _commands(group: Group, *, explain: bool) -> Iterable[tuple[str, str]]:
    if not explain:
        return ((name, "") for name in group.names())
    return ((name, each.get_short_help_str()) for name, each in group.visible_commands())


def _command(root: Group, words: Sequence[str]) -> tuple[click.Command, list[str]]:
    """Return the command that the words name, and the words after its name."""
    command: click.Command = root
    rest = list(words)
    while rest and isinstance(command, click.Group):
        if (option := _option(command, rest[0])) is not None and (option.is_flag or len(rest) > 1):
            del rest[: 1 if option.is_flag else 2]  # options of the root, as in `-a demo query`
            continue
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            break
        command = found
        rest.pop(0)
    return command, rest


def chosen_options(root: Group, words: Sequence[str]) -> dict[str, str]:
    """Return which connection, uri and database a line chooses, by the names of the options without ``common_``."""
    command, rest = _command(root, words)
    before = words[: len(words) - len(rest)]
    found = {}
    for owner, part in ((root, before), (command, rest)):
        for word, value in pairwise(part):
            option = _option(owner, word)
            if option is not None and option.name in ("common_connection", "common_uri", "common_db"):
                found[option.name.removeprefix("common_")] = value
    return found


def _option(command: click.Command, word: str) -> click.Option | None:
    return next((each for each in command.params if isinstance(each, click.Option) and word in each.opts), None)


def _values(command: click.Command, option: click.Option, rest: Sequence[str], list_names: ListNames) -> Iterable[str]:
    if isinstance(option.type, click.Choice):
        return [str(each) for each in option.type.choices]
    kind = _KINDS_BY_COMMAND.get((command.name or "", option.name or "")) or _KINDS.get(option.name or "")
    if kind is None:
        return []
    return list_names(kind, _collection(command, rest))


def _collection(command: click.Command, rest: Sequence[str]) -> str:
    """Return the collection that the line names."""
    for word, value in pairwise(rest):
        found = _option(command, word)
        if found is not None and found.name == "collection":
            return value
    return ""
