"""Patterns of ``like``: taken apart, and put together so that text stays text."""

from __future__ import annotations

from typing import NamedTuple

from milvusclient.exceptions import ParamError
from milvusclient.filters.literals import Where, said
from milvusclient.filters.nodes import Affix, Compare, Like, Literal, Or, ValueNode

__all__ = ["MANY", "ONE", "Pattern", "after_prefix", "escaped", "parse_pattern", "without_shortcut"]

#: What stands for the wildcards among the parts of a pattern.
MANY = object()
ONE = object()


class Pattern(NamedTuple):
    """The parts of a pattern: str, which are literal, and the wildcards."""

    parts: tuple[object, ...]

    @property
    def literals(self) -> list[str]:
        """The literal parts."""
        return [part for part in self.parts if isinstance(part, str)]

    @property
    def prefix(self) -> str | None:
        """The literal text in front of one ``%``, if that is all there is."""
        if self.parts == (MANY,):
            return ""
        if len(self.parts) == 2 and self.parts[1] is MANY and isinstance(self.parts[0], str):
            return self.parts[0]
        return None

    @property
    def text(self) -> str:
        """The pattern, with a backslash before each character that is literal and would not be."""
        return "".join("%" if part is MANY else "_" if part is ONE else escaped(str(part)) for part in self.parts)


def parse_pattern(where: Where, pattern: str) -> Pattern:
    """Take a pattern apart.

    Raises:
        ParamError: a backslash stands before something that needs none.
    """
    parts: list[object] = []
    literal: list[str] = []
    characters = iter(enumerate(pattern))
    for index, character in characters:
        if character in "%_":
            if literal:
                parts.append("".join(literal))
                literal.clear()
            wildcard = MANY if character == "%" else ONE
            if not (wildcard is MANY and parts and parts[-1] is MANY):
                parts.append(wildcard)
            continue
        if character == "\\":
            _, character = next(characters, (0, ""))  # noqa: PLW2901 - the one that the backslash is for
            if not character or character not in "%_\\":
                raise ParamError(
                    message=f"{said(where)}: the backslash at index {index} of the pattern {pattern!r} must stand "
                    "before %, _ or another backslash; startswith, endswith and includes take text as it is"
                )
        literal.append(character)
    if literal:
        parts.append("".join(literal))
    return Pattern(tuple(parts))


_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def escaped(text: str) -> str:
    """Return a text as a part of a pattern that matches that text only."""
    return text.translate(_SPECIAL)


def without_shortcut(of: ValueNode, pattern: Pattern) -> Or | None:
    """Return what means the same as a pattern whose backslashes Milvus Lite would read twice, None for others.

    It looks for ``%text`` and ``%text%`` without a regular expression, and then takes a backslash that escapes another
    for a character. A ``_`` in front, for the first of some characters, leads past that; without any, the value starts
    with the text, or is the text.
    """
    start, *rest = pattern.parts
    if start is not MANY or len(rest) not in (1, 2) or not isinstance(rest[0], str) or "\\" not in rest[0]:
        return None
    text, at_end = rest[0], len(rest) == 1
    at_start = Compare("==", of, Literal("str", text)) if at_end else Affix(of, "start", text)
    return Or((at_start, Like(of, Pattern((ONE, *pattern.parts)).text)))


def after_prefix(prefix: str) -> str | None:
    """Return the least str that is greater than each that starts with a prefix; None if there is none.

    Servers compare bytes of UTF-8, whose order is that of the code points.
    """
    for index in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[index]) + 1
        if code == 0xD800:  # surrogates are not characters
            code = 0xE000
        if code <= 0x10FFFF:
            return prefix[:index] + chr(code)
    return None
