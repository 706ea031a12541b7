"""What a server says about a collection, as values that the codec and the schema cache work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from milvusclient.schema.enums import DataType

__all__ = ["CollectionInfo", "FieldInfo", "FunctionInfo", "StructFieldInfo"]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a collection, or one sub-field of a struct array.

    Attributes:
        name: the field's name.
        field_id: the number that the server gave it.
        data_type: its type; ``DataType.UNKNOWN`` for a type that this client does not know.
        dim: how long its vectors are (bits for binary vectors); 0 for other types and for sparse vectors.
        max_length: how many UTF-8 bytes a string may have; None without a limit.
        element_type: the type of the elements of an ARRAY, or of the vectors of a struct's vector sub-field.
        max_capacity: how many elements an array may have; None without a limit.
        nullable: rows may have no value.
        has_default: the server fills in ``default`` where a row has no value.
        is_function_output: the server computes it; rows do not give it.
        is_dynamic: it is the field that holds the keys that no other field has.
        type_params: every type parameter, as the server's text.
    """

    name: str
    field_id: int = 0
    data_type: DataType = DataType.UNKNOWN
    dim: int = 0
    max_length: int | None = None
    element_type: DataType | None = None
    max_capacity: int | None = None
    nullable: bool = False
    has_default: bool = False
    default: object = None
    is_primary: bool = False
    auto_id: bool = False
    is_partition_key: bool = False
    is_clustering_key: bool = False
    is_function_output: bool = False
    is_dynamic: bool = False
    description: str = ""
    external_field: str = ""
    type_params: Mapping[str, str] = field(default_factory=dict)
    index_params: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_be_missing(self) -> bool:
        """Whether a row may leave the field out."""
        return self.nullable or self.has_default


@dataclass(frozen=True, slots=True)
class StructFieldInfo:
    """A struct array: each row has a list of structs.

    Attributes:
        name: the field's name.
        field_id: the number that the server gave it.
        fields: the sub-fields. Each is an ARRAY, or an array of vectors, with the real type in ``element_type``.
        max_capacity: how many structs a row may have; None without a limit.
        nullable: rows may have no value.
        type_params: every type parameter, as the server's text.
    """

    name: str
    field_id: int = 0
    fields: tuple[FieldInfo, ...] = ()
    max_capacity: int | None = None
    nullable: bool = False
    description: str = ""
    type_params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FunctionInfo:
    """A function that the server runs over rows as they arrive, such as BM25.

    Attributes:
        function_type: the number of its :class:`~milvusclient.FunctionType`.
        params: its parameters, as the server's text.
    """

    name: str
    function_id: int = 0
    function_type: int = 0
    description: str = ""
    input_field_names: tuple[str, ...] = ()
    input_field_ids: tuple[int, ...] = ()
    output_field_names: tuple[str, ...] = ()
    output_field_ids: tuple[int, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection as the server describes it.

    Attributes:
        name: the collection's name.
        collection_id: the number that the server gave it.
        fields: its fields, struct arrays apart.
        struct_fields: its struct arrays.
        functions: what the server computes from the rows.
        enable_dynamic_field: rows may have keys that are not fields.
        update_timestamp: when the schema changed last; a write that carries an older one is refused by the server.
        consistency_level: the number of the collection's own consistency level.
        properties: the collection's properties, as the server's text.
    """

    name: str
    collection_id: int = 0
    fields: tuple[FieldInfo, ...] = ()
    struct_fields: tuple[StructFieldInfo, ...] = ()
    functions: tuple[FunctionInfo, ...] = ()
    enable_dynamic_field: bool = False
    auto_id: bool = False
    description: str = ""
    aliases: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    consistency_level: int = 0
    num_shards: int = 0
    num_partitions: int = 0
    created_timestamp: int = 0
    update_timestamp: int = 0
    database: str = ""

    @property
    def primary_field(self) -> FieldInfo | None:
        """The primary key; None if the server names none."""
        return next((info for info in self.fields if info.is_primary), None)

    @property
    def vector_fields(self) -> tuple[FieldInfo, ...]:
        """The fields that hold one vector per row."""
        return tuple(info for info in self.fields if info.data_type.is_vector)

    def field(self, name: str) -> FieldInfo | None:
        """The field of that name, or None; struct arrays are not among them."""
        return next((info for info in self.fields if info.name == name), None)

    def struct_field(self, name: str) -> StructFieldInfo | None:
        """The struct array of that name, or None."""
        return next((info for info in self.struct_fields if info.name == name), None)

    def anns_field(self, name: str) -> FieldInfo | None:
        """The field that a search means by ``name``: a field, or a sub-field written as ``struct[sub_field]``."""
        found = self.field(name)
        if found is not None or not name.endswith("]"):
            return found
        struct_name, _, sub_name = name[:-1].partition("[")
        struct = self.struct_field(struct_name)
        return None if struct is None else next((info for info in struct.fields if info.name == sub_name), None)
