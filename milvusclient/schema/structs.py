"""StructFieldSchema: a field whose rows are arrays of structs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import UNSET, Unset, given, require_bool, require_positive_int, require_str
from milvusclient.display import ShownInNotebooks
from milvusclient.exceptions import ParamError
from milvusclient.schema.default_values import DefaultValue
from milvusclient.schema.enums import DataType
from milvusclient.schema.fields import FieldSchema, data_type
from milvusclient.schema.type_facts import FACTS

__all__ = ["StructFieldSchema"]

_NESTED = ("array", "vector_array", "struct_array", "struct")


@suggest_keywords
class StructFieldSchema(ShownInNotebooks):
    """A struct array: each row has up to ``max_capacity`` structs with the same sub-fields.

    Make it with ``MilvusClient.create_struct_field_schema()``, add its sub-fields with :meth:`add_field`, and add it to
    a schema, which also gives it its name and max_capacity:
    ``schema.add_field(name, DataType.ARRAY, element_type=DataType.STRUCT, struct_schema=..., max_capacity=...)``.

    Args:
        nullable: whether rows may have no value (``None``).
        description: free text for human readers.

    Attributes:
        name: name of the field, unique in the collection; empty until it is in a collection.
        max_capacity: maximum number of structs of a row; None until it is set.

    Raises:
        ParamError: ``nullable`` is not a bool.

    Example:
        >>> from milvusclient import DataType, MilvusClient
        >>> clips = MilvusClient.create_struct_field_schema()
        >>> clips = clips.add_field("label", DataType.VARCHAR, max_length=20)
        >>> clips = clips.add_field("embedding", DataType.FLOAT_VECTOR, dim=4)
        >>> [field.name for field in clips.fields]
        ['label', 'embedding']
    """

    def __init__(self, nullable: bool = False, description: str = "") -> None:
        self.name = ""
        self.max_capacity: int | None = None
        self._nullable = require_bool("nullable of a struct field", nullable)
        self._description = description
        self._fields: list[FieldSchema] = []
        self._params: dict[str, object] = {}

    @property
    def fields(self) -> list[FieldSchema]:
        """The sub-fields, each with the type of one value of one struct."""
        return self._fields

    @property
    def description(self) -> str:
        """A comment; the server stores it."""
        return self._description

    @property
    def nullable(self) -> bool:
        """Whether rows may have no value (``None``)."""
        return self._nullable

    @property
    def dtype(self) -> DataType:
        """Type of the elements, which is always STRUCT."""
        return DataType.STRUCT

    @property
    def params(self) -> dict[str, object]:
        """The type parameters of the struct array itself, by name."""
        return self._params

    def add_field(
        self,
        field_name: str,
        datatype: DataType | int,
        *,
        description: str = "",
        nullable: bool = False,
        default_value: DefaultValue | Unset | None = UNSET,
        element_type: DataType | int | None = None,
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
    ) -> StructFieldSchema:
        """Add a sub-field.

        Args:
            field_name: name of the sub-field, unique in the struct.
            datatype: type of one value of one struct; neither ARRAY nor STRUCT.
            description: free text for human readers.
            nullable: whether rows may have no value (``None``).
            default_value: value of rows that are inserted without one.
            element_type: type of the elements; required for ARRAY, ignored for other types.
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
            The struct array itself, for chaining.

        Raises:
            ParamError: a struct cannot have ``datatype``, or another argument is invalid.
            DataTypeNotSupportException: ``datatype`` is not a DataType.

        Example:
            >>> from milvusclient import DataType, StructFieldSchema
            >>> StructFieldSchema().add_field("n", DataType.INT64).fields[0].dtype.name
            'INT64'
        """
        dtype = data_type(datatype, f"sub-field {field_name!r}: datatype")
        if FACTS[dtype].family in _NESTED:
            raise ParamError(
                message=f"sub-field {field_name!r}: datatype must not be {dtype.name}; "
                "give the type of one value of one struct"
            )
        field = FieldSchema(
            field_name,
            dtype,
            description,
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
        self._fields.append(field)
        return self

    def named(
        self,
        name: str,
        max_capacity: int | None,
        *,
        nullable: bool | None = None,
        description: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> StructFieldSchema:
        """Return a copy of this struct array under a name, as a field of a collection.

        Args:
            name: name of the field, unique in the collection.
            max_capacity: maximum number of structs of a row.
            nullable: replaces the value of this struct array, unless it is None.
            description: replaces the value of this struct array, unless it is None.
            params: type parameters of the struct array itself, by name.

        Returns:
            The copy. The original can be used for another field.

        Raises:
            ParamError: ``max_capacity`` is missing or not a positive int.
        """
        at = f"struct field {name!r}"
        if max_capacity is None:
            raise ParamError(message=f"{at}: max_capacity is missing; it is the maximum number of structs of a row")
        struct = copy.deepcopy(self)
        struct.name = require_str("the name of a struct field", name)
        struct.max_capacity = require_positive_int(f"{at}: max_capacity", max_capacity)
        if nullable is not None:
            struct._nullable = require_bool(f"{at}: nullable", nullable)
        if description is not None:
            struct._description = description
        struct._params.update({key: value for key, value in (params or {}).items() if value is not None})
        return struct

    def to_dict(self) -> dict[str, object]:
        """Return the struct array as a dict for :meth:`construct_from_dict`; settings that are not set are left out."""
        result: dict[str, object] = {
            "name": self.name,
            "description": self._description,
            "fields": [field.to_dict() for field in self._fields],
        }
        if self._nullable:
            result["nullable"] = True
        if self.max_capacity is not None:
            result["max_capacity"] = self.max_capacity
        if self._params:
            result["params"] = dict(self._params)
        return result

    @classmethod
    def construct_from_dict(cls, raw: Mapping[str, object]) -> StructFieldSchema:
        """Build a struct array from its description.

        Args:
            raw: a dict from :meth:`to_dict`, or an item of ``struct_fields`` in what ``describe_collection`` returns.
                It may have ``name``, ``description``, ``fields``, ``nullable``, ``max_capacity`` and ``params``.

        Returns:
            The struct array.

        Raises:
            ParamError: ``fields`` is not a list of dicts, or a value is invalid.
        """
        struct = cls(bool(raw.get("nullable")), str(raw.get("description") or ""))
        struct.name = require_str("the name of a struct field", raw.get("name", ""))
        params, capacity = raw.get("params"), raw.get("max_capacity")
        struct._params = dict(params) if isinstance(params, Mapping) else {}
        fields = raw.get("fields") or []
        if not isinstance(fields, Sequence) or not all(isinstance(field, Mapping) for field in fields):
            raise ParamError(
                message=f"struct field {struct.name!r}: fields must be a list of dicts, got {given(fields)}"
            )
        struct._fields = [FieldSchema.construct_from_dict(field) for field in fields]
        if capacity is not None:
            struct.max_capacity = require_positive_int(f"struct field {struct.name!r}: max_capacity", capacity)
        return struct

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, StructFieldSchema) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # fields can be added, so it cannot be a key of a dict

    def __repr__(self) -> str:
        return str(self.to_dict())
