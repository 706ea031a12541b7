"""The facts about each data type, in one table that everything else derives from.

How values are checked and written, which messages name them, what files and arrays they become: all of it follows from
the row of a type. To add a type, add the member of :class:`~milvusclient.DataType` and its row;
``tests/unit/test_type_facts.py`` says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from milvusclient.schema.enums import DataType

__all__ = [
    "DENSE_MEMBERS",
    "FACTS",
    "LONGEST_STRING",
    "PLAIN_STRINGS",
    "UNSUPPORTED",
    "Family",
    "Key",
    "TypeFacts",
    "types_of",
]

#: The largest ``max_length`` of a VARCHAR, in bytes.
LONGEST_STRING: Final = 65_535

#: Types of one family are written and read by the same code.
Family: TypeAlias = Literal[
    "bool", "integer", "float", "string", "json", "array", "dense", "sparse",
    "vector_array", "struct_array", "struct", "none",
]  # fmt: skip
Key: TypeAlias = Literal["is_primary", "is_partition_key", "is_clustering_key"]


class TypeFacts(NamedTuple):
    """One row of the table.

    Attributes:
        data_type: the type.
        family: which code writes and reads it.
        words: what messages call a value of it.
        member: the member of ScalarField or VectorField that holds its values on the wire.
        bounds: the smallest and the largest integer.
        code: the letter of :mod:`struct` for a number in a list; empty if such lists need more care.
        dtype: the numpy dtype of a value or of an element of a vector, in numpy's notation.
        bits: how many bits an element of a dense vector takes.
        floats: the floats that a dense vector is made of: ``"f"`` float32, ``"e"`` float16, ``"bf"`` bfloat16.
        dtype_names: names of numpy's and torch's dtypes that are vectors of this type where no schema says otherwise.
        formats: the same for the formats of other buffers.
        default_member: the member of ValueField that holds a default; empty if such a field cannot have one.
        is_element: whether an ARRAY can have such elements.
        keys: the keys that such a field can be.
        json_type: its name as the ``json_type`` of a search; empty if it cannot be one.
        has_params: whether sizes and text options mean something for it.
        allows_empty: whether the empty string is a value.
        is_function_input: whether functions that read text take such fields.
    """

    data_type: DataType
    family: Family
    words: str
    member: str = ""
    bounds: tuple[int, int] = (0, 0)
    code: str = ""
    dtype: str = ""
    bits: int = 0
    floats: str = ""
    dtype_names: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    default_member: str = ""
    is_element: bool = False
    keys: tuple[Key, ...] = ()
    json_type: str = ""
    has_params: bool = False
    allows_empty: bool = False
    is_function_input: bool = False

    def size(self, dim: int) -> int:
        """Return how many bytes a dense vector takes."""
        return dim * self.bits // 8

    def length(self, dim: int) -> int:
        """Return how many elements an array or list of ``dtype`` has; eight bits of a binary vector are one."""
        return dim // 8 if self.bits == 1 else dim

    def vector_words(self, dim: int) -> str:
        """Return what messages call a dense vector of this dimension."""
        return f"{self.words} of {dim} {'bits' if self.bits == 1 else 'elements'}"


_ANY_KEY: tuple[Key, ...] = ("is_primary", "is_partition_key", "is_clustering_key")


def _integer(
    data_type: DataType, article: str, bits: int, *, member: str = "int_data", keys: tuple[Key, ...]
) -> TypeFacts:
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return TypeFacts(
        data_type, "integer", f"{article} {data_type.name} ({low} to {high})", member,
        bounds=(low, high), dtype=f"{'|' if bits == 8 else '<'}i{bits // 8}",
        default_member=member, is_element=True, keys=keys, json_type=data_type.name.capitalize(),
    )  # fmt: skip


def _float(data_type: DataType, member: str, code: str, dtype: str) -> TypeFacts:
    return TypeFacts(
        data_type, "float", f"a {data_type.name}", member, code=code, dtype=dtype,
        default_member=member, is_element=True, keys=("is_clustering_key",),
    )  # fmt: skip


_ROWS: Final = (
    TypeFacts(DataType.NONE, "none", "no value"),
    TypeFacts(
        DataType.BOOL, "bool", "a BOOL", "bool_data", dtype="|b1",
        default_member="bool_data", is_element=True, json_type="Bool",
    ),
    _integer(DataType.INT8, "an", 8, keys=("is_clustering_key",)),
    _integer(DataType.INT16, "an", 16, keys=("is_clustering_key",)),
    _integer(DataType.INT32, "an", 32, keys=("is_clustering_key",)),
    _integer(DataType.INT64, "an", 64, member="long_data", keys=_ANY_KEY),
    _float(DataType.FLOAT, "float_data", "f", "<f4"),
    _float(DataType.DOUBLE, "double_data", "d", "<f8"),
    TypeFacts(
        DataType.STRING, "string", "a STRING (str)", "string_data",
        default_member="string_data", is_element=True, json_type="VarChar", allows_empty=True,
    ),
    TypeFacts(
        DataType.VARCHAR, "string", "a VARCHAR (str)", "string_data",
        default_member="string_data", is_element=True, keys=_ANY_KEY, json_type="VarChar", has_params=True,
        allows_empty=True, is_function_input=True,
    ),
    TypeFacts(DataType.ARRAY, "array", "an ARRAY", "array_data", has_params=True),
    TypeFacts(DataType.JSON, "json", "a JSON value", "json_data"),
    TypeFacts(
        DataType.GEOMETRY, "string", "a GEOMETRY (a str in WKT)", "geometry_wkt_data", default_member="string_data"
    ),
    TypeFacts(
        DataType.TEXT, "string", "a TEXT (str)", "string_data",
        default_member="string_data", has_params=True, allows_empty=True, is_function_input=True,
    ),
    TypeFacts(
        DataType.TIMESTAMPTZ, "string", "a TIMESTAMPTZ (a str in ISO 8601)", "string_data",
        default_member="string_data",
    ),
    TypeFacts(
        DataType.BINARY_VECTOR, "dense", "a BINARY_VECTOR", "binary_vector", dtype="|u1", bits=1,
        dtype_names=("uint8",), formats=("B", "c", ""), has_params=True,
    ),
    TypeFacts(
        DataType.FLOAT_VECTOR, "dense", "a FLOAT_VECTOR", "float_vector", code="f", dtype="<f4", bits=32, floats="f",
        dtype_names=("float32", "float64"), formats=("f", "d"), keys=("is_clustering_key",), has_params=True,
    ),
    TypeFacts(
        DataType.FLOAT16_VECTOR, "dense", "a FLOAT16_VECTOR", "float16_vector", code="e", dtype="<f2", bits=16,
        floats="e", dtype_names=("float16",), formats=("e",), has_params=True,
    ),
    TypeFacts(
        DataType.BFLOAT16_VECTOR, "dense", "a BFLOAT16_VECTOR", "bfloat16_vector", dtype="bfloat16", bits=16,
        floats="bf", dtype_names=("bfloat16",), has_params=True,
    ),
    TypeFacts(
        DataType.SPARSE_FLOAT_VECTOR, "sparse",
        "a SPARSE_FLOAT_VECTOR: a dict of int index to float value, a list of (int, float) pairs, or a scipy sparse "
        "row",
        "sparse_float_vector", has_params=True,
    ),
    TypeFacts(
        DataType.INT8_VECTOR, "dense", "an INT8_VECTOR", "int8_vector", code="b", dtype="|i1", bits=8,
        dtype_names=("int8",), formats=("b",), has_params=True,
    ),
    TypeFacts(DataType._ARRAY_OF_VECTOR, "vector_array", "a list of vectors", "vector_array", has_params=True),
    TypeFacts(DataType._ARRAY_OF_STRUCT, "struct_array", "a list of structs"),
    TypeFacts(DataType.STRUCT, "struct", "a struct"),
    TypeFacts(DataType.UNKNOWN, "none", "a value of a type that this client does not know"),
)  # fmt: skip

#: The row of each type.
FACTS: Final[Mapping[DataType, TypeFacts]] = {facts.data_type: facts for facts in _ROWS}
#: The rows of the dense vectors, by the member that holds them on the wire.
DENSE_MEMBERS: Final[Mapping[str, TypeFacts]] = {facts.member: facts for facts in _ROWS if facts.family == "dense"}

#: Strings without a grammar of their own, whose only condition is their length.
PLAIN_STRINGS: Final = frozenset(facts.data_type for facts in _ROWS if facts.allows_empty)


def types_of(family: Family) -> frozenset[DataType]:
    """Return the types of a family."""
    return frozenset(facts.data_type for facts in _ROWS if facts.family == family)


#: Types of the protocol that this client does not have, by their number: the name and the reason.
UNSUPPORTED: Final[Mapping[int, tuple[str, str]]] = {
    27: (
        "Mol",
        "its values, molecules, have members of their own (mol_data, mol_smiles_data), and no schema has it yet",
    ),
    28: ("Date", "its values have a member of their own (date_data), and no schema has it yet"),
    29: ("Time", "its values have a member of their own (time_data), and no schema has it yet"),
    30: ("Decimal", "the protocol has no member for its values"),
}
