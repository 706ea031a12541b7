"""The ORM of milvusclient.pymilvus, on Milvus Lite and on Milvus 2.3.5: the chain of the public guide, and more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from milvusclient.exceptions import (
    AmbiguousIndexName,
    ConnectionNotExistException,
    DataNotMatchException,
    DataTypeNotMatchException,
    DataTypeNotSupportException,
    IndexNotExistException,
    MilvusException,
    PartitionAlreadyExistException,
    SchemaNotReadyException,
)
from milvusclient.filters import F
from milvusclient.pymilvus import (
    AnnSearchRequest,
    Collection,
    CollectionSchema,
    DataType,
    FieldSchema,
    Index,
    MilvusClient,
    Partition,
    RRFRanker,
    UnknownKeywordWarning,
    WeightedRanker,
    connections,
    db,
    utility,
)
from milvusclient.pymilvus.client.types import LoadState
from milvusclient.pymilvus.orm.future import BaseFuture
from milvusclient.pymilvus.orm.mutation import MutationResult
from milvusclient.schema.fields import FieldSchema as AnyField
from tests.server.both import LITE, Server
from tests.support.patience import HANG

FIELDS: list[AnyField] = [
    FieldSchema("pk", DataType.VARCHAR, is_primary=True, max_length=100),
    FieldSchema("random", DataType.DOUBLE),
    FieldSchema("embeddings", DataType.FLOAT_VECTOR, dim=4),
]
SCHEMA = CollectionSchema(FIELDS, "hello")
INDEX = {"index_type": "IVF_FLAT", "metric_type": "L2", "params": {"nlist": 4}}
SEARCH = {"metric_type": "L2", "params": {"nprobe": 4}}
COLUMNS: list[Any] = [
    [str(number) for number in range(10)],
    [number / 10 for number in range(10)],
    [[float(number), 0.0, 0.0, 0.0] for number in range(10)],
]


@pytest.fixture
def connected(server: Server) -> Iterator[Server]:
    """The connection ``default`` leads to an empty database."""
    connections.connect("default", uri=server.uri)
    yield server
    for name in utility.list_collections():
        utility.drop_collection(name)
    connections.remove_connection("default")


@pytest.fixture
def hello(connected: Server) -> Collection:
    """The collection of the guide, with ten rows, an index, in memory."""
    collection = Collection("hello", SCHEMA, consistency_level="Strong")
    collection.insert(COLUMNS)
    collection.flush()
    collection.create_index("embeddings", INDEX)
    collection.load()
    return collection


def test_the_chain_of_the_guide(connected: Server) -> None:
    assert utility.has_collection("hello") is False
    hello = Collection("hello", SCHEMA, consistency_level="Strong")
    assert (hello.name, hello.description, hello.num_entities, hello.is_empty) == ("hello", "hello", 0, True)
    inserted = hello.insert(COLUMNS)
    assert isinstance(inserted, MutationResult)
    assert (inserted.insert_count, inserted.succ_count, inserted.err_count) == (10, 10, 0)
    assert inserted.primary_keys == COLUMNS[0]
    assert (inserted.timestamp > 0) == (connected.name != LITE)  # Milvus Lite tells none
    assert str(inserted).startswith("(insert count: 10, delete count: 0, upsert count: 0, timestamp: ")
    hello.flush()
    assert hello.num_entities == 10
    assert repr(hello.create_index("embeddings", INDEX)) == "Status(code=0, message=)"
    hello.load()
    found = hello.search([[1.1, 0, 0, 0]], "embeddings", SEARCH, limit=3, output_fields=["random"])
    assert [(hit.id, hit.entity.get("random")) for hit in found[0]] == [("1", 0.1), ("2", 0.2), ("0", 0.0)]
    found = hello.search([[1.1, 0, 0, 0]], "embeddings", SEARCH, limit=2, expr="random > 0.45")
    assert found[0].ids == ["5", "6"]
    assert [row["pk"] for row in hello.query("random > 0.75", output_fields=["pk"])] == ["8", "9"]
    assert len(hello.query("random >= 0", limit=4, output_fields=["random"])) == 4
    assert hello.delete('pk in ["0", "1"]').delete_count == 2
    assert hello.query('pk in ["0", "1"]', output_fields=["pk"]) == []
    hello.release()
    utility.drop_collection("hello")
    assert utility.list_collections() == []


@pytest.mark.parametrize("server", [pytest.param(LITE, marks=pytest.mark.lite)], indirect=True)
@pytest.mark.usefixtures("connected")
def test_a_hybrid_search() -> None:
    fields: list[AnyField] = [*FIELDS, FieldSchema("other", DataType.FLOAT_VECTOR, dim=2)]
    collection = Collection("two", CollectionSchema(fields), consistency_level="Strong")
    collection.insert([*COLUMNS, [[0.0, float(number)] for number in range(10)]])
    for field in ("embeddings", "other"):
        collection.create_index(field, {"index_type": "FLAT", "metric_type": "L2"}, index_name=f"on_{field}")
    collection.load()
    requests = [
        AnnSearchRequest([[3.0, 0, 0, 0]], "embeddings", {"metric_type": "L2"}, 3),
        AnnSearchRequest([[0, 3.1]], "other", {"metric_type": "L2"}, 3),
    ]
    found = collection.hybrid_search(requests, RRFRanker(), 2, output_fields=["random"])
    assert (found[0].ids[0], found[0][0]["entity"]) == ("3", {"random": 0.3})
    assert collection.hybrid_search([], RRFRanker(), 2) == []
    found = collection.hybrid_search(requests, RRFRanker(), 2, _async=True).result()
    assert found[0].ids[0] == "3"
    # Milvus Lite calls an index as its field.
    assert sorted(index.index_name for index in collection.indexes) == ["embeddings", "other"]
    with pytest.raises(AmbiguousIndexName, match="pass index_name"):
        collection.index()
    assert collection.index(index_name="other").field_name == "other"


def test_the_whole_chain_in_the_words_of_the_guide(server: Server) -> None:
    """From the connection to a hybrid search, with the keywords and the plain dicts that the public guide uses."""
    connections.connect(alias="default", uri=server.uri)
    fields: list[AnyField] = [
        FieldSchema(name="film_id", dtype=DataType.INT64, is_primary=True),
        FieldSchema(name="film_vector", dtype=DataType.FLOAT_VECTOR, dim=3),
    ]
    if server.is_lite:  # 2.3.5 has one vector field in a collection, and no hybrid search
        fields.append(FieldSchema(name="poster_vector", dtype=DataType.FLOAT_VECTOR, dim=3))
    schema = CollectionSchema(fields=fields, enable_dynamic_field=False)
    collection = Collection(name="films", schema=schema, consistency_level="Strong")
    keys = list(range(1000))
    vectors = [[float(key), float(key % 7), 1.0] for key in keys]
    entities: list[Any] = [keys, vectors]
    if server.is_lite:
        entities.append([[1.0, float(key), 2.0] for key in keys])
    assert collection.insert(entities).insert_count == 1000
    collection.flush()
    index_params = {"metric_type": "L2", "index_type": "IVF_FLAT", "params": {"nlist": 8}}
    for field in fields[1:]:
        collection.create_index(field.name, index_params)
        assert utility.index_building_progress("films", field.name if server.is_lite else "")["total_rows"] == 1000
    collection.load()
    first: dict[str, Any] = {"metric_type": "L2", "params": {"nprobe": 8}}
    results = collection.search(
        data=[[500.2, 3.0, 1.0]], anns_field="film_vector", param=first, limit=2, expr=None, output_fields=["film_id"]
    )
    assert [hit.id for hits in results for hit in hits] == [500, 501]
    assert results[0][0].entity.get("film_id") == 500
    if server.is_lite:
        search_param_1: dict[str, Any] = {
            "data": [[500.2, 3.0, 1.0]], "anns_field": "film_vector", "param": first, "limit": 2,
        }  # fmt: skip
        search_param_2: dict[str, Any] = {
            "data": [[1.0, 500.1, 2.0]], "anns_field": "poster_vector", "param": first, "limit": 2,
        }  # fmt: skip
        reqs = [AnnSearchRequest(**search_param_1), AnnSearchRequest(**search_param_2)]
        for rerank in (WeightedRanker(0.8, 0.2), RRFRanker()):
            res = collection.hybrid_search(reqs, rerank, limit=2)
            assert res[0].ids == [500, 501]
            assert "'film_id': 500" in str(res)
    collection.release()
    collection.drop()
    connections.disconnect("default")
    connections.remove_connection("default")


@pytest.mark.parametrize("server", [pytest.param(LITE, marks=pytest.mark.lite)], indirect=True)
def test_only_the_calls_of_the_reference_client_that_honour_it_make_futures(hello: Collection) -> None:
    row = {"pk": "a", "random": 1.0, "embeddings": [1, 2, 3, 4]}
    request = AnnSearchRequest([[1.0, 0, 0, 0]], "embeddings", SEARCH, 1)
    futures: list[Any] = [
        hello.insert([row], _async=True),
        hello.upsert([row], _async=True),
        hello.search([[1.0, 0, 0, 0]], "embeddings", SEARCH, 1, _async=True),
        hello.hybrid_search([request], RRFRanker(), 1, _async=True),
        hello.delete('pk == "a"', _async=True),
        hello.flush(_async=True),
        hello.create_index("embeddings", INDEX, _async=True),
        utility.flush_all(_async=True),
    ]
    for future in futures:
        assert isinstance(future, BaseFuture)
        future.done()
    for future in futures[:6]:
        future.result()
    assert hello.load(_async=True) is None  # type: ignore[func-returns-value]  # that is the test
    with pytest.warns(UnknownKeywordWarning, match=r"query\(\) does not know the keyword '_async'"):
        rows = hello.query('pk == "1"', output_fields=["pk"], _async=True)
    assert rows == [{"pk": "1"}]


def test_rows_columns_and_frames(hello: Collection) -> None:
    numpy, pandas = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    row = {"pk": "row", "random": 1.0, "embeddings": [1, 2, 3, 4]}
    assert hello.insert(row).insert_count == 1
    assert hello.insert([{**row, "pk": "a"}, {**row, "pk": "b"}]).primary_keys == ["a", "b"]
    assert hello.insert([["n"], numpy.array([0.5]), numpy.ones((1, 4), "float32")]).insert_count == 1
    frame = pandas.DataFrame({"random": [0.1], "pk": ["frame"], "embeddings": [[1.0, 2, 3, 4]]})
    assert hello.insert(frame).primary_keys == ["frame"]
    assert hello.upsert([["row"], [2.0], [[1, 2, 3, 4]]]).upsert_count == 1
    assert hello.query('pk == "row"', output_fields=["random"])[0]["random"] == 2.0


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (
            [["a"], [1.0]],
            DataNotMatchException,
            "2 columns, and rows of this collection carry 3 fields: pk, random, emb",
        ),
        ([["a"], [1.0, 2.0], [[1, 2, 3, 4]]], DataNotMatchException, "differ in length: {'pk': 1, 'random': 2, "),
        (["a", [1.0], [[1, 2, 3, 4]]], DataNotMatchException, "must be a list or an array"),
        ("rows", DataTypeNotSupportException, "must be a dict, a list of dicts or of columns"),
        ([{"pk": "a", "random": 1.0}], DataNotMatchException, "embeddings"),
    ],
)
def test_data_that_does_not_fit(hello: Collection, data: Any, error: type[MilvusException], said: str) -> None:
    with pytest.raises(error) as caught:
        hello.insert(data)
    assert said in str(caught.value)


def test_keys_that_the_server_makes(connected: Server) -> None:
    fields: list[AnyField] = [FieldSchema("id", DataType.INT64, is_primary=True, auto_id=True), *FIELDS[1:]]
    collection = Collection("auto", CollectionSchema(fields))
    made = collection.insert([[0.5, 1.5], [[1, 2, 3, 4], [5, 6, 7, 8]]])
    assert len(set(made.primary_keys)) == 2


def test_a_collection_that_exists(hello: Collection) -> None:
    assert Collection("hello").schema.primary_field is not None
    assert [field.name for field in Collection("hello").schema.fields] == ["pk", "random", "embeddings"]
    assert Collection("hello", SCHEMA).name == "hello"
    assert Collection("hello").num_shards == hello.describe()["num_shards"]
    assert "<name>: hello\n" in repr(hello)
    with pytest.raises(SchemaNotReadyException, match="exists with another schema"):
        Collection("hello", CollectionSchema([FIELDS[0], FIELDS[2]]))
    with pytest.raises(SchemaNotReadyException, match="asked for 'Eventually'"):
        Collection("hello", consistency_level="Eventually")
    with pytest.raises(SchemaNotReadyException, match="does not exist on 'default'; pass a schema"):
        Collection("nothing")
    with pytest.raises(SchemaNotReadyException, match="must be a CollectionSchema"):
        Collection("nothing", {"fields": []})  # type: ignore[arg-type]  # that is the test


def test_futures_and_callbacks(hello: Collection) -> None:
    called: list[object] = []
    future = hello.search(
        [[1, 0, 0, 0]], "embeddings", SEARCH, limit=1, _async=True, _callback=lambda found: called.append(found[0].ids)
    )
    assert future.result()[0].ids == ["1"]
    assert future.done() is True
    assert called == [["1"]]
    future = hello.insert([{"pk": "late", "random": 1.0, "embeddings": [9, 9, 9, 9]}], _async=True)
    assert future.result().primary_keys == ["late"]
    future = hello.delete('pk == "late"', _async=True, _callback=lambda: called.append("deleted"))
    assert future.result().delete_count == 1
    assert called[-1] == "deleted"
    future = hello.flush(_async=True)
    assert future.result() is None
    future = hello.search([[1, 0]], "embeddings", SEARCH, limit=1, _async=True)
    with pytest.raises(MilvusException):
        future.result()
    assert isinstance(future.exception(), MilvusException)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pymilvus")]


def test_searches_that_ask_for_nothing_or_for_nonsense(hello: Collection) -> None:
    assert hello.search([], "embeddings", SEARCH, limit=1) == []
    assert hello.search([], "embeddings", SEARCH, limit=1, _async=True).result() == []
    with pytest.raises(DataTypeNotMatchException, match="expr must be a str, got 1"):
        hello.search([[1, 0, 0, 0]], "embeddings", SEARCH, 1, expr=1)  # type: ignore[arg-type]  # that is the test
    with pytest.raises(DataTypeNotMatchException, match="expr must be a str, got None"):
        hello.query(None)  # type: ignore[arg-type]  # that is the test


def test_conditions_are_filters_too(hello: Collection) -> None:
    everything = hello.query("pk >= '0'", output_fields=["pk"], limit=1000)
    keys = sorted(row["pk"] for row in everything)
    one = {row["pk"] for row in hello.query(F.pk == keys[0], output_fields=["pk"])}
    assert one == {row["pk"] for row in hello.query({"pk": [keys[0]]}, output_fields=["pk"])} == {keys[0]}
    assert hello.search([[1, 0, 0, 0]], "embeddings", SEARCH, limit=5, expr=F.pk.in_(keys[:1]))[0].ids == keys[:1]
    assert hello.query("pk in {ks}", expr_params={"ks": set(keys[:1])})[0]["pk"] == keys[0]
    assert [row["pk"] for row in hello.query_iterator(expr=F.pk == keys[0]).next()] == keys[:1]
    assert hello.delete(F.pk.in_([])).delete_count == 0


def test_iterators(hello: Collection) -> None:
    pages = hello.query_iterator(batch_size=4, expr="random > 0.15", output_fields=["pk"])
    assert [len(page) for page in iter(pages.next, [])] == [4, 4]
    pages.close()
    hits = hello.search_iterator([[0, 0, 0, 0]], "embeddings", SEARCH, batch_size=4, limit=6)
    assert [key for page in iter(hits.next, []) for key in page.ids()] == ["0", "1", "2", "3", "4", "5"]
    hits.close()


def test_partitions(hello: Collection) -> None:
    made = hello.create_partition("old", description="older ones")
    assert (made.name, made.description) == ("old", "older ones")
    assert repr(made) == '{"name":"old","collection_name":"hello","description":"older ones"}'
    assert sorted(partition.name for partition in hello.partitions) == ["_default", "old"]
    assert hello.has_partition("old")
    assert hello.partition("new") is None
    with pytest.raises(PartitionAlreadyExistException, match=r"partition\(\) returns it"):
        hello.create_partition("old")
    old = Partition("hello", "old")
    old.insert([["x"], [5.0], [[7.0, 7, 7, 7]]])
    old.flush()
    assert (old.num_entities, old.is_empty) == (1, False)
    hello.release()
    hello.load()
    assert old.query("random > 4", output_fields=["pk"])[0]["pk"] == "x"
    assert old.search([[7, 7, 7, 7]], "embeddings", SEARCH, 3)[0].ids == ["x"]
    assert old.delete('pk == "x"').delete_count == 1
    hello.release()
    old.drop()
    assert not utility.has_partition("hello", "old")
    with pytest.raises(MilvusException, match="must be a Collection or a str, got 1"):
        Partition(1, "old")  # type: ignore[arg-type]  # that is the test


def test_indexes(connected: Server) -> None:
    collection = Collection("hello", SCHEMA)
    assert not collection.has_index()
    with pytest.raises(IndexNotExistException, match=r"create_index\(\) builds one"):
        collection.index()
    name = "embeddings" if connected.name == LITE else "ivf"  # Milvus Lite calls an index as its field
    index = Index(collection, "embeddings", INDEX, index_name=name)
    assert (index.index_name, index.field_name, index.collection_name) == (name, "embeddings", "hello")
    known = collection.index()
    assert (known.index_name, known.params["index_type"], known.params["metric_type"]) == (name, "IVF_FLAT", "L2")
    assert int(known.params["params"]["nlist"]) == 4
    assert [one.index_name for one in collection.indexes] == [name]
    assert utility.list_indexes("hello") == [name]
    assert utility.index_building_progress("hello")["state"] == "Finished"
    assert utility.wait_for_index_building_complete("hello", timeout=HANG) is True
    collection.release()
    index.drop()
    collection.drop_index()
    assert not collection.has_index()


def test_utilities(hello: Collection, connected: Server) -> None:
    assert utility.loading_progress("hello") == {"loading_progress": "100%"}
    assert utility.load_state("hello") is LoadState.Loaded
    utility.wait_for_loading_complete("hello", timeout=HANG)
    assert utility.get_server_version()
    assert utility.get_server_type() == "milvus"
    utility.create_alias("hello", "hi")
    if connected.name == LITE:  # it describes no aliases; 2.3.5 does not list those of other databases than the default
        assert utility.list_aliases("hello") == ["hi"]
    else:
        assert hello.aliases == ["hi"]
    assert Collection("hi").num_entities == 10
    utility.drop_alias("hi")
    hello.release()
    assert utility.load_state("hello") is LoadState.NotLoad


def test_compaction(connected: Server) -> None:
    if not connected.is_lite:
        pytest.skip("Milvus 2.3.5 compacts all that it has, collections of other tests too: test_whole_server")
    hello = Collection("hello", SCHEMA)
    hello.insert(COLUMNS)
    hello.flush()
    with pytest.raises(MilvusException, match=r"call compact\(\) first"):
        hello.get_compaction_state()
    hello.compact()
    assert hello.wait_for_compaction_completed(timeout=HANG) is True
    assert hello.get_compaction_state().state_name == "Completed"


def test_what_a_segment_and_a_replica_hold(hello: Collection, connected: Server) -> None:
    if connected.name == LITE:
        with pytest.raises(MilvusException):
            hello.get_replicas()
        return
    (group,) = hello.get_replicas().groups
    assert group.resource_group == "__default_resource_group"
    assert group.shards
    assert sum(segment.num_rows for segment in utility.get_query_segment_info("hello")) == 10


def test_a_frame_becomes_a_collection(connected: Server) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": [1, 2], "title": ["Dune", "Emma"], "vector": [[1.0, 2.0], [3.0, 4.0]]})
    collection, inserted = Collection.construct_from_dataframe("books", frame, primary_field="id")
    assert inserted.primary_keys == [1, 2]
    dtypes = [(field.name, field.dtype) for field in collection.schema.fields]
    assert dtypes == [("id", DataType.INT64), ("title", DataType.VARCHAR), ("vector", DataType.FLOAT_VECTOR)]
    with pytest.raises(SchemaNotReadyException, match="must be one of the columns"):
        Collection.construct_from_dataframe("books", frame, primary_field="key")


def test_a_client_and_the_orm_share_a_connection(connected: Server) -> None:
    with MilvusClient(connected.uri) as client:
        Collection("hello", SCHEMA, using=client._using)
        assert client.list_collections() == ["hello"]


def test_a_connection_that_is_not_there(connected: Server) -> None:
    with pytest.raises(ConnectionNotExistException, match=r"call connections.connect\('nowhere', uri=...\) first"):
        utility.list_collections(using="nowhere")
    hello = Collection("hello", SCHEMA)
    connections.disconnect("default")
    with pytest.raises(ConnectionNotExistException):
        _ = hello.num_entities
    connections.connect("default", uri=connected.uri)
    assert hello.num_entities == 0


def test_databases(connected: Server) -> None:
    if connected.name == LITE:
        assert db.list_database() == ["default"]
        return
    db.create_database("orm_db")
    assert "orm_db" in db.list_database()
    db.using_database("orm_db")
    Collection("there", SCHEMA)
    assert utility.list_collections() == ["there"]
    utility.drop_collection("there")
    connections.disconnect("default")
    connections.connect("default", uri=connected.uri)
    assert utility.list_collections() == []
    db.drop_database("orm_db")
