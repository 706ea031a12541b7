"""Conditions at random, and what they mean: evaluated in Python over rows, true, false or neither (None)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from milvusclient.filters import F, Predicate, Value, all_of, any_of
from milvusclient.filters import nodes as n
from milvusclient.filters.predicates import node_of

Row = Mapping[str, Any]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip


def found(predicate: Predicate, rows: list[dict[str, Any]]) -> list[int]:
    """The ids of the rows that satisfy a condition."""
    return sorted(row["id"] for row in rows if truth(node_of(predicate), row) is True)


def value_of(node: n.ValueNode, row: Row) -> Any:
    """What a value is in a row; None if there is none."""
    match node:
        case n.Name(name):
            return row.get(name)
        case n.Path(name, keys):
            return place(row if name == "$meta" else row.get(name), keys)
        case n.Literal(_, value):
            return value
        case n.Arithmetic(sign, left, right):
            sides = (value_of(left, row), value_of(right, row))
            return None if None in sides else _ARITHMETIC[sign](*sides)
        case n.Length(of):
            array = value_of(of, row)
            return None if array is None else len(array)
    raise AssertionError(node)


def place(value: Any, keys: tuple[str | int, ...]) -> Any:
    """What stands at a place in JSON; None if nothing does."""
    for key in keys:
        if isinstance(key, str):
            value = value.get(key) if isinstance(value, Mapping) else None
        else:
            value = value[key] if isinstance(value, list) and key < len(value) else None
    return value


def compared(sign: str, left: Any, right: Any) -> bool | None:
    """A comparison of servers: None if there is no value, or no order between the two."""
    if left is None or right is None:
        return None
    alike = isinstance(left, str) == isinstance(right, str)
    if not alike:
        return None if sign not in ("==", "!=") else sign == "!="
    return _COMPARISONS[sign](left, right)


def truth(node: n.PredicateNode, row: Row) -> bool | None:
    """Whether a condition is true of a row; None if it is neither true nor false."""
    match node:
        case n.And(parts):
            return conjunction([truth(part, row) for part in parts])
        case n.Or(parts):
            return opposite(conjunction([opposite(truth(part, row)) for part in parts]))
        case n.Not(part):
            return opposite(truth(part, row))
        case n.Constant(value):
            return value
        case n.Compare(sign, left, right):
            return compared(sign, value_of(left, row), value_of(right, row))
        case n.Null(of):
            return value_of(of, row) is None
        case _:
            return _of_one(node, row)


def _of_one(node: Any, row: Row) -> bool | None:
    value = value_of(node.of, row)
    if isinstance(node, n.Contains) and not node.groups:
        return node.mode == "all"
    if value is None:
        return None
    match node:
        case n.In(_, groups):
            return any(compared("==", value, one) for group in groups for one in group.values)
        case n.Contains(mode, _, groups):
            has = [any(compared("==", item, one) for item in value) for group in groups for one in group.values]
            return all(has) if mode == "all" else any(has)
        case n.Affix(_, where, text):
            return bool({"start": value.startswith, "end": value.endswith, "anywhere": value.__contains__}[where](text))
    raise AssertionError(node)


def conjunction(parts: list[bool | None]) -> bool | None:
    """What all of them make together."""
    return False if False in parts else None if None in parts else True


def opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


# --- at random --------------------------------------------------------------------------------------------------------
NASTY = [
    "", " ", "a", "A", "'", '"', "\\", "\\\\", '"]', "a' or 1 == 1 or b == 'c", '" or id >= 0 or title == "', "a\\",
    "\\n", "\n", "\r\n", "\t", "\0", "a\0b", "é", "e\u0301", "\U0001f600", "\u2028", "\ufeff", "\U0010ffff", "{x}",
    "{in_0}", "%", "_", "100%", "a_b", "a%b", "null", "true", "and", "$meta", "[0]", "//", "--", "/* x */", "\x7f",
    "\x1b[0m", "1", "1e3",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.text(st.sampled_from("\"'\\%_\n\r{}[]ab"), max_size=6),
)
NUMBERS = st.integers(-3, 3)


def _ordered(value: Value, literals: st.SearchStrategy[Any]) -> st.SearchStrategy[Predicate]:
    signs = st.sampled_from(list(_COMPARISONS.values()))
    return st.builds(lambda sign, literal: sign(value, literal), signs, literals)


def _listed(value: Value, literals: st.SearchStrategy[Any]) -> st.SearchStrategy[Predicate]:
    # Whether an element of an array is there at all cannot be asked, as "none of nothing" would have to.
    in_array = "F.ints[0]" in repr(value)
    lists = st.lists(literals, min_size=in_array, max_size=3)
    return st.one_of(lists.map(value.in_), lists.map(value.not_in))


def leaves(
    values: Mapping[str, list[Value]], *, nulls: list[Value], any_affix: bool, any_length: bool, extra: list[Predicate]
) -> st.SearchStrategy[Predicate]:
    """Conditions about single values.

    Args:
        values: by kind: ``int``, ``str``, ``bool``, ``strs`` (arrays), ``ints`` (arrays).
        nulls: those that may be asked whether they have a value.
        any_affix: the server has endswith and includes.
        any_length: the server orders lengths.
        extra: more of them.
    """
    made: list[st.SearchStrategy[Predicate]] = [st.sampled_from(extra)] if extra else []
    for value in values["int"]:
        made += [_ordered(value, NUMBERS), _listed(value, NUMBERS)]
    for value in values["str"]:
        made += [_ordered(value, TEXTS), _listed(value, TEXTS), TEXTS.map(value.startswith)]
        if any_affix:
            safe = TEXTS.filter(lambda text: not set(text) & set('%_\\\n\r"'))
            made += [safe.map(value.endswith), safe.map(value.includes)]
    made += [st.booleans().map(value.__eq__) for value in values["bool"]]
    for value, literals in [(v, TEXTS) for v in values["strs"]] + [(v, NUMBERS) for v in values["ints"]]:
        lists = st.lists(literals, max_size=3)
        made += [literals.map(value.contains), lists.map(value.contains_any), lists.map(value.contains_all)]
        length = value.length()
        counts = st.integers(0, 3)
        made += [_ordered(length, counts) if any_length else counts.map(length.__eq__)]
    made += [st.sampled_from([value.is_null(), value.not_null()]) for value in nulls]
    return st.one_of(made)


def trees(of: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    """Conditions joined in every way."""
    return st.recursive(
        of | st.sampled_from([all_of(), any_of()]),
        lambda inner: st.one_of(
            st.builds(operator.and_, inner, inner),
            st.builds(operator.or_, inner, inner),
            inner.map(operator.invert),
            st.lists(inner, max_size=3).map(lambda parts: all_of(*parts)),
            st.lists(inner, max_size=3).map(lambda parts: any_of(*parts)),
        ),
        max_leaves=8,
    )


META = F("$meta")
