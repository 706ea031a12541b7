"""CollectionSchema: keys, dynamic fields, functions, structs, external sources, and what verify refuses."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient.exceptions import (
    AutoIDException,
    ClusteringKeyException,
    FieldsTypeException,
    FieldTypeException,
    FunctionsTypeException,
    MilvusException,
    ParamError,
    PartitionKeyException,
    PrimaryKeyException,
    SchemaNotReadyException,
)
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.structs import StructFieldSchema

KEY = FieldSchema("id", DataType.INT64, is_primary=True)
VECTOR = FieldSchema("v", DataType.FLOAT_VECTOR, dim=4)
BM25 = Function("bm25", FunctionType.BM25, "t", "s")


def empty(**options: Any) -> CollectionSchema:
    return CollectionSchema([], check_fields=False, **options)


def with_key(**options: Any) -> CollectionSchema:
    return empty(**options).add_field("id", DataType.INT64, is_primary=True)


def test_to_dict_of_a_plain_schema() -> None:
    schema = CollectionSchema([KEY, VECTOR], "d", enable_dynamic_field=True)
    assert schema.to_dict() == {
        "auto_id": False,
        "description": "d",
        "fields": [KEY.to_dict(), VECTOR.to_dict()],
        "enable_dynamic_field": True,
        "enable_namespace": False,
    }
    assert CollectionSchema.construct_from_dict(schema.to_dict()) == schema
    assert repr(schema) == str(schema.to_dict())
    assert (len(schema), bool(empty())) == (2, True)


def test_fields_are_copied() -> None:
    schema = CollectionSchema([KEY, VECTOR], auto_id=True)
    assert schema.fields[0] is not KEY
    assert not KEY.auto_id
    assert schema.fields is schema.fields


@pytest.mark.parametrize(
    ("schema", "auto_id"),
    [
        (lambda: CollectionSchema([KEY]), False),
        (lambda: CollectionSchema([KEY], auto_id=True), True),
        (lambda: CollectionSchema([FieldSchema("id", 5, is_primary=True, auto_id=True)]), True),
        (lambda: CollectionSchema([FieldSchema("id", 5, is_primary=True, auto_id=True)], auto_id=False), True),
        (lambda: empty(auto_id=True), True),
        (lambda: with_key(auto_id=True), True),
        (empty, False),
    ],
)
def test_auto_id_of_the_schema_and_of_its_key_agree(schema: Any, auto_id: bool) -> None:
    assert schema().auto_id is auto_id
    if schema().primary_field is not None:
        assert schema().primary_field.auto_id is auto_id


def test_auto_id_can_be_set_later() -> None:
    schema = CollectionSchema([KEY])
    schema.auto_id = True
    assert schema.primary_field is not None
    assert schema.primary_field.auto_id
    with pytest.raises(AutoIDException):
        schema.auto_id = "x"  # type: ignore[assignment]  # the point of the test


@pytest.mark.parametrize(
    ("option", "attribute"),
    [
        ("primary_field", "is_primary"),
        ("partition_key_field", "is_partition_key"),
        ("clustering_key_field", "is_clustering_key"),
    ],
)
def test_a_key_may_be_named_by_the_schema(option: str, attribute: str) -> None:
    named: dict[str, Any] = {option: "a"}
    keys = [] if option == "primary_field" else [KEY]
    at_once = CollectionSchema([*keys, FieldSchema("a", DataType.INT64)], **named)
    for schema in (at_once, empty(**named).add_field("a", DataType.INT64)):
        assert getattr(schema.fields[-1], attribute)
        assert getattr(schema, option) is schema.fields[-1]


@pytest.mark.parametrize(
    ("fields", "options", "error", "words"),
    [
        (None, {}, FieldsTypeException, ["None"]),
        ((KEY,), {}, FieldsTypeException, ["list"]),
        ([KEY, "x"], {}, FieldTypeException, ["fields[1]", "'x' (str)"]),
        ([], {}, PrimaryKeyException, ["is_primary=True"]),
        ([VECTOR], {}, PrimaryKeyException, ["no primary key"]),
        ([KEY, FieldSchema("b", 5, is_primary=True)], {}, PrimaryKeyException, ["'id'", "'b'"]),
        ([FieldSchema("id", DataType.FLOAT, is_primary=True)], {}, PrimaryKeyException, ["INT64", "FLOAT"]),
        ([KEY], {"primary_field": 5}, PrimaryKeyException, ["5 (int)"]),
        ([FieldSchema("a", 5)], {"primary_field": "x"}, PrimaryKeyException, []),
        ([KEY, FieldSchema("b", 5)], {"primary_field": "b"}, PrimaryKeyException, ["'b'"]),
        ([KEY], {"partition_key_field": 5}, PartitionKeyException, ["5 (int)"]),
        ([KEY], {"partition_key_field": "x"}, PartitionKeyException, ["'x'", "has id"]),
        ([KEY, FieldSchema("b", 10)], {"partition_key_field": "b"}, PartitionKeyException, ["FLOAT"]),
        ([KEY, FieldSchema("b", 23, is_clustering_key=True)], {}, ClusteringKeyException, ["JSON"]),
        ([KEY], {"auto_id": "x"}, AutoIDException, ["'x' (str)"]),
        ([KEY], {"auto_id": None}, AutoIDException, ["None"]),
        ([KEY], {"functions": "x"}, FunctionsTypeException, ["'x' (str)"]),
        ([KEY], {"functions": ["x"]}, SchemaNotReadyException, ["functions[0]"]),
        ([KEY], {"struct_fields": ["x"]}, FieldTypeException, ["struct_fields[0]"]),
        ([KEY], {"external_source": "s", "auto_id": True}, ParamError, ["external_source"]),
    ],
)
def test_an_invalid_argument_is_refused(
    fields: Any, options: dict[str, Any], error: type[MilvusException], words: list[str]
) -> None:
    with pytest.raises(error) as caught:
        CollectionSchema(fields, **options)
    assert type(caught.value) is error
    for word in words:
        assert word in caught.value.message


@pytest.mark.parametrize(
    ("flag", "error"),
    [
        ("is_primary", PrimaryKeyException),
        ("is_partition_key", PartitionKeyException),
        ("is_clustering_key", ClusteringKeyException),
    ],
)
def test_a_second_key_is_refused_where_it_is_added(flag: str, error: type[MilvusException]) -> None:
    options: dict[str, Any] = {flag: True}
    schema = empty().add_field("a", DataType.INT64, **options)
    with pytest.raises(error, match="'a' and 'b'"):
        schema.add_field("b", DataType.INT64, **options)


@pytest.mark.parametrize(
    ("dtype", "options", "words"),
    [
        (DataType.FLOAT_VECTOR, {}, "'x' (FLOAT_VECTOR): dim is missing"),
        (DataType.BINARY_VECTOR, {"dim": 12}, "multiple of 8, got 12"),
        (DataType.ARRAY, {"max_capacity": 3}, "element_type is missing"),
    ],
)
def test_verify_names_the_missing_parameter_of_a_field(dtype: DataType, options: dict[str, Any], words: str) -> None:
    schema = with_key().add_field("x", dtype, **options)
    with pytest.raises(ParamError) as caught:
        schema.verify()
    assert words in caught.value.message


def test_verify_refuses_two_fields_of_one_name() -> None:
    with pytest.raises(ParamError, match=r"fields\[2\] and fields\[1\] are both named 'a'"):
        with_key().add_field("a", DataType.INT64).add_field("a", DataType.BOOL).verify()


def test_verify_refuses_the_primary_key_as_partition_key() -> None:
    with pytest.raises(PartitionKeyException, match="'id' is the primary key"):
        empty().add_field("id", DataType.INT64, is_primary=True, is_partition_key=True).verify()


def test_sparse_vectors_need_no_dim() -> None:
    schema = with_key().add_field("s", DataType.SPARSE_FLOAT_VECTOR)
    schema.verify()
    assert "dim" not in schema.fields[-1].params


# --- functions -------------------------------------------------------------------------------------------------------
def test_outputs_of_functions_are_marked_in_either_order() -> None:
    first = with_key().add_field("t", DataType.VARCHAR, max_length=9).add_field("s", DataType.SPARSE_FLOAT_VECTOR)
    first.add_function(BM25)
    second = with_key().add_function(BM25).add_field("t", DataType.VARCHAR, max_length=9)
    second.add_field("s", DataType.SPARSE_FLOAT_VECTOR)
    for schema in (first, second):
        schema.verify()
        assert [field.name for field in schema.fields if field.is_function_output] == ["s"]
    assert CollectionSchema.construct_from_dict(first.to_dict()) == first == second


def test_only_functions_can_be_added() -> None:
    with pytest.raises(ParamError, match="must be a Function"):
        empty().add_function("x")  # type: ignore[arg-type]  # the point of the test


# --- structs ---------------------------------------------------------------------------------------------------------
def clips(nullable: bool = False) -> StructFieldSchema:
    return StructFieldSchema(nullable).add_field("label", DataType.VARCHAR, max_length=5)


def with_struct(**options: Any) -> CollectionSchema:
    options = {"struct_schema": clips(), "max_capacity": 7, **options}
    return with_key().add_field("clips", DataType.ARRAY, element_type=DataType.STRUCT, **options)


def test_struct_arrays_are_listed_apart_from_fields() -> None:
    schema = with_struct(description="d", mmap_enabled=True)
    schema.verify()
    assert [field.name for field in schema.fields] == ["id"]
    (struct,) = schema.struct_fields
    assert (struct.name, struct.max_capacity, struct.description, struct.params) == (
        "clips",
        7,
        "d",
        {"mmap_enabled": True},
    )
    assert CollectionSchema.construct_from_dict(schema.to_dict()) == schema


def test_a_struct_is_nullable_if_it_or_the_field_is() -> None:
    assert with_struct(struct_schema=clips(nullable=True)).struct_fields[0].nullable
    assert with_struct(nullable=True).struct_fields[0].nullable


@pytest.mark.parametrize("form", ["described", "stored"])
def test_a_struct_array_is_read_in_each_form_of_description(form: str) -> None:
    label = {"name": "label", "type": 21, "params": {"max_length": 5}}
    stored = {"name": "label", "type": 22, "element_type": 21, "params": {"max_length": 5, "max_capacity": 7}}
    raw: dict[str, Any] = {"fields": [KEY.to_dict()]}
    if form == "described":
        struct = {
            "name": "clips",
            "type": 22,
            "element_type": 201,
            "params": {"max_capacity": 7},
            "struct_fields": [label],
        }
        raw["fields"].append(struct)
    else:
        raw["struct_array_fields"] = [{"name": "clips", "fields": [stored]}]
    assert CollectionSchema.construct_from_dict(raw) == with_struct()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_capacity": None}, "max_capacity is missing"),
        ({"max_capacity": 0}, "max_capacity"),
        ({"struct_schema": None}, "struct_schema must be a StructFieldSchema"),
        ({"struct_schema": "x"}, "'x' (str)"),
    ],
)
def test_an_incomplete_struct_array_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ParamError) as caught:
        with_struct(**options)
    assert words in caught.value.message


def test_a_struct_outside_an_array_is_refused() -> None:
    with pytest.raises(ParamError, match="stored in an ARRAY"):
        empty().add_field("c", DataType.STRUCT, struct_schema=clips(), max_capacity=3)


def test_verify_looks_into_structs() -> None:
    with pytest.raises(ParamError, match=r"struct field 'clips': sub-field 'e' .* dim is missing"):
        with_struct(struct_schema=clips().add_field("e", DataType.FLOAT_VECTOR)).verify()
    with pytest.raises(ParamError, match="no sub-fields"):
        with_struct(struct_schema=StructFieldSchema()).verify()
    with pytest.raises(ParamError, match="empty name"):
        with_key().add_struct_field(clips()).verify()


# --- external collections --------------------------------------------------------------------------------------------
def test_an_external_collection_needs_no_key() -> None:
    schema = CollectionSchema([FieldSchema("a", 5, external_field="x")], external_source="s", external_spec="{}")
    schema.verify()
    assert schema.primary_field is None
    assert (schema.to_dict()["external_source"], schema.to_dict()["external_spec"]) == ("s", "{}")


def test_a_description_needs_fields() -> None:
    with pytest.raises(KeyError):
        CollectionSchema.construct_from_dict({})
