"""The one place that writes conditions down, in the lowest form that the server at hand reads.

A condition is true, false or neither (where a value is missing) of a row, and servers differ in what they make of the
opposite of a condition that is neither. So ``not`` is moved inwards, to where the opposite can be written directly:
``~((a > 1) | b.in_([2]))`` becomes ``a <= 1 and b not in [2]``. What a server would find all the same without having a
value gets a guard: ``m["k"] != 1 and exists m["k"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from milvusclient.exceptions import ParamError
from milvusclient.filters.literals import literal_text, quoted, values_text
from milvusclient.filters.names import Names
from milvusclient.filters.nodes import (
    Affix,
    And,
    Arithmetic,
    Compare,
    Constant,
    Contains,
    In,
    Length,
    Like,
    Literal,
    Name,
    Not,
    Null,
    Or,
    Path,
    Phrase,
    PredicateNode,
    Quantified,
    Raw,
    Regex,
    Sample,
    Shifted,
    Spatial,
    TextMatch,
    ValueNode,
    Values,
)
from milvusclient.filters.patterns import MANY, Pattern, after_prefix, parse_pattern, without_shortcut
from milvusclient.filters.predicates import Compiled
from milvusclient.filters.reprs import predicate_repr, value_repr

if TYPE_CHECKING:
    from milvusclient.filters.servers import Server
    from milvusclient.models.collection import CollectionInfo

__all__ = ["compile_node"]

#: Longer lists are sent beside the expression, where the server has placeholders.
_LONGEST_LITERAL = 64

_OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

#: What has a meaning of its own in patterns, and what some version of Milvus reads wrongly there.
_WILD = frozenset("%_\\")
_WILD_OR_ESCAPED = frozenset('%_\\"\n\r')


def compile_node(
    node: PredicateNode,
    server: Server,
    collection: CollectionInfo | None = None,
    *,
    primary_field: str = "",
    strict: bool = False,
) -> Compiled:
    """Write a condition down for a server.

    Args:
        node: the condition.
        server: who reads it.
        collection: what is known of the collection.
        primary_field: its primary key, if that is all that is known.
        strict: the collection can be looked up, so that nothing need be guessed.

    Raises:
        SchemaNeededError: it depends on the collection, which is not known; only if ``strict``.
        ServerVersionIncompatibleException: the server has no such condition.
        ParamError: no server can be asked for it.
    """
    names = Names(server, collection, strict=strict)
    renderer = _Renderer(server, names, node)
    made = renderer.whole(node)
    if made is True:
        return Compiled("", {})
    if made is False:
        return Compiled(f"{names.primary(primary_field)} in []", {})
    return Compiled(made, renderer.params)


class _Renderer:
    """Writes one condition. A method returns text, or a bool for what is true of every row or of none."""

    __slots__ = ("_lite", "_names", "_root", "_server", "params")

    def __init__(self, server: Server, names: Names, root: PredicateNode) -> None:
        self._server = server
        self._lite = server.lite
        self._names = names
        self._root = root
        self.params: dict[str, object] = {}

    # --- conditions ---------------------------------------------------------------------------------------------------
    def whole(self, node: PredicateNode) -> str | bool:
        """Write the whole condition, with what has to come last at its end."""
        parts = node.parts if isinstance(node, And) else (node,)
        last = [part for part in parts if _comes_last(part)]
        if not last:
            return self.condition(node, False)
        rest = tuple(part for part in parts if not _comes_last(part))
        made = self.condition(And(rest), False) if rest else True
        if made is False:
            return False
        last.sort(key=lambda part: isinstance(part, Quantified))
        texts = [self._sample(part) if isinstance(part, Sample) else str(self._atom(part)) for part in last]
        if made is not True:
            texts.insert(0, made)
        return " and ".join(texts)

    def condition(self, node: PredicateNode, negated: bool) -> str | bool:
        """Write a condition, or its opposite."""
        return _WRITERS[type(node)](self, node, negated)

    def _joined(self, node: And | Or, negated: bool) -> str | bool:
        is_or = isinstance(node, Or) != negated
        texts = []
        for part in node.parts:
            text = self.condition(part, negated)
            if text is is_or:  # true, and one is enough; or false, and all are needed
                return is_or
            if isinstance(text, str):
                texts.append(f"({text})" if _is_composite(part) else _before_and(text))
        return (" or " if is_or else " and ").join(texts) if texts else not is_or

    def _not(self, node: Not, negated: bool) -> str | bool:
        return self.condition(node.part, not negated)

    def _constant(self, node: Constant, negated: bool) -> bool:
        return node.value is not negated

    def _raw(self, node: Raw, negated: bool) -> str:
        return f"not ({node.text})" if negated else node.text

    def _misplaced(self, node: Sample, negated: bool) -> str:
        del negated
        raise ParamError(message=f"filter: {predicate_repr(node)} can only be joined to the whole of the other "
                         "conditions, by &")  # fmt: skip

    def _sample(self, node: Sample) -> str:
        self._server.require("random_sample")
        return f"random_sample({node.fraction!r})"

    def _opposite(self, text: str, negated: bool, of: ValueNode) -> str:
        """Write ``not (...)``, and that there is a value at all."""
        if not negated:
            return text
        guard = self._names.guard(of)
        return f"(not ({text}) and {guard})" if guard else f"not ({text})"

    # --- comparisons --------------------------------------------------------------------------------------------------
    def _compare(self, node: Compare, negated: bool) -> str:
        operator = _OPPOSITES[node.operator] if negated else node.operator
        left, right = node.left, node.right
        if type(left) is Name and type(right) is Literal and right.kind != "time":  # the usual case
            text = f"{self._names.value(left)} {operator} {literal_text(right, lite=self._lite)}"
            if operator != "!=" or self._lite:
                return text
        if isinstance(left, Shifted) or isinstance(right, Shifted) or _is_moment(right):
            return self._compare_moments(node, operator)
        self._check_computed(node, operator)
        text = f"{self._value(left)} {operator} {self._value(right)}"
        guards = list(self._guards(operator, left, right))
        return f"({' and '.join([text, *map(_before_and, guards[:-1]), guards[-1]])})" if guards else text

    def _guards(self, operator: str, *sides: ValueNode) -> Iterator[str]:
        """Yield what keeps a server from finding rows that have no value."""
        for side in sides:
            if isinstance(side, Arithmetic):
                yield from self._guards(operator, side.left, side.right)
                continue
            # An array that is not there has the length 0: to Milvus Lite, and to Milvus 2.3 in a JSON path. To
            # Milvus, a key that is not there differs from each value.
            if isinstance(side, Length):
                blind = self._lite or operator != "==" or sides[-1] == Literal("int", 0)
            else:
                blind = operator == "!=" and not self._lite
            of = side.of if isinstance(side, Length) else side
            guard = self._names.guard(of) if blind and isinstance(of, Name | Path) else None
            if guard:
                yield guard

    def _compare_moments(self, node: Compare, operator: str) -> str:
        left, right = node.left, node.right
        moment = right.value if isinstance(right, Literal) else None
        if isinstance(left, Shifted) and isinstance(moment, datetime):
            try:
                # The other way round: what every server reads has no durations.
                moment, left = moment - left.delta, left.of
            except OverflowError:
                raise ParamError(
                    message=f"filter: {predicate_repr(node)} is about a moment outside of the years 1 to 9999"
                ) from None
        if not isinstance(moment, datetime) or not isinstance(left, Name):
            raise ParamError(message=f"filter: {predicate_repr(node)}: a datetime can be compared with a field of type "
                             "TIMESTAMPTZ, to which a timedelta may be added, and with nothing else")  # fmt: skip
        self._server.require("timestamps")
        return f"{self._names.field(left)} {operator} {literal_text(Literal('time', moment), lite=self._lite)}"

    def _check_computed(self, node: Compare, operator: str) -> None:
        left, right = node.left, node.right
        computed = [side for side in (left, right) if isinstance(side, Arithmetic | Length)]
        if not computed:
            return
        for side in computed:
            self._check_operators(side)
        if len(computed) == 2 or computed[0] is right or not isinstance(right, Literal) or _is_nested(left):
            self._server.require("nested arithmetic")
        if operator not in ("==", "!="):
            self._server.require("array lengths in order" if isinstance(left, Length) else "ordered arithmetic")

    def _check_operators(self, node: ValueNode) -> None:
        if isinstance(node, Arithmetic):
            if node.operator in "&|^":
                self._server.require("bits")
            elif node.operator == "%":
                self._server.require("modulo")
            self._check_operators(node.left)
            self._check_operators(node.right)

    def _in(self, node: In, negated: bool) -> str | bool:
        of = node.of
        if not node.groups:
            return self._in_nothing(of, negated)
        guard = self._names.guard(of) if negated else None
        pieces = [piece for group in node.groups for piece in self._in_group(of, group, negated)]
        word = " and " if negated else " or "
        if guard and not all(piece.endswith(f" and {guard})") for piece in pieces):
            pieces.append(guard)
        return pieces[0] if len(pieces) == 1 else f"({word.join(pieces)})"

    def _in_nothing(self, of: ValueNode, negated: bool) -> str | bool:
        """Write that a value is one of none, which it never is, or none of them, if there is one."""
        if isinstance(of, Name) and not self._names.is_key(of):
            text = f"{self._names.value(of)} {'not in' if negated else 'in'} []"
            guard = self._names.guard(of) if negated else None
            return f"({text} and {guard})" if guard else text
        if not negated:
            return False
        if isinstance(of, Arithmetic):
            sides = [self._in_nothing(side, True) for side in (of.left, of.right) if not isinstance(side, Literal)]
            texts = [_before_and(side) for side in sides if isinstance(side, str)]
            return f"({' and '.join(texts)})" if texts else True
        return self._names.guard(of) or True

    def _in_group(self, of: ValueNode, group: Values, negated: bool) -> list[str]:
        if group.kind != "time" and self._takes_in(of, negated):
            return [f"{self._names.value(of)} {'not in' if negated else 'in'} {self._list(group)}"]
        made = (Compare("==", of, Literal(group.kind, value)) for value in group.values)
        return [self._compare(one, negated) for one in made]

    def _takes_in(self, of: ValueNode, negated: bool) -> bool:
        """Return whether the server has ``in`` for a value; if not, it is written as comparisons."""
        if isinstance(of, Arithmetic | Length | Shifted):
            return False
        if isinstance(of, Name):
            return not (self._lite and self._names.is_key(of))
        # Milvus finds arrays that are too short by 'not in', and has no 'exists' for them.
        return not self._lite and not (negated and isinstance(of, Path) and not self._names.guard(of))

    def _list(self, group: Values) -> str:
        if self._server.templates and len(group.values) > _LONGEST_LITERAL:
            name = f"in_{len(self.params)}"
            self.params[name] = list(group.values)
            return f"{{{name}}}"
        return values_text(group, lite=self._lite)

    def _null(self, node: Null, negated: bool) -> str:
        of = node.of
        if not isinstance(of, Name | Path):
            raise ParamError(
                message=f"filter: {predicate_repr(node)}: only fields and places in them can have no value"
            )
        if isinstance(of, Path) or self._names.is_key(of) or self._names.is_dynamic_before_null(of):
            exists = f"exists {self._names.value(of)}"
            return exists if negated else f"not ({exists})"
        self._server.require("is null")
        return f"{self._names.value(of)} is {'not ' if negated else ''}null"

    # --- patterns and words -------------------------------------------------------------------------------------------
    def _like(self, node: Like, negated: bool) -> str | bool:
        pattern = parse_pattern("like", node.pattern)
        if not pattern.parts or pattern.parts == tuple(pattern.literals):
            return self._compare(Compare("==", node.of, Literal("str", "".join(pattern.literals))), negated)
        prefix = pattern.prefix
        return self._pattern(node.of, pattern, negated) if prefix is None else self._prefix(node.of, prefix, negated)

    def _affix(self, node: Affix, negated: bool) -> str | bool:
        if node.place == "start" or not node.text:
            return self._prefix(node.of, node.text, negated)
        parts: tuple[object, ...] = (MANY, node.text) if node.place == "end" else (MANY, node.text, MANY)
        return self._pattern(node.of, Pattern(parts), negated)

    def _prefix(self, of: ValueNode, prefix: str, negated: bool) -> str | bool:
        if _WILD_OR_ESCAPED.isdisjoint(prefix):
            return self._opposite(f"{self._value(of)} like {quoted(prefix + '%')}", negated, of)
        # Not every server takes such text literally in a pattern, but all of them order it.
        start = Compare(">=", of, Literal("str", prefix))
        if (end := after_prefix(prefix)) is None:
            return self._compare(start, negated)
        both = And((start, Compare("<", of, Literal("str", end))))
        return f"({self._joined(both, negated)})"

    def _pattern(self, of: ValueNode, pattern: Pattern, negated: bool) -> str | bool:
        self._server.require("like")
        special = _WILD if self._lite else _WILD_OR_ESCAPED
        if any(not special.isdisjoint(text) for text in pattern.literals):
            self._server.require("like escapes")
            if self._lite:
                self._check_escapes()
                if (both := without_shortcut(of, pattern)) is not None:
                    return f"({self._joined(both, negated)})"
        return self._opposite(f"{self._value(of)} like {quoted(pattern.text)}", negated, of)

    def _check_escapes(self) -> None:
        """Refuse a pattern with escapes where Milvus Lite would take the backslashes for characters."""
        for of in _leaves(self._root):
            if not isinstance(of, Name) or not self._names.is_column(of):
                raise ParamError(
                    message="filter: Milvus Lite takes %, _ and backslash literally in a pattern only if the whole "
                    f"condition is about fields, without {value_repr(of)}; use startswith(...) or =="
                )

    def _regex(self, node: Regex, negated: bool) -> str:
        self._server.require("regular expressions")
        return f"{self._value(node.of)} {'!~' if negated else '=~'} {quoted(node.pattern)}"

    def _text_match(self, node: TextMatch, negated: bool) -> str:
        self._server.require("text_match")
        option = ""
        if node.least is not None:
            self._server.require("minimum_should_match")
            option = f", minimum_should_match={node.least}"
        return self._opposite(
            f"text_match({self._names.field(node.of)}, {quoted(node.text)}{option})", negated, node.of
        )

    def _phrase(self, node: Phrase, negated: bool) -> str:
        self._server.require("phrase_match")
        slop = "" if node.slop is None else f", {node.slop}"
        return self._opposite(
            f"phrase_match({self._names.field(node.of)}, {quoted(node.text)}{slop})", negated, node.of
        )

    # --- arrays and geometry ------------------------------------------------------------------------------------------
    def _contains(self, node: Contains, negated: bool) -> str | bool:
        if not node.groups:
            return (node.mode == "all") is not negated
        array = self._names.array(node.of)
        name = f"{'json' if isinstance(node.of, Path) else 'array'}_contains"
        calls = []
        for group in node.groups:
            if group.kind == "time":
                raise ParamError(message=f"filter: {predicate_repr(node)}: arrays have no datetimes")
            if node.mode == "one" and self._lite and _is_negative(group):
                calls.append(
                    f"{name}_any({array}, {self._list(group)})"
                )  # the one form in which its parser knows a sign
            elif node.mode == "one":
                calls.append(f"{name}({array}, {literal_text(Literal(group.kind, group.values[0]), lite=self._lite)})")
            else:
                calls.append(f"{name}_{node.mode}({array}, {self._list(group)})")
        text = (" and " if node.mode == "all" else " or ").join(calls)
        return self._opposite(text if negated or len(calls) == 1 else f"({text})", negated, node.of)

    def _spatial(self, node: Spatial, negated: bool) -> str:
        common = node.function in ("st_contains", "st_within", "st_intersects", "st_isvalid", "st_dwithin")
        self._server.require("geometry" if common else "more geometry")
        arguments = [self._names.field(node.of)]
        if node.shape is not None:
            arguments.append(quoted(node.shape))
        if node.distance is not None:
            arguments.append(repr(node.distance))
        return self._opposite(f"{node.function}({', '.join(arguments)})", negated, node.of)

    def _quantified(self, node: Quantified, negated: bool) -> str:
        if node.function == "element_filter":
            raise ParamError(message=f"filter: {predicate_repr(node)} can only be joined to the whole of the other "
                             "conditions, by &")  # fmt: skip
        text = self._atom(node)
        return f"not ({text})" if negated else text

    def _atom(self, node: PredicateNode) -> str:
        assert isinstance(node, Quantified)  # noqa: S101 - the two callers say so
        self._server.require("struct arrays")
        struct = self._names.field(Name(node.struct))
        with self._names.inside(node.struct):
            condition = self.condition(node.condition, False)
        if isinstance(condition, bool):
            raise ParamError(
                message=f"filter: {predicate_repr(node)}: the condition is {str(condition).lower()} of every element"
            )
        threshold = "" if node.count is None else f", threshold={node.count}"
        return f"{node.function}({struct}, {condition}{threshold})"

    # --- values -------------------------------------------------------------------------------------------------------
    def _value(self, node: ValueNode, *, nested: bool = False) -> str:
        if isinstance(node, Literal):
            return literal_text(node, lite=self._lite)
        if isinstance(node, Length):
            if self._lite and isinstance(node.of, Path) and not self._names.is_bare_key(node.of):
                self._server.require("length of a path")
            return f"array_length({self._names.array(node.of)})"
        if isinstance(node, Arithmetic):
            left, right = node.left, node.right
            if isinstance(left, Literal) and node.operator in "+*":
                left, right = right, left  # as older servers want it
            text = f"{self._value(left, nested=True)} {node.operator} {self._value(right, nested=True)}"
            # Bits bind looser than comparisons.
            return f"({text})" if nested or node.operator in "&|^" else text
        if isinstance(node, Shifted):
            raise ParamError(message=f"filter: {value_repr(node)} can only be compared with a datetime")
        return self._names.value(node)


def _before_and(text: str) -> str:
    """Return a condition as it stands before another: to Milvus 2.3, ``exists`` is about all that follows."""
    return f"({text})" if text.startswith("exists ") else text


def _is_negative(group: Values) -> bool:
    return group.kind in ("int", "float") and repr(group.values[0]).startswith("-")


def _is_moment(node: ValueNode) -> bool:
    return isinstance(node, Literal) and node.kind == "time"


def _is_nested(node: ValueNode) -> bool:
    """Return whether it is more than one field, one operator and one constant."""
    if not isinstance(node, Arithmetic):
        return False
    left, right = node.left, node.right
    if isinstance(left, Literal) and node.operator in "+*":
        left, right = right, left
    return isinstance(left, Literal | Arithmetic | Length) or not isinstance(right, Literal)


def _comes_last(node: PredicateNode) -> bool:
    return isinstance(node, Sample) or (isinstance(node, Quantified) and node.function == "element_filter")


def _is_composite(node: PredicateNode) -> bool:
    return isinstance(node, And | Or | Raw) or (isinstance(node, Not) and isinstance(node.part, And | Or))


def _leaves(node: PredicateNode) -> Iterator[ValueNode]:
    """Yield what a condition looks at; a function or a computation as a whole."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _leaves(part)
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    elif isinstance(node, Compare):
        for side in (node.left, node.right):
            if isinstance(side, Arithmetic):
                yield from (one for one in (side.left, side.right) if not isinstance(one, Literal))
            elif not isinstance(side, Literal):
                yield side.of if isinstance(side, Shifted) else side
    elif isinstance(node, In | Null | Like | Affix):
        yield node.of
    elif isinstance(node, Contains | TextMatch | Spatial | Phrase | Regex):
        yield Length(node.of)  # no field


_WRITERS: dict[type, Callable[..., str | bool]] = {
    And: _Renderer._joined,
    Or: _Renderer._joined,
    Not: _Renderer._not,
    Constant: _Renderer._constant,
    Raw: _Renderer._raw,
    Sample: _Renderer._misplaced,
    Compare: _Renderer._compare,
    In: _Renderer._in,
    Null: _Renderer._null,
    Like: _Renderer._like,
    Affix: _Renderer._affix,
    Regex: _Renderer._regex,
    TextMatch: _Renderer._text_match,
    Phrase: _Renderer._phrase,
    Contains: _Renderer._contains,
    Spatial: _Renderer._spatial,
    Quantified: _Renderer._quantified,
}
