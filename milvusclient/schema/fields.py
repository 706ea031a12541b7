"""FieldSchema: one field of a collection, or one sub-field of a struct array."""

from __future__ import annotations

import operator
from collections.abc import Mapping

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import (
    UNSET,
    Unset,
    given,
    optional_mapping,
    require_bool,
    require_json_text,
    require_positive_int,
    require_str,
)
from milvusclient.display import ShownInNotebooks
from milvusclient.exceptions import (
    AutoIDException,
    ClusteringKeyException,
    DataTypeNotSupportException,
    ParamError,
    PartitionKeyException,
    PrimaryKeyException,
)
from milvusclient.schema.default_values import DefaultValue, checked_default, plain_default
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = ["FieldSchema", "data_type"]

_JSON_PARAMS = ("analyzer_params", "multi_analyzer_params")
_SIZE_PARAMS = ("dim", "max_length", "max_capacity")
_USABLE = frozenset(DataType) - {DataType.UNKNOWN}


def data_type(value: object, where: str) -> DataType:
    """Return ``value``, a DataType or its number, as a DataType that a field can have.

    Args:
        value: what was passed as the type.
        where: the argument, as the message shows it.

    Raises:
        DataTypeNotSupportException: ``value`` is not a type of a field.
    """
    if hasattr(value, "__index__"):  # integers of numpy, too
        number = operator.index(value)
        if number in _USABLE:
            return DataType(number)
    raise DataTypeNotSupportException(message=f"{where} must be a DataType such as DataType.INT64, got {given(value)}")


