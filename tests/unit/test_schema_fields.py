"""FieldSchema and StructFieldSchema: what they keep, what they refuse, and the dicts that they become."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from milvusclient.exceptions import (
    AutoIDException,
    ClusteringKeyException,
    DataTypeNotSupportException,
    MilvusException,
    ParamError,
    PartitionKeyException,
    PrimaryKeyException,
)
from milvusclient.schema.enums import DataType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.structs import StructFieldSchema

TEXT = {"max_length": 10, "enable_match": True, "enable_analyzer": True}


@pytest.mark.parametrize(
    ("dtype", "options", "rest"),
    [
        (DataType.INT64, {}, {}),
        (DataType.INT64, {"is_primary": True}, {"is_primary": True, "auto_id": False}),
        (DataType.INT64, {"is_primary": True, "auto_id": True}, {"is_primary": True, "auto_id": True}),
        (DataType.VARCHAR, TEXT, {"params": TEXT}),
        (
            DataType.VARCHAR,
            {"analyzer_params": {"type": "english"}},
            {"params": {"analyzer_params": '{"type":"english"}'}},
        ),
        (DataType.VARCHAR, {"analyzer_params": '{"a": 1}'}, {"params": {"analyzer_params": '{"a": 1}'}}),
        (DataType.FLOAT_VECTOR, {"dim": 8}, {"params": {"dim": 8}}),
        (DataType.FLOAT_VECTOR, {"dim": "8"}, {"params": {"dim": 8}}),
        (DataType.FLOAT_VECTOR, {"dim": np.int64(8)}, {"params": {"dim": 8}}),
        (DataType.SPARSE_FLOAT_VECTOR, {}, {}),
        (DataType.INT64, {"dim": 8, "max_length": 3, "element_type": DataType.INT8}, {}),
        (
            DataType.ARRAY,
            {"element_type": DataType.INT64, "max_capacity": 5},
            {"params": {"max_capacity": 5}, "element_type": DataType.INT64},
        ),
        (DataType.INT64, {"nullable": True}, {"nullable": True}),
        (DataType.INT64, {"nullable": True, "default_value": None}, {"nullable": True}),
        (DataType.INT64, {"default_value": 5}, {"default_value": 5}),
        (DataType.BOOL, {"default_value": False}, {"default_value": False}),
        (
            DataType.INT64,
            {"is_partition_key": True, "is_clustering_key": True},
            {"is_partition_key": True, "is_clustering_key": True},
        ),
        (DataType.JSON, {"is_dynamic": True}, {"is_dynamic": True}),
        (
            DataType.INT64,
            {"mmap_enabled": False, "warmup": "sync"},
            {"params": {"mmap_enabled": False, "warmup": "sync"}},
        ),
        (DataType.INT64, {"external_field": "e"}, {"external_field": "e"}),
        (DataType.INT64, {"params": {"future": 1}}, {"params": {"future": 1}}),
    ],
)
def test_to_dict_holds_only_settings_that_are_set(
    dtype: DataType, options: dict[str, Any], rest: dict[str, Any]
) -> None:
    field = FieldSchema("a", dtype, **options)
    assert field.to_dict() == {"name": "a", "description": "", "type": dtype, **rest}
    assert FieldSchema.construct_from_dict(field.to_dict()) == field
    assert repr(field) == str(field.to_dict())


def test_parameters_are_attributes_of_a_field() -> None:
    field = FieldSchema("a", DataType.ARRAY, "d", element_type=DataType.VARCHAR, max_capacity=5, max_length=9)
    assert (field.name, field.dtype, field.description) == ("a", DataType.ARRAY, "d")
    assert (field.element_type, field.max_capacity, field.max_length, field.dim) == (DataType.VARCHAR, 5, 9, None)
    flags = (field.is_primary, field.auto_id, field.is_dynamic, field.nullable, field.is_function_output)
    assert not any(flags)


def test_a_type_can_be_given_as_its_number() -> None:
    assert FieldSchema("a", 5).dtype is DataType.INT64


def test_fields_compare_by_value_and_are_not_hashable() -> None:
    assert FieldSchema("a", DataType.INT64) == FieldSchema("a", DataType.INT64)
    assert FieldSchema("a", DataType.INT64) != FieldSchema("a", DataType.INT32)
    assert FieldSchema("a", DataType.INT64) != 5
    with pytest.raises(TypeError):
        hash(FieldSchema("a", DataType.INT64))


def test_a_misspelt_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="max_lenght"):
        FieldSchema("a", DataType.VARCHAR, max_lenght=3)  # type: ignore[call-arg]  # the point of the test


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"is_primary": "x"}, PrimaryKeyException, ["'a'", "is_primary", "'x' (str)"]),
        ({"is_primary": None}, PrimaryKeyException, ["None"]),
        ({"auto_id": "x"}, AutoIDException, ["auto_id"]),
        ({"auto_id": True}, PrimaryKeyException, ["is_primary=True"]),
        ({"is_partition_key": "x"}, PartitionKeyException, ["is_partition_key"]),
        ({"is_clustering_key": "x"}, ClusteringKeyException, ["is_clustering_key"]),
        ({"nullable": "x"}, ParamError, ["nullable"]),
        ({"default_value": None}, ParamError, ["nullable=True"]),
        ({"dtype": 9999}, DataTypeNotSupportException, ["9999", "DataType"]),
        ({"dtype": "INT64"}, DataTypeNotSupportException, ["'INT64' (str)"]),
        ({"dtype": DataType.UNKNOWN}, DataTypeNotSupportException, ["UNKNOWN"]),
        ({"dtype": DataType.FLOAT_VECTOR, "dim": "x"}, ParamError, ["dim", "'x' (str)"]),
        ({"dtype": DataType.FLOAT_VECTOR, "dim": 0}, ParamError, ["dim", "at least 1", "got 0"]),
        ({"dtype": DataType.FLOAT_VECTOR, "dim": 1.5}, ParamError, ["1.5 (float)"]),
        ({"dtype": DataType.FLOAT_VECTOR, "dim": True}, ParamError, ["True (bool)"]),
        ({"dtype": DataType.VARCHAR, "max_length": -1}, ParamError, ["max_length"]),
        ({"dtype": DataType.VARCHAR, "analyzer_params": [1]}, ParamError, ["analyzer_params"]),
        ({"dtype": DataType.VARCHAR, "max_length": 3, "params": {"max_length": 4}}, ParamError, ["given twice"]),
        ({"params": "x"}, ParamError, ["params must be a dict"]),
        ({"name": 5}, ParamError, ["5 (int)"]),
    ],
)
def test_an_invalid_argument_is_refused_with_field_and_value(
    options: dict[str, Any], error: type[MilvusException], words: list[str]
) -> None:
    with pytest.raises(error) as caught:
        FieldSchema(**{"name": "a", "dtype": DataType.INT64, **options})
    assert type(caught.value) is error
    for word in words:
        assert word in caught.value.message


@pytest.mark.parametrize(
    ("dtype", "value", "kept"),
    [
        (DataType.BOOL, True, True),
        (DataType.INT8, -128, -128),
        (DataType.INT64, np.int32(7), 7),
        (DataType.FLOAT, 1, 1.0),
        (DataType.DOUBLE, 1.5, 1.5),
        (DataType.VARCHAR, "é", "é"),
        (DataType.TIMESTAMPTZ, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        (DataType.GEOMETRY, "POINT(1 1)", "POINT(1 1)"),
    ],
)
def test_a_default_value_of_the_type_is_kept(dtype: DataType, value: Any, kept: object) -> None:
    field = FieldSchema("a", dtype, default_value=value)
    assert field.default_value == kept
    assert type(field.default_value) is type(kept)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (DataType.BOOL, 1),
        (DataType.INT8, 128),
        (DataType.INT8, True),
        (DataType.INT64, "four"),
        (DataType.FLOAT, "1"),
        (DataType.VARCHAR, 3),
        (DataType.VARCHAR, "too long"),
        (DataType.JSON, {"a": 1}),
        (DataType.ARRAY, [1]),
        (DataType.FLOAT_VECTOR, [1.0]),
    ],
)
def test_a_default_value_of_another_type_is_refused(dtype: DataType, value: Any) -> None:
    with pytest.raises(ParamError, match=r"field 'a' \(\w+\): default_value"):
        FieldSchema("a", dtype, default_value=value, max_length=4)


@pytest.mark.parametrize("stated", [{"long_data": 3}, 3])
def test_a_default_value_is_read_from_each_form_of_description(stated: object) -> None:
    raw = {"name": "a", "type": 5, "nullable": True, "default_value": stated, "field_id": 100, "params": {}}
    assert FieldSchema.construct_from_dict(raw).default_value == 3


@pytest.mark.parametrize("raw", [{}, {"name": "a"}, {"type": 5}])
def test_a_description_needs_name_and_type(raw: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        FieldSchema.construct_from_dict(raw)


# --- structs ---------------------------------------------------------------------------------------------------------
def clip() -> StructFieldSchema:
    struct = StructFieldSchema().add_field("label", DataType.VARCHAR, max_length=5)
    return struct.add_field("embedding", DataType.FLOAT_VECTOR, dim=2)


def test_a_struct_array_has_sub_fields() -> None:
    struct = clip()
    assert [field.name for field in struct.fields] == ["label", "embedding"]
    assert (struct.dtype, struct.params, struct.nullable, struct.name, struct.max_capacity) == (
        DataType.STRUCT,
        {},
        False,
        "",
        None,
    )
    assert StructFieldSchema(True, "d").to_dict() == {"name": "", "description": "d", "fields": [], "nullable": True}


def test_naming_a_struct_leaves_the_original_alone() -> None:
    struct = clip()
    before = copy.deepcopy(struct)
    named = struct.named("clips", 7, description="d", params={"mmap_enabled": True, "warmup": None})
    assert struct == before
    assert named.to_dict() == {
        "name": "clips",
        "description": "d",
        "fields": [field.to_dict() for field in struct.fields],
        "max_capacity": 7,
        "params": {"mmap_enabled": True},
    }
    assert StructFieldSchema.construct_from_dict(named.to_dict()) == named


@pytest.mark.parametrize("dtype", [DataType.ARRAY, DataType.STRUCT, DataType._ARRAY_OF_VECTOR])
def test_a_struct_cannot_hold_arrays(dtype: DataType) -> None:
    with pytest.raises(ParamError, match=f"'x': datatype must not be {dtype.name}"):
        StructFieldSchema().add_field("x", dtype, element_type=DataType.INT64, max_capacity=3)


def test_nullable_of_a_struct_is_a_bool() -> None:
    with pytest.raises(ParamError, match="nullable"):
        StructFieldSchema("x")  # type: ignore[arg-type]  # the point of the test
