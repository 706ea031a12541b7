"""Names and words of the grammar: what can stand bare in a filter, and what has to be written as a key in quotes."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["LITE_WORDS", "META", "WORDS", "can_stand_bare", "is_identifier", "is_word"]

#: The field that holds the keys that no other field has.
META = "$meta"

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

#: Each word of the grammar of Milvus, in lower case, with the version since which a field cannot have it as its name.
WORDS: dict[str, tuple[int, int, int]] = {
    **dict.fromkeys(("and", "or", "not", "in", "like", "exists", "true", "false"), (0, 0, 0)),
    **dict.fromkeys(
        (
            "json_contains", "json_contains_all", "json_contains_any",
            "array_contains", "array_contains_all", "array_contains_any", "array_length",
        ),
        (0, 0, 0),
    ),
    **dict.fromkeys(("text_match", "phrase_match"), (2, 5, 0)),
    "random_sample": (2, 6, 0),
    **dict.fromkeys(
        (
            "iso", "interval", "minimum_should_match", "st_equals", "st_touches", "st_overlaps", "st_crosses",
            "st_contains", "st_intersects", "st_within", "st_dwithin", "st_isvalid",
        ),
        (2, 6, 0),
    ),
    **dict.fromkeys(
        ("element_filter", "match_all", "match_any", "match_least", "match_most", "match_exact", "threshold"), (3, 0, 0)
    ),
}  # fmt: skip

#: The words of Milvus Lite, whose parser reads the names of functions as words only in front of a parenthesis.
LITE_WORDS = frozenset({"and", "or", "not", "in", "like", "is", "null", "exists", "true", "false", "iso", "interval"})


def is_identifier(name: str) -> bool:
    """Return whether every server reads the name as one identifier, unless it is a word of its grammar."""
    return _IDENTIFIER.fullmatch(name) is not None


def is_word(name: str, version: tuple[int, int, int], *, lite: bool) -> bool:
    """Return whether the name, in upper or lower case, is a word of the grammar of a server."""
    lowered = name.lower()
    if lite:
        return lowered in LITE_WORDS
    since = WORDS.get(lowered)
    return since is not None and since <= version


@lru_cache(maxsize=4096)
def can_stand_bare(name: str, version: tuple[int, int, int], *, lite: bool) -> bool:
    """Return whether a server reads the name as an identifier."""
    return is_identifier(name) and not is_word(name, version, lite=lite)