@suggest_keywords
class FieldSchema(ShownInNotebooks):
    """One field of a collection: its name, its type, and the parameters of the type.

    Args:
        name: name of the field, unique in the collection.
        dtype: type of the values.
        description: free text for human readers.
        is_primary: whether the field is the primary key (INT64 or VARCHAR, one per collection).
        auto_id: whether the server generates the primary keys.
        is_partition_key: whether rows are distributed over partitions by this field (INT64 or VARCHAR).
        is_clustering_key: whether the server clusters rows by this field.
        is_dynamic: whether the field stores the keys of rows that are not fields.
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

    Sizes and analyzer options are kept for the types that have them, and ignored for other types. What was given stands
    in attributes of the same names.

    Attributes:
        params: the type parameters by name; settings of analyzers as JSON in a str.
        is_function_output: whether a function of the schema computes the field, so that rows leave it out.

    Raises:
        DataTypeNotSupportException: ``dtype`` or ``element_type`` is not a DataType.
        PrimaryKeyException, AutoIDException, PartitionKeyException, ClusteringKeyException: a flag is not a bool, or
            ``auto_id`` is True for a field that is not the primary key.
        ParamError: another argument is invalid.

    Example:
        >>> from milvusclient import DataType, FieldSchema
        >>> FieldSchema("embedding", DataType.FLOAT_VECTOR, "of the title", dim=8).to_dict()["params"]
        {'dim': 8}
        >>> FieldSchema("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=9, max_length=20).max_length
        20
    """

    def __init__(
        self,
        name: str,
        dtype: DataType | int,
        description: str = "",
        *,
        is_primary: bool = False,
        auto_id: bool = False,
        is_partition_key: bool = False,
        is_clustering_key: bool = False,
        is_dynamic: bool = False,
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
    ) -> None:
        self.name = require_str("the name of a field", name)
        at = f"field {name!r}"
        self._dtype = data_type(dtype, f"{at}: dtype")
        self._description = description
        self.is_primary = require_bool(f"{at}: is_primary", is_primary, error=PrimaryKeyException)
        self.auto_id = require_bool(f"{at}: auto_id", auto_id, error=AutoIDException)
        if auto_id and not is_primary:
            raise PrimaryKeyException(
                message=f"{at}: auto_id=True needs is_primary=True; only primary keys are generated"
            )
        self.is_partition_key = require_bool(f"{at}: is_partition_key", is_partition_key, error=PartitionKeyException)
        self.is_clustering_key = require_bool(
            f"{at}: is_clustering_key", is_clustering_key, error=ClusteringKeyException
        )
        self.is_dynamic = require_bool(f"{at}: is_dynamic", is_dynamic)
        self.nullable = require_bool(f"{at}: nullable", nullable)
        self.is_function_output = False
        self.external_field = external_field
        self.element_type: DataType | None = None
        if element_type is not None and self._dtype in (DataType.ARRAY, DataType._ARRAY_OF_VECTOR):
            self.element_type = data_type(element_type, f"{at}: element_type")
        self._params: dict[str, object] = {}
        self._add_params(at, {"mmap_enabled": mmap_enabled, "warmup": warmup})
        # On other types these options are left out, not refused, so that a program may build all its fields with one
        # set of options.
        if FACTS[self._dtype].has_params:
            sizes = {"dim": dim, "max_length": max_length, "max_capacity": max_capacity}
            flags = {"enable_match": enable_match, "enable_analyzer": enable_analyzer}
            analyzers = {"analyzer_params": analyzer_params, "multi_analyzer_params": multi_analyzer_params}
            self._add_params(at, {**sizes, **flags, **analyzers})
        self._add_params(at, optional_mapping(f"{at}: params", params))
        self.default_value: DefaultValue | None = None
        if default_value is not UNSET:
            self._set_default(at, default_value)

    def _add_params(self, at: str, params: Mapping[str, object]) -> None:
        for name, value in params.items():
            if value is None:
                continue
            kept: object = value
            if name in _SIZE_PARAMS:
                kept = require_positive_int(f"{at}: {name}", value)
            elif name in _JSON_PARAMS:
                kept = require_json_text(f"{at}: {name}", value)
            if self._params.setdefault(name, kept) != kept:
                raise ParamError(
                    message=f"{at}: {name} is given twice, as {self._params[name]!r} and as {kept!r} in params"
                )

    def _set_default(self, at: str, value: object) -> None:
        if value is not None:
            self.default_value = checked_default(value, self.name, self._dtype, self.max_length)
        elif not self.nullable:
            raise ParamError(message=f"{at}: default_value=None needs nullable=True; leave default_value out otherwise")

    @property
    def dtype(self) -> DataType:
        """Type of the values."""
        return self._dtype

    @property
    def description(self) -> str:
        """A comment; the server stores it."""
        return self._description

    @property
    def params(self) -> dict[str, object]:
        """The type parameters by name; settings of analyzers as JSON in a str."""
        return self._params

    def _size(self, name: str) -> int | None:
        value = self._params.get(name)
        return value if isinstance(value, int) else None

    @property
    def dim(self) -> int | None:
        """Number of elements of a vector (bits for BINARY_VECTOR); None if not set."""
        return self._size("dim")

    @property
    def max_length(self) -> int | None:
        """Maximum length of a str in UTF-8 bytes; None if not set."""
        return self._size("max_length")

    @property
    def max_capacity(self) -> int | None:
        """Maximum number of elements of an ARRAY; None if not set."""
        return self._size("max_capacity")

    @property
    def enable_analyzer(self) -> object:
        """Whether the server splits strings into tokens; None if not set."""
        return self._params.get("enable_analyzer")

    @property
    def enable_match(self) -> object:
        """Whether the server indexes the tokens; None if not set."""
        return self._params.get("enable_match")

    @property
    def analyzer_params(self) -> object:
        """Settings of the analyzer, as JSON in a str; None if not set."""
        return self._params.get("analyzer_params")

    @property
    def multi_analyzer_params(self) -> object:
        """Settings of one analyzer for each language, as JSON in a str; None if not set."""
        return self._params.get("multi_analyzer_params")

    @property
    def mmap_enabled(self) -> object:
        """Whether the server maps the data from disk; None if not set."""
        return self._params.get("mmap_enabled")

    @property
    def warmup(self) -> object:
        """The moment when the server caches the data: ``"sync"``, ``"async"`` or ``"disable"``; None if not set."""
        return self._params.get("warmup")

    def to_dict(self) -> dict[str, object]:
        """Return the field as a dict for :meth:`construct_from_dict`; settings that are not set are left out."""
        result: dict[str, object] = {"name": self.name, "description": self._description, "type": self._dtype}
        if self._params:
            result["params"] = dict(self._params)
        if self.is_primary:
            result["is_primary"] = True
            result["auto_id"] = self.auto_id
        if self.default_value is not None:
            result["default_value"] = self.default_value
        optional = {
            "is_partition_key": self.is_partition_key,
            "is_dynamic": self.is_dynamic,
            "nullable": self.nullable,
            "element_type": self.element_type,
            "is_clustering_key": self.is_clustering_key,
            "is_function_output": self.is_function_output,
            "external_field": self.external_field,
        }
        result.update((key, value) for key, value in optional.items() if value)
        return result

    @classmethod
    def construct_from_dict(cls, raw: Mapping[str, object]) -> FieldSchema:
        """Build a field from its description.

        Args:
            raw: a dict from :meth:`to_dict`, or an item of ``fields`` in what ``describe_collection`` returns. It must
                have ``name`` and ``type``, and may have ``description``, ``params`` and the flags of the constructor.

        Returns:
            The field.

        Raises:
            KeyError: ``name`` or ``type`` is missing.
            ParamError: a value is invalid, as for the constructor.

        Example:
            >>> from milvusclient import FieldSchema
            >>> FieldSchema.construct_from_dict({"name": "age", "type": 5, "nullable": True}).nullable
            True
        """
        name = require_str("the name of a field", raw["name"])
        element_type, params = raw.get("element_type"), raw.get("params")
        default_value = plain_default(raw.get("default_value"))
        is_primary = bool(raw.get("is_primary"))
        field = cls(
            name,
            data_type(raw["type"], f"field {name!r}: type"),
            str(raw.get("description") or ""),
            is_primary=is_primary,
            auto_id=is_primary and bool(raw.get("auto_id")),
            is_partition_key=bool(raw.get("is_partition_key")),
            is_clustering_key=bool(raw.get("is_clustering_key")),
            is_dynamic=bool(raw.get("is_dynamic")),
            nullable=bool(raw.get("nullable")),
            element_type=data_type(element_type, f"field {name!r}: element_type") if element_type else None,
            external_field=str(raw.get("external_field") or ""),
            params=params if isinstance(params, Mapping) else None,
        )
        if default_value is not None:
            field._set_default(f"field {name!r}", default_value)
        field.is_function_output = bool(raw.get("is_function_output"))
        return field

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, FieldSchema) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a field can be changed, so it cannot be a key of a dict

    def __repr__(self) -> str:
        return str(self.to_dict())
