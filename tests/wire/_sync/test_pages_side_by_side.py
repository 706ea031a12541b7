"""Pages of a query iterator that are requested several at a time."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from milvusclient import RetryPolicy
from milvusclient._sync.client import MilvusClient
from milvusclient._sync.iterators import QueryIterator
from milvusclient.exceptions import MilvusException, WaitTimeoutError
from tests.support.key_pages import Together, bounds, key_pages
from tests.support.scripted import Received, ScriptedServer

COUNT = 100
SNAPSHOT = 445_000_000_000_000_001
answer = key_pages(range(COUNT))


def ids(page: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in page]


def collect(pages: QueryIterator, found: list[int]) -> None:
    while page := pages.next():
        found += ids(page)


def is_scan(call: Received) -> bool:
    return list(call.message.output_fields) == ["id"]


def test_pages_come_in_order_and_no_more_requests_are_sent_at_a_time(scripted_server: ScriptedServer) -> None:
    together = Together()
    scripted_server.on("Query").reply_to(lambda call: together.answer(answer, call)).forever()
    client = MilvusClient(scripted_server.uri)
    with client.query_iterator("c", batch_size=7, in_flight=4) as pages:
        found = [ids(page) for page in pages]
    assert [key for page in found for key in page] == list(range(COUNT))
    assert {len(page) for page in found} == {7, 2}
    assert together.most == 4


def test_all_pages_show_one_snapshot(scripted_server: ScriptedServer) -> None:
    def pinned(call: Received) -> dict[str, Any]:
        return {**answer(call), "session_ts": SNAPSHOT}

    scripted_server.on("Query").reply_to(pinned).forever()
    client = MilvusClient(scripted_server.uri)
    with client.query_iterator("c", batch_size=7, in_flight=4, partition_names=["p"]) as pages:
        assert len(ids(pages.next())) == 7
    _, *others = scripted_server.calls("Query")
    assert {call.message.guarantee_timestamp for call in others} == {SNAPSHOT}
    assert {tuple(call.message.partition_names) for call in others} == {("p",)}
    assert is_scan(others[0])


def test_pages_before_a_fault_are_returned_and_the_rest_after_it(scripted_server: ScriptedServer) -> None:
    failing = True

    def faulty(call: Received) -> dict[str, Any]:
        after = bounds(call.message.expr)[0]
        if failing and not is_scan(call) and isinstance(after, int) and after >= 29:
            return {"status": {"code": 1, "error_code": "UnexpectedError", "reason": "the disk is broken"}}
        return answer(call)

    scripted_server.on("Query").reply_to(faulty).forever()
    client = MilvusClient(scripted_server.uri, retry=RetryPolicy(max_retries=0))
    found: list[int] = []
    with client.query_iterator("c", batch_size=10, in_flight=4) as pages:
        for _ in range(2):
            with pytest.raises(MilvusException, match="the disk is broken"):
                collect(pages, found)
            assert found == list(range(30))
        failing = False
        collect(pages, found)
    assert found == list(range(COUNT))


def test_the_timeout_is_that_of_a_page(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").reply_to(answer).times(2).never_answer().times(3).reply_to(answer).forever()
    client = MilvusClient(scripted_server.uri)
    with client.query_iterator("c", batch_size=10, in_flight=3, timeout=0.2) as pages:
        with pytest.raises(MilvusException) as caught:
            pages.next()
        assert isinstance(caught.value, WaitTimeoutError) or "0.2" in str(caught.value)
        assert ids(pages.next()) == list(range(10))


def test_a_page_whose_position_cannot_be_stored_comes_again(
    scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    scripted_server.on("Query").reply_to(answer).forever()
    client = MilvusClient(scripted_server.uri)
    for in_flight in (1, 4):
        folder = tmp_path / str(in_flight)
        file = str(folder / "position")
        with client.query_iterator("c", 10, in_flight=in_flight, iterator_cp_file=file) as pages:
            for _ in range(2):
                with pytest.raises(FileNotFoundError):
                    pages.next()
            folder.mkdir()
            assert ids(pages.next()) == list(range(10))


def test_an_iterator_that_is_left_or_closed_early_leaves_nothing(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").reply_to(answer).forever()
    client = MilvusClient(scripted_server.uri)
    pages = client.query_iterator("c", batch_size=10, in_flight=4)
    assert ids(pages.next()) == list(range(10))
    pages.close()
    pages.close()
    with pytest.raises(MilvusException, match="iterator is closed"):
        pages.next()
    unclosed = client.query_iterator("c", batch_size=10, in_flight=4)
    assert ids(unclosed.next()) == list(range(10))
    del pages, unclosed
    gc.collect()  # a task that is destroyed while it is pending would be logged, and fail the test
    assert len(client.query("c", "id > 89", ["id"], limit=3)) == 3


def test_an_empty_collection_has_no_pages(scripted_server: ScriptedServer) -> None:
    scripted_server.on("Query").reply_to(key_pages([])).forever()
    client = MilvusClient(scripted_server.uri)
    with client.query_iterator("c", in_flight=4) as pages:
        assert [page for page in pages] == []
        assert pages.next() == []
