"""A pickled client in another process: what it brings, and what that process must have.

A pickle holds no credentials, because pickles are written to files, queues and logs. What it holds is the alias, which
follows from uri, credentials and database, and so recognises the right credentials among those that a process has:
MILVUS_TOKEN, the descriptions of connections.add_connection(), and other clients' open connections. Forked children,
and the process itself, have them from the start; a child of multiprocessing's spawn inherits the environment. Users of
spawn who give a password as an argument write one line more, and the error tells them which. A token that is a function
is pickled by the function's name, as all functions are.
"""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
import sys
import textwrap

import pytest

from milvusclient import MilvusClient
from tests.support.scripted import ScriptedServer

TOKEN = "bob:hunter2"

GIVE_WHAT_IS_MISSING = {
    "nothing": "",
    "environment": "import os; os.environ['MILVUS_TOKEN'] = token",
    "registered": "connections.add_connection(anything=dict(uri='elsewhere', token=token))",
    "a client": "other = MilvusClient(uri, token=token); other.list_collections()",
    "other credentials": "connections.add_connection(anything=dict(uri=uri, token='bob:wrong'))",
}


def unpickled_elsewhere(client: MilvusClient, before: str, uri: str, token: str = TOKEN) -> str:
    """Use a pickled client in a fresh process; ``before`` runs after unpickling. What it printed."""
    pickled = base64.b64encode(pickle.dumps(client)).decode()
    script = textwrap.dedent("""
        import base64, pickle, sys
        from milvusclient import ConnectionConfigException, MilvusClient, connections
        pickled, uri, token, before = sys.argv[1:]
        client = pickle.loads(base64.b64decode(pickled))
        assert "credentials" not in repr(client)
        exec(before)
        try:
            client.list_collections()
        except ConnectionConfigException as error:
            print("refused:", error.message)
        else:
            print("done:", client.alias)
    """)
    done = subprocess.run(
        [sys.executable, "-c", script, pickled, uri, token, before],
        env={name: value for name, value in os.environ.items() if not name.startswith("MILVUS_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("alias", [None, "work"])
@pytest.mark.parametrize("what", sorted(GIVE_WHAT_IS_MISSING))
def test_another_process(what: str, alias: str | None, scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, token=TOKEN, alias=alias)
    scripted_server.forget_requests()

    printed = unpickled_elsewhere(client, GIVE_WHAT_IS_MISSING[what], scripted_server.uri)

    if what in ("nothing", "other credentials") or (what, alias) == ("a client", "work"):
        assert printed.startswith(f"refused: the credentials for {scripted_server.uri} were left out"), printed
        for way_out in ("MILVUS_TOKEN", "connections.add_connection()", "make a client with the same arguments"):
            assert way_out in printed
        assert "hunter2" not in printed
        assert not [call for call in scripted_server.calls("ShowCollections") if what == "nothing"]
    else:
        assert printed == f"done: {client.alias}\n"
        expected = base64.b64encode(TOKEN.encode()).decode()
        sent = scripted_server.calls("ShowCollections")
        assert {call.headers["authorization"] for call in sent} == {expected}


def test_another_process_and_no_credentials(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, db_name="films")
    assert unpickled_elsewhere(client, "", scripted_server.uri) == f"done: {client.alias}\n"


def test_another_database_of_a_client_without_its_credentials(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri, token=TOKEN)
    before = "import os; os.environ['MILVUS_TOKEN'] = token; client.use_database('films')"
    assert "films" in unpickled_elsewhere(client, before, scripted_server.uri)
