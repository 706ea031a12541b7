"""The prose of the package says plainly what it means: no riddles in docstrings, messages, help and comments."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.unit.plain_english import PACKAGE, Prose, prose, riddles, sources

pytestmark = pytest.mark.static

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("pages", ["CHANGELOG.md", "README.md", "examples/guide/*.md"])
def test_lines_of_pages_are_short(pages: str) -> None:
    """Tables cannot be wrapped, and code is that of the reader's screen."""
    for page in _ROOT.glob(pages):
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        long = [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")]
        assert not long, (page.name, long)


def test_no_riddles() -> None:
    faults = [fault for path in sources() for piece in prose(path) for fault in riddles(piece)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "text",
    [
        "the value is no list",
        "ParamError: an argument cannot be.",
        "auto_id=True cannot be with external_source",
        "whoever opened it",
        "nobody waits",
        "the properties by name, as text.",
        "The end of a name.",
        "which rows come into question",
        "wants a INT64",
    ],
)
def test_riddles_are_found(text: str) -> None:
    assert list(riddles(Prose("here:1", text)))


@pytest.mark.parametrize(
    "text",
    [
        "there is no such index",
        "the connection is no longer open",
        "cannot be encoded in UTF-8",
        "the text of a message",
        "full-text search",
    ],
)
def test_plain_english_is_left_alone(text: str) -> None:
    assert not list(riddles(Prose("here:1", text)))


def test_docstrings_begin_with_what_they_describe() -> None:
    assert list(riddles(Prose("here:1", "Whether there is.", is_docstring=True)))
    assert list(riddles(Prose("here:1", "How far it is.", is_docstring=True)))
    assert not list(riddles(Prose("here:1", "Return whether the partition exists.", is_docstring=True)))


def test_docstrings_strings_and_comments_are_read() -> None:
    path = PACKAGE / "checks.py"
    pieces = list(prose(path))
    module = ast.parse(path.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(module)
    assert docstring is not None
    assert pieces[0] == Prose("milvusclient/checks.py:1", " ".join(docstring.split()), is_docstring=True)
    assert any(piece.text.startswith("the usual case pays") for piece in pieces), "a comment"
    assert any(" must be True or False, got " in f" {piece.text} " for piece in pieces), "a message"
