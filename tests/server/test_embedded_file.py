"""One file, several clients, several processes: who shares the embedded server, and when it stops."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from milvusclient import AsyncMilvusClient, ConnectError, ConnectionConfigException, MilvusClient, connections
from tests.server.both import flat, schema_of
from tests.support.patience import HANG

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.lite

#: What another process does with the file: count its rows, and then wait until it is told to go.
OTHER_PROCESS = """
import sys
from milvusclient import MilvusClient
with MilvusClient(sys.argv[1]) as client:
    client.load_collection("c")
    print(client.query("c", "", ["count(*)"])[0]["count(*)"], flush=True)
    sys.stdin.readline()
"""


def other_process(path: str) -> subprocess.Popen[str]:
    """A process that opens the file."""
    return subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def fill(path: str) -> None:
    with MilvusClient(path) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        client.insert("c", [{"id": number, "vector": [1, 2]} for number in range(3)])


def test_clients_of_one_file_see_the_same_rows(lite_uri: str) -> None:
    fill(lite_uri)
    with MilvusClient(lite_uri) as first, MilvusClient(lite_uri, alias="another connection") as second:
        assert first.alias != second.alias
        first.load_collection("c")
        first.insert("c", {"id": 9, "vector": [1, 2]})
        assert second.get("c", 9, ["id"]) == [{"id": 9}]


def test_different_spellings_of_a_path_are_one_file(lite_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(lite_uri)
    monkeypatch.chdir(path.parent)
    spellings = [lite_uri, f"./{path.name}", path.name, f"{path.parent}/../{path.parent.name}/{path.name}"]
    clients = [MilvusClient(spelling) for spelling in spellings]
    assert len({client.alias for client in clients}) == 1
    clients[0].close()


def test_sync_and_async_clients_use_one_file_together(lite_uri: str) -> None:
    async def read() -> list[dict[str, object]]:
        async with AsyncMilvusClient(lite_uri) as client:
            return list(await client.query("c", "id == 1", ["id"]))

    fill(lite_uri)
    with MilvusClient(lite_uri) as client:
        client.load_collection("c")
        assert asyncio.run(read()) == [{"id": 1}]
        assert client.get("c", 2, ["id"]) == [{"id": 2}], "the server goes on for the other client"


def test_the_server_runs_until_the_last_connection_is_closed(lite_uri: str) -> None:
    fill(lite_uri)
    first = MilvusClient(lite_uri)
    second = MilvusClient(lite_uri, alias="second")
    second.load_collection("c")
    first.close()
    assert second.query("c", "", ["count(*)"]) == [{"count(*)": 3}]

    process = other_process(lite_uri)
    _, errors = process.communicate("\n", timeout=HANG)
    assert process.returncode != 0, "one process at a time"
    assert "ConnectError" in errors
    assert "another process" in errors

    second.close()
    process = other_process(lite_uri)
    output, errors = process.communicate("\n", timeout=HANG)
    assert (output, process.returncode) == ("3\n", 0), errors


def test_a_file_that_another_process_has_open_is_refused_with_what_to_do(lite_uri: str) -> None:
    fill(lite_uri)
    before = connections.list_connections()
    with other_process(lite_uri) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "3\n"
        with pytest.raises(ConnectError, match="another process.*close it there first") as raised:
            MilvusClient(lite_uri)
        assert raised.value.reason == "embedded"
        assert raised.value.address == lite_uri
        assert connections.list_connections() == before, "a failed connect leaves nothing behind"
        process.communicate("\n", timeout=HANG)
    with MilvusClient(lite_uri) as client:
        assert client.list_collections() == ["c"]


def test_many_threads_that_open_one_file_start_one_server(lite_uri: str) -> None:
    fill(lite_uri)
    with ThreadPoolExecutor(8) as threads:
        clients = list(threads.map(MilvusClient, [lite_uri] * 8))
        assert len({client.alias for client in clients}) == 1
        assert list(threads.map(MilvusClient.list_collections, clients)) == [["c"]] * 8
    clients[0].close()


def test_files_that_cannot_be_opened(tmp_path: Path, lite_uri: str) -> None:
    del lite_uri  # asked for because it skips where there is no embedded server
    with pytest.raises(ConnectionConfigException, match="missing.*does not exist; create it first"):
        MilvusClient(str(tmp_path / "missing" / "x.db"))
    (tmp_path / "text.db").write_text("not a database", encoding="utf-8")
    with pytest.raises(ConnectError, match=r"text\.db' is a file, but Milvus Lite 3 stores") as raised:
        MilvusClient(str(tmp_path / "text.db"))
    assert raised.value.reason == "embedded"


def test_a_call_that_milvus_lite_refuses_prints_nothing_of_its_own(lite_uri: str) -> None:
    code = (
        "import sys; from milvusclient import MilvusClient, MilvusException\n"
        "client = MilvusClient(sys.argv[1])\n"
        "try: client.create_collection('c', dimension=2, metric_type='COSIN')\n"
        "except MilvusException as error: print(error.operation)"
    )
    ran = subprocess.run([sys.executable, "-c", code, lite_uri], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("CreateIndex\n", "")
