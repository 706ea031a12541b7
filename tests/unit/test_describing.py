"""The description of a collection, for the client itself and for users."""

from __future__ import annotations

from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2
from milvusclient.operations.describing import describe, parse_collection_info
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import DataType, FunctionType


def pairs(**values: str) -> list[common_pb2.KeyValuePair]:
    return [common_pb2.KeyValuePair(key=key.replace("__", "."), value=value) for key, value in values.items()]


def described() -> milvus_pb2.DescribeCollectionResponse:
    """A collection with something of everything."""
    schema = schema_pb2.CollectionSchema(
        name="books",
        description="about books",
        enable_dynamic_field=True,
        version=3,
        fields=[
            schema_pb2.FieldSchema(
                fieldID=100, name="id", data_type=schema_pb2.Int64, is_primary_key=True, autoID=True, description="key"
            ),
            schema_pb2.FieldSchema(
                fieldID=101,
                name="title",
                data_type=schema_pb2.VarChar,
                type_params=pairs(max_length="64", mmap__enabled="true", warmup="sync"),
                nullable=True,
                default_value=schema_pb2.ValueField(string_data="?"),
            ),
            schema_pb2.FieldSchema(
                fieldID=102,
                name="tags",
                data_type=schema_pb2.Array,
                element_type=schema_pb2.VarChar,
                type_params=pairs(max_capacity="9", max_length="20"),
            ),
            schema_pb2.FieldSchema(fieldID=103, name="words", data_type=schema_pb2.SparseFloatVector),
            schema_pb2.FieldSchema(
                fieldID=104,
                name="v",
                data_type=schema_pb2.FloatVector,
                type_params=pairs(dim="8"),
                is_clustering_key=True,
            ),
            schema_pb2.FieldSchema(fieldID=105, name="new", data_type=4711),  # type: ignore[arg-type]  # of a newer server,
        ],
        functions=[
            schema_pb2.FunctionSchema(
                name="bm25",
                id=500,
                type=schema_pb2.FunctionType.BM25,
                input_field_names=["title"],
                input_field_ids=[101],
                output_field_names=["words"],
                output_field_ids=[103],
                params=pairs(k="1.2"),
            )
        ],
        struct_array_fields=[
            schema_pb2.StructArrayFieldSchema(
                fieldID=110,
                name="clips",
                description="parts",
                type_params=pairs(mmap__enabled="false"),
                fields=[
                    schema_pb2.FieldSchema(
                        fieldID=111,
                        name="clips[label]",
                        data_type=schema_pb2.Array,
                        element_type=schema_pb2.VarChar,
                        type_params=pairs(max_capacity="4", max_length="32"),
                    ),
                    schema_pb2.FieldSchema(
                        fieldID=112,
                        name="emb",
                        data_type=schema_pb2.ArrayOfVector,
                        element_type=schema_pb2.FloatVector,
                        type_params=pairs(max_capacity="4", dim="2"),
                    ),
                ],
            )
        ],
    )
    return milvus_pb2.DescribeCollectionResponse(
        schema=schema,
        collectionID=1000,
        shards_num=2,
        num_partitions=16,
        aliases=["b"],
        properties=pairs(a="1"),
        consistency_level=common_pb2.ConsistencyLevel.Session,
        created_timestamp=7,
        update_timestamp=8,
        db_name="default",
    )


def test_info_holds_what_rows_are_checked_against() -> None:
    info = parse_collection_info(described())
    assert (info.name, info.collection_id, info.update_timestamp, info.database) == ("books", 1000, 8, "default")
    assert info.primary_field is not None
    assert info.primary_field.auto_id
    assert info.auto_id
    title = info.field("title")
    assert title is not None
    assert (title.max_length, title.nullable, title.has_default) == (64, True, True)
    assert title.default_value is not None
    assert title.default_value.string_data == "?"
    tags = info.field("tags")
    assert tags is not None
    assert (tags.element_type, tags.max_capacity, tags.max_length) == (DataType.VARCHAR, 9, 20)
    vector = info.field("v")
    assert vector is not None
    assert (vector.dim, vector.is_clustering_key) == (8, True)


