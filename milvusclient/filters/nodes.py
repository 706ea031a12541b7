"""The tree of a filter: frozen values, without behaviour.

Values (what is compared) come first, predicates (what is true or false of a row) after them. Literals are plain Python
values; how they are written is known to the renderer alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal as Word
from typing import TypeAlias

__all__ = [
    "Affix",
    "And",
    "Arithmetic",
    "Compare",
    "Constant",
    "Contains",
    "Element",
    "In",
    "Length",
    "Like",
    "Literal",
    "Name",
    "Not",
    "Null",
    "Or",
    "Path",
    "Phrase",
    "PredicateNode",
    "Quantified",
    "Raw",
    "Regex",
    "Sample",
    "Shifted",
    "Spatial",
    "TextMatch",
    "ValueNode",
    "Values",
]

Kind: TypeAlias = Word["bool", "int", "float", "str", "time"]
Plain: TypeAlias = bool | int | float | str | datetime


@dataclass(frozen=True, slots=True)
class Name:
    """A field, or a key of the dynamic field."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """A place in a JSON field, in the dynamic field (``$meta``) or in an array."""

    name: str
    keys: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """A sub-field of the element of a struct array that a condition looks at."""

    struct: str
    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value given by the program. The kind keeps 1, 1.0 and True apart."""

    kind: Kind
    value: Plain


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two values combined by ``+ - * / % & | ^``."""

    operator: str
    left: ValueNode
    right: ValueNode


@dataclass(frozen=True, slots=True)
class Shifted:
    """A timestamp, later by a duration."""

    of: ValueNode
    delta: timedelta


@dataclass(frozen=True, slots=True)
class Length:
    """The number of elements of an array."""

    of: ValueNode


ValueNode: TypeAlias = Name | Path | Element | Literal | Arithmetic | Shifted | Length


@dataclass(frozen=True, slots=True)
class Values:
    """A list of literals of one kind."""

    kind: Kind
    values: tuple[Plain, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison by ``== != < <= > >=``."""

    operator: str
    left: ValueNode
    right: ValueNode


@dataclass(frozen=True, slots=True)
class In:
    """A value is one of several, which are grouped by kind."""

    of: ValueNode
    groups: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """An array has a value (``one``), or ``all`` or ``any`` of several."""

    mode: Word["one", "all", "any"]
    of: ValueNode
    groups: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Null:
    """The value is missing."""

    of: ValueNode


@dataclass(frozen=True, slots=True)
class Like:
    """A pattern with the wildcards ``%`` and ``_``."""

    of: ValueNode
    pattern: str


@dataclass(frozen=True, slots=True)
class Affix:
    """A str at the start, at the end or anywhere in a value."""

    of: ValueNode
    place: Word["start", "end", "anywhere"]
    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression that matches anywhere in a value."""

    of: ValueNode
    pattern: str


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Words of an analyzed text."""

    of: Name
    text: str
    least: int | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of an analyzed text, next to each other."""

    of: Name
    text: str
    slop: int | None


@dataclass(frozen=True, slots=True)
class Spatial:
    """A relation between geometries, by the name of its function; ``st_isvalid`` has no other geometry."""

    function: str
    of: Name
    shape: str | None = None
    distance: int | float | None = None


@dataclass(frozen=True, slots=True)
class Quantified:
    """A condition on the elements of a struct array, by the name of its function."""

    function: str
    struct: str
    condition: PredicateNode
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A random part of the rows."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression that the program wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two conditions, none of them an And."""

    parts: tuple[PredicateNode, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of at least two conditions, none of them an Or."""

    parts: tuple[PredicateNode, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition that is not itself a Not."""

    part: PredicateNode


@dataclass(frozen=True, slots=True)
class Constant:
    """True of every row, or of none."""

    value: bool


PredicateNode: TypeAlias = (
    Compare
    | In
    | Contains
    | Null
    | Like
    | Affix
    | Regex
    | TextMatch
    | Phrase
    | Spatial
    | Quantified
    | Sample
    | Raw
    | And
    | Or
    | Not
    | Constant
)
