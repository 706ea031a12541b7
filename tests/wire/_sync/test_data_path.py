"""Writes and reads at the wire: schemas that change, moments that are remembered, pages, sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import (
    DataNotMatchException,
    MilvusException,
    ParamError,
    SchemaMismatchRetryableException,
)
from milvusclient.models.results import Hit, Hits
from milvusclient.schema.ranking import AnnSearchRequest, RRFRanker
from tests.support.scripted import ScriptedServer

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}
QUERY = [[0.1, 0.2, 0.3, 0.4]]
WRITTEN = 449_000_000_000_000_001
FIELDS = [
    {"name": "id", "type": "Int64", "is_primary_key": True},
    {"name": "vector", "type": "FloatVector", "type_params": {"dim": "4"}},
]
TITLE = {"name": "title", "type": "VarChar", "type_params": {"max_length": "9"}}
STRICT = {"fields": FIELDS, "enable_dynamic_field": False}


def params(message: Any) -> dict[str, str]:
    pairs = message.search_params if hasattr(message, "search_params") else message.query_params
    return {pair.key: pair.value for pair in pairs}


# --- writes ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [{"code": 2200, "error_code": "SchemaMismatch"}, {"code": 109}])
@pytest.mark.parametrize("method", ["insert", "upsert"])
def test_a_write_is_repeated_once_when_the_schema_changed(
    scripted_server: ScriptedServer, method: str, status: dict[str, Any]
) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on(method.title()).status(reason="old schema", **status)
    written = getattr(client, method)("c", ROW)
    assert written[f"{method}_count"] == 1
    assert len(scripted_server.calls(method.title())) == 2
    assert len(scripted_server.calls("DescribeCollection")) == 2


@pytest.mark.parametrize("method", ["insert", "upsert"])
def test_a_table_is_sent_as_its_rows_are(scripted_server: ScriptedServer, method: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    client = MilvusClient(scripted_server.uri)
    rows = [ROW, ROW | {"id": 2}]
    table = pyarrow.Table.from_pylist(
        rows, pyarrow.schema({"id": pyarrow.int64(), "vector": pyarrow.list_(pyarrow.float32())})
    )
    scripted_server.on(method.title()).status(109, "old schema")
    written = getattr(client, method)("c", table)
    assert written[f"{method}_count"] == 2
    getattr(client, method)("c", tuple(rows))
    refused, of_table, of_rows = (call.message for call in scripted_server.calls(method.title()))
    assert refused == of_table == of_rows
    assert getattr(client, method)("c", table.slice(0, 0)) == {f"{method}_count": 0, "ids": []}
    with pytest.raises(DataNotMatchException, match="there is no column 'id'"):
        getattr(client, method)("c", table.drop_columns("id"))
    assert len(scripted_server.calls(method.title())) == 3


def test_a_schema_that_changes_again_is_an_error_that_says_so(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").status(109, "old schema").forever()
    with pytest.raises(SchemaMismatchRetryableException, match=r"changed again.*old schema") as caught:
        client.insert("c", ROW)
    assert (caught.value.code, caught.value.operation) == (109, "Insert")
    assert isinstance(caught.value.__cause__, MilvusException)
    assert len(scripted_server.calls("Insert")) == 2


def test_another_refusal_after_a_changed_schema_stays_what_it_is(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").status(109, "old schema").status(1100, "no")
    with pytest.raises(MilvusException, match="no") as caught:
        client.insert("c", ROW)
    assert caught.value.code == 1100


def test_rows_that_do_not_fit_the_known_schema_may_fit_the_current_one(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.state.collections = {"c": STRICT}
    client.insert("c", ROW)
    wider = {**ROW, "title": "new"}
    with pytest.raises(DataNotMatchException, match="title"):
        client.insert("c", wider)
    scripted_server.state.collections = {"c": {**STRICT, "fields": [*FIELDS, TITLE]}}
    assert (client.insert("c", wider))["insert_count"] == 1


def test_an_empty_list_of_rows_sends_nothing(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    assert client.insert("c", []) == {"insert_count": 0, "ids": []}
    assert client.upsert("c", []) == {"upsert_count": 0, "ids": []}
    assert client.get("c", []) == []
    assert not scripted_server.calls("DescribeCollection")


# --- what a read must see --------------------------------------------------------------------------------------------
def test_a_read_sees_the_last_write_of_this_process(scripted_server: ScriptedServer) -> None:
    writer = MilvusClient(scripted_server.uri)
    writer.delete("c", [1])
    reader = MilvusClient(scripted_server.uri, alias="another")
    reader.query("c", "id > 0")
    reader.search("c", QUERY, consistency_level="Session")
    reader.query("other", "id > 0", consistency_level="Session")
    (first, other), (search,) = scripted_server.calls("Query"), scripted_server.calls("Search")
    assert (first.message.guarantee_timestamp, first.message.use_default_consistency) == (WRITTEN, True)
    assert (search.message.guarantee_timestamp, search.message.use_default_consistency) == (WRITTEN, False)
    assert other.message.guarantee_timestamp == 1


def test_an_old_servers_empty_collection_has_no_rows(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Query").status(0, "empty", error_code="EmptyCollection")
    assert client.query("c", "id > 0") == []


def test_nothing_is_sent_for_invalid_arguments(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    with pytest.raises(ParamError):
        client.query("c", ids=[1], limit=-1)
    with pytest.raises(ParamError):
        client.search("c", [bytes(16)], limit=0)
    with pytest.raises(ParamError):
        client.delete([1], ids=[1])  # type: ignore[arg-type]
    with pytest.raises(ParamError):
        client.search_iterator("c", QUERY, search_params={"offset": 1})
    with pytest.raises(ParamError):
        client.query_iterator("c", limit=-5)
    assert not scripted_server.calls("DescribeCollection")


def test_raw_vectors_need_the_schema_and_others_do_not(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.search("c", QUERY)
    assert not scripted_server.calls("DescribeCollection")
    client.search("c", [bytes(16)])
    assert len(scripted_server.calls("DescribeCollection")) == 1


# --- pages -----------------------------------------------------------------------------------------------------------
def test_pages_come_one_by_one(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    with client.query_iterator("c", batch_size=3) as pages:
        found = [[row["id"] for row in in_turn(page)] for page in pages]
    assert found == [[1, 2, 3], [4, 5, 6], [7]]
    with client.search_iterator("c", QUERY, batch_size=4) as hits:
        ids = [page.ids for page in hits]
    assert ids == [[1, 2, 3, 4], [5, 6, 7, 8]]


def in_turn(rows: list[Any]) -> Any:
    for row in rows:
        yield row


def test_a_closed_iterator_says_so(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    for pages in (client.query_iterator("c"), client.search_iterator("c", QUERY)):
        pages.close()
        pages.close()
        with pytest.raises(MilvusException, match="iterator is closed"):
            pages.next()


def test_a_page_that_failed_can_be_asked_for_again(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, retry=RetryPolicy(max_retries=0))
    rows = client.query_iterator("c", batch_size=3)
    hits = client.search_iterator("c", QUERY, batch_size=4)
    assert len(rows.next()) == 3
    assert (hits.next()).ids == [1, 2, 3, 4]
    for rpc in ("Query", "Search"):
        scripted_server.on(rpc).fail(grpc.StatusCode.UNAVAILABLE)
    for pages in (rows, hits):
        with pytest.raises(MilvusException):
            pages.next()
    assert [row["id"] for row in rows.next()] == [4, 5, 6]
    assert (hits.next()).ids == [5, 6, 7, 8]


def test_external_filter_func_selects_the_hits_of_pages(scripted_server: ScriptedServer) -> None:
    def even(hits: Hits) -> list[Hit]:
        return [hit for hit in hits if hit.id % 2 == 0]

    client = MilvusClient(scripted_server.uri)
    pages = client.search_iterator("c", QUERY, batch_size=3, external_filter_func=even)
    assert [page.ids for page in pages] == [[2, 6]]


def test_another_iterator_continues_from_the_checkpoint(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    client = MilvusClient(scripted_server.uri)
    place = str(tmp_path / "checkpoint")
    pages = client.query_iterator("c", batch_size=3, iterator_cp_file=place)
    assert [row["id"] for row in pages.next()] == [1, 2, 3]
    again = client.query_iterator("c", batch_size=3, iterator_cp_file=place)
    assert [row["id"] for row in again.next()] == [4, 5, 6]
    last = scripted_server.calls("Query")[-1].message
    assert (last.expr, last.guarantee_timestamp) == ("id > 3", 445_000_000_000_000_001)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


# --- sessions --------------------------------------------------------------------------------------------------------
def test_a_session_names_its_cluster_in_every_read(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    parts = [AnnSearchRequest(QUERY, "vector", {}, 3)]
    with client.session("east") as session:
        session.search("c", QUERY)
        session.query("c", "id > 0")
        session.get("c", [1])
        session.hybrid_search("c", parts, RRFRanker())
        (session.search_iterator("c", QUERY)).next()
        (session.query_iterator("c")).next()
    reads = [*scripted_server.calls("Search"), *scripted_server.calls("Query")]
    assert len(reads) == 7
    assert {params(read.message)["cluster_id"] for read in reads} == {"east"}
    (hybrid,) = scripted_server.calls("HybridSearch")
    assert {pair.key: pair.value for pair in hybrid.message.rank_params}["cluster_id"] == "east"
    assert params(hybrid.message.requests[0])["cluster_id"] == "east"

    client.search("c", QUERY)
    assert "cluster_id" not in params(scripted_server.calls("Search")[-1].message)


def test_a_closed_session_says_so_and_its_client_goes_on(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    session = client.session("east")
    session.close()
    with pytest.raises(MilvusException, match="this session with cluster 'east' is closed"):
        session.query("c", "id > 0")
    assert client.query("c", "id > 0")
    with pytest.raises(ParamError, match="cluster_id must be a str"):
        client.session(5)  # type: ignore[arg-type]
