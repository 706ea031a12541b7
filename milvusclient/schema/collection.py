"""CollectionSchema: the fields, keys and functions of a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import UNSET, Unset, given, require_bool, require_str
from milvusclient.display import ShownInNotebooks
from milvusclient.exceptions import (
    AutoIDException,
    ClusteringKeyException,
    FunctionsTypeException,
    MilvusException,
    ParamError,
    PartitionKeyException,
    PrimaryKeyException,
)
from milvusclient.schema.collection_checks import (
    checked_fields,
    checked_functions,
    checked_structs,
    verify_field,
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

#: For each kind of key: the flag on the field, what people call it, the error, and the types that it can have.
_KEYS: dict[str, tuple[str, type[MilvusException], tuple[DataType, ...]]] = {
    "is_primary": ("primary key", PrimaryKeyException, (DataType.INT64, DataType.VARCHAR)),
    "is_partition_key": ("partition key", PartitionKeyException, (DataType.INT64, DataType.VARCHAR)),
    "is_clustering_key": (
        "clustering key",
        ClusteringKeyException,
        (
            DataType.INT8,
            DataType.INT16,
            DataType.INT32,
            DataType.INT64,
            DataType.FLOAT,
            DataType.DOUBLE,
            DataType.VARCHAR,
            DataType.FLOAT_VECTOR,
        ),
    ),
}


@suggest_keywords
class CollectionSchema(ShownInNotebooks):
    """What a collection holds: its fields, which of them are keys, and the functions that compute some of them.

    Args:
        fields: the fields; they are copied.
        description: for people.
        struct_fields: the struct arrays, each with its name and capacity; they are copied.
        functions: the functions; they are copied.
        auto_id: the server makes the primary keys.
        enable_dynamic_field: rows may have keys that no field is named after.
        enable_namespace: rows belong to namespaces.
        external_source: where the data of an external collection lies; such a collection needs no primary key.
        external_spec: how that data is read, as JSON text.
        primary_field: the name of the primary key, instead of ``is_primary=True`` on the field.
        partition_key_field: the name of the partition key, instead of ``is_partition_key=True`` on the field.
        clustering_key_field: the name of the clustering key, instead of ``is_clustering_key=True`` on the field.
        check_fields: check the keys now; with False, :meth:`verify` does it once the fields are complete.

    Raises:
        FieldsTypeException, FieldTypeException: ``fields`` is not a list, or an element is not a field.
        FunctionsTypeException, SchemaNotReadyException: ``functions`` is not a list, or an element is not a function.
        PrimaryKeyException, PartitionKeyException, ClusteringKeyException, AutoIDException: the key is missing,
            named twice, of a type that it cannot have, or not named by a str.
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
            raise ParamError(message="auto_id=True cannot be with external_source; keys come from the source")
        self._key_names: dict[str, str] = {}
        named = zip(_KEYS, (primary_field, partition_key_field, clustering_key_field), strict=True)
        for flag, key_name in named:
            if key_name is not None:
                kind, error, _ = _KEYS[flag]
                self._key_names[flag] = require_str(f"the name of the {kind}", key_name, error=error)
        self._keys: dict[str, FieldSchema] = {}
        self._fields: list[FieldSchema] = []
        self._struct_fields = checked_structs(struct_fields)
        self._functions = checked_functions(functions)
        for field in checked_fields(fields):
            self._take(field)
        if check_fields:
            self._verify_keys()

    def _take(self, field: FieldSchema) -> None:
        """Append a field, and note which keys it is."""
        for flag, (kind, error, _) in _KEYS.items():
            if self._key_names.get(flag) == field.name:
                setattr(field, flag, True)
            if not getattr(field, flag):
                continue
            other = self._keys.setdefault(flag, field)
            if other is not field:
                raise error(
                    message=f"fields {other.name!r} and {field.name!r} are both the {kind}; a collection has only one"
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
            field_name: unique in the collection.
            datatype: the type of the values.
            description: for people.
            is_primary: the field is the primary key (INT64 or VARCHAR, one in a collection).
            auto_id: the server makes the primary keys.
            is_partition_key: rows are spread over partitions by this field (INT64 or VARCHAR).
            is_clustering_key: rows are clustered by this field.
            is_dynamic: the field holds the keys of rows that the schema does not name.
            nullable: rows may have no value (``None``).
            default_value: the value of rows that are inserted without one.
            element_type: the type of the elements; needed for ARRAY.
            struct_schema: the struct, for ``datatype=ARRAY`` with ``element_type=STRUCT``; it is copied.
            max_capacity: how many elements an ARRAY can have; needed for ARRAY.
            max_length: how many bytes a text can have in UTF-8, 1 to 65,535; needed for VARCHAR.
            dim: how many elements (bits, for BINARY_VECTOR) a vector has; needed for all vectors but sparse ones.
            enable_analyzer: split the text into words, for full-text search.
            enable_match: index the words, for ``TEXT_MATCH`` in filters.
            analyzer_params: the analyzer, a dict such as ``{"type": "english"}``.
            multi_analyzer_params: analyzers by language, a dict.
            mmap_enabled: map the field's data from disk instead of loading it into memory.
            warmup: when the field's data is cached: ``"sync"``, ``"async"`` or ``"disable"``.
            external_field: the column of an external collection's source.
            params: further type parameters, by name; for what has no argument here yet.

        Returns:
            The schema itself, for chaining.

        Raises:
            PrimaryKeyException, PartitionKeyException, ClusteringKeyException: a second key of one kind.
            ParamError: an argument that cannot be; see :class:`FieldSchema` for the other errors.

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
                    message=f"field {field_name!r}: structs are stored as an array; "
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
        """Add a struct array that has its name and its capacity already.

        Args:
            struct_field_schema: the struct; ``name`` and ``max_capacity`` are set on it.

        Returns:
            The schema itself, for chaining.

        Raises:
            ParamError: it is not a StructFieldSchema.
        """
        if not isinstance(struct_field_schema, StructFieldSchema):
            raise ParamError(
                message=f"struct_field_schema must be a StructFieldSchema, got {given(struct_field_schema)}"
            )
        self._struct_fields.append(struct_field_schema)
        return self

    def add_function(self, function: Function) -> CollectionSchema:
        """Add a function; the fields that it writes are no longer given in rows.

        Args:
            function: the function.

        Returns:
            The schema itself, for chaining.

        Raises:
            ParamError: it is not a Function.

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
        """Check that a collection can be created with this schema; called once, by ``create_collection``.

        Raises:
            PrimaryKeyException, PartitionKeyException, ClusteringKeyException: a key is missing or cannot be.
            ParamError: two fields or functions have one name, a field lacks what its type needs, or a function
                does not fit the fields.
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

    def _verify_keys(self) -> None:
        if "is_primary" not in self._keys and not self._external_source:
            raise PrimaryKeyException(
                message="the schema has no primary key; pass is_primary=True on one INT64 or VARCHAR field"
            )
        for flag, (kind, error, dtypes) in _KEYS.items():
            field = self._keys.get(flag)
            if field is not None and field.dtype not in dtypes:
                wanted = ", ".join(dtype.name for dtype in dtypes)
                raise error(
                    message=f"field {field.name!r} is the {kind}, so it must be {wanted}; it is {field.dtype.name}"
                )
            if field is None and flag in self._key_names:
                known = [known.name for known in self._fields]
                raise error(
                    message=f"the {kind} field {self._key_names[flag]!r} is not in the schema, which has {known}"
                )

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
        """For people."""
        return self._description

    @property
    def primary_field(self) -> FieldSchema | None:
        """The primary key; None until it is added."""
        return self._keys.get("is_primary")

    @property
    def partition_key_field(self) -> FieldSchema | None:
        """The partition key; None without one."""
        return self._keys.get("is_partition_key")

    @property
    def clustering_key_field(self) -> FieldSchema | None:
        """The clustering key; None without one."""
        return self._keys.get("is_clustering_key")

    @property
    def auto_id(self) -> bool:
        """Whether the server makes the primary keys."""
        primary = self.primary_field
        return self._auto_id if primary is None else primary.auto_id

    @auto_id.setter
    def auto_id(self, value: bool) -> None:
        self._auto_id = require_bool("auto_id", value, error=AutoIDException)
        if self.primary_field is not None:
            self.primary_field.auto_id = self._auto_id

    @property
    def enable_dynamic_field(self) -> bool:
        """Whether rows may have keys that no field is named after."""
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
        """Where the data of an external collection lies; empty for any other."""
        return self._external_source

    @external_source.setter
    def external_source(self, value: str) -> None:
        self._external_source = str(value)

    @property
    def external_spec(self) -> str:
        """How the data of an external collection is read."""
        return self._external_spec

    @external_spec.setter
    def external_spec(self, value: str) -> None:
        self._external_spec = str(value)

    def to_dict(self) -> dict[str, object]:
        """The schema as a dict that :meth:`construct_from_dict` reads; what is not set is left out."""
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
        """The schema that a dict describes: one from :meth:`to_dict`, or what ``describe_collection`` returns.

        Args:
            raw: needs ``fields``; may have ``struct_fields``, ``functions`` and the options of the constructor.

        Raises:
            KeyError: ``fields`` is missing.
            PrimaryKeyException: no field is the primary key.

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

    __hash__ = None  # type: ignore[assignment]  # fields can be added, so it cannot be a key

    def __repr__(self) -> str:
        return str(self.to_dict())
