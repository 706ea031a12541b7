"""CollectionSchema: the fields, keys and functions of a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import UNSET, Unset, given, require_bool, require_str
from milvusclient.display import ShownInNotebooks
from milvusclient.exceptions import (
    AutoIDException,
    FunctionsTypeException,
    ParamError,
    PrimaryKeyException,
)
from milvusclient.schema.collection_checks import (
    KEY_KINDS,
    checked_fields,
    checked_functions,
    checked_structs,
    verify_field,
    verify_keys,
    verify_names,
    verify_struct,
)
from milvusclient.schema.default_values import DefaultValue
from milvusclient.schema.enums import DataType
from milvusclient.schema.fields import FieldSchema, data_type
from milvusclient.schema.from_description import split_fields
from milvusclient.schema.functions import Function
from milvusclient.schema.structs import StructFieldSchema

__all__ = ["CollectionSchema"]


@suggest_keywords
class CollectionSchema(ShownInNotebooks):
    """The schema of a collection: its fields, which of them are keys, and the functions that compute some of them.

    Args:
        fields: the fields; they are copied.
        description: free text for human readers.
        struct_fields: the struct arrays, each with its name and max_capacity; they are copied.
        functions: the functions; they are copied.
        auto_id: whether the server generates the primary keys.
        enable_dynamic_field: whether rows may have keys that are not fields; the server stores them as JSON.
        enable_namespace: whether rows belong to namespaces.
        external_source: location of the data of an external collection; such a collection needs no primary key.
        external_spec: format of that data, as JSON in a str.
        primary_field: name of the primary key, instead of ``is_primary=True`` on the field.
        partition_key_field: name of the partition key, instead of ``is_partition_key=True`` on the field.
        clustering_key_field: name of the clustering key, instead of ``is_clustering_key=True`` on the field.
        check_fields: whether to check the keys now; if False, :meth:`verify` checks them later.

    Raises:
        FieldsTypeException, FieldTypeException: ``fields`` is not a list, or an element is not a field.
        FunctionsTypeException, SchemaNotReadyException: ``functions`` is not a list, or an element is not a function.
        PrimaryKeyException, PartitionKeyException, ClusteringKeyException: the key is missing, two fields are it, its
            type is not allowed, or its name is not a str.
        AutoIDException: ``auto_id`` is not a bool.
        ParamError: ``auto_id=True`` for an external collection.

    Example:
        >>> from milvusclient import CollectionSchema, DataType, FieldSchema
        >>> key = FieldSchema("id", DataType.INT64, is_primary=True)
        >>> schema = CollectionSchema([key], "books").add_field("title", DataType.VARCHAR, max_length=200)
        >>> [field.name for field in schema.fields], schema.primary_field.name
        (['id', 'title'], 'id')
    """

    def __init__(
        self,
        fields: list[FieldSchema],
        description: str = "",
        struct_fields: list[StructFieldSchema] | None = None,
        functions: list[Function] | None = None,
        *,
        auto_id: bool | Unset = UNSET,
        enable_dynamic_field: bool | None = False,
        enable_namespace: bool | None = False,
        external_source: str | None = "",
        external_spec: str | None = "",
        primary_field: str | None = None,
        partition_key_field: str | None = None,
        clustering_key_field: str | None = None,
        check_fields: bool = True,
    ) -> None:
        self._description = description
        self._enable_dynamic_field = bool(enable_dynamic_field)
        self._enable_namespace = bool(enable_namespace)
        self._external_source = external_source or ""
        self._external_spec = external_spec or ""
        self._auto_id = False if auto_id is UNSET else require_bool("auto_id", auto_id, error=AutoIDException)
        if self._auto_id and self._external_source:
            raise ParamError(message="auto_id=True cannot be combined with external_source; keys come from the source")
        self._key_names: dict[str, str] = {}
        names = (primary_field, partition_key_field, clustering_key_field)
        for (flag, kind), key_name in zip(KEY_KINDS.items(), names, strict=True):
            if key_name is not None:
                self._key_names[flag] = require_str(f"the name of the {kind.name} field", key_name, error=kind.error)
        self._keys: dict[str, FieldSchema] = {}
        self._fields: list[FieldSchema] = []
        self._struct_fields = checked_structs(struct_fields)
        self._functions = checked_functions(functions)
        for field in checked_fields(fields):
            self._take(field)
        if check_fields:
            self._verify_keys()

    def _verify_keys(self) -> None:
        if not self._external_source and "is_primary" not in self._keys:
            raise PrimaryKeyException(
                message="the schema has no primary key; pass is_primary=True for one INT64 or VARCHAR field"
            )
        verify_keys(self._keys, self._key_names, [field.name for field in self._fields])

    def _take(self, field: FieldSchema) -> None:
        """Append a field, and remember which keys it is."""
        for flag, kind in KEY_KINDS.items():
            if self._key_names.get(flag) == field.name:
                setattr(field, flag, True)
            if not getattr(field, flag):
                continue
            other = self._keys.setdefault(flag, field)
            if other is not field:
                raise kind.error(
                    message=f"fields {other.name!r} and {field.name!r} are both the {kind.name}; "
                    "a collection has only one"
                )
            if flag == "is_primary" and self._auto_id:
                field.auto_id = True
        if any(field.name in function.output_field_names for function in self._functions):
            field.is_function_output = True
        self._fields.append(field)

    def add_field(
        self,
        field_name: str,
        datatype: DataType | int,
        *,
        description: str = "",
        is_primary: bool = False,
        auto_id: bool = False,
        is_partition_key: bool = False,
        is_clustering_key: bool = False,
        is_dynamic: bool = False,
        nullable: bool = False,
        default_value: DefaultValue | Unset | None = UNSET,
        element_type: DataType | int | None = None,
        struct_schema: StructFieldSchema | None = None,
        max_capacity: int | None = None,
        max_length: int | None = None,
        dim: int | None = None,
        enable_analyzer: bool | None = None,
        enable_match: bool | None = None,
        analyzer_params: Mapping[str, object] | str | None = None,
        multi_analyzer_params: Mapping[str, object] | str | None = None,
        mmap_enabled: bool | None = None,
        warmup: str | None = None,
        external_field: str = "",
        params: Mapping[str, object] | None = None,
    ) -> CollectionSchema:
        """Add a field.

        Args:
            field_name: name of the new field, unique in the collection.
            datatype: type of the values.
            description: free text for human readers.
            is_primary: whether the field is the primary key (INT64 or VARCHAR, one per collection).
            auto_id: whether the server generates the primary keys.
            is_partition_key: whether rows are distributed over partitions by this field (INT64 or VARCHAR).
            is_clustering_key: whether the server clusters rows by this field.
            is_dynamic: whether the field stores the keys of rows that are not fields.
            nullable: whether rows may have no value (``None``).
            default_value: value of rows that are inserted without one.
            element_type: type of the elements; required for ARRAY, ignored for other types.
            struct_schema: the sub-fields, for ``datatype=ARRAY`` with ``element_type=STRUCT``; it is copied.
            max_capacity: maximum number of elements of an ARRAY; required for ARRAY.
            max_length: maximum length of a str in UTF-8 bytes, 1 to 65,535; required for VARCHAR.
            dim: number of elements of a vector (bits for BINARY_VECTOR); required for vectors, except sparse ones.
            enable_analyzer: whether the server splits strings into tokens, for full-text search.
            enable_match: whether the server indexes the tokens, for ``TEXT_MATCH`` in filters.
            analyzer_params: settings of the analyzer, such as ``{"type": "english"}``.
            multi_analyzer_params: settings of one analyzer for each language.
            mmap_enabled: whether the server maps the data from disk instead of loading it into memory.
            warmup: when the server caches the data: ``"sync"``, ``"async"`` or ``"disable"``.
            external_field: column of the external source that the field reads.
            params: further type parameters by name, for those that have no argument here.

        Returns:
            The schema itself, for chaining.

        Raises:
            PrimaryKeyException, PartitionKeyException, ClusteringKeyException: the schema has such a key already.
            ParamError: an argument is invalid; see :class:`FieldSchema` for the other errors.

        Example:
            >>> from milvusclient import DataType, MilvusClient
            >>> schema = MilvusClient.create_schema(auto_id=True)
            >>> schema = schema.add_field("id", DataType.INT64, is_primary=True)
            >>> schema = schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=8)
            >>> schema.auto_id, len(schema)
            (True, 2)
        """
        if struct_schema is not None or DataType.STRUCT in (datatype, element_type):
            if (datatype, element_type) != (DataType.ARRAY, DataType.STRUCT):
                raise ParamError(
                    message=f"field {field_name!r}: structs are stored in an ARRAY; "
                    "pass datatype=DataType.ARRAY and element_type=DataType.STRUCT"
                )
            if not isinstance(struct_schema, StructFieldSchema):
                where = f"field {field_name!r}: struct_schema"
                raise ParamError(message=f"{where} must be a StructFieldSchema, got {given(struct_schema)}")
            struct = struct_schema.named(
                field_name,
                max_capacity,
                nullable=nullable or None,
                description=description or None,
                params={"mmap_enabled": mmap_enabled, "warmup": warmup, **(params or {})},
            )
            self._struct_fields.append(struct)
            return self
        field = FieldSchema(
            field_name,
            data_type(datatype, f"field {field_name!r}: datatype"),
            description,
            is_primary=is_primary,
            auto_id=auto_id,
            is_partition_key=is_partition_key,
            is_clustering_key=is_clustering_key,
            is_dynamic=is_dynamic,
            nullable=nullable,
            default_value=default_value,
            element_type=element_type,
            max_capacity=max_capacity,
            max_length=max_length,
            dim=dim,
            enable_analyzer=enable_analyzer,
            enable_match=enable_match,
            analyzer_params=analyzer_params,
            multi_analyzer_params=multi_analyzer_params,
            mmap_enabled=mmap_enabled,
            warmup=warmup,
            external_field=external_field,
            params=params,
        )
        self._take(field)
        return self

    def add_struct_field(self, struct_field_schema: StructFieldSchema) -> CollectionSchema:
        """Add a struct array that has its name and max_capacity already.

        Args:
            struct_field_schema: the struct array, with ``name`` and ``max_capacity`` set.

        Returns:
            The schema itself, for chaining.

        Raises:
            ParamError: ``struct_field_schema`` is not a StructFieldSchema.
        """
        if not isinstance(struct_field_schema, StructFieldSchema):
            raise ParamError(
                message=f"struct_field_schema must be a StructFieldSchema, got {given(struct_field_schema)}"
            )
        self._struct_fields.append(struct_field_schema)
        return self

    def add_function(self, function: Function) -> CollectionSchema:
        """Add a function. Rows then leave out the fields that it computes.

        Args:
            function: the function to add.

        Returns:
            The schema itself, for chaining.

        Raises:
            ParamError: ``function`` is not a Function.

        Example:
            >>> from milvusclient import DataType, Function, FunctionType, MilvusClient
            >>> schema = MilvusClient.create_schema().add_field("id", DataType.INT64, is_primary=True)
            >>> schema = schema.add_field("title", DataType.VARCHAR, max_length=200, enable_analyzer=True)
            >>> schema = schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
            >>> schema = schema.add_function(Function("bm25", FunctionType.BM25, "title", "words"))
            >>> [field.name for field in schema.fields if field.is_function_output]
            ['words']
        """
        if not isinstance(function, Function):
            raise ParamError(message=f"function must be a Function, got {given(function)}")
        self._functions.append(function)
        for field in self._fields:
            if field.name in function.output_field_names:
                field.is_function_output = True
        return self

    def verify(self) -> None:
        """Check that a collection can be created with this schema. ``create_collection`` calls it.

        Raises:
            PrimaryKeyException, PartitionKeyException, ClusteringKeyException: a key is missing, or its type is not
                allowed.
            ParamError: two fields or two functions have the same name, a field lacks a parameter that its type
                requires, or a function does not match the fields.
        """
        self._verify_keys()
        verify_names([*self._fields, *self._struct_fields], "fields")
        verify_names(self._functions, "functions")
        for field in self._fields:
            verify_field(field, f"field {field.name!r}")
        for struct in self._struct_fields:
            verify_struct(struct)
        fields = {field.name: field for field in self._fields}
        for function in self._functions:
            function.verify(fields)

    @property
    def fields(self) -> list[FieldSchema]:
        """The fields, without struct arrays."""
        return self._fields

    @property
    def struct_fields(self) -> list[StructFieldSchema]:
        """The struct arrays."""
        return self._struct_fields

    @property
    def functions(self) -> list[Function]:
        """The functions."""
        return self._functions

    @property
    def description(self) -> str:
        """A comment; the server stores it."""
        return self._description

    @property
    def primary_field(self) -> FieldSchema | None:
        """The primary key; None while there is none."""
        return self._keys.get("is_primary")

    @property
    def partition_key_field(self) -> FieldSchema | None:
        """The partition key; None if there is none."""
        return self._keys.get("is_partition_key")

    @property
    def clustering_key_field(self) -> FieldSchema | None:
        """The clustering key; None if there is none."""
        return self._keys.get("is_clustering_key")

    @property
    def auto_id(self) -> bool:
        """Whether the server generates the primary keys."""
        primary = self.primary_field
        return self._auto_id if primary is None else primary.auto_id

    @auto_id.setter
    def auto_id(self, value: bool) -> None:
        self._auto_id = require_bool("auto_id", value, error=AutoIDException)
        if self.primary_field is not None:
            self.primary_field.auto_id = self._auto_id

    @property
    def enable_dynamic_field(self) -> bool:
        """Whether rows may have keys that are not fields; the server stores them as JSON."""
        return self._enable_dynamic_field

    @enable_dynamic_field.setter
    def enable_dynamic_field(self, value: bool) -> None:
        self._enable_dynamic_field = bool(value)

    @property
    def enable_namespace(self) -> bool:
        """Whether rows belong to namespaces."""
        return self._enable_namespace

    @enable_namespace.setter
    def enable_namespace(self, value: bool) -> None:
        self._enable_namespace = bool(value)

    @property
    def external_source(self) -> str:
        """Location of the data of an external collection; empty for other collections."""
        return self._external_source

    @external_source.setter
    def external_source(self, value: str) -> None:
        self._external_source = str(value)

    @property
    def external_spec(self) -> str:
        """Format of the data of an external collection, as JSON in a str."""
        return self._external_spec

    @external_spec.setter
    def external_spec(self, value: str) -> None:
        self._external_spec = str(value)

    def to_dict(self) -> dict[str, object]:
        """Return the schema as a dict for :meth:`construct_from_dict`; settings that are not set are left out."""
        result: dict[str, object] = {
            "auto_id": self.auto_id,
            "description": self._description,
            "fields": [field.to_dict() for field in self._fields],
            "enable_dynamic_field": self._enable_dynamic_field,
            "enable_namespace": self._enable_namespace,
        }
        optional = {
            "external_source": self._external_source,
            "external_spec": self._external_spec,
            "functions": [function.to_dict() for function in self._functions],
            "struct_fields": [struct.to_dict() for struct in self._struct_fields],
        }
        result.update((key, value) for key, value in optional.items() if value)
        return result

    @classmethod
    def construct_from_dict(cls, raw: Mapping[str, object]) -> CollectionSchema:
        """Build a schema from its description.

        Args:
            raw: a dict from :meth:`to_dict`, or what ``describe_collection`` returns. It must have ``fields``, and may
                have ``struct_fields``, ``functions`` and the options of the constructor.

        Returns:
            The schema.

        Raises:
            KeyError: ``fields`` is missing.
            PrimaryKeyException: no field is the primary key.
            ParamError: a value is invalid, as for the constructor.

        Example:
            >>> from milvusclient import CollectionSchema
            >>> raw = {"fields": [{"name": "id", "type": 5, "is_primary": True}], "enable_dynamic_field": True}
            >>> CollectionSchema.construct_from_dict(raw).enable_dynamic_field
            True
        """
        fields, structs = split_fields(raw)
        functions = raw.get("functions") or []
        if not isinstance(functions, Sequence):
            raise FunctionsTypeException(message=f"functions must be a list of dicts, got {given(functions)}")
        return cls(
            [FieldSchema.construct_from_dict(field) for field in fields],
            str(raw.get("description") or ""),
            [StructFieldSchema.construct_from_dict(struct) for struct in structs],
            [Function.construct_from_dict(function) for function in functions],
            enable_dynamic_field=bool(raw.get("enable_dynamic_field")),
            enable_namespace=bool(raw.get("enable_namespace")),
            external_source=str(raw.get("external_source") or ""),
            external_spec=str(raw.get("external_spec") or ""),
        )

    def __len__(self) -> int:
        return len(self._fields)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, CollectionSchema) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # fields can be added, so a schema cannot be a key of a dict

    def __repr__(self) -> str:
        return str(self.to_dict())
