"""The place of a collection in one word: a connection, an address or a file, a database and a name."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from milvusclient.cli.framework.failure import Failure

__all__ = ["Place", "parse_place"]

_URI = re.compile(r"([a-z]+://[^/]*)(?:/(.*))?", re.IGNORECASE)
_FILE = re.compile(r"(.*?\.db)(?:[/\\](.*))?", re.IGNORECASE)
_PORT = re.compile(r"([^/:]+:\d+)(?:/(.*))?")
_NAMED = re.compile(r"([^/:]+):(.*)")


class Place(NamedTuple):
    """The place of a collection.

    Attributes:
        connection: name of a saved connection; "" without one.
        uri: address of a server, or a file; "" without one.
        db_name: name of the database; "" for that of the connection.
        collection: name of the collection; "" if none is given.
    """

    connection: str
    uri: str
    db_name: str
    collection: str


def parse_place(text: str, saved: Collection[str]) -> Place:
    """Parse ``[CONNECTION:|ADDRESS/][DATABASE/]COLLECTION``; the address may be a file that ends with ``.db``.

    Args:
        text: the place.
        saved: names of the saved connections.

    Raises:
        Failure: it is not a place, or there is no such connection.

    Example:
        >>> parse_place("./demo.db/books", []).uri, parse_place("./demo.db/books", []).collection
        ('./demo.db', 'books')
        >>> parse_place("http://host:19530/sales/books", [])
        Place(connection='', uri='http://host:19530', db_name='sales', collection='books')
        >>> parse_place("prod:books", ["prod"])
        Place(connection='prod', uri='', db_name='', collection='books')
    """
    if found := _URI.fullmatch(text) or _FILE.fullmatch(text):
        return Place("", found[1], *_parts(text, found[2]))
    named = _NAMED.fullmatch(text)
    if named and named[1] in saved:
        return Place(named[1], "", *_parts(text, named[2]))
    if found := _PORT.fullmatch(text):
        return Place("", f"http://{found[1]}", *_parts(text, found[2]))
    if named:
        others = f"there are {', '.join(saved)}" if saved else "none is saved"
        raise Failure(f"{text}: there is no connection {named[1]!r}; {others}")
    return Place("", "", *_parts(text, text))


def _parts(text: str, path: str | None) -> tuple[str, str]:
    """Return the database and the collection of a path."""
    words = (path or "").split("/")
    if len(words) > 2 or (len(words) == 2 and not words[0]):
        raise Failure(f"{text}: expected [CONNECTION:][DATABASE/]COLLECTION, or an address or a .db file, / and these")
    return (words[0], words[1]) if len(words) == 2 else ("", words[0])
