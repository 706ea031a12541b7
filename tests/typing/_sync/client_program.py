"""What a type checker makes of the client's calls; what is wrong has to be found, for an unused ignore is an error."""

from __future__ import annotations

from typing import Any, Self, assert_type

from milvusclient import (
    AnnSearchRequest,
    MilvusClient,
    DataType,
    Hit,
    Hits,
    QueryResult,
    RRFRanker,
    SearchResult,
    connections,
)
from milvusclient._sync.iterators import QueryIterator, SearchIterator
from milvusclient._sync.session import MilvusClientSession
from milvusclient.models.connection import ConnectionInfo
from milvusclient.models.descriptions import (
    AliasDescription,
    AliasList,
    CollectionDescription,
    IndexDescription,
    LoadStateDescription,
    PrivilegeGroupDescription,
    RoleDescription,
    ServerDescription,
    UserDescription,
)
from milvusclient.models.infos import (
    CompactionPlans,
    LoadedSegmentInfo,
    OptimizeResult,
    ReplicaInfo,
    ResourceGroupInfo,
    SegmentInfo,
)
from milvusclient.runtime.optimize_task import OptimizeTask
from milvusclient.schema import LoadState


def lifetime() -> None:
    with MilvusClient("./demo.db", timeout=5, alias="mine") as client:
        assert_type(client, MilvusClient)
        assert_type(client.alias, str)
        assert_type(client.connection_info(), ConnectionInfo)
        assert_type((client.connection_info()).calls, int)
        assert_type((client.connection_info()).operations["Search"].p99, float | None)
        assert_type(connections.stats(), dict[str, ConnectionInfo])
        assert_type(client.with_options(timeout=2.5, slow_call_threshold=None), MilvusClient)
    client.with_options(request_id=7)  # type: ignore[arg-type]  # no text
    MilvusClient(ur="./demo.db")  # type: ignore[call-arg]  # misspelt
    MilvusClient(timeout="5")  # type: ignore[arg-type]  # a text is not seconds


def collections(client: MilvusClient) -> None:
    schema = client.create_schema(auto_id=True).add_field("id", DataType.INT64, is_primary=True)
    assert_type(client.has_collection("books"), bool)
    assert_type(client.list_collections(), list[str])
    assert_type(client.describe_collection("books"), CollectionDescription)
    assert_type((client.describe_collection("books"))["fields"][0]["name"], str)
    assert_type(client.get_collection_stats("books"), dict[str, int | str])
    assert_type(client.describe_alias("library"), AliasDescription)
    assert_type(client.list_aliases(), AliasList)
    assert_type(client.list_partitions("books"), list[str])
    assert_type(client.describe_database("default"), dict[str, str])
    client.create_collection("books", 4, schema=schema, index_params=client.prepare_index_params("vector"))
    client.create_collection("books", dimensions=4)  # type: ignore[call-arg]  # misspelt
    client.create_collection("books", schema={"id": "int"})  # type: ignore[arg-type]  # not a schema


def indexes_and_loading(client: MilvusClient) -> None:
    assert_type(client.list_indexes("books"), list[str])
    assert_type(client.describe_index("books", "vector"), IndexDescription | None)
    assert_type(client.get_load_state("books"), LoadStateDescription)
    assert_type((client.get_load_state("books"))["state"], LoadState)
    client.load_collection("books", timeout=2.5, replica_number=2)
    client.load_collection("books", replicas=2)  # type: ignore[call-arg]  # it is replica_number


def rows(client: MilvusClient) -> None:
    assert_type(client.insert("books", [{"id": 1, "vector": [0.1, 0.2]}]), dict[str, Any])
    client.insert("books", {"id": 1, "vector": b"12345678"}, partition_name="novels")
    client.insert("books", "id")  # type: ignore[arg-type]  # not rows
    assert_type(client.query("books", "id < 3", ["id"]), QueryResult)
    assert_type((client.query("books", "id < 3"))[0], dict[str, Any])
    assert_type((client.query("books", "id < 3")).extra["cost"], int | float)
    assert_type(client.get("books", [1, 2]), QueryResult)
    client.query("books", "id < 3", timeout="10")  # type: ignore[arg-type]  # a text is not seconds


def searches(client: MilvusClient) -> None:
    found = client.search("books", [[0.1, 0.2]], limit=3, output_fields=["title"], filter="id > 1")
    assert_type(found, SearchResult)
    assert_type(found[0], Hits)
    assert_type(found[0].ids, list[Any])
    assert_type(found[0].distances, list[float])
    assert_type(found[0][0], Hit)
    for hits in found:
        for hit in hits:
            assert_type(hit, Hit)
    near = AnnSearchRequest([[0.1, 0.2]], "vector", {"metric_type": "L2"}, 3)
    assert_type(client.hybrid_search("books", [near], RRFRanker(), limit=3), SearchResult)
    client.search("books", [[0.1, 0.2]], limt=3)  # type: ignore[call-arg]  # misspelt
    client.search("books", [[0.1, 0.2]], limit="3")  # type: ignore[arg-type]  # not a number


def iterators(client: MilvusClient) -> None:
    pages = client.search_iterator("books", [[0.1, 0.2]], batch_size=100)
    assert_type(pages, SearchIterator)
    assert_type(pages.next(), Hits)
    for page in pages:
        assert_type(page, Hits)
    with client.query_iterator("books", filter="id > 3") as row_pages:
        assert_type(row_pages, QueryIterator)
        assert_type(row_pages.next(), list[dict[str, Any]])
    with client.session("cluster-1") as session:
        assert_type(session, MilvusClientSession)
        assert_type(session.get("books", [1]), QueryResult)


def maintenance(client: MilvusClient) -> None:
    assert_type(client.compact("books"), int)
    assert_type(client.get_compaction_state(1), str)
    assert_type(client.get_compaction_plans(1), CompactionPlans)
    assert_type(client.list_persistent_segments("books"), list[SegmentInfo])
    assert_type(client.list_loaded_segments("books"), list[LoadedSegmentInfo])
    assert_type(client.describe_replica("books"), list[ReplicaInfo])
    assert_type(client.describe_resource_group("rg"), ResourceGroupInfo)
    assert_type(client.list_resource_groups(), list[str])


def results_that_depend_on_an_argument(client: MilvusClient, detail: bool) -> None:
    assert_type(client.get_server_version(), str)
    assert_type(client.get_server_version(detail=False), str)
    assert_type(client.get_server_version(detail=True), ServerDescription)
    assert_type(client.get_server_version(detail=detail), str | ServerDescription)
    assert_type(client.optimize("books"), OptimizeResult)
    assert_type(client.optimize("books", wait=False), OptimizeTask)
    assert_type(client.optimize("books", "1GB", False), OptimizeTask)
    assert_type(client.optimize("books", wait=detail), OptimizeResult | OptimizeTask)


def users(client: MilvusClient) -> None:
    assert_type(client.list_users(), list[str])
    assert_type(client.describe_user("alice"), UserDescription)
    assert_type(client.describe_role("reader"), RoleDescription)
    assert_type(client.list_privilege_groups(), list[PrivilegeGroupDescription])
    client.create_user("alice", "P@ssw0rd")
    client.create_user("alice", pasword="P@ssw0rd")  # type: ignore[call-arg]  # misspelt


class Library(MilvusClient):
    """A client may be a base class, and a method may be made narrower in what it returns."""

    def titles(self, count: int) -> list[str]:
        found = self.query("books", output_fields=["title"], limit=count)
        return [str(row["title"]) for row in found]

    def __enter__(self) -> Self:
        return self
