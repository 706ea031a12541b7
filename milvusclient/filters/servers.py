"""Versions of servers, and the version since which each construct of a filter exists."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from milvusclient.exceptions import ServerVersionIncompatibleException

__all__ = ["FEATURES", "NEWEST", "Feature", "Server", "server_of"]


class Feature(NamedTuple):
    """A construct that not every server has.

    Attributes:
        title: what messages call it.
        since: the first version of Milvus that has it; None if no version has it.
        lite: Milvus Lite has it.
        hint: what to do where it is missing.
    """

    title: str
    since: tuple[int, int, int] | None
    lite: bool
    hint: str = ""


FEATURES: dict[str, Feature] = {
    "is null": Feature("'is null' of a field", (2, 5, 0), True),
    "ordered arithmetic": Feature("arithmetic compared by <, <=, > or >=", (2, 4, 0), True),
    "modulo": Feature("the operator %", (2, 0, 0), False),
    "bits": Feature("the operators &, | and ^ on integers", (3, 0, 0), False),
    "nested arithmetic": Feature(
        "arithmetic beyond one field, one operator and one constant, compared to a constant", (3, 0, 0), True
    ),
    "like": Feature("'like' with a wildcard other than one % at the end", (2, 4, 0), True, "use startswith(...)"),
    "like escapes": Feature(
        "'like' with a literal %, _, backslash, double quote or line break before other wildcards", (3, 0, 0), True,
        "use like(...), in which _ stands for any one character",
    ),
    "regular expressions": Feature("matches(...) with a regular expression", (3, 0, 0), False, "use like(...)"),
    "text_match": Feature("text_match", (2, 5, 0), True),
    "minimum_should_match": Feature("minimum_should_match", (2, 6, 0), False),
    "phrase_match": Feature("phrase_match", (2, 5, 0), False),
    "random_sample": Feature("sample(...)", (2, 6, 0), False),
    "geometry": Feature("geometry", (2, 6, 4), True),
    "more geometry": Feature("st_equals, st_touches, st_overlaps and st_crosses", (2, 6, 4), False),
    "timestamps": Feature("a comparison with a datetime", (2, 6, 4), True),
    "struct arrays": Feature("a condition on the elements of a struct array", (3, 0, 0), False),
    "array lengths in order": Feature(
        "the length of an array compared by <, <=, > or >=", (2, 4, 0), True, "use == or in_([...])"
    ),
    "length of a path": Feature("the length of an array at a JSON path", (2, 3, 0), False),
}  # fmt: skip


class Server(NamedTuple):
    """A server as far as filters depend on it.

    Attributes:
        title: what messages call it.
        version: of Milvus; of Milvus Lite if ``lite``.
        lite: it is Milvus Lite, whose parser is one of its own.
        templates: placeholders of a filter are filled in by the server.
    """

    title: str
    version: tuple[int, int, int]
    lite: bool
    templates: bool

    def has(self, feature: str) -> bool:
        """Return whether the server has a construct."""
        known = FEATURES[feature]
        return known.lite if self.lite else known.since is not None and known.since <= self.version

    def require(self, feature: str) -> None:
        """Do nothing if the server has a construct.

        Raises:
            ServerVersionIncompatibleException: it has not.
        """
        if self.has(feature):
            return
        title, since, lite, hint = FEATURES[feature]
        owners = []
        if since is not None:
            owners.append(f"Milvus {'.'.join(map(str, since[: 3 if since[2] else 2]))} or newer")
        if lite:
            owners.append("Milvus Lite")
        needed = " or ".join(owners)
        advice = f"; {hint}" if hint else ""
        raise ServerVersionIncompatibleException(
            message=f"filter: {title} needs {needed}, and the server is {self.title}{advice}"
        )


#: A server of which nothing is known, which is taken to have everything.
NEWEST = Server("Milvus", (999, 0, 0), lite=False, templates=True)

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


@lru_cache(maxsize=64)
def server_of(build: str) -> Server:
    """Return what is known of a server from the version that it tells.

    Args:
        build: such as ``"v2.5.4"``, ``"milvus_lite-3.2.2"`` or ``"v2.3.5-lite"``; one without a number is taken to be
            the newest.

    Example:
        >>> from milvusclient.filters.servers import server_of
        >>> server_of("v2.6.1-rc1")
        Server(title='Milvus 2.6.1', version=(2, 6, 1), lite=False, templates=True)
    """
    found = _VERSION.search(build)
    lowered = build.lower()
    if "milvus_lite" in lowered or "milvus-lite" in lowered:  # which does not tell its version in the handshake
        return Server(f"Milvus Lite {found[0]}" if found else "Milvus Lite", _parts(found), lite=True, templates=False)
    if found is None:
        return NEWEST
    version = _parts(found)
    # Builds of Milvus that run inside of another process, of which 2.5.1 ends that process at a placeholder.
    embedded = "lite" in lowered
    return Server(f"Milvus {found[0]}", version, lite=False, templates=version >= (2, 5, 0) and not embedded)


def _parts(found: re.Match[str] | None) -> tuple[int, int, int]:
    major, minor, patch = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return major, minor, patch
