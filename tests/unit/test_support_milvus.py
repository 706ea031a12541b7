"""The real server's fixtures: shared by all, a database each, gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import grpc
import pytest

from tests.support import facts, milvus_holder, servers
from tests.support.facts import Dynamic
from tests.support.patience import HANG
from tests.support.servers import Config, Milvus


def call(milvus: Milvus, rpc: str, *, token: str = "", **fields: object) -> Dynamic:
    method = facts.method(rpc)
    with grpc.insecure_channel(milvus.address) as channel:
        stub = channel.unary_unary(
            method.path,
            request_serializer=lambda request: bytes(request.SerializeToString()),
            response_deserializer=facts.message(method.response).FromString,
        )
        metadata = (("authorization", token),) if token else ()
        return stub(facts.message(method.request)(**fields), timeout=HANG, metadata=metadata)


@pytest.mark.real_server
def test_each_worker_has_a_database_of_its_own(milvus_235: Milvus, milvus_database: str) -> None:
    assert milvus_database in call(milvus_235, "ListDatabases").db_names
    assert call(milvus_235, "GetVersion").version.startswith("v2.3.5")


@pytest.mark.real_server
def test_collections_of_a_test_do_not_stay_part_1(milvus_235: Milvus, milvus_database: str) -> None:
    schema = facts.message("CollectionSchema")(
        name="left",
        fields=[
            {"name": "id", "data_type": "Int64", "is_primary_key": True, "fieldID": 100},
            {
                "name": "v",
                "data_type": "FloatVector",
                "fieldID": 101,
                "type_params": [{"key": "dim", "value": "4"}],
            },
        ],
    )
    created = call(
        milvus_235,
        "CreateCollection",
        db_name=milvus_database,
        collection_name="left",
        schema=schema.SerializeToString(),
    )
    assert created.code == 0, created.reason
    call(milvus_235, "CreateAlias", db_name=milvus_database, collection_name="left", alias="also_left")


@pytest.mark.real_server
def test_collections_of_a_test_do_not_stay_part_2(milvus_235: Milvus, milvus_database: str) -> None:
    assert list(call(milvus_235, "ShowCollections", db_name=milvus_database).collection_names) == []


@pytest.mark.exclusive_server
@pytest.mark.slow
def test_a_server_with_settings_of_its_own(start_milvus: Callable[[Config], AbstractContextManager[Milvus]]) -> None:
    with start_milvus({"authorization_enabled": True}) as milvus:
        with pytest.raises(grpc.RpcError):
            call(milvus, "ShowCollections")
        token = "cm9vdDpNaWx2dXM="  # root:Milvus
        assert call(milvus, "ShowCollections", token=token).status.code == 0
    with pytest.raises(grpc.RpcError):
        call(milvus, "GetVersion")


@pytest.mark.exclusive_server
@pytest.mark.slow
@pytest.mark.skipif(servers.why_no_milvus() is not None, reason=str(servers.why_no_milvus()))
def test_a_server_that_ended_is_said_at_once_and_its_log_is_kept() -> None:
    directory = milvus_holder.ROOT / f"own-ended-{os.getpid()}"
    held = servers.HeldMilvus(directory, {})
    milvus = held.acquire()
    words = milvus_holder.last_words(milvus.instance)
    try:
        assert held.acquire() == milvus
        holder = milvus_holder.read_json(directory / "holder.json")
        assert holder is not None
        (server,) = [pid for pid in milvus_holder.processes_of_session(holder["pid"]) if pid != holder["pid"]]
        os.kill(server, signal.SIGABRT)
        over = time.monotonic() + HANG
        while milvus_holder.start_time(holder["pid"]) == holder["started"]:
            assert time.monotonic() < over, "the holder did not end with its server"
            time.sleep(0.1)
        with pytest.raises(RuntimeError, match="the Milvus server ended while tests used it"):
            held.acquire()
        said = words.read_text(encoding="utf-8")
        assert said.startswith("Milvus ended by itself with ")
        assert "goroutine" in said
    finally:
        held.release()
        words.unlink(missing_ok=True)
        shutil.rmtree(directory)


@pytest.mark.exclusive_server
@pytest.mark.slow
@pytest.mark.skipif(servers.why_no_milvus() is not None, reason=str(servers.why_no_milvus()))
def test_a_killed_user_does_not_leave_its_server_behind(tmp_path: Path) -> None:
    """The server of a run that crashed stops by itself."""
    directory = milvus_holder.ROOT / f"own-crash-{os.getpid()}"
    code = (
        "import sys, time; from pathlib import Path; from tests.support.servers import HeldMilvus\n"
        f"HeldMilvus(Path({str(directory)!r}), {{}})._register(); print('registered', flush=True); time.sleep(300)"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"registered\n"
        holder = milvus_holder.read_json(directory / "holder.json")
        assert holder is not None
        assert milvus_holder.processes_of_session(holder["pid"])
        user.send_signal(signal.SIGKILL)
    over = time.monotonic() + HANG
    while milvus_holder.processes_of_session(holder["pid"]):
        assert time.monotonic() < over, "the holder did not end with its user"
        time.sleep(0.1)
    for file in sorted(directory.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    directory.rmdir()
