"""The schema and the indexes of a collection that is created from the number of elements of its vectors alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from milvusclient import schema as schema_types  # its names load on first use
from milvusclient.checks import given, require_bool, require_int, require_str
from milvusclient.exceptions import ParamError, PrimaryKeyException
from milvusclient.operations.indexes import require_index_params
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.index import IndexParams

__all__ = ["check_schema_alone", "quick_index_params", "quick_schema"]

_KEY_TYPES: dict[int | str, DataType] = {
    "int": DataType.INT64,
    "str": DataType.VARCHAR,
    "string": DataType.VARCHAR,
    **{data_type: data_type for data_type, facts in FACTS.items() if "is_primary" in facts.keys},
}
#: The arguments that describe a collection without a schema, with the values that mean "not given".
_DEFAULTS: dict[str, object] = {
    "dimension": None,
    "primary_field_name": "id",
    "id_type": "int",
    "vector_field_name": "vector",
    "metric_type": "COSINE",
    "auto_id": False,
    "enable_dynamic_field": True,
    "max_length": None,
    "description": "",
}


def quick_schema(
    dimension: int | None,
    *,
    primary_field_name: str,
    id_type: DataType | int | str,
    vector_field_name: str,
    auto_id: bool,
    max_length: int | None,
    enable_dynamic_field: bool,
    description: str,
) -> CollectionSchema:
    """Build the schema of a collection that is created without one: a key, a vector field and dynamic fields.

    Raises:
        PrimaryKeyException: ``id_type`` is not a type of primary keys.
        ParamError: an argument is invalid.
    """
    if dimension is None:
        raise ParamError(
            message="dimension is missing; give the number of elements of a vector, or a schema from "
            "MilvusClient.create_schema()"
        )
    require_int("dimension", dimension, least=1)
    key_type = _key_type(id_type)
    if key_type is None:
        raise PrimaryKeyException(message=f"id_type must be 'int', 'string', INT64 or VARCHAR, got {given(id_type)}")
    schema = schema_types.CollectionSchema(
        [],
        require_str("description", description),
        auto_id=auto_id,
        enable_dynamic_field=require_bool("enable_dynamic_field", enable_dynamic_field),
        check_fields=False,
    )
    key_length = max_length if key_type is DataType.VARCHAR else None
    schema.add_field(primary_field_name, key_type, is_primary=True, max_length=key_length)
    schema.add_field(vector_field_name, DataType.FLOAT_VECTOR, dim=dimension)
    return schema


def _key_type(id_type: object) -> DataType | None:
    return _KEY_TYPES.get(id_type) if isinstance(id_type, str | int) else None


def quick_index_params(vector_field_name: str, metric_type: str, index_params: IndexParams | None) -> IndexParams:
    """Build the indexes of a collection that is created without a schema.

    Args:
        vector_field_name: name of the vector field.
        metric_type: how vectors are compared, unless ``index_params`` say it.
        index_params: indexes to build. Without one on the vector field, that field gets an index of type AUTOINDEX.

    Raises:
        ParamError: an argument has the wrong type, or ``metric_type`` contradicts ``index_params``.
    """
    require_str("metric_type", metric_type)
    params = schema_types.IndexParams()
    for index in () if index_params is None else require_index_params(index_params):
        build = dict(index.params)
        if index.field_name == vector_field_name:
            metric = build.setdefault("metric_type", metric_type)
            if metric != metric_type != _DEFAULTS["metric_type"]:
                raise ParamError(
                    message=f"metric_type={metric_type!r} contradicts index_params, which have {metric!r} for field "
                    f"{vector_field_name!r}; leave metric_type out"
                )
        params.append(schema_types.IndexParam(index.field_name, index.index_type, index.index_name, build))
    if all(index.field_name != vector_field_name for index in params):
        params.add_index(vector_field_name, index_type="AUTOINDEX", metric_type=metric_type)
    return params


def check_schema_alone(
    schema: CollectionSchema, index_params: IndexParams | None, arguments: Mapping[str, object]
) -> None:
    """Check that no argument beside a schema says something else than the schema and the index parameters.

    Args:
        schema: the schema; whether it is one is checked elsewhere.
        index_params: the index parameters, if they are given.
        arguments: the arguments of ``create_collection`` that describe a collection without a schema, by name.

    Raises:
        ParamError: an argument would have no effect.
    """
    passed = {name: value for name, value in arguments.items() if value != _DEFAULTS[name]}
    if not passed or not isinstance(schema, schema_types.CollectionSchema):
        return
    key = schema.primary_field
    vectors = [field for field in schema.fields if field.dtype.is_vector]
    allowed: dict[str, list[object]] = {
        "dimension": [field.dim for field in vectors],
        "primary_field_name": [] if key is None else [key.name],
        "id_type": [] if key is None else [key.dtype],
        "vector_field_name": [field.name for field in vectors],
        "metric_type": [index.params.get("metric_type") for index in index_params or ()],
        "auto_id": [schema.auto_id],
        "enable_dynamic_field": [schema.enable_dynamic_field],
        "max_length": [] if key is None else [key.max_length],
        "description": [schema.description],
    }
    for name, value in passed.items():
        if (_key_type(value) if name == "id_type" else value) not in allowed[name]:
            where = "index_params" if name == "metric_type" else "the schema"
            raise ParamError(
                message=f"{name}={value!r} has no effect beside a schema; set it in {where}, and leave {name} out"
            )
