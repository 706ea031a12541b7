"""Conditions compared with the schema of their collection: is there such a field, and does the value fit it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from milvusclient.exceptions import ParamError
from milvusclient.filters.nodes import (
    Affix,
    And,
    Arithmetic,
    Compare,
    Contains,
    Element,
    In,
    Length,
    Like,
    Literal,
    Name,
    Not,
    Or,
    Path,
    Phrase,
    PredicateNode,
    Quantified,
    Regex,
    Shifted,
    Spatial,
    TextMatch,
    ValueNode,
    Values,
)
from milvusclient.filters.nodes import Null as NullNode
from milvusclient.filters.reprs import predicate_repr, value_repr
from milvusclient.filters.words import META
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import PLAIN_STRINGS, types_of

if TYPE_CHECKING:
    from milvusclient.models.collection import CollectionInfo, FieldInfo

__all__ = ["check_schema"]

_INTEGERS, _FLOATS, _TEXTS = types_of("integer"), types_of("float"), PLAIN_STRINGS

#: The kinds of literals that a field of a type can be compared with; types that are not here take any.
_KINDS: dict[DataType, tuple[str, ...]] = {
    DataType.BOOL: ("bool",),
    **dict.fromkeys(_INTEGERS, ("int",)),
    **dict.fromkeys(_FLOATS, ("float", "int")),
    **dict.fromkeys(_TEXTS, ("str",)),
    DataType.TIMESTAMPTZ: ("time",),
}
_TITLES = {"bool": "a bool", "int": "an int", "float": "a float", "str": "a str", "time": "a datetime"}

#: Advice for fields that cannot be compared as a whole.
_INSTEAD = {
    DataType.JSON: "compare one of its keys: {field}['key']",
    DataType.ARRAY: "use {field}.contains(...), {field}.length() or an element: {field}[0]",
    DataType.GEOMETRY: "use {field}.within(...), {field}.near(...) and the like",
    DataType.STRUCT: "use {field}.any(lambda element: ...)",
}


def check_schema(node: PredicateNode, collection: CollectionInfo) -> None:
    """Do nothing if a condition fits a collection.

    Raises:
        ParamError: there is no such field, or it is of a type for which the condition makes no sense.
    """
    _Check(collection).condition(node)


class _Check:
    __slots__ = ("_collection", "_fields", "_structs")

    def __init__(self, collection: CollectionInfo) -> None:
        self._collection = collection
        self._fields = {field.name: field for field in collection.fields}
        self._structs = {struct.name: struct for struct in collection.struct_fields}

    def condition(self, node: PredicateNode) -> None:
        check = _CHECKS.get(type(node))
        if check is not None:
            check(self, node)

    # --- conditions ---------------------------------------------------------------------------------------------------
    def _parts(self, node: And | Or) -> None:
        for part in node.parts:
            self.condition(part)

    def _part(self, node: Not) -> None:
        self.condition(node.part)

    def _compare(self, node: Compare) -> None:
        left, right = self._type(node.left), self._type(node.right)
        for side, kind, other in ((node.left, left, node.right), (node.right, right, node.left)):
            if isinstance(other, Literal):
                self._fits(side, kind, other.kind, other.value)
        if left is not None and right is not None and _family(left) != _family(right):
            raise ParamError(message=f"filter: {predicate_repr(node)} compares {left.name} with {right.name}")

    def _in(self, node: In) -> None:
        self._groups(node.of, self._type(node.of), node.groups)

    def _groups(self, of: ValueNode, kind: DataType | None, groups: tuple[Values, ...]) -> None:
        if kind in _INSTEAD:
            self._scalar(of, kind)
        for group in groups:
            if group.values:
                self._fits(of, kind, group.kind, group.values[0])

    def _null(self, node: NullNode) -> None:
        if isinstance(node.of, Name):
            self._field(node.of)
        else:
            self._type(node.of)

    def _pattern(self, node: Like | Affix | Regex) -> None:
        kind = self._type(node.of)
        if kind is not None and kind not in _TEXTS:
            raise ParamError(
                message=f"filter: {predicate_repr(node)} is for texts, and {value_repr(node.of)} is {kind.name}"
            )

    def _words(self, node: TextMatch | Phrase) -> None:
        field = self._field(node.of)
        if field is None or field.data_type not in _TEXTS:
            what = "a dynamic key" if field is None else field.data_type.name
            raise ParamError(
                message=f"filter: {predicate_repr(node)} is for fields of type VARCHAR, and {node.of.name!r} is {what}"
            )

    def _contains(self, node: Contains) -> None:
        field = self._array_field(node, node.of)
        if field is None or field.data_type is not DataType.ARRAY or field.element_type is None:
            return
        for group in node.groups:
            if group.values:
                self._fits(node.of, field.element_type, group.kind, group.values[0], of_elements=True)

    def _array_field(self, node: PredicateNode | None, of: ValueNode) -> FieldInfo | None:
        """Return the field of an array function, unless it is a dynamic key or a place in a JSON field."""
        if not isinstance(of, Name):
            self._type(of)
            return None
        field = self._field(of)
        if field is not None and field.data_type not in (DataType.ARRAY, DataType.JSON, DataType.UNKNOWN):
            what = predicate_repr(node) if node is not None else f"{value_repr(of)}.length()"
            hint = f"; for a str in a str use {value_repr(of)}.includes(...)" if field.data_type in _TEXTS else ""
            raise ParamError(message=f"filter: {what} is for arrays, and {of.name!r} is {field.data_type.name}{hint}")
        return field

    def _spatial(self, node: Spatial) -> None:
        field = self._field(node.of)
        if field is None or field.data_type is not DataType.GEOMETRY:
            what = "a dynamic key" if field is None else field.data_type.name
            raise ParamError(
                message=f"filter: {predicate_repr(node)} is for fields of type GEOMETRY, and {node.of.name!r} is {what}"
            )

    def _quantified(self, node: Quantified) -> None:
        if node.struct not in self._structs:
            known = self._fields.get(node.struct)
            if known is not None:
                raise ParamError(message=f"filter: {predicate_repr(node)} is for struct arrays, and {node.struct!r} is "
                                 f"{known.data_type.name}")  # fmt: skip
            raise self._unknown(node.struct, [*self._structs, *self._fields])
        self.condition(node.condition)

    # --- values -------------------------------------------------------------------------------------------------------
    def _type(self, node: ValueNode) -> DataType | None:
        """Return the type of a value; None if it has any, or depends on the row."""
        if isinstance(node, Name):
            field = self._field(node)
            return None if field is None else self._scalar(node, field.data_type)
        if isinstance(node, Path):
            return self._path_type(node)
        if isinstance(node, Element):
            return self._element_type(node)
        if isinstance(node, Length):
            self._array_field(None, node.of)
            return DataType.INT64
        if isinstance(node, Arithmetic):
            return self._number(node)
        return self._type(node.of) if isinstance(node, Shifted) else None

    def _field(self, node: Name) -> FieldInfo | None:
        """Return a field; None for a key of the dynamic field.

        Raises:
            ParamError: it is neither.
        """
        field = self._fields.get(node.name)
        if field is not None:
            return field
        if node.name in self._structs:
            instead = _INSTEAD[DataType.STRUCT].format(field=value_repr(node))
            raise ParamError(message=f"filter: {node.name!r} is a struct array; {instead}")
        if not self._collection.enable_dynamic_field:
            raise self._unknown(node.name, [*self._fields, *self._structs])
        return None

    def _unknown(self, name: str, known: list[str]) -> ParamError:
        where = f"{self._collection.name!r}"
        if name == META:
            return ParamError(message=f"filter: {where} has no dynamic field, so that there is no $meta")
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(sorted(known))}"
        return ParamError(message=f"filter: no field {name!r} in {where}; {hint}")

    def _scalar(self, node: ValueNode, kind: DataType) -> DataType | None:
        if kind in _INSTEAD:
            instead = _INSTEAD[kind].format(field=value_repr(node))
            raise ParamError(message=f"filter: {value_repr(node)} is {kind.name} and cannot be compared; {instead}")
        if kind.is_vector:
            raise ParamError(message=f"filter: {value_repr(node)} is {kind.name}; vectors are searched, not compared")
        return None if kind is DataType.UNKNOWN else kind

    def _path_type(self, node: Path) -> DataType | None:
        if node.name == META:
            if not self._collection.enable_dynamic_field:
                raise self._unknown(META, [])
            return None
        field = self._field(Name(node.name))
        if field is None or field.data_type in (DataType.JSON, DataType.UNKNOWN):
            return None
        if field.data_type is not DataType.ARRAY:
            raise ParamError(
                message=f"filter: {value_repr(node)}: only JSON and ARRAY fields have places, and {node.name!r} is "
                f"{field.data_type.name}"
            )
        if len(node.keys) > 1 or not isinstance(node.keys[0], int):
            raise ParamError(message=f"filter: {value_repr(node)}: a place in the ARRAY field {node.name!r} is one int")
        return field.element_type

    def _element_type(self, node: Element) -> DataType | None:
        struct = self._structs.get(node.struct)
        if struct is None:
            return None
        for field in struct.fields:
            if field.name == node.name:
                return field.element_type
        raise self._unknown(node.name, [field.name for field in struct.fields])

    def _number(self, node: Arithmetic) -> DataType | None:
        types = []
        for side in (node.left, node.right):
            kind = self._type(side)
            wanted = _INTEGERS if node.operator in "&|^%" else _INTEGERS | _FLOATS
            if kind is not None and kind not in wanted:
                what = "integers" if wanted is _INTEGERS else "numbers"
                raise ParamError(
                    message=f"filter: {value_repr(node)}: {node.operator} is for {what}, and {value_repr(side)} is "
                    f"{kind.name}"
                )
            types.append(kind)
        # What comes out of a division, or of a float constant, differs from server to server.
        return None if None in types or node.operator == "/" else types[0]

    def _fits(
        self, of: ValueNode, kind: DataType | None, given: str, value: object, *, of_elements: bool = False
    ) -> None:
        kinds = None if kind is None else _KINDS.get(kind)
        if kind is None or kinds is None or given in kinds:
            return
        what = f"the elements of {value_repr(of)} are" if of_elements else f"{value_repr(of)} is"
        shown = repr(value)
        hint = f"; write {int(value)}" if kind in _INTEGERS and isinstance(value, float) and value.is_integer() else ""
        raise ParamError(
            message=f"filter: {what} {kind.name} and cannot be compared with {shown[:60]} ({type(value).__name__}); "
            f"wanted {' or '.join(_TITLES[one] for one in kinds)}{hint}"
        )


def _family(kind: DataType) -> str:
    """Return what values of a type can be compared with."""
    if kind in _INTEGERS or kind in _FLOATS:
        return "number"
    return "text" if kind in _TEXTS else kind.name


_CHECKS: dict[type, Callable[..., None]] = {
    And: _Check._parts,
    Or: _Check._parts,
    Not: _Check._part,
    Compare: _Check._compare,
    In: _Check._in,
    NullNode: _Check._null,
    Like: _Check._pattern,
    Affix: _Check._pattern,
    Regex: _Check._pattern,
    TextMatch: _Check._words,
    Phrase: _Check._words,
    Contains: _Check._contains,
    Spatial: _Check._spatial,
    Quantified: _Check._quantified,
}
