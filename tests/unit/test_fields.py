"""Fields and functions of an existing collection: requests."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import fields
from milvusclient.schema.builders import SchemaBuilders
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.index import IndexParams
from milvusclient.schema.structs import StructFieldSchema

WORDS = FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR)
BM25 = Function("bm25", FunctionType.BM25, "title", "words", params={"a": 1})


def index_on(field_name: str, index_type: str = "SPARSE_INVERTED_INDEX", name: str = "") -> IndexParams:
    index_params = IndexParams()
    index_params.add_index(field_name, index_type, name, metric_type="BM25")
    return index_params


def test_a_new_field_is_an_alteration_of_the_schema() -> None:
    field = FieldSchema("x", DataType.INT64, nullable=True, mmap_enabled=True)
    request = fields.build_add_field("books", field)
    (added,) = request.action.add_request.field_infos
    assert (request.collection_name, added.field_schema.name, added.field_schema.nullable) == ("books", "x", True)
    assert [(pair.key, pair.value) for pair in added.field_schema.type_params] == [("mmap.enabled", "True")]


def test_old_servers_get_the_same_field() -> None:
    request = fields.build_add_field("books", FieldSchema("x", DataType.INT64, nullable=True))
    old = fields.build_add_field_to_old_server(request)
    assert old.collection_name == "books"
    sent = schema_pb2.FieldSchema.FromString(old.schema)
    assert sent == request.action.add_request.field_infos[0].field_schema


def test_a_new_vector_field_must_be_nullable() -> None:
    with pytest.raises(ParamError, match="add it with nullable=True"):
        fields.build_add_field("books", FieldSchema("v", DataType.FLOAT_VECTOR, dim=4))


def add_struct(
    struct: object, capacity: object = 9, nullable: bool = True
) -> milvus_pb2.AddCollectionStructFieldRequest:
    return fields.build_add_struct_field(
        "books",
        "clips",
        struct,  # type: ignore[arg-type]
        capacity,  # type: ignore[arg-type]
        desc="d",
        nullable=nullable,
        mmap_enabled=True,
        warmup=None,
    )


def test_a_struct_array_is_added_nullable() -> None:
    struct = SchemaBuilders.create_struct_field_schema().add_field("n", DataType.INT64)
    message = add_struct(struct).struct_array_field_schema
    assert (message.name, message.description, message.nullable) == ("clips", "d", True)
    assert [(pair.key, pair.value) for pair in message.type_params] == [("mmap.enabled", "true")]
    (sub_field,) = message.fields
    assert sub_field.nullable
    assert [(pair.key, pair.value) for pair in sub_field.type_params] == [("max_capacity", "9")]
    assert struct.name == ""


@pytest.mark.parametrize(
    ("struct", "capacity", "nullable", "message"),
    [
        ({"a": 1}, 9, True, "struct_schema must be a StructFieldSchema"),
        (StructFieldSchema().add_field("n", DataType.INT64), None, True, "max_capacity is missing"),
        (StructFieldSchema().add_field("n", DataType.INT64), 0, True, "max_capacity must be at least 1, got 0"),
        (StructFieldSchema().add_field("n", DataType.INT64), 9, False, "add it with nullable=True"),
        (StructFieldSchema(), 9, True, "has no sub-fields"),
    ],
)
def test_an_invalid_struct_array_is_refused(struct: object, capacity: object, nullable: bool, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        add_struct(struct, capacity, nullable)


def test_a_computed_field_comes_with_its_function_and_its_index() -> None:
    request = fields.build_add_function_field("books", WORDS, BM25, index_on("words", name="wi"))
    add = request.action.add_request
    (added,) = add.field_infos
    assert (added.field_schema.name, added.index_name) == ("words", "wi")
    extra = {pair.key: pair.value for pair in added.extra_params}
    assert extra == {"metric_type": "BM25", "index_type": "SPARSE_INVERTED_INDEX"}
    assert [function.name for function in add.func_schema] == ["bm25"]


@pytest.mark.parametrize(
    ("field", "function", "index_params", "message"),
    [
        (None, BM25, index_on("words"), "field_schema must be a FieldSchema"),
        (WORDS, None, index_on("words"), "func must be a Function"),
        (WORDS, BM25, None, "index_params must be IndexParams"),
        (WORDS, BM25, IndexParams(), "must have exactly one index, on field 'words'; got 0"),
        (WORDS, BM25, index_on("zz"), "index_params is for field 'zz', but the new field is 'words'"),
        (WORDS, BM25, index_on("words", ""), "must give the index_type"),
        (
            FieldSchema("v", DataType.FLOAT_VECTOR, dim=4),
            BM25,
            index_on("v"),
            "is FLOAT_VECTOR, but BM25 writes SPARSE",
        ),
        (
            WORDS,
            Function("e", FunctionType.TEXTEMBEDDING, "t", "words"),
            index_on("words"),
            "only functions of type BM25 or MINHASH can be added",
        ),
    ],
)
def test_an_invalid_computed_field_is_refused(
    field: object, function: object, index_params: object, message: str
) -> None:
    with pytest.raises(ParamError, match=message):
        fields.build_add_function_field("books", field, function, index_params)  # type: ignore[arg-type]


def test_a_field_is_dropped_by_name_or_by_identifier() -> None:
    assert fields.build_drop_field("books", "x", 0).action.drop_request.field_name == "x"
    assert fields.build_drop_field("books", None, 7).action.drop_request.field_id == 7
    for name, number in (("", 0), ("x", 7), (None, -1)):
        with pytest.raises(ParamError, match="give either field_name or field_id"):
            fields.build_drop_field("books", name, number)


def test_a_function_is_dropped_with_its_fields() -> None:
    drop = fields.build_drop_function_field("books", "bm25").action.drop_request
    assert (drop.function_name, drop.drop_function_output_fields) == ("bm25", True)
    with pytest.raises(ParamError, match="function_name must be a non-empty str"):
        fields.build_drop_function_field("books", "")


def test_functions_are_added_altered_and_dropped() -> None:
    assert fields.build_add_function("books", BM25).functionSchema.name == "bm25"
    assert fields.build_alter_function("books", "old", BM25).function_name == "old"
    assert fields.build_drop_function("books", "bm25").function_name == "bm25"
    with pytest.raises(ParamError, match="function must be a Function, got None"):
        fields.build_add_function("books", None)  # type: ignore[arg-type]
