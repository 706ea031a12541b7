"""The description of a collection by its server, in the form that the codec and the schema cache use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = ["CollectionInfo", "FieldInfo", "FunctionInfo", "StructFieldInfo"]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a collection, or one sub-field of a struct array.

    Attributes:
        name: name of the field.
        field_id: number of the field on the server.
        data_type: type of the values; ``DataType.UNKNOWN`` for a type that this client does not know.
        dim: number of elements of a vector (bits for binary vectors); 0 for other types and for sparse vectors.
        max_length: maximum length of a str in UTF-8 bytes; None without a limit.
        element_type: type of the elements of an ARRAY, or of the vectors of a vector sub-field of a struct array.
        max_capacity: maximum number of elements of an ARRAY; None without a limit.
        nullable: whether rows may have no value (``None``).
        has_default: whether the server fills in ``default_value`` for rows without a value.
        is_function_output: whether a function of the collection computes the field, so that rows leave it out.
        is_dynamic: whether the field stores the keys of rows that are not fields.
        type_params: all type parameters, as the server writes them.
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
    default_value: schema_pb2.ValueField | None = None
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
        name: name of the field.
        field_id: number of the field on the server.
        fields: the sub-fields. Each is an ARRAY or an array of vectors; the type of one value is ``element_type``.
        max_capacity: maximum number of structs of a row; None without a limit.
        nullable: whether rows may have no value (``None``).
        type_params: all type parameters, as the server writes them.
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
    """A function with which the server computes fields of inserted rows, such as BM25.

    Attributes:
        function_type: number of its :class:`~milvusclient.FunctionType`.
        params: its parameters, as the server writes them.
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
        name: name of the collection.
        collection_id: number of the collection on the server.
        fields: its fields, without struct arrays.
        struct_fields: its struct arrays.
        functions: functions with which the server computes fields.
        enable_dynamic_field: whether rows may have keys that are not fields.
        update_timestamp: when the schema changed last. The server refuses a write with an older timestamp.
        consistency_level: number of the consistency level of the collection.
        properties: properties of the collection, as the server writes them.
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
    enable_namespace: bool = False
    schema_version: int = 0
    external_source: str = ""
    external_spec: str = ""
    #: For each name of a searched field, the length that query vectors must have: searches look it up each time.
    query_lengths: dict[str | None, int | None] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def primary_field(self) -> FieldInfo | None:
        """The primary key; None if the server does not report one."""
        return next((info for info in self.fields if info.is_primary), None)

    @property
    def vector_fields(self) -> tuple[FieldInfo, ...]:
        """The fields with one vector per row."""
        return tuple(info for info in self.fields if info.data_type.is_vector)

    def field(self, name: str) -> FieldInfo | None:
        """Return the field of this name, or None. Struct arrays are not fields here."""
        return next((info for info in self.fields if info.name == name), None)

    def struct_field(self, name: str) -> StructFieldInfo | None:
        """Return the struct array of this name, or None."""
        return next((info for info in self.struct_fields if info.name == name), None)

    def anns_field(self, name: str) -> FieldInfo | None:
        """Return the field that ``anns_field`` of a search names, also ``struct[sub_field]``; None if unknown."""
        found = self.field(name)
        if found is not None or not name.endswith("]"):
            return found
        struct_name, _, sub_name = name[:-1].partition("[")
        struct = self.struct_field(struct_name)
        return None if struct is None else next((info for info in struct.fields if info.name == sub_name), None)