def test_outputs_of_functions_are_known_even_if_the_server_does_not_flag_them() -> None:
    info = parse_collection_info(described())
    assert [field.name for field in info.fields if field.is_function_output] == ["words"]
    (function,) = info.functions
    assert (function.function_type, function.input_field_names, function.params) == (1, ("title",), {"k": "1.2"})


def test_sub_fields_have_their_short_names() -> None:
    struct = parse_collection_info(described()).struct_field("clips")
    assert struct is not None
    assert [field.name for field in struct.fields] == ["label", "emb"]
    assert (struct.max_capacity, struct.nullable) == (4, False)
    assert struct.fields[1].element_type is DataType.FLOAT_VECTOR


def test_a_type_of_a_newer_server_is_unknown() -> None:
    new = parse_collection_info(described()).field("new")
    assert new is not None
    assert new.data_type is DataType.UNKNOWN
    assert describe(parse_collection_info(described()))["fields"][5]["type"] is DataType.UNKNOWN


def test_a_description_is_a_dict_with_numbers_where_sizes_are() -> None:
    found = describe(parse_collection_info(described()))
    assert found["collection_name"] == "books"
    assert found["auto_id"] is True
    assert (found["num_shards"], found["num_partitions"], found["schema_version"]) == (2, 16, 3)
    assert (found["consistency_level"], found["consistency_level_name"]) == (1, "Session")
    assert (found["aliases"], found["properties"]) == (["b"], {"a": "1"})
    assert (found["created_timestamp"], found["update_timestamp"]) == (7, 8)
    assert "external_source" not in found
    key, title, tags, words, *_ = found["fields"]
    assert key == {
        "field_id": 100,
        "name": "id",
        "description": "key",
        "type": DataType.INT64,
        "params": {},
        "is_primary": True,
        "auto_id": True,
    }
    assert title["params"] == {"max_length": 64, "mmap_enabled": True, "warmup": "sync"}
    assert title["default_value"].string_data == "?"
    assert title["nullable"] is True
    assert tags["element_type"] is DataType.VARCHAR
    assert words["is_function_output"] is True
    assert found["functions"] == [
        {
            "name": "bm25",
            "id": 500,
            "description": "",
            "type": FunctionType.BM25,
            "params": {"k": "1.2"},
            "input_field_names": ["title"],
            "input_field_ids": [101],
            "output_field_names": ["words"],
            "output_field_ids": [103],
        }
    ]


def test_a_struct_array_is_described_as_it_is_built() -> None:
    assert describe(parse_collection_info(described()))["fields"][-1] == {
        "field_id": 110,
        "name": "clips",
        "description": "parts",
        "type": DataType.ARRAY,
        "element_type": DataType.STRUCT,
        "params": {"mmap_enabled": False, "max_capacity": 4},
        "struct_fields": [
            {
                "field_id": 111,
                "name": "label",
                "type": DataType.VARCHAR,
                "description": "",
                "params": {"max_length": 32},
            },
            {"field_id": 112, "name": "emb", "type": DataType.FLOAT_VECTOR, "description": "", "params": {"dim": 2}},
        ],
    }


def test_a_schema_can_be_built_from_a_description() -> None:
    reply = described()
    del reply.schema.fields[5]
    schema = CollectionSchema.construct_from_dict(describe(parse_collection_info(reply)))
    assert [field.name for field in schema.fields] == ["id", "title", "tags", "words", "v"]
    assert [struct.name for struct in schema.struct_fields] == ["clips"]
    assert schema.fields[1].default_value == "?"


def test_a_description_can_be_changed_without_changing_what_it_was_made_of() -> None:
    info = parse_collection_info(described())
    found = describe(info)
    found["properties"]["a"] = "2"
    found["aliases"].append("c")
    found["functions"][0]["params"]["k"] = "2"
    found["fields"][1]["default_value"].string_data = "!"
    found["fields"][1]["params"]["max_length"] = 1
    assert info == parse_collection_info(described())
