"""Conditions and values as the Python that makes them."""

from __future__ import annotations

from keyword import iskeyword

from milvusclient.filters.nodes import (
    Affix,
    And,
    Arithmetic,
    Compare,
    Constant,
    Contains,
    Element,
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
from milvusclient.filters.words import is_identifier

__all__ = ["predicate_repr", "value_repr"]

_MOST_ITEMS = 10
_AFFIXES = {"start": "startswith", "end": "endswith", "anywhere": "includes"}
_SHAPES = {
    "st_within": "within", "st_contains": "encloses", "st_intersects": "intersects", "st_equals": "same_shape",
    "st_touches": "touches", "st_overlaps": "overlaps", "st_crosses": "crosses", "st_dwithin": "near",
    "st_isvalid": "is_valid_shape",
}  # fmt: skip
_QUANTIFIERS = {
    "match_any": "any", "match_all": "all", "match_least": "at_least", "match_most": "at_most",
    "match_exact": "exactly", "element_filter": "elements",
}  # fmt: skip


def value_repr(node: ValueNode) -> str:
    """Return the Python that makes a value."""
    match node:
        case Name(name):
            is_attribute = is_identifier(name) and not iskeyword(name) and not name.startswith("__")
            return f"F.{name}" if is_attribute else f"F({name!r})"
        case Path(name, keys):
            return value_repr(Name(name)) + "".join(f"[{key!r}]" for key in keys)
        case Element(_, name):
            return f"c[{name!r}]"
        case Literal(_, value):
            return repr(value)
        case Arithmetic(operator, left, right):
            return f"({value_repr(left)} {operator} {value_repr(right)})"
        case Shifted(of, delta):
            return f"({value_repr(of)} + {delta!r})"
        case Length(of):
            return f"{value_repr(of)}.length()"


def predicate_repr(node: PredicateNode) -> str:
    """Return the Python that makes a condition; long lists are cut."""
    match node:
        case And(parts):
            return " & ".join(map(_side, parts))
        case Or(parts):
            return " | ".join(map(_side, parts))
        case Not(In(of, groups)):
            return f"{value_repr(of)}.not_in({_items(groups)})"
        case Not(Null(of)):
            return f"{value_repr(of)}.not_null()"
        case Not(part):
            return f"~{_side(part)}"
        case Compare(operator, left, right):
            return f"{value_repr(left)} {operator} {value_repr(right)}"
        case Constant(value):
            return "all_of()" if value else "any_of()"
        case Sample(fraction):
            return f"sample({fraction!r})"
        case Raw(text):
            return f"raw({text!r})"
        case _:
            return _call_repr(node)


def _side(node: PredicateNode) -> str:
    composite = isinstance(node, And | Or | Compare)
    return f"({predicate_repr(node)})" if composite else predicate_repr(node)


def _call_repr(
    node: In | Contains | Null | Like | Affix | Regex | TextMatch | Phrase | Spatial | Quantified,
) -> str:
    if isinstance(node, Quantified):
        count = "" if node.count is None else f"{node.count}, "
        return (
            f"{value_repr(Name(node.struct))}.{_QUANTIFIERS[node.function]}({count}lambda c: "
            f"{predicate_repr(node.condition)})"
        )
    method, arguments = _method(node)
    return f"{value_repr(node.of)}.{method}({arguments})"


def _method(  # noqa: C901 - one case for each
    node: In | Contains | Null | Like | Affix | Regex | TextMatch | Phrase | Spatial,
) -> tuple[str, str]:
    match node:
        case In(_, groups):
            return "in_", _items(groups)
        case Contains("one", _, groups):
            return "contains", repr(groups[0].values[0])
        case Contains(mode, _, groups):
            return f"contains_{mode}", _items(groups)
        case Null():
            return "is_null", ""
        case Like(_, pattern):
            return "like", repr(pattern)
        case Affix(_, place, text):
            return _AFFIXES[place], repr(text)
        case Regex(_, pattern):
            return "matches", repr(pattern)
        case TextMatch(_, text, least):
            return "text_match", repr(text) + ("" if least is None else f", minimum_should_match={least}")
        case Phrase(_, text, slop):
            return "phrase_match", repr(text) + ("" if slop is None else f", slop={slop}")
        case Spatial(function, _, shape, distance):
            return _SHAPES[function], ", ".join(repr(one) for one in (shape, distance) if one is not None)


def _items(groups: tuple[Values, ...]) -> str:
    items = [repr(value) for group in groups for value in group.values[: _MOST_ITEMS + 1]]
    more = sum(len(group.values) for group in groups) - _MOST_ITEMS
    return f"[{', '.join(items[:_MOST_ITEMS])}{f', ... {more} more' if more > 0 else ''}]"
