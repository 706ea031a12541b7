"""The embedded server: one for each file, as long as an alias points at it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from milvusclient import AsyncMilvusClient, ConnectError, ConnectionConfigException, MilvusClient, ParamError
from milvusclient.exceptions import DeadlineExceededError
from milvusclient.runtime import embedded
from tests.support.forks import in_child
from tests.support.patience import HANG

pytestmark = pytest.mark.lite


def holders(path: str) -> int:
    """How many connections use the file."""
    return len(embedded._servers[os.path.realpath(path)].holders)


def opens_elsewhere(path: str) -> bool:
    """Whether another process can open the file."""
    program = f"from milvusclient import MilvusClient; MilvusClient({path!r}).close()"
    return (
        subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=HANG, check=False).returncode == 0
    )


def test_the_file_is_free_when_its_last_alias_is_closed(lite_uri: str) -> None:
    first = MilvusClient(lite_uri)
    second = MilvusClient(lite_uri, alias="second")
    assert (holders(lite_uri), first.list_collections(), second.list_collections()) == (2, [], [])

    first.close()
    assert second.list_collections() == [], "it is still in use"
    second.close()

    assert holders(lite_uri) == 0
    assert opens_elsewhere(lite_uri)
    assert MilvusClient(lite_uri).list_collections() == [], "and can be opened again"


def test_a_file_that_another_process_has_open_says_so(lite_uri: str) -> None:
    MilvusClient(lite_uri)
    program = f"""
from milvusclient import ConnectError, MilvusClient
try:
    MilvusClient({lite_uri!r})
except ConnectError as error:
    print(error.reason, error)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=HANG, check=True)
    assert result.stdout.startswith("embedded ")
    assert "another process" in result.stdout
    assert "Traceback" not in result.stderr, "what is raised is not printed as well"


@pytest.fixture
def slow_starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let Milvus Lite take two seconds longer to start, as after a reboot; the paths that were started."""
    manager = pytest.importorskip("milvus_lite.server_manager").server_manager_instance
    start, started = manager.start_and_get_uri, list[str]()

    def slow(path: str) -> str | None:
        started.append(path)
        time.sleep(2)
        uri: str | None = start(path)
        return uri

    monkeypatch.setattr(manager, "start_and_get_uri", slow)
    return started


def test_a_slow_start_takes_none_of_the_time_for_connecting(lite_uri: str, slow_starts: list[str]) -> None:
    with ThreadPoolExecutor(3) as threads:
        clients = list(threads.map(lambda _: MilvusClient(lite_uri, timeout=1.9), range(3)))
    assert [client.list_collections() for client in clients] == [[], [], []]
    assert len(slow_starts) == 1


async def test_a_call_that_a_slow_start_leaves_no_time_says_so_and_the_server_stays(
    lite_uri: str, slow_starts: list[str]
) -> None:
    client = AsyncMilvusClient(lite_uri)
    with pytest.raises(DeadlineExceededError, match=r"before that: starting the embedded server took \d\.\d s"):
        await client.list_collections(timeout=0.5)
    assert await client.list_collections(timeout=HANG) == []
    assert len(slow_starts) == 1
    await client.close()


def test_a_start_that_hangs_is_given_up_at_its_own_limit_and_leaves_no_server(
    lite_uri: str, slow_starts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("milvusclient.runtime.embedded._START_LIMIT", 0.3)
        with pytest.raises(ConnectError, match=r"did not open '.*' within 0\.3 s, the limit for its start") as raised:
            MilvusClient(lite_uri)
    assert raised.value.reason == "embedded"

    # A later try waits for the end of that start, which stops the server again, and starts another one.
    with MilvusClient(lite_uri) as client:
        assert client.list_collections() == []
    assert len(slow_starts) == 2


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConnectionConfigException, match=r"folder '.*nowhere' .* does not exist"):
        MilvusClient(str(tmp_path / "nowhere" / "x.db"))


def test_a_loop_that_ended_without_close_gives_its_file_back(lite_uri: str, tmp_path: Path) -> None:
    assert asyncio.run(AsyncMilvusClient(lite_uri).list_collections()) == []
    other = AsyncMilvusClient(str(tmp_path / "other.db"))

    async def use_and_close() -> None:
        await other.list_collections()
        await other.close()

    asyncio.run(use_and_close())

    over = time.monotonic() + HANG
    while holders(lite_uri) and time.monotonic() < over:
        time.sleep(0.05)
    assert holders(lite_uri) == 0


def test_cancelling_the_start_leaves_no_server(lite_uri: str) -> None:
    async def cancel() -> None:
        task = asyncio.ensure_future(AsyncMilvusClient(lite_uri).list_collections())
        await asyncio.sleep(0)  # now it waits for the thread that starts the server
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert holders(lite_uri) == 0


#: The embedded server of the parent answers with threads of gRPC, which then leaves out what makes a fork safe.
MAY_HANG = "gRPC ends or hangs a child now and then, but not each one"


def test_a_file_of_the_parent_is_a_clear_error_in_a_child(lite_uri: str) -> None:
    client = MilvusClient(lite_uri)

    def child() -> None:
        with pytest.raises(ConnectError, match="served by the parent process"):
            client.list_collections()

    assert any(in_child(child, timeout=60) == 0 for _ in range(3)), MAY_HANG
    assert client.list_collections() == []


def test_a_file_of_the_parent_is_a_clear_error_in_an_event_loop_of_a_child_too(lite_uri: str) -> None:
    client = MilvusClient(lite_uri)

    def child() -> None:
        with pytest.raises(ConnectError, match="served by the parent process"):
            asyncio.run(AsyncMilvusClient(lite_uri).list_collections(timeout=HANG))

    assert any(in_child(child, timeout=60) == 0 for _ in range(3)), MAY_HANG
    assert client.list_collections() == []


def test_the_checkpoint_of_a_collection_that_was_created_again_is_refused(lite_uri: str, tmp_path: Path) -> None:
    client = MilvusClient(lite_uri)
    rows = [{"id": number, "vector": [0.5, 0.5]} for number in range(10)]
    place = str(tmp_path / "place")
    client.create_collection("books", dimension=2)
    client.insert_many("books", rows, checkpoint=place)
    assert client.insert_many("books", rows, checkpoint=place).skipped == 10
    client.drop_collection("books")
    client.create_collection("books", dimension=2)
    with pytest.raises(
        ParamError, match="tells of 10 written rows, but collection 'books' has 0: it was created again"
    ):
        client.insert_many("books", rows, checkpoint=place)
