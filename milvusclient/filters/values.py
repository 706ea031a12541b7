"""Values that are compared: fields, JSON paths, and what is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, NoReturn, SupportsFloat, SupportsIndex, TypeAlias

from milvusclient._keywords import own_inherited
from milvusclient.checks import given, plain_str
from milvusclient.exceptions import ParamError
from milvusclient.filters.literals import literal, plain_text
from milvusclient.filters.methods import ArrayMethods, GeometryMethods, ListMethods, TextMethods
from milvusclient.filters.nodes import (
    Arithmetic,
    Compare,
    Element,
    Name,
    Not,
    Null,
    Path,
    Shifted,
    ValueNode,
)
from milvusclient.filters.predicates import Predicate, deeper, given_node

if TYPE_CHECKING:
    from milvusclient.filters.nodes import PredicateNode

__all__ = ["ElementFields", "F", "Fields", "Operand", "Value", "equality"]

#: What a value can be compared with.
Operand: TypeAlias = "Value | str | SupportsIndex | SupportsFloat | datetime | Enum"
#: What a value can be added to or multiplied by.
Number: TypeAlias = "Value | SupportsIndex | SupportsFloat | Enum"


@own_inherited
class Value(ListMethods, TextMethods, ArrayMethods, GeometryMethods):
    """A value of a row: a field, a place in a JSON field or an array, or what is computed from them.

    Comparisons make a :class:`Predicate`; ``+ - * / %`` and, for the bits of integers, ``& | ^`` make a new value.
    ``value[key]`` is a place in it.
    """

    __slots__ = ("_depth", "_node")
    __array_ufunc__ = None  # numpy leaves the operators to this class
    __iter__ = None  # it would never end, as every index exists

    def __init__(self, node: ValueNode, depth: int = 1) -> None:
        self._node = node
        self._depth = depth

    # --- compared -----------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> Predicate:  # type: ignore[override]  # a condition is what it is for
        return Predicate(Null(self._node), self._depth) if other is None else self._compared("==", other)

    def __ne__(self, other: object) -> Predicate:  # type: ignore[override]  # a condition is what it is for
        return Predicate(Not(Null(self._node)), self._depth) if other is None else self._compared("!=", other)

    def __lt__(self, other: Operand) -> Predicate:
        return self._compared("<", other)

    def __le__(self, other: Operand) -> Predicate:
        return self._compared("<=", other)

    def __gt__(self, other: Operand) -> Predicate:
        return self._compared(">", other)

    def __ge__(self, other: Operand) -> Predicate:
        return self._compared(">=", other)

    def _compared(self, operator: str, other: object) -> Predicate:
        if isinstance(other, Value):
            return Predicate(Compare(operator, self._node, other._node), deeper(self._depth, other._depth))
        if isinstance(other, Predicate):
            raise ParamError(
                message=f"{given_node(self)} {operator} {given_node(other)} compares a value with a condition; put "
                "each comparison in parentheses and join them by & or |"
            )
        return Predicate(
            Compare(operator, self._node, literal(lambda: f"{given_node(self)}, compared by {operator},", other)),
            self._depth,
        )

    # --- computed -----------------------------------------------------------------------------------------------------
    def __add__(self, other: Number | timedelta) -> Value:
        if isinstance(other, timedelta):
            return self._shifted(other)
        return self._computed("+", other)

    def __sub__(self, other: Number | timedelta) -> Value:
        if isinstance(other, timedelta):
            return self._shifted(other, -1)
        return self._computed("-", other)

    def __mul__(self, other: Number) -> Value:
        return self._computed("*", other)

    def __truediv__(self, other: Number) -> Value:
        return self._computed("/", other)

    def __mod__(self, other: Number) -> Value:
        return self._computed("%", other)

    def __radd__(self, other: Number | timedelta) -> Value:
        return self + other

    def __rmul__(self, other: Number) -> Value:
        return self * other

    def __rsub__(self, other: Number) -> Value:
        return self._reflected("-", other)

    def __rtruediv__(self, other: Number) -> Value:
        return self._reflected("/", other)

    def __rmod__(self, other: Number) -> Value:
        return self._reflected("%", other)

    def __neg__(self) -> Value:
        return self * -1

    def __and__(self, other: Number) -> Value:
        return self._computed("&", other)

    def __or__(self, other: Number) -> Value:
        return self._computed("|", other)

    def __xor__(self, other: Number) -> Value:
        return self._computed("^", other)

    def __rand__(self, other: Number) -> Value:
        return self & other

    def __ror__(self, other: Number) -> Value:
        return self | other

    def __rxor__(self, other: Number) -> Value:
        return self ^ other

    def __pow__(self, other: object) -> NoReturn:
        raise ParamError(message=f"{given_node(self)} ** {given(other)}: no server has powers of a field; compare the "
                         "field with a root instead")  # fmt: skip

    def __invert__(self) -> NoReturn:
        raise ParamError(
            message=f"~{given_node(self)}: ~ is the opposite of a condition; for a field of type BOOL write "
            f"{given_node(self)} == False"
        )

    def _computed(self, operator: str, other: object) -> Value:
        node, depth = self._operand(operator, other)
        return Value(Arithmetic(operator, self._node, node), deeper(self._depth, depth))

    def _reflected(self, operator: str, other: object) -> Value:
        node, depth = self._operand(operator, other)
        return Value(Arithmetic(operator, node, self._node), deeper(self._depth, depth))

    def _operand(self, operator: str, other: object) -> tuple[ValueNode, int]:
        if isinstance(other, Value):
            return other._node, other._depth
        if isinstance(other, Predicate):
            raise ParamError(
                message=f"{given_node(self)} is a value and no condition, beside {operator}: put each comparison in "
                f"parentheses, and write a field of type BOOL as ({given_node(self)} == True)"
            )
        number = literal(lambda: f"{given_node(self)} {operator}: what follows", other)
        wanted = ("int",) if operator in ("&", "|", "^") else ("int", "float")
        if number.kind not in wanted:
            raise ParamError(
                message=f"{given_node(self)} {operator}: what follows must be {' or '.join(wanted)}, got {given(other)}"
            )
        if operator in "/%" and number.value == 0:
            raise ParamError(message=f"{given_node(self)} {operator} 0: no server divides by zero")
        return number, 1

    def _shifted(self, delta: timedelta, sign: int = 1) -> Value:
        node = self._node
        try:
            if isinstance(node, Shifted):
                return Value(Shifted(node.of, node.delta + sign * delta), self._depth)
            return Value(Shifted(node, sign * delta), deeper(self._depth))
        except OverflowError:
            raise ParamError(message=f"{given_node(self)} moved by {delta!r}: the duration is too long") from None

    # --- places in it -------------------------------------------------------------------------------------------------
    def __getitem__(self, key: str | int) -> Value:
        node = self._node
        if not isinstance(node, Name | Path):
            raise ParamError(message=f"{given_node(self)} has no places; only fields have")
        plain: str | int
        if isinstance(key, str):
            plain = plain_text(lambda: f"the key of {given_node(self)}", key)
            if not plain:
                raise ParamError(
                    message=f"the key of {given_node(self)} must not be empty; no server can be asked for it"
                )
        else:
            number = literal(lambda: f"the index of {given_node(self)}", key)
            if number.kind != "int" or not isinstance(number.value, int) or number.value < 0:
                raise ParamError(message=f"a place in {given_node(self)} must be a str, or an int of at least 0, "
                                 f"got {given(key)}")  # fmt: skip
            plain = number.value
        keys = (*node.keys, plain) if isinstance(node, Path) else (plain,)
        return Value(Path(node.name, keys), deeper(self._depth))

    # --- what it is not -----------------------------------------------------------------------------------------------
    def __bool__(self) -> NoReturn:
        raise ParamError(
            message=f"{given_node(self)} has a value in each row and none in a program: compare it first; a field of "
            f"type BOOL as {given_node(self)} == True"
        )

    def __contains__(self, item: object) -> NoReturn:
        raise ParamError(message=f"'in' asks a program, not a row; write {given_node(self)}.contains({item!r})")

    def __len__(self) -> NoReturn:
        raise ParamError(message=f"len() asks a program, not a row; write {given_node(self)}.length()")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") or name in Value.__slots__:
            raise AttributeError(name)
        raise AttributeError(f"{given_node(self)} has no method {name!r}; a key of a JSON field is "
                             f"{given_node(self)}[{name!r}]")  # fmt: skip

    def __hash__(self) -> NoReturn:
        raise ParamError(message=f"{given_node(self)} cannot be hashed, as == makes a condition of it; use its name")

    def __reduce__(self) -> tuple[type[Value], tuple[ValueNode, int]]:
        return Value, (self._node, self._depth)

    def __copy__(self) -> Value:
        return self

    def __deepcopy__(self, memo: object) -> Value:
        return self

    def __repr__(self) -> str:
        from milvusclient.filters.reprs import value_repr

        return value_repr(self._node)


class Fields:
    """The fields of rows: ``F.year``, or ``F("any name")`` for names that cannot be attributes in Python.

    A name that no filter can hold bare is written as a key of the dynamic field. ``F("$meta")["key"]`` is one
    explicitly.
    """

    __slots__ = ()

    def __call__(self, name: str) -> Value:
        """Return the field, or the key of the dynamic field, of a name.

        Raises:
            ParamError: the name is not a str, is empty, or UTF-8 cannot hold it.
        """
        text = plain_text("the name of a field", name)
        if not text:
            raise ParamError(message="the name of a field must not be empty")
        return Value(Name(text))

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__"):  # what Python and its tools look for
            raise AttributeError(name)
        return self(name)

    def __reduce__(self) -> str:
        return "F"

    def __repr__(self) -> str:
        return "F"


#: All fields: ``F.year >= 1990``.
F = Fields()


class ElementFields:
    """The sub-fields of the element that a condition on a struct array looks at: ``c.text``, ``c["text"]``."""

    __slots__ = ("_struct",)

    def __init__(self, struct: str) -> None:
        self._struct = struct

    def __getitem__(self, name: str) -> Value:
        text = plain_text("the name of a sub-field", name)
        from milvusclient.filters.words import is_identifier

        if not is_identifier(text):
            raise ParamError(message=f"the name of a sub-field must be an identifier, got {given(name)}")
        return Value(Element(self._struct, text))

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __repr__(self) -> str:
        return f"<the elements of {self._struct}>"


def equality(name: str, value: object) -> Predicate:
    """Return the condition of one entry of a mapping: equal to a value, or to one of a list.

    Raises:
        ParamError: a filter cannot hold it.
    """
    field = F(name)
    if isinstance(value, Value | Predicate | Mapping):
        raise ParamError(
            message=f"filter[{name!r}] must be a value or a list of values, got {given(value)}; write conditions "
            "with milvusclient.filters.F"
        )
    scalar = isinstance(value, str | bytes | Enum) or getattr(value, "shape", None) == ()
    if isinstance(value, Iterable) and not scalar:
        return field.in_(value)
    if value is None:
        return field.is_null()
    node: PredicateNode = Compare("==", Name(plain_str(name)), literal(f"filter[{name!r}]", value))
    return Predicate(node)
