"""Collections: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
from milvusclient.exceptions import (
    CollectionNotExistException,
    DeadlineExceededError,
    InvalidConsistencyLevel,
    MilvusException,
    ParamError,
    PrimaryKeyException,
)
from milvusclient.operations import collections, quick_setup
from milvusclient.schema.builders import SchemaBuilders
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import ConsistencyLevel, DataType


def quick(
    dimension: object = 4, id_type: object = "int", max_length: int | None = None, primary: str = "id"
) -> CollectionSchema:
    return quick_setup.quick_schema(
        dimension,  # type: ignore[arg-type]
        primary_field_name=primary,
        id_type=id_type,  # type: ignore[arg-type]
        vector_field_name="vector",
        auto_id=False,
        max_length=max_length,
        enable_dynamic_field=True,
        description="",
    )


def sent_schema(request: milvus_pb2.CreateCollectionRequest) -> schema_pb2.CollectionSchema:
    return schema_pb2.CollectionSchema.FromString(request.schema)


def test_a_collection_of_a_size_has_a_key_a_vector_and_dynamic_fields() -> None:
    schema = quick()
    assert [(field.name, field.dtype) for field in schema.fields] == [
        ("id", DataType.INT64),
        ("vector", DataType.FLOAT_VECTOR),
    ]
    assert schema.enable_dynamic_field
    (index,) = quick_setup.quick_index_params("vector", "L2", None)
    assert index.to_dict() == {
        "field_name": "vector",
        "index_type": "AUTOINDEX",
        "index_name": "",
        "metric_type": "L2",
    }


def test_index_params_without_a_schema_are_built() -> None:
    indexes = SchemaBuilders.prepare_index_params("vector", "HNSW", params={"M": 8})
    indexes.add_index("year", "STL_SORT")
    built = quick_setup.quick_index_params("vector", "L2", indexes)
    assert [index.get_index_configs() for index in built] == [
        {"M": 8, "metric_type": "L2", "index_type": "HNSW"},
        {"index_type": "STL_SORT"},
    ]
    assert indexes[0].params == {"M": 8}, "the argument is as it was"
    only_year = SchemaBuilders.prepare_index_params("year", "STL_SORT")
    assert [index.field_name for index in quick_setup.quick_index_params("vector", "IP", only_year)] == [
        "year",
        "vector",
    ]


def test_index_params_and_metric_type_must_agree() -> None:
    indexes = SchemaBuilders.prepare_index_params("vector", "HNSW", metric_type="L2")
    assert quick_setup.quick_index_params("vector", "COSINE", indexes)[0].params["metric_type"] == "L2"
    with pytest.raises(ParamError, match="metric_type='IP' contradicts index_params, which have 'L2' for field"):
        quick_setup.quick_index_params("vector", "IP", indexes)
    with pytest.raises(ParamError, match="index_params must be IndexParams"):
        quick_setup.quick_index_params("vector", "IP", {"M": 8})  # type: ignore[arg-type]  # that is the point


SCHEMA = SchemaBuilders.create_schema(description="d").add_field("key", DataType.VARCHAR, is_primary=True, max_length=9)
SCHEMA.add_field("v", DataType.FLOAT_VECTOR, dim=8)
ARGUMENTS = {
    "dimension": (8, 4),
    "primary_field_name": ("key", "k"),
    "id_type": ("string", DataType.INT64),
    "vector_field_name": ("v", "embedding"),
    "metric_type": ("L2", "IP"),
    "auto_id": (False, True),
    "enable_dynamic_field": (False, 1.5),
    "max_length": (9, 10),
    "description": ("d", "other"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_argument_beside_a_schema_says_the_same_or_is_refused(name: str) -> None:
    same, other = ARGUMENTS[name]
    indexes = SchemaBuilders.prepare_index_params("v", "HNSW", metric_type="L2")
    quick_setup.check_schema_alone(SCHEMA, indexes, {name: same})
    with pytest.raises(
        ParamError, match=rf"^{name}=.* has no effect beside a schema; set it in (the schema|index_params)"
    ):
        quick_setup.check_schema_alone(SCHEMA, indexes, {name: other})


@pytest.mark.parametrize("id_type", ["str", "string", DataType.VARCHAR, 21])
def test_a_key_can_be_a_varchar(id_type: object) -> None:
    key = quick(id_type=id_type, max_length=12).fields[0]
    assert (key.dtype, key.max_length) == (DataType.VARCHAR, 12)


@pytest.mark.parametrize("id_type", ["float", DataType.INT32, None, []])
def test_a_key_cannot_be_of_any_other_type(id_type: object) -> None:
    with pytest.raises(PrimaryKeyException, match="id_type must be 'int', 'string'"):
        quick(id_type=id_type)


@pytest.mark.parametrize(
    ("dimension", "message"),
    [
        (None, "dimension is missing; give the number of elements of a vector, or a schema"),
        ("4", "dimension must be an int, got '4'"),
        (True, "dimension must be an int, got True"),
        (0, "dimension must be at least 1"),
    ],
)
def test_a_dimension_is_a_positive_number(dimension: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        quick(dimension)


def test_options_that_are_not_given_are_not_sent() -> None:
    request = collections.build_create_collection("books", quick())
    assert (request.collection_name, request.shards_num, request.num_partitions) == ("books", 0, 0)
    assert request.consistency_level == common_pb2.ConsistencyLevel.Bounded
    assert not request.properties
    assert sent_schema(request).name == "books"


def test_options_that_are_given_are_sent() -> None:
    request = collections.build_create_collection(
        "books",
        quick(),
        consistency_level="Strong",
        shards=2,
        num_partitions=16,
        properties={"collection.ttl.seconds": 60, "mmap.enabled": True},
    )
    assert (request.shards_num, request.num_partitions) == (2, 16)
    assert request.consistency_level == common_pb2.ConsistencyLevel.Strong
    properties = {pair.key: pair.value for pair in request.properties}
    assert properties == {"collection.ttl.seconds": "60", "mmap.enabled": "True"}


@pytest.mark.parametrize("level", ["strong", 9, None, True, 1.0])
def test_a_consistency_level_has_a_name_or_a_number(level: object) -> None:
    with pytest.raises(InvalidConsistencyLevel, match="consistency_level must be one of Strong"):
        collections.build_create_collection("books", quick(), consistency_level=level)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [ConsistencyLevel.Session, "Session", 1])
def test_a_level_may_be_a_name_a_number_or_a_member(level: ConsistencyLevel | str | int) -> None:
    request = collections.build_create_collection("books", quick(), consistency_level=level)
    assert request.consistency_level == common_pb2.ConsistencyLevel.Session


def test_a_schema_is_checked_before_it_is_sent() -> None:
    schema = SchemaBuilders.create_schema()
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    with pytest.raises(PrimaryKeyException):
        collections.build_create_collection("books", schema)
    with pytest.raises(ParamError, match="schema must be a CollectionSchema"):
        collections.build_create_collection("books", {"fields": []})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("num_shards", "shards_num", "message"),
    [
        (1, 2, "num_shards and shards_num are two names of one argument"),
        ("2", None, "num_shards must be an int, got '2'"),
        (None, -1, "shards_num must be at least 0"),
    ],
)
def test_shards_have_two_names_and_one_number(num_shards: object, shards_num: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        collections.checked_shards(num_shards, shards_num)  # type: ignore[arg-type]
    assert collections.checked_shards(3, None) == collections.checked_shards(None, 3) == 3
    assert collections.checked_shards(None, None) == 0


@pytest.mark.parametrize(("number", "message"), [("4", "must be an int"), (0, "must be at least 1"), (True, "an int")])
def test_partitions_are_counted(number: object, message: str) -> None:
    with pytest.raises(ParamError, match=f"num_partitions .*{message}|num_partitions must be {message}"):
        collections.build_create_collection("books", quick(), num_partitions=number)  # type: ignore[arg-type]


def test_requests_name_the_collection() -> None:
    assert collections.build_describe_collection("b").collection_name == "b"
    assert collections.build_drop_collection("b").collection_name == "b"
    assert collections.build_truncate_collection("b").collection_name == "b"
    assert collections.build_get_collection_stats("b").collection_name == "b"
    renamed = collections.build_rename_collection("a", "b", None)
    assert (renamed.oldName, renamed.newName, renamed.newDBName) == ("a", "b", "")
    with pytest.raises(ParamError, match="new_name must be a non-empty str, got ''"):
        collections.build_rename_collection("a", "", "db")


def test_a_property_is_set_by_its_name() -> None:
    request = collections.build_alter_collection("b", {"a": None})
    assert [(pair.key, pair.value) for pair in request.properties] == [("a", "None")]
    field = collections.build_alter_collection_field("b", "f", {"mmap.enabled": True})
    assert (field.field_name, field.properties[0].value) == ("f", "True")
    with pytest.raises(ParamError, match="properties must be a dict with at least one entry, got {}"):
        collections.build_alter_collection("b", {})
    with pytest.raises(ParamError, match="field_name must be a str, got None"):
        collections.build_alter_collection_field("b", None, {"a": 1})  # type: ignore[arg-type]
    assert list(collections.build_drop_properties("b", ["a", "c"]).delete_keys) == ["a", "c"]


def test_the_number_of_rows_is_a_number() -> None:
    reply = milvus_pb2.GetCollectionStatisticsResponse(stats=[common_pb2.KeyValuePair(key="row_count", value="7")])
    assert collections.parse_stats(reply) == {"row_count": 7}
    assert collections.parse_stats(milvus_pb2.GetCollectionStatisticsResponse()) == {"row_count": 0}


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (CollectionNotExistException(100, "gone"), True),
        (MilvusException(0, "can't find collection: books", 1), True),
        (MilvusException(1100, "no", 0), False),
        (DeadlineExceededError(10_004, "can't find collection in time", 1), False),
    ],
)
def test_old_servers_say_in_words_that_there_is_no_collection(error: MilvusException, wanted: bool) -> None:
    assert collections.means_no_collection(error) is wanted


def test_a_refusal_is_an_answer() -> None:
    assert collections.is_refusal(MilvusException(1100, "no"))
    assert collections.is_refusal(CollectionNotExistException(100, "gone"))
    assert not collections.is_refusal(DeadlineExceededError(10_004, "late"))
