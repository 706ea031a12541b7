"""What is known of a collection is asked for once, shared by all who ask, and forgotten when it may have changed."""

from __future__ import annotations

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import DescribeCollectionException
from milvusclient.runtime import schema_cache
from milvusclient.runtime.concurrency import in_thread
from tests.support.scripted import ScriptedServer
from tests.support.together import Clock, Running, Together


def asked(server: ScriptedServer) -> int:
    """How often the server was asked for a description."""
    return len(server.calls("DescribeCollection"))


def test_many_that_ask_at_once_cause_one_question(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").then(delay=0.1)
    infos = Together.run(lambda: client._collection("c"), 30)
    assert asked(scripted_server) == 1
    assert {info.name for info in infos} == {"c"}


def test_clients_of_one_server_share_what_is_known(scripted_server: ScriptedServer) -> None:
    MilvusClient(scripted_server.uri)._collection("c")
    MilvusClient(scripted_server.uri, alias="another")._collection("c")
    assert asked(scripted_server) == 1


def test_databases_do_not(scripted_server: ScriptedServer) -> None:
    MilvusClient(scripted_server.uri)._collection("c")
    MilvusClient(scripted_server.uri, db_name="other")._collection("c")
    MilvusClient(scripted_server.uri, db_name="default")._collection("c")
    assert asked(scripted_server) == 2


def test_what_is_forgotten_is_asked_again(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    client._forget("c")
    client._collection("c")
    assert asked(scripted_server) == 2


def test_an_answer_that_was_asked_for_before_a_change_is_not_kept(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").then(delay=0.3)
    early = Running(lambda: client._collection("c"))
    in_thread(lambda: scripted_server.wait_for("DescribeCollection"))

    client._forget("c")
    client._collection("c")
    assert asked(scripted_server) == 2, "who asks after the change does not join the question from before it"
    early.result()

    assert schema_cache.lookup(client._key("c")) is not None


def test_a_refresh_asks_again(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    client._collection("c", refresh=True)
    assert asked(scripted_server) == 2


def test_a_failure_is_not_kept_and_not_inherited(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").never_answer()
    hasty = Running(lambda: client._collection("c", client._deadline(0.3)))
    in_thread(lambda: scripted_server.wait_for("DescribeCollection"))
    patient = Running(lambda: client._collection("c", client._deadline(20)))

    assert (patient.result()).name == "c"
    assert Together.failure(hasty) is not None
    assert (client._collection("c")).name == "c"


def test_an_unknown_collection_is_an_error_each_time(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("DescribeCollection").status(100, "can't find collection").forever()
    for _ in range(2):
        with pytest.raises(DescribeCollectionException, match="can't find collection"):
            client._collection("missing")
    assert asked(scripted_server) == 2


def test_a_description_serves_the_writes_after_it(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.describe_collection("c")
    client.insert("c", {"id": 1, "vector": [0.5] * 4})
    client.insert("c", {"id": 2, "vector": [0.5] * 4})
    assert asked(scripted_server) == 1


def test_a_description_asks_the_server_however_much_is_known(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    scripted_server.on("DescribeCollection").then(delay=0.3)
    early = Running(lambda: client.describe_collection("c"))
    in_thread(lambda: scripted_server.wait_for("DescribeCollection", 2))
    client.describe_collection("c")
    assert asked(scripted_server) == 3, "a question that was sent before is not joined"
    early.result()


def test_a_description_replaces_what_another_process_changed(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    scripted_server.on("DescribeCollection").then({"collectionID": 4711, "schema": {"name": "c"}})
    client.describe_collection("c")
    assert (client._collection("c")).collection_id == 4711

    scripted_server.on("DescribeCollection").status(100, "can't find collection")
    with pytest.raises(DescribeCollectionException):
        client.describe_collection("c")
    assert schema_cache.lookup(client._key("c")) is None


def test_dropping_a_collection_forgets_it(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client._collection("c")
    client.drop_collection("c")
    assert schema_cache.lookup(client._key("c")) is None


def test_a_pause_ends_with_its_deadline_and_with_its_connection(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.list_collections()
    deadline = client._deadline(0.1)
    client._pause(0.01, deadline, "nothing")
    with pytest.raises(Exception, match=r"nothing was not done within 0\.1 s \(deadline exceeded\)"):
        client._pause(60, deadline, "nothing")

    pause = Running(lambda: client._pause(60, client._deadline(None), "nothing"))
    Clock.sleep(0.1)
    client.close()
    pause.result()
