"""How clients share connections, and what close() does: the session of Milvus's own guide, and a little more.

    python examples/sharing.py                          # the embedded server, in ./sharing.db
    python examples/sharing.py http://localhost:19530   # a server

A client holds the name of a connection. Clients with the same name share it, and ``close()`` closes it for all of them.
"""

from __future__ import annotations

import argparse
import threading

from milvusclient import ConnectionNotExistException, MilvusClient, connections

TEST_DB = "test_DB"


def share(uri: str) -> None:
    """Clients with the same uri, credentials and database use one connection; closing one closes it for all."""
    first = MilvusClient(uri)
    others = [MilvusClient(uri) for _ in range(10)]
    print(f"11 clients, {len({client.alias for client in [first, *others]})} alias: {first.alias}")

    first.close()
    refused = 0
    for client in others:
        try:
            client.list_collections()
        except ConnectionNotExistException as error:
            refused += 1
            reason = error.message
    print(f"one was closed, and {refused} others are refused, too:\n    {reason}")

    # A client holds a name, not a connection. Whoever opens that name again opens it for everybody.
    MilvusClient(uri)
    print(f"a new client opened it again; the old ones see {others[0].list_collections()}")


def share_between_threads(uri: str) -> None:
    """Whether each thread makes a client or all use one: it is the same connection."""
    seen: list[str] = []

    def construct() -> None:
        client = MilvusClient(uri)
        client.list_collections()
        seen.append(client.alias)

    shared = MilvusClient(uri)

    def use() -> None:
        shared.list_collections()
        seen.append(shared.alias)

    threads = [threading.Thread(target=work) for work in (construct, use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{len(seen)} threads, {len(set(seen))} alias")


def another_database(uri: str) -> None:
    """Close a client of another database, which has a connection of its own, so that no other client is affected."""
    client = MilvusClient(uri)
    if TEST_DB not in client.list_databases():
        client.create_database(TEST_DB)
    in_test_db = MilvusClient(uri, db_name=TEST_DB)
    print(f"two databases:\n    {client.alias}\n    {in_test_db.alias}")
    in_test_db.close()
    print(f"the second is closed, the first goes on: {client.list_collections()}")

    # One client can also move: it takes the other database's alias, and the others stay where they are.
    mover = MilvusClient(uri)
    mover.use_database(TEST_DB)
    print(f"one client moved to {mover.alias}, the other is still {client.alias}")
    mover.close()


def parallel_connections(uri: str) -> None:
    """Another alias is another TCP connection: for when one does not carry enough. Whoever names it closes it."""
    with MilvusClient(uri, alias="c1-alias") as c1, MilvusClient(uri, alias="c2-alias") as c2:
        print(f"two connections: {c1.alias}, {c2.alias}")
    with MilvusClient(uri, dedicated=True) as mine:
        print(f"a connection of its own: {mine.alias}")


def registry(uri: str) -> None:
    """Reach the same connections by their names, without a client in hand."""
    connections.add_connection(dev={"uri": uri})
    with MilvusClient(alias="dev") as client:
        print(f"registered, connected and used: {client.alias} {connections.get_connection_addr('dev')['uri']}")
    connections.remove_connection("dev")
    print(f"still connected: {[alias for alias, connection in connections.list_connections() if connection]}")


def main(uri: str) -> None:
    """Run all parts."""
    share(uri)
    share_between_threads(uri)
    another_database(uri)
    parallel_connections(uri)
    registry(uri)
    # At the end of the program, and only because nobody else uses it any more.
    MilvusClient(uri).close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="./sharing.db", help="server or file to use")
    main(parser.parse_args().uri)
