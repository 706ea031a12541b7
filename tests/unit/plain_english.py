"""The prose of the package (docstrings, messages, help and comments), and wordings that a reader has to read twice."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import milvusclient

PACKAGE: Final = Path(milvusclient.__file__).parent

#: Folders whose sources are generated: from the protocol, and from ``_async/``.
GENERATED: Final = ("_proto", "_sync")

#: What must not be read in the package: a pattern, and what to write instead.
RIDDLES: Final = {
    r"(?<!\bthere )\b(?:is|are|was|be) no (?!longer\b|more than\b)\w": "is not a ...; has no ...; is invalid",
    r"\bcannot be(?:$|[.,;:)]| (?:with|in|for|on|so|there|without|both|here)\b)": "is invalid; cannot be combined with",
    r"\b(?:who|whom)ever\b|\b(?:some|no|any|every)body\b": "name who or what it is",
    r"\bno(?:t a)? truth value\b|\ba truth value\b": "bool",
    r"\b(?:as|a|no) text(?:;|,|\.|$)": "str",
    r"\bis a text\b|\bmust be a text\b|\bas a text\b|\ba text of\b": "is a str",
    r"\bhow maniet?h\b|\bcomes? into question\b|\bas good as\b|\bso it is\b": "say it plainly",
    r"\b[Tt]he end of (?:a|an|the) (?:name|role|user|group|field|function|snapshot|part)\b": "drop",
    r"\b(?:rows|vectors|fields|collections) that are there\b": "existing rows",
    r"\bas (?:many|few) as there are\b|\ball there are\b": "all",
    r"\banew\b": "again",
    r"\bheed\b|\bthe like of\b|\bsuch a one\b|\bthat is none\b": "say it plainly",
    r"\bwants an? [A-Z_]": "expected",
    r"\bno whole number\b": "not a multiple of; not an int",
}

#: How the first line of a docstring must not begin.
OPENINGS: Final = re.compile(
    r"(?:Whether|How|What|Which|Where|Who|When|Their|Its|That|Those|These|This|They|It|If|For|Not|As|The same)\b"
)


@dataclass(frozen=True, slots=True)
class Prose:
    """A piece of prose, and where it stands."""

    place: str
    text: str
    is_docstring: bool = False


def sources() -> list[Path]:
    """The sources that people write."""
    return [
        path for path in sorted(PACKAGE.rglob("*.py")) if not set(GENERATED) & set(path.relative_to(PACKAGE).parts[:-1])
    ]


def prose(path: Path) -> Iterator[Prose]:
    """Each docstring, comment and other string of more than one word."""
    source = path.read_text(encoding="utf-8")
    where = path.relative_to(PACKAGE.parent).as_posix()
    tree = ast.parse(source)
    docstrings = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                docstrings.add(id(node.body[0].value))  # type: ignore[attr-defined]  # get_docstring found one there
                text = " ".join(text.split())
                if isinstance(node, ast.FunctionDef) and any(
                    "property" in ast.unparse(by) for by in node.decorator_list
                ):
                    text = text.removeprefix("Whether ")  # which says well what a bool attribute is
                yield Prose(f"{where}:{node.body[0].lineno}", text, is_docstring=True)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in docstrings and len(text.split()) > 1:
                yield Prose(f"{where}:{node.lineno}", " ".join(text.split()))
    yield from _comments(source, where)


def _comments(source: str, where: str) -> Iterator[Prose]:
    """The comments; lines that follow each other are one."""
    lines: list[str] = []
    first = last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if lines and token.start[0] != last + 1:
                yield Prose(f"{where}:{first}", " ".join(lines))
                lines = []
            first = first if lines else token.start[0]
            last = token.start[0]
            lines.append(token.string.lstrip("#: "))
    if lines:
        yield Prose(f"{where}:{first}", " ".join(lines))


def riddles(piece: Prose) -> Iterator[str]:
    """What a piece of prose has of the wordings above, with the advice."""
    for pattern, advice in RIDDLES.items():
        for found in re.finditer(pattern, piece.text):
            start = max(0, found.start() - 30)
            yield f"{piece.place}: ...{piece.text[start : found.end() + 20]}...: better {advice!r}"
    if piece.is_docstring and OPENINGS.match(piece.text):
        yield f"{piece.place}: {piece.text[:60]!r}: begin with what it is, or with what it does"
