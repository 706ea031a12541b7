"""Text of others, made safe to print: a terminal acts on control characters, and a reader cannot see them."""

from __future__ import annotations

import re

__all__ = ["visible"]

#: Control characters but tab and line feed; marks that change the direction of the text around them; separators of
#: lines and paragraphs; surrogates, which cannot be encoded; and the byte order mark.
_INVISIBLE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"


def visible(text: str) -> str:
    r"""Return the text with escapes such as ``\x1b`` in place of characters that terminals act on.

    Line feeds and tabs stay. ``\r\n`` becomes a line feed.

    Example:
        >>> from milvusclient.plain_text import visible
        >>> visible("gone\x1b]0;title\x07")
        'gone\\x1b]0;title\\x07'
    """
    if text.isprintable():  # nearly all are, and this is 20 times as fast
        return text
    text = text.replace("\r\n", "\n")
    return re.sub(_INVISIBLE, lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
