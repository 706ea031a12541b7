"""A reader of filters as newer servers (2.5 to 3.x) read them, made from the facts of their grammar.

It parses an expression and evaluates it over a row. What it does not know it refuses, as a server would. The facts:
the words of the grammar are lower case, ``not`` and ``exists`` bind tighter than comparisons, bits looser, a literal
has few escapes, ``is null`` is one token, and lists hold constants only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.filter_trees import Row, compared, conjunction, opposite, place

Meaning = Callable[[Row], Any]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<str>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<float>\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
    | (?P<int>\d+)
    | (?P<null>is[ ]not[ ]null|is[ ]null)
    | (?P<name>\$meta|[A-Za-z_][A-Za-z0-9_]*)
    | (?P<element>\$\[[A-Za-z_][A-Za-z0-9_]*\])
    | (?P<sign>==|!=|<=|>=|=~|!~|\*\*|&&|\|\||[-+*/%&|^<>()\[\],={}])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"and", "or", "not", "in", "like", "exists"}
_FUNCTIONS = {
    "json_contains", "json_contains_all", "json_contains_any", "array_contains", "array_contains_all",
    "array_contains_any", "array_length", "text_match", "phrase_match", "random_sample", "match_any", "match_all",
    "match_least", "match_most", "match_exact", "element_filter", "st_equals", "st_touches", "st_overlaps",
    "st_crosses", "st_contains", "st_intersects", "st_within", "st_dwithin", "st_isvalid",
}  # fmt: skip


class NotInGrammar(Exception):
    """A server would not read it."""


@dataclass(frozen=True)
class Term:
    """A part of an expression.

    Attributes:
        kind: ``bool``, ``constant``, ``list`` or ``value``.
        meaning: what it is in a row.
        json: it is a place in JSON.
        path: it is a field, or a place in one.
    """

    kind: str
    meaning: Meaning
    json: bool = False
    path: bool = False


def unquoted(literal: str) -> str:
    """The text of a literal."""

    def character(escape: re.Match[str]) -> str:
        if escape[1] not in _ESCAPES:
            raise NotInGrammar(f"unknown escape {escape[0]}")
        return _ESCAPES[escape[1]]

    return re.sub(r"\\(.)", character, literal[1:-1], flags=re.DOTALL)


class Reader:
    """Reads one expression.

    Args:
        text: the expression.
        params: the values of its placeholders.
        missing_differs: to this server a key that is not there differs from every value, as to Milvus 2.3; otherwise
            nothing is known of it, as of a field without a value.
    """

    def __init__(self, text: str, params: Mapping[str, object] | None = None, *, missing_differs: bool = False) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._params = params or {}
        self._missing_differs = missing_differs
        position = 0
        while text[position:].strip():
            token = _TOKEN.match(text, position)
            if token is None:
                raise NotInGrammar(f"no token at {text[position:][:20]!r}")
            self._tokens.append((token.lastgroup or "", token[token.lastgroup or 0]))
            position = token.end()
        self._next = 0

    def read(self) -> Meaning:
        """What the whole expression means."""
        term = self._or()
        if self._next != len(self._tokens):
            raise NotInGrammar(f"left over: {self._tokens[self._next :][:4]}")
        return self._bool(term).meaning

    # --- tokens -------------------------------------------------------------------------------------------------------
    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _kind(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        text = self._peek()
        if not text or (wanted and text != wanted):
            raise NotInGrammar(f"wanted {wanted or 'more'}, got {text or 'the end'}")
        self._next += 1
        return text

    def _accept(self, *wanted: str) -> str:
        if self._kind() != "str" and self._peek() in wanted:
            return self._take()
        return ""

    # --- from loose to tight ------------------------------------------------------------------------------------------
    def _or(self) -> Term:
        parts = [self._and()]
        while self._accept("or"):
            parts.append(self._and())
        if len(parts) == 1:
            return parts[0]
        means = [self._bool(part).meaning for part in parts]
        return Term("bool", lambda row: opposite(conjunction([opposite(mean(row)) for mean in means])))

    def _and(self) -> Term:
        parts = [self._bits()]
        while self._accept("and"):
            parts.append(self._bits())
        if len(parts) == 1:
            return parts[0]
        means = [self._bool(part).meaning for part in parts]
        return Term("bool", lambda row: conjunction([mean(row) for mean in means]))

    def _bits(self) -> Term:
        left = self._equality()
        while sign := self._accept("&", "|", "^"):
            left = self._computed(sign, left, self._equality())
        return left

    def _equality(self) -> Term:
        left = self._relation()
        if sign := self._accept("==", "!="):
            return self._compared(sign, left, self._relation())
        return left

    def _relation(self) -> Term:
        left = self._member()
        if sign := self._accept("<", "<=", ">", ">="):
            return self._compared(sign, left, self._member())
        return left

    def _member(self) -> Term:
        left = self._sum()
        negated = (
            self._kind() == "name" and self._peek() == "not" and self._tokens[self._next + 1 :][:1] == [("name", "in")]
        )
        if negated:
            self._take()
        if not self._accept("in"):
            return left
        items = self._values(self._sum())
        if not left.path:
            raise NotInGrammar("'in' is for single fields")

        def meaning(row: Row) -> bool | None:
            value = left.meaning(row)
            if value is None:
                return negated if left.json and self._missing_differs else None
            return any(compared("==", value, item) for item in items) is not negated

        return Term("bool", meaning)

    def _sum(self) -> Term:
        left = self._product()
        while sign := self._accept("+", "-"):
            left = self._computed(sign, left, self._product())
        return left

    def _product(self) -> Term:
        left = self._prefixed()
        while sign := self._accept("*", "/", "%"):
            left = self._computed(sign, left, self._prefixed())
        return left

    def _prefixed(self) -> Term:
        if self._accept("-"):
            number = self._prefixed()
            if number.kind != "constant":
                raise NotInGrammar("a sign is for constants")
            return Term("constant", lambda row: -number.meaning(row))
        if self._accept("not"):
            mean = self._bool(self._prefixed()).meaning
            return Term("bool", lambda row: opposite(mean(row)))
        return self._matched()

    def _matched(self) -> Term:
        left = self._primary()
        if sign := self._accept("like", "=~", "!~"):
            literal = unquoted(self._take_literal())
            if not left.path:
                raise NotInGrammar(f"{sign} is for fields")
            matches = _like(literal) if sign == "like" else re.compile(literal).search

            def meaning(row: Row) -> bool | None:
                value = left.meaning(row)
                if value is None:
                    return (sign == "!~") if left.json and self._missing_differs else None
                return (matches(value) is None) is (sign == "!~")

            return Term("bool", meaning)
        if self._kind() == "null":
            if not left.path:
                raise NotInGrammar("'is null' is for fields")
            is_null = self._take() == "is null"
            return Term("bool", lambda row: (left.meaning(row) is None) is is_null)
        return left

    def _take_literal(self) -> str:
        if self._kind() != "str":
            raise NotInGrammar(f"wanted a literal, got {self._peek()}")
        return self._take()

    def _primary(self) -> Term:
        kind, text = self._kind(), self._take()
        if kind == "str":
            literal = unquoted(text)
            return Term("constant", lambda _: literal)
        if kind in ("int", "float"):
            number = int(text) if kind == "int" else float(text)
            if isinstance(number, int) and number >= 1 << 63:
                raise NotInGrammar("out of range")
            return Term("constant", lambda _: number)
        if text == "(":
            inner = self._or()
            self._take(")")
            return inner
        if text == "[":
            return self._list()
        if text == "{":
            value = self._params[self._take()]
            self._take("}")
            return Term("list" if isinstance(value, list) else "constant", lambda _: value)
        if kind == "element":
            return Term("value", lambda row: row.get(text[2:-1]), path=True)
        if kind == "name":
            return self._named(text)
        raise NotInGrammar(f"unexpected {text}")

    def _list(self) -> Term:
        items = []
        while not self._accept("]"):
            item = self._sum()
            if item.kind != "constant":
                raise NotInGrammar("lists hold constants")
            items.append(item.meaning({}))
            if self._peek() != "]":
                self._take(",")
        return Term("list", lambda _: items)

    def _named(self, name: str) -> Term:
        if name in ("true", "false"):
            return Term("constant", lambda _: name == "true")
        if name == "exists":
            of = self._primary()
            if not of.json:
                raise NotInGrammar("'exists' is for JSON")
            return Term("bool", lambda row: of.meaning(row) is not None)
        if name == "ISO":
            moment = unquoted(self._take_literal())
            return Term("constant", lambda _: moment)
        if name in _FUNCTIONS:
            return self._call(name)
        if name.lower() in _WORDS:
            raise NotInGrammar(f"{name} is a word")
        keys: list[str | int] = []
        while self._accept("["):
            keys.append(int(self._take()) if self._kind() == "int" else unquoted(self._take_literal()))
            self._take("]")
        if name == "$meta" and not keys:
            raise NotInGrammar("$meta needs a key")
        json = name == "$meta" or any(isinstance(key, str) for key in keys)
        path = tuple(keys)
        return Term("value", lambda row: place(row if name == "$meta" else row.get(name), path), json=json, path=True)

    def _call(self, name: str) -> Term:
        self._take("(")
        arguments = [self._argument()]
        while self._accept(","):
            arguments.append(self._argument())
        self._take(")")
        if name == "array_length":
            of = arguments[0].meaning
            return Term("value", lambda row: None if of(row) is None else len(of(row)))
        if "contains" in name and not name.startswith("st_"):
            return self._contains(name, *arguments)
        # What the others are true of is for servers to say; here it is only that they are read.
        return Term("bool", lambda _: None)

    def _argument(self) -> Term:
        if self._peek() in ("threshold", "minimum_should_match"):
            self._take()
            self._take("=")
            if self._kind() != "int":
                raise NotInGrammar("wanted an integer")
        return self._or()

    def _contains(self, name: str, array: Term, values: Term) -> Term:
        if not array.path:
            raise NotInGrammar(f"{name} is for arrays")
        wanted = self._values(values) if name.endswith(("_all", "_any")) else [values.meaning({})]
        every = name.endswith("_all")

        def meaning(row: Row) -> bool | None:
            items = array.meaning(row)
            if items is None:
                return False if array.json and self._missing_differs else None
            has = [any(compared("==", item, one) for item in items) for one in wanted]
            return all(has) if every else any(has)

        return Term("bool", meaning)

    # --- what goes together -------------------------------------------------------------------------------------------
    def _bool(self, term: Term) -> Term:
        if term.kind != "bool":
            raise NotInGrammar(f"wanted a condition, got a {term.kind}")
        return term

    def _values(self, term: Term) -> list[Any]:
        if term.kind != "list":
            raise NotInGrammar(f"wanted a list, got a {term.kind}")
        values: list[Any] = term.meaning({})
        return values

    def _computed(self, sign: str, left: Term, right: Term) -> Term:
        if not {left.kind, right.kind} <= {"constant", "value"}:
            raise NotInGrammar(f"{sign} is for numbers")
        signs: dict[str, Callable[[Any, Any], Any]] = {
            "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
            "%": lambda a, b: a % b, "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b,
        }  # fmt: skip

        def meaning(row: Row) -> Any:
            sides = (left.meaning(row), right.meaning(row))
            return None if None in sides else signs[sign](*sides)

        kind = "constant" if left.kind == right.kind == "constant" else "value"
        return Term(kind, meaning, json=left.json or right.json)

    def _compared(self, sign: str, left: Term, right: Term) -> Term:
        if not {left.kind, right.kind} <= {"constant", "value"}:
            raise NotInGrammar(f"{sign} is for values")
        differs = self._missing_differs and (left.json or right.json)

        def meaning(row: Row) -> bool | None:
            sides = (left.meaning(row), right.meaning(row))
            if None in sides and differs:
                return sign == "!="
            return compared(sign, *sides)

        return Term("bool", meaning)


def _like(pattern: str) -> Callable[[str], re.Match[str] | None]:
    parts = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            parts.append(re.escape(next(characters)))
        else:
            parts.append({"%": ".*", "_": "."}.get(character, re.escape(character)))
    return re.compile("".join(parts) + r"\Z", re.DOTALL).match


def reads(text: str, params: Mapping[str, object] | None = None, *, missing_differs: bool = False) -> Meaning:
    """What an expression means to a newer server.

    Raises:
        NotInGrammar: it is none.
    """
    return Reader(text, params, missing_differs=missing_differs).read()
