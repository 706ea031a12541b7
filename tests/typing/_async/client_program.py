"""What a type checker makes of the client's calls; what is wrong has to be found, for an unused ignore is an error."""

from __future__ import annotations

from typing import Any, Self, assert_type

from milvusclient import (
    AnnSearchRequest,
    AsyncMilvusClient,
    DataType,
    Hit,
    Hits,
    QueryResult,
    RRFRanker,
    SearchResult,
    connections,
)
from milvusclient._async.iterators import AsyncQueryIterator, AsyncSearchIterator
from milvusclient._async.session import AsyncMilvusClientSession
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
from milvusclient.runtime.optimize_task import AsyncOptimizeTask
from milvusclient.schema import LoadState


async def lifetime() -> None:
    async with AsyncMilvusClient("./demo.db", timeout=5, alias="mine") as client:
        assert_type(client, AsyncMilvusClient)
        assert_type(client.alias, str)
        assert_type(await client.connection_info(), ConnectionInfo)
        assert_type((await client.connection_info()).calls, int)
        assert_type((await client.connection_info()).operations["Search"].p99, float | None)
        assert_type(connections.stats(), dict[str, ConnectionInfo])
        assert_type(client.with_options(timeout=2.5, slow_call_threshold=None), AsyncMilvusClient)
    client.with_options(request_id=7)  # type: ignore[arg-type]  # no text
    AsyncMilvusClient(ur="./demo.db")  # type: ignore[call-arg]  # misspelt
    AsyncMilvusClient(timeout="5")  # type: ignore[arg-type]  # a text is not seconds


async def collections(client: AsyncMilvusClient) -> None:
    schema = client.create_schema(auto_id=True).add_field("id", DataType.INT64, is_primary=True)
    assert_type(await client.has_collection("books"), bool)
    assert_type(await client.list_collections(), list[str])
    assert_type(await client.describe_collection("books"), CollectionDescription)
    assert_type((await client.describe_collection("books"))["fields"][0]["name"], str)
    assert_type(await client.get_collection_stats("books"), dict[str, int | str])
    assert_type(await client.describe_alias("library"), AliasDescription)
    assert_type(await client.list_aliases(), AliasList)
    assert_type(await client.list_partitions("books"), list[str])
    assert_type(await client.describe_database("default"), dict[str, str])
    await client.create_collection("books", 4, schema=schema, index_params=client.prepare_index_params("vector"))
    await client.create_collection("books", dimensions=4)  # type: ignore[call-arg]  # misspelt
    await client.create_collection("books", schema={"id": "int"})  # type: ignore[arg-type]  # not a schema


async def indexes_and_loading(client: AsyncMilvusClient) -> None:
    assert_type(await client.list_indexes("books"), list[str])
    assert_type(await client.describe_index("books", "vector"), IndexDescription | None)
    assert_type(await client.get_load_state("books"), LoadStateDescription)
    assert_type((await client.get_load_state("books"))["state"], LoadState)
    await client.load_collection("books", timeout=2.5, replica_number=2)
    await client.load_collection("books", replicas=2)  # type: ignore[call-arg]  # it is replica_number


async def rows(client: AsyncMilvusClient) -> None:
    assert_type(await client.insert("books", [{"id": 1, "vector": [0.1, 0.2]}]), dict[str, Any])
    await client.insert("books", {"id": 1, "vector": b"12345678"}, partition_name="novels")
    await client.insert("books", "id")  # type: ignore[arg-type]  # not rows
    assert_type(await client.query("books", "id < 3", ["id"]), QueryResult)
    assert_type((await client.query("books", "id < 3"))[0], dict[str, Any])
    assert_type((await client.query("books", "id < 3")).extra["cost"], int | float)
    assert_type(await client.get("books", [1, 2]), QueryResult)
    await client.query("books", "id < 3", timeout="10")  # type: ignore[arg-type]  # a text is not seconds


async def searches(client: AsyncMilvusClient) -> None:
    found = await client.search("books", [[0.1, 0.2]], limit=3, output_fields=["title"], filter="id > 1")
    assert_type(found, SearchResult)
    assert_type(found[0], Hits)
    assert_type(found[0].ids, list[Any])
    assert_type(found[0].distances, list[float])
    assert_type(found[0][0], Hit)
    for hits in found:
        for hit in hits:
            assert_type(hit, Hit)
    near = AnnSearchRequest([[0.1, 0.2]], "vector", {"metric_type": "L2"}, 3)
    assert_type(await client.hybrid_search("books", [near], RRFRanker(), limit=3), SearchResult)
    await client.search("books", [[0.1, 0.2]], limt=3)  # type: ignore[call-arg]  # misspelt
    await client.search("books", [[0.1, 0.2]], limit="3")  # type: ignore[arg-type]  # not a number


async def iterators(client: AsyncMilvusClient) -> None:
    pages = await client.search_iterator("books", [[0.1, 0.2]], batch_size=100)
    assert_type(pages, AsyncSearchIterator)
    assert_type(await pages.next(), Hits)
    async for page in pages:
        assert_type(page, Hits)
    async with await client.query_iterator("books", filter="id > 3") as row_pages:
        assert_type(row_pages, AsyncQueryIterator)
        assert_type(await row_pages.next(), list[dict[str, Any]])
    async with client.session("cluster-1") as session:
        assert_type(session, AsyncMilvusClientSession)
        assert_type(await session.get("books", [1]), QueryResult)


async def maintenance(client: AsyncMilvusClient) -> None:
    assert_type(await client.compact("books"), int)
    assert_type(await client.get_compaction_state(1), str)
    assert_type(await client.get_compaction_plans(1), CompactionPlans)
    assert_type(await client.list_persistent_segments("books"), list[SegmentInfo])
    assert_type(await client.list_loaded_segments("books"), list[LoadedSegmentInfo])
    assert_type(await client.describe_replica("books"), list[ReplicaInfo])
    assert_type(await client.describe_resource_group("rg"), ResourceGroupInfo)
    assert_type(await client.list_resource_groups(), list[str])


async def results_that_depend_on_an_argument(client: AsyncMilvusClient, detail: bool) -> None:
    assert_type(await client.get_server_version(), str)
    assert_type(await client.get_server_version(detail=False), str)
    assert_type(await client.get_server_version(detail=True), ServerDescription)
    assert_type(await client.get_server_version(detail=detail), str | ServerDescription)
    assert_type(await client.optimize("books"), OptimizeResult)
    assert_type(await client.optimize("books", wait=False), AsyncOptimizeTask)
    assert_type(await client.optimize("books", "1GB", False), AsyncOptimizeTask)
    assert_type(await client.optimize("books", wait=detail), OptimizeResult | AsyncOptimizeTask)


async def users(client: AsyncMilvusClient) -> None:
    assert_type(await client.list_users(), list[str])
    assert_type(await client.describe_user("alice"), UserDescription)
    assert_type(await client.describe_role("reader"), RoleDescription)
    assert_type(await client.list_privilege_groups(), list[PrivilegeGroupDescription])
    await client.create_user("alice", "P@ssw0rd")
    await client.create_user("alice", pasword="P@ssw0rd")  # type: ignore[call-arg]  # misspelt


class Library(AsyncMilvusClient):
    """A client may be a base class, and a method may be made narrower in what it returns."""

    async def titles(self, count: int) -> list[str]:
        found = await self.query("books", output_fields=["title"], limit=count)
        return [str(row["title"]) for row in found]

    async def __aenter__(self) -> Self:
        return self
