"""What the tolerant clients hand on to a server, and what they keep from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from milvusclient.pymilvus import AnnSearchRequest, MilvusClient, RRFRanker, UnknownKeywordWarning
from milvusclient.pymilvus.orm.connections import Connections
from tests.support.recorder import Recorder


@pytest.fixture
def client(recorder: Recorder, recorder_address: str) -> Iterator[MilvusClient]:
    recorder.reset({})
    with MilvusClient(f"http://{recorder_address}") as client:
        recorder.drain()
        yield client


def pairs(pairs_of_request: list[dict[str, str]]) -> dict[str, str]:
    return {pair["key"]: pair.get("value", "") for pair in pairs_of_request}


def sent(recorder: Recorder, rpc: str) -> Any:
    """The first request of a call, as the server parsed it."""
    return next(one["body"] for one in recorder.drain() if one["rpc"].endswith(f"/{rpc}"))


def test_how_hits_are_grouped_is_handed_on(client: MilvusClient, recorder: Recorder) -> None:
    client.search_iterator("books", [[1.0, 2.0, 3.0, 4.0]], group_by_field="title", group_size=2)
    texts = pairs(sent(recorder, "Search")["search_params"])
    assert (texts["group_by_field"], texts["group_size"]) == ("title", "2")
    request = AnnSearchRequest([[1.0, 2.0, 3.0, 4.0]], "vector", {}, 3)
    client.hybrid_search("books", [request], RRFRanker(), group_by_field="title", rank_group_scorer="sum")
    assert pairs(sent(recorder, "HybridSearch")["rank_params"])["rank_group_scorer"] == "sum"


def test_what_nobody_knows_is_dropped_and_the_call_is_made(client: MilvusClient, recorder: Recorder) -> None:
    loose: Any = client
    with pytest.warns(UnknownKeywordWarning, match=r"MilvusClient.insert\(\) does not know the keyword 'progress_bar'"):
        inserted = loose.insert("books", [{"id": 1, "vector": [1, 2, 3, 4]}], progress_bar=True)
    assert str(inserted).startswith("{'insert_count': ")
    assert sent(recorder, "Insert")["num_rows"] == 1


def test_the_handler_of_a_connection_forgets_a_schema(client: MilvusClient, recorder: Recorder) -> None:
    client.insert("books", [{"id": 1, "vector": [1, 2, 3, 4]}])
    handler = client._get_connection()
    assert "books" in handler.schema_cache
    handler.schema_cache.pop("books", None)
    assert "books" not in handler.schema_cache
    assert handler.has_collection("books") is True


def test_a_connection_drops_what_it_does_not_know(recorder_address: str) -> None:
    registry: Any = Connections()
    with pytest.warns(UnknownKeywordWarning, match=r"Connections.connect\(\) does not know the keyword 'keep_alive'"):
        registry.connect("tolerant", uri=f"http://{recorder_address}", keep_alive=True)
    assert registry.has_connection("tolerant")
    registry.remove_connection("tolerant")
