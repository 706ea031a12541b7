"""Calls that neither server has: an error names the call and says what is wrong, and the client goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, DataType, FieldSchema, Function, FunctionType
from milvusclient.exceptions import UnimplementedError
from tests.server.both import Server, schema_of

Call = Callable[[AsyncMilvusClient], Any]

STRUCT = AsyncMilvusClient.create_struct_field_schema().add_field("n", DataType.INT64)
BM25 = Function("bm25", FunctionType.BM25, ["text"], ["words"])

CALLS: list[tuple[str, Call]] = [
    ("AddCollectionField", lambda client: client.add_collection_field("c", "x", DataType.INT64, nullable=True)),
    ("AddCollectionStructField", lambda client: client.add_collection_struct_field("c", "s", STRUCT, 5)),
    ("AddCollectionFunction", lambda client: client.add_collection_function("c", BM25)),
    ("AlterCollectionFunction", lambda client: client.alter_collection_function("c", "bm25", BM25)),
    ("DropCollectionFunction", lambda client: client.drop_collection_function("c", "bm25")),
    ("RunAnalyzer", lambda client: client.run_analyzer("a text")),
    ("CreateSnapshot", lambda client: client.create_snapshot("snapshot", "c")),
    ("ListSnapshots", lambda client: client.list_snapshots("c")),
    ("DescribeSnapshot", lambda client: client.describe_snapshot("snapshot", "c")),
    ("DropSnapshot", lambda client: client.drop_snapshot("snapshot", "c")),
    ("RestoreSnapshot", lambda client: client.restore_snapshot("snapshot", "c", "d")),
    ("ListRestoreSnapshotJobs", lambda client: client.list_restore_snapshot_jobs("c")),
    ("ListFileResources", lambda client: client.list_file_resources()),
    ("AddFileResource", lambda client: client.add_file_resource("words", "a/path")),
    ("RemoveFileResource", lambda client: client.remove_file_resource("words")),
    ("ListPrivilegeGroups", lambda client: client.list_privilege_groups()),
    ("CreatePrivilegeGroup", lambda client: client.create_privilege_group("readers")),
    ("GetReplicateConfiguration", lambda client: client.get_replicate_configuration()),
    ("RefreshExternalCollection", lambda client: client.refresh_external_collection("c")),
    ("ListRefreshExternalCollectionJobs", lambda client: client.list_refresh_external_collection_jobs("c")),
    ("AlterRole", lambda client: client.alter_role("public", "everybody")),
]


async def test_a_call_that_no_server_has_is_named(server: Server) -> None:
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of(FieldSchema("text", DataType.VARCHAR, max_length=10)))
        for name, call in CALLS:
            with pytest.raises(UnimplementedError) as raised:
                await call(client)
            assert raised.value.operation == name
            assert "the server does not know this call; " in raised.value.message
        assert await client.list_collections() == ["c"]


SERVER_ONLY: list[tuple[str, Call]] = [
    ("ListCredUsers", lambda client: client.list_users()),
    ("CreateRole", lambda client: client.create_role("reader")),
    ("ListResourceGroups", lambda client: client.list_resource_groups()),
    ("GetReplicas", lambda client: client.describe_replica("c")),
    ("FlushAll", lambda client: client.flush_all()),
    ("GetPersistentSegmentInfo", lambda client: client.list_segments("c")),
    ("GetQuerySegmentInfo", lambda client: client.list_loaded_segments("c")),
    ("GetCompactionStateWithPlans", lambda client: client.get_compaction_plans(1)),
]


async def test_what_takes_a_whole_server_is_named_by_the_embedded_one(server: Server) -> None:
    if not server.is_lite:
        pytest.skip("Milvus 2.3.5 has them: test_resource_groups, test_segments, test_whole_server")
    async with AsyncMilvusClient(server.uri) as client:
        await client.create_collection("c", schema=schema_of())
        for name, call in SERVER_ONLY:
            with pytest.raises(UnimplementedError, match=f"{name}.*the server does not know this call"):
                await call(client)
