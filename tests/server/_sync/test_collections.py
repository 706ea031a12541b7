"""Collections: created, described, renamed, emptied and dropped."""

from __future__ import annotations

import pytest

from milvusclient import (
    MilvusClient,
    CollectionSchema,
    ConsistencyLevel,
    DataType,
    FieldSchema,
    LoadState,
    MilvusException,
    ParamError,
)
from milvusclient.exceptions import CollectionNotExistException, DescribeCollectionException, UnimplementedError
from tests.server.both import MILVUS_235, Server, flat, schema_of


def test_a_collection_of_nothing_but_a_dimension_is_ready_for_use(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("quick", dimension=4)

        described = client.describe_collection("quick")
        assert [(field["name"], field["type"], field["params"]) for field in described["fields"]] == [
            ("id", DataType.INT64, {}),
            ("vector", DataType.FLOAT_VECTOR, {"dim": 4}),
        ]
        assert described["fields"][0].get("is_primary") is True
        assert described["enable_dynamic_field"] is True
        assert described["auto_id"] is False

        index = client.describe_index("quick", "vector")
        assert index is not None
        assert (index["index_type"], index["metric_type"]) == ("AUTOINDEX", "COSINE")
        assert (client.get_load_state("quick"))["state"] is LoadState.Loaded

        client.insert("quick", {"id": 1, "vector": [1, 0, 0, 0], "title": "Dune"})
        (hits,) = client.search(
            "quick", [[1, 0, 0, 0]], output_fields=["title"], consistency_level=ConsistencyLevel.Strong
        )
        assert [(hit.id, hit.title, round(hit.distance, 5)) for hit in hits] == [(1, "Dune", 1.0)]


def test_a_collection_of_a_dimension_gets_the_indexes_that_are_given(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        indexes = client.prepare_index_params("vector", "IVF_FLAT", metric_type="L2", params={"nlist": 16})
        client.create_collection("indexed", 4, index_params=indexes)
        index = client.describe_index("indexed", "vector")
        assert index is not None
        assert (index["index_type"], index["metric_type"]) == ("IVF_FLAT", "L2")
        assert (client.get_load_state("indexed"))["state"] is LoadState.Loaded

        schema = client.create_schema().add_field("id", DataType.INT64, is_primary=True)
        with pytest.raises(ParamError, match="dimension=5 has no effect beside a schema"):
            client.create_collection("ignored", 5, schema=schema)
        assert client.has_collection("ignored") is False


def test_quick_collections_can_have_keys_that_are_texts_or_made_by_the_server(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection(
            "texts", 2, "isbn", "string", "embedding", "IP", max_length=13, enable_dynamic_field=False
        )
        key, vector = (client.describe_collection("texts"))["fields"]
        assert (key["name"], key["type"], key["params"]) == ("isbn", DataType.VARCHAR, {"max_length": 13})
        assert vector["name"] == "embedding"
        assert (client.insert("texts", {"isbn": "9783", "embedding": [1, 2]}))["ids"] == ["9783"]

        client.create_collection("made", 2, auto_id=True)
        assert (client.describe_collection("made"))["auto_id"] is True
        result = client.insert("made", [{"vector": [1, 2]}, {"vector": [3, 4]}])
        assert result["insert_count"] == 2
        assert len(set(result["ids"])) == 2
        assert all(type(key) is int for key in result["ids"])


def test_a_description_tells_what_the_schema_said(server: Server) -> None:
    tags = FieldSchema("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=9, max_length=20)
    fields = [
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("title", DataType.VARCHAR, "as on the cover", max_length=200),
        FieldSchema("shelf", DataType.INT64, is_partition_key=True),
        tags,
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=8),
    ]
    with MilvusClient(server.uri) as client:
        client.create_collection(
            "described",
            schema=CollectionSchema(fields, "all the books"),
            consistency_level="Session",
            properties={"collection.ttl.seconds": 3600},
            num_partitions=3,
        )
        described = client.describe_collection("described")

        assert described["collection_name"] == "described"
        assert described["enable_dynamic_field"] is False
        assert described["properties"] == {"collection.ttl.seconds": "3600"}
        by_name = {field["name"]: field for field in described["fields"]}
        assert list(by_name) == ["id", "title", "shelf", "tags", "vector"]
        assert by_name["shelf"].get("is_partition_key") is True
        assert by_name["tags"].get("element_type") is DataType.VARCHAR
        assert by_name["tags"]["params"]["max_capacity"] == 9
        assert by_name["vector"]["params"] == {"dim": 8}

        assert by_name["title"]["params"] == {"max_length": 200}

        if server.is_lite:
            return  # it keeps no descriptions, consistency level, number of partitions, nor the length of elements
        assert by_name["tags"]["params"] == {"max_capacity": 9, "max_length": 20}
        assert described["description"] == "all the books"
        assert by_name["title"]["description"] == "as on the cover"
        assert described["consistency_level_name"] == "Session"
        assert described["num_partitions"] == 3
        assert (client.get_load_state("described"))["state"] is LoadState.NotLoad, "no index, so not loaded"


def test_collections_are_listed_found_and_dropped(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        assert client.list_collections() == []
        client.create_collection("one", schema=schema_of())
        client.create_collection("two", schema=schema_of())
        assert sorted(client.list_collections()) == ["one", "two"]
        assert client.has_collection("one")

        client.drop_collection("one")
        assert not client.has_collection("one")
        assert client.list_collections() == ["two"]
        client.drop_collection("one")  # to drop nothing is no error


def test_a_name_can_be_taken_only_once(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("taken", schema=schema_of())
        with pytest.raises(MilvusException, match="taken"):
            client.create_collection("taken", schema=schema_of(dim=4))
        assert (client.describe_collection("taken"))["fields"][1]["params"] == {"dim": 2}


def test_operations_on_no_collection_name_it(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        with pytest.raises(DescribeCollectionException, match="nowhere"):
            client.describe_collection("nowhere")
        with pytest.raises(DescribeCollectionException, match="nowhere"):
            client.insert("nowhere", {"id": 1})
        with pytest.raises(DescribeCollectionException, match="nowhere"):
            client.get("nowhere", 1)
        for call in (
            lambda: client.search("nowhere", [[1.0, 2.0]]),
            lambda: client.query("nowhere", "id > 0"),
            lambda: client.load_collection("nowhere"),
            lambda: client.create_index("nowhere", flat()),
            lambda: client.list_indexes("nowhere"),
            lambda: client.get_collection_stats("nowhere"),
            lambda: client.create_alias("nowhere", "anywhere"),
        ):
            with pytest.raises(CollectionNotExistException, match="nowhere") as raised:
                call()
            assert raised.value.code == 100
        assert (client.get_load_state("nowhere"))["state"] is LoadState.NotExist


def test_a_renamed_collection_keeps_what_it_is(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("old_name", schema=schema_of(dim=4))
        client.create_collection("other", schema=schema_of())
        client.rename_collection("old_name", "new_name")

        assert sorted(client.list_collections()) == ["new_name", "other"]
        described = client.describe_collection("new_name")
        assert described["collection_name"] == "new_name"
        assert described["fields"][1]["params"] == {"dim": 4}
        with pytest.raises(MilvusException, match="other"):
            client.rename_collection("new_name", "other")
        with pytest.raises(CollectionNotExistException, match="old_name"):
            client.rename_collection("old_name", "newer_name")


def test_a_new_schema_under_an_old_name_is_noticed(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        for dim in (2, 3):
            client.create_collection("again", schema=schema_of(dim=dim))
            assert (client.insert("again", {"id": 1, "vector": [1.0] * dim}))["insert_count"] == 1
            client.drop_collection("again")


def test_properties_are_set(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("kept", schema=schema_of())
        client.alter_collection_properties("kept", {"collection.ttl.seconds": 3600})
        assert (client.describe_collection("kept"))["properties"] == {"collection.ttl.seconds": "3600"}


def test_properties_are_taken_back(server: Server) -> None:
    server.skip_on(MILVUS_235, "cannot drop a property")
    with MilvusClient(server.uri) as client:
        client.create_collection("kept", schema=schema_of(), properties={"collection.ttl.seconds": 3600})
        client.drop_collection_properties("kept", ["collection.ttl.seconds"])
        assert (client.describe_collection("kept"))["properties"] == {}


def test_a_truncated_collection_is_empty_and_in_use(server: Server) -> None:
    server.skip_on(MILVUS_235, "does not know TruncateCollection")
    with MilvusClient(server.uri) as client:
        client.create_collection("emptied", schema=schema_of(), index_params=flat())
        client.insert("emptied", [{"id": number, "vector": [1, 2]} for number in range(3)])
        client.truncate_collection("emptied")
        assert client.query("emptied", "", ["count(*)"]) == [{"count(*)": 0}]
        client.insert("emptied", {"id": 9, "vector": [1, 2]})
        assert client.query("emptied", "id >= 0", ["id"]) == [{"id": 9}]


def test_a_call_that_the_server_does_not_know_is_named(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("fixed", schema=schema_of(FieldSchema("s", DataType.VARCHAR, max_length=10)))
        with pytest.raises(UnimplementedError, match="AlterCollectionField.*the server does not know this call"):
            client.alter_collection_field("fixed", "s", {"max_length": 20})
        if server.name == MILVUS_235:
            with pytest.raises(UnimplementedError, match="TruncateCollection.*the server does not know this call"):
                client.truncate_collection("fixed")


def test_a_failure_after_the_collection_was_created_says_that_it_exists(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        with pytest.raises(MilvusException) as raised:
            client.create_collection("half", dimension=4, metric_type="COSIN")
        assert raised.value.operation == "CreateIndex"
        assert ["drop_collection()" in note for note in raised.value.__notes__] == [True]
        assert client.has_collection("half")
