"""The methods of values, by what they are about. :class:`~milvusclient.filters.values.Value` has them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from milvusclient.checks import given, require_int
from milvusclient.exceptions import ParamError
from milvusclient.filters.literals import Where, literal, plain_text, value_groups
from milvusclient.filters.nodes import (
    Affix,
    Contains,
    In,
    Length,
    Like,
    Name,
    Not,
    Null,
    Path,
    Phrase,
    PredicateNode,
    Quantified,
    Regex,
    Spatial,
    TextMatch,
    ValueNode,
    Values,
)
from milvusclient.filters.predicates import Predicate, deeper

if TYPE_CHECKING:
    from milvusclient.filters.values import ElementFields, Operand, Value

__all__ = ["ArrayMethods", "GeometryMethods", "ListMethods", "TextMethods"]


class _Methods:
    """Base of the methods: the value that they work on."""

    __slots__ = ()
    _node: ValueNode
    _depth: int

    def _named(self, method: str) -> str:
        return f"{self!r}.{method}"

    def _where(self, what: str) -> Where:
        return lambda: self._named(what)

    def _made(self, node: PredicateNode) -> Predicate:
        return Predicate(node, self._depth)

    def _field(self, method: str) -> Name:
        """Return the field itself, for functions that take no path."""
        if isinstance(self._node, Name):
            return self._node
        raise ParamError(message=f"{self._named(method)} is for fields, and this is none")

    def _text(self, method: str, value: object) -> str:
        return plain_text(self._where(f"{method}: the argument"), value)


class ListMethods(_Methods):
    """One of several values, a range, no value."""

    __slots__ = ()

    def in_(self, values: Iterable[object]) -> Predicate:
        """Return the condition that the value is one of several; None among them stands for no value.

        Args:
            values: a list, a tuple, a set, a range, an array of numpy or another iterable. No row has one of none.

        Raises:
            ParamError: it is not a list, or a filter cannot hold one of its values.
        """
        groups, has_none = value_groups(self._where("in_"), values)
        one_of = self._made(In(self._node, groups))
        if not has_none:
            return one_of
        return one_of | self.is_null() if groups else self.is_null()

    def not_in(self, values: Iterable[object]) -> Predicate:
        """Return the condition that there is a value and it is none of several.

        Raises:
            ParamError: it is not a list, or a filter cannot hold one of its values.
        """
        groups, has_none = value_groups(self._where("not_in"), values)
        other = self._made(Not(In(self._node, groups)))
        if not has_none:
            return other
        return other & self.not_null() if groups else self.not_null()

    def between(self, low: Operand, high: Operand) -> Predicate:
        """Return the condition that the value is at least ``low`` and at most ``high``.

        Raises:
            ParamError: a filter cannot hold one of them.
        """
        value = self._as_value()
        return (value >= low) & (value <= high)

    def is_null(self) -> Predicate:
        """Return the condition that there is no value. Of a JSON path: that there is no such key."""
        return self._made(Null(self._node))

    def not_null(self) -> Predicate:
        """Return the condition that there is a value."""
        return self._made(Not(Null(self._node)))

    def exists(self) -> Predicate:
        """Return the condition that a JSON field has this key.

        Raises:
            ParamError: it is not a place in a JSON field or in the dynamic field.
        """
        if not isinstance(self._node, Name | Path):
            raise ParamError(message=f"{self._named('exists')}() is for keys of JSON fields and dynamic keys")
        return self.not_null()

    def _as_value(self) -> Value:
        from milvusclient.filters.values import Value

        return Value(self._node, self._depth)


class TextMethods(_Methods):
    """Patterns and words."""

    __slots__ = ()

    def like(self, pattern: str) -> Predicate:
        """Return the condition that the whole value matches a pattern.

        Args:
            pattern: ``%`` stands for any characters, ``_`` for one; a backslash before either, or before a backslash,
                takes it literally. For text of users use :meth:`startswith`, :meth:`endswith` and :meth:`includes`.

        Raises:
            ParamError: the pattern is not a str, or a backslash stands before something else.
        """
        from milvusclient.filters.patterns import parse_pattern

        text = self._text("like", pattern)
        parse_pattern(self._where("like"), text)
        return self._made(Like(self._node, text))

    def startswith(self, text: str) -> Predicate:
        """Return the condition that the value starts with a str, every character of which is taken literally."""
        return self._made(Affix(self._node, "start", self._text("startswith", text)))

    def endswith(self, text: str) -> Predicate:
        """Return the condition that the value ends with a str, every character of which is taken literally."""
        return self._made(Affix(self._node, "end", self._text("endswith", text)))

    def includes(self, text: str) -> Predicate:
        """Return the condition that the value has a str in it, every character of which is taken literally."""
        return self._made(Affix(self._node, "anywhere", self._text("includes", text)))

    def matches(self, pattern: str) -> Predicate:
        """Return the condition that a regular expression (RE2) matches somewhere in the value. Milvus 3.0 or newer."""
        return self._made(Regex(self._node, self._text("matches", pattern)))

    def text_match(self, text: str, *, minimum_should_match: int | None = None) -> Predicate:
        """Return the condition that an analyzed text has any of some words.

        Args:
            text: the words, which the field's analyzer takes apart.
            minimum_should_match: how many of them it must have; None means one.

        Raises:
            ParamError: an argument is invalid, or this is not a field.
        """
        words = self._text("text_match", text)
        if minimum_should_match is not None:
            minimum_should_match = require_int("minimum_should_match", minimum_should_match, least=1, most=1000)
        return self._made(TextMatch(self._field("text_match"), words, minimum_should_match))

    def phrase_match(self, text: str, *, slop: int | None = None) -> Predicate:
        """Return the condition that an analyzed text has some words next to each other.

        Args:
            text: the words, which the field's analyzer takes apart.
            slop: how many positions they may be moved; None means 0.

        Raises:
            ParamError: an argument is invalid, or this is not a field.
        """
        words = self._text("phrase_match", text)
        if slop is not None:
            slop = require_int("slop", slop, least=0, most=(1 << 32) - 1)
        return self._made(Phrase(self._field("phrase_match"), words, slop))


class ArrayMethods(_Methods):
    """Arrays, arrays in JSON, and struct arrays."""

    __slots__ = ()

    def contains(self, value: object) -> Predicate:
        """Return the condition that an array has a value.

        For a str in a str use :meth:`milvusclient.filters.Value.includes`.

        Raises:
            ParamError: a filter cannot hold the value.
        """
        one = literal(self._where("contains"), value)
        return self._made(Contains("one", self._array("contains"), (Values(one.kind, (one.value,)),)))

    def contains_any(self, values: Iterable[object]) -> Predicate:
        """Return the condition that an array has any of some values.

        Raises:
            ParamError: it is not a list, or a filter cannot hold one of its values.
        """
        return self._contains("any", "contains_any", values)

    def contains_all(self, values: Iterable[object]) -> Predicate:
        """Return the condition that an array has all of some values.

        Raises:
            ParamError: it is not a list, or a filter cannot hold one of its values.
        """
        return self._contains("all", "contains_all", values)

    def _contains(self, mode: str, method: str, values: object) -> Predicate:
        groups, has_none = value_groups(self._where(method), values)
        if has_none:
            raise ParamError(message=f"{self._named(method)}: arrays have no None among their values")
        return self._made(Contains("any" if mode == "any" else "all", self._array(method), groups))

    def length(self) -> Value:
        """Return how many elements an array has."""
        from milvusclient.filters.values import Value

        return Value(Length(self._array("length")), deeper(self._depth))

    def _array(self, method: str) -> Name | Path:
        if isinstance(self._node, Name | Path):
            return self._node
        raise ParamError(message=f"{self._named(method)} is for arrays, and this is none")

    def any(self, condition: Callable[[ElementFields], Predicate]) -> Predicate:
        """Return the condition that any element of a struct array satisfies a condition. Milvus 3.0 or newer.

        Args:
            condition: is given the sub-fields and returns the condition: ``lambda c: c.score > 0.5``.

        Raises:
            ParamError: it returns something else, or this is not a field.
        """
        return self._quantified("match_any", "any", condition)

    def all(self, condition: Callable[[ElementFields], Predicate]) -> Predicate:
        """Return the condition that all elements of a struct array satisfy a condition; see :meth:`any`."""
        return self._quantified("match_all", "all", condition)

    def at_least(self, count: int, condition: Callable[[ElementFields], Predicate]) -> Predicate:
        """Return the condition that at least so many elements satisfy a condition; see :meth:`any`."""
        return self._quantified("match_least", "at_least", condition, count)

    def at_most(self, count: int, condition: Callable[[ElementFields], Predicate]) -> Predicate:
        """Return the condition that at most so many elements satisfy a condition; see :meth:`any`."""
        return self._quantified("match_most", "at_most", condition, count)

    def exactly(self, count: int, condition: Callable[[ElementFields], Predicate]) -> Predicate:
        """Return the condition that exactly so many elements satisfy a condition; see :meth:`any`."""
        return self._quantified("match_exact", "exactly", condition, count)

    def elements(self, condition: Callable[[ElementFields], Predicate]) -> Predicate:
        """Return the condition that a search on a struct array counts only elements that satisfy a condition.

        It can be joined to others by ``&`` only; see :meth:`any`.
        """
        return self._quantified("element_filter", "elements", condition)

    def _quantified(
        self, function: str, method: str, condition: Callable[[ElementFields], Predicate], count: int | None = None
    ) -> Predicate:
        from milvusclient.filters.values import ElementFields

        struct = self._field(method).name
        if count is not None:
            count = require_int(f"{self._named(method)}: the number of elements", count, least=0)
        if not callable(condition):
            raise ParamError(
                message=f"{self._named(method)} needs a function of the element, such as lambda c: c.score > 0.5, got "
                f"{given(condition)}"
            )
        made: object = condition(ElementFields(struct))
        if not isinstance(made, Predicate):
            raise ParamError(message=f"{self._named(method)}: the function must return a condition, got {given(made)}")
        return Predicate(Quantified(function, struct, made._node, count), deeper(self._depth, made._depth))


class GeometryMethods(_Methods):
    """Relations between the geometry of a row and another one. Milvus 2.6.4 or newer, and Milvus Lite in part."""

    __slots__ = ()

    def within(self, shape: str) -> Predicate:
        """Return the condition that the geometry lies within another, which is written in WKT."""
        return self._spatial("st_within", "within", shape)

    def encloses(self, shape: str) -> Predicate:
        """Return the condition that another geometry (WKT) lies within this one."""
        return self._spatial("st_contains", "encloses", shape)

    def intersects(self, shape: str) -> Predicate:
        """Return the condition that the geometry and another (WKT) share a point."""
        return self._spatial("st_intersects", "intersects", shape)

    def same_shape(self, shape: str) -> Predicate:
        """Return the condition that the geometry and another (WKT) are the same points."""
        return self._spatial("st_equals", "same_shape", shape)

    def touches(self, shape: str) -> Predicate:
        """Return the condition that only the borders of the geometry and of another (WKT) share points."""
        return self._spatial("st_touches", "touches", shape)

    def overlaps(self, shape: str) -> Predicate:
        """Return the condition that the geometry and another (WKT) share a part, and each has more."""
        return self._spatial("st_overlaps", "overlaps", shape)

    def crosses(self, shape: str) -> Predicate:
        """Return the condition that the geometry and another (WKT) cross."""
        return self._spatial("st_crosses", "crosses", shape)

    def near(self, shape: str, meters: float) -> Predicate:
        """Return the condition that the geometry is at most so many meters away from another (WKT)."""
        number = literal(f"{self._named('near')}: the distance", meters)
        if number.kind not in ("int", "float") or not isinstance(number.value, int | float) or number.value < 0:
            raise ParamError(
                message=f"{self._named('near')}: the distance must be a number of at least 0, got {given(meters)}"
            )
        return self._spatial("st_dwithin", "near", shape, number.value)

    def is_valid_shape(self) -> Predicate:
        """Return the condition that the geometry is a valid one."""
        return self._made(Spatial("st_isvalid", self._field("is_valid_shape")))

    def _spatial(self, function: str, method: str, shape: object, distance: float | None = None) -> Predicate:
        text = self._text(method, shape)
        if not text.strip():
            raise ParamError(
                message=f"{self._named(method)} needs a geometry in WKT, such as 'POINT(1 2)', got {given(shape)}"
            )
        return self._made(Spatial(function, self._field(method), text, distance))
