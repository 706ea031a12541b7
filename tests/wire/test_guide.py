"""The session of the public guide on connections, part by part, as it is documented. TCP connections are counted at the
server's end."""

from __future__ import annotations

import linecache
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from milvusclient import ConnectionNotExistException, MilvusClient
from tests.support.scripted import ScriptedServer

COUNT = 10


def test_ten_clients_of_one_uri_share_one_alias_and_one_tcp_connection(scripted_server: ScriptedServer) -> None:
    clients = [MilvusClient(uri=scripted_server.uri) for _ in range(COUNT)]

    results = [client.list_collections() for client in clients]

    assert len({client._using for client in clients}) == 1
    assert results == [results[0]] * COUNT
    assert scripted_server.connections == 1
    assert len(scripted_server.calls("Connect")) == 1


def test_after_close_on_one_each_of_the_others_fails_with_the_documented_error(scripted_server: ScriptedServer) -> None:
    closer, *others = [MilvusClient(uri=scripted_server.uri) for _ in range(COUNT)]

    closer.close()

    for client in (closer, *others):
        with pytest.raises(ConnectionNotExistException) as raised:
            client.list_collections()
        message = str(raised.value)
        assert client.alias in message
        line = re.search(rf"{re.escape(__file__)}:(\d+) ", message)
        assert line is not None
        assert linecache.getline(__file__, int(line[1])).strip() == "closer.close()"
        assert "'MainThread'" in message
    assert scripted_server.calls("ShowCollections") == []


def test_the_message_names_the_thread_that_closed(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(uri=scripted_server.uri)

    closer = threading.Thread(target=lambda: MilvusClient(uri=scripted_server.uri).close(), name="the-closer")
    closer.start()
    closer.join()

    with pytest.raises(ConnectionNotExistException, match=r"MilvusClient.close\(\).*'the-closer'"):
        client.list_collections()


def test_ten_threads_that_each_construct_share_one_tcp_connection(scripted_server: ScriptedServer) -> None:
    together = threading.Barrier(COUNT)

    def worker(_: int) -> tuple[str, list[str]]:
        together.wait()
        client = MilvusClient(uri=scripted_server.uri)
        return client._using, client.list_collections()

    with ThreadPoolExecutor(COUNT) as threads:
        results = list(threads.map(worker, range(COUNT)))

    assert results == [results[0]] * COUNT
    assert scripted_server.connections == 1
    assert len(scripted_server.calls("Connect")) == 1


def test_ten_threads_share_one_client(scripted_server: ScriptedServer) -> None:
    shared = MilvusClient(uri=scripted_server.uri)
    together = threading.Barrier(COUNT)

    def worker(client: MilvusClient) -> list[str]:
        together.wait()
        return client.list_collections()

    with ThreadPoolExecutor(COUNT) as threads:
        results = list(threads.map(worker, [shared] * COUNT))

    assert results == [results[0]] * COUNT
    assert scripted_server.connections == 1


def test_a_second_database_has_another_alias_and_closing_it_leaves_the_first_alone(
    scripted_server: ScriptedServer,
) -> None:
    first = MilvusClient(uri=scripted_server.uri)
    first.create_database("test_DB")
    second = MilvusClient(uri=scripted_server.uri, db_name="test_DB")
    second.list_collections()

    assert first._using != second._using
    assert scripted_server.connections == 2

    second.close()

    with pytest.raises(ConnectionNotExistException):
        second.list_collections()
    assert first.list_collections() is not None
    assert scripted_server.connections == 2


def test_other_credentials_have_another_alias_and_connection(scripted_server: ScriptedServer) -> None:
    clients = [
        MilvusClient(uri=scripted_server.uri),
        MilvusClient(uri=scripted_server.uri, token="root:Milvus"),
        MilvusClient(uri=scripted_server.uri, token="root:wrong"),
        MilvusClient(uri=scripted_server.uri, user="bob", password="Milvus"),
    ]

    assert len({client.alias for client in clients}) == 4
    assert scripted_server.connections == 4


def test_custom_aliases_are_tcp_connections_of_their_own(scripted_server: ScriptedServer) -> None:
    c1 = MilvusClient(uri=scripted_server.uri, alias="c1-alias")
    c2 = MilvusClient(uri=scripted_server.uri, alias="c2-alias")
    c1.list_collections()
    c2.list_collections()

    assert (c1._using, c2._using) == ("c1-alias", "c2-alias")
    assert scripted_server.connections == 2
    peers = {request.peer for request in scripted_server.calls("ShowCollections")}
    assert len(peers) == 2

    c1.close()

    assert c2.list_collections() is not None
    with pytest.raises(ConnectionNotExistException, match="c1-alias"):
        c1.list_collections()
    c2.close()


def test_dedicated_clients_have_tcp_connections_of_their_own(scripted_server: ScriptedServer) -> None:
    clients = [MilvusClient(uri=scripted_server.uri, dedicated=True) for _ in range(3)]

    assert len({client.alias for client in clients}) == 3
    assert scripted_server.connections == 3


def test_a_new_client_for_the_same_target_brings_the_older_ones_back(scripted_server: ScriptedServer) -> None:
    older = [MilvusClient(uri=scripted_server.uri) for _ in range(3)]
    older[0].close()

    newer = MilvusClient(uri=scripted_server.uri)

    assert newer.alias == older[0].alias
    for client in (*older, newer):
        assert client.list_collections() is not None
    assert scripted_server.connections == 2
