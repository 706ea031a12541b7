"""The real Milvus 2.3.5 for tests: one server, shared by all that test at the same time, and some with own settings."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc

from tests.support import facts, milvus_holder
from tests.support.facts import Dynamic
from tests.support.milvus_holder import (
    ROOT,
    last_words,
    live_users,
    locked,
    processes_of_session,
    read_json,
    start_time,
)
from tests.support.patience import HANG

HOLDER = Path(milvus_holder.__file__).resolve()
_POLL = 0.05
_STOP_TIMEOUT = HANG

Config = Mapping[str, str | int | bool]
"""Settings by the keys of the package's config template: ``authorization_enabled``, ``tls_mode``, ..."""


def why_no_milvus() -> str | None:
    """Why the real server cannot run here, None where it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "the packaged Milvus 2.3.5 needs x86-64 Linux"
    if importlib.util.find_spec("milvus") is None:
        return "the package milvus is not installed"
    return None


@dataclass(frozen=True, slots=True)
class Milvus:
    """A running server.

    Attributes:
        port: of gRPC, on 127.0.0.1.
        metrics_port: of its HTTP health endpoint.
        instance: differs from one start to the next.
    """

    port: int
    metrics_port: int
    instance: str

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        """The address with scheme http."""
        return f"http://{self.address}"


class HeldMilvus:
    """This process's share in the server of one directory; the first user starts it, the last one sees it stop.

    Args:
        directory: where users and holder meet; equal for all that share a server.
        config: its settings, equal for all users of the directory.
    """

    def __init__(self, directory: Path, config: Config) -> None:
        self._directory = directory
        self._config = dict(config)
        self._user_file = directory / "users" / str(os.getpid())
        self._running: Milvus | None = None

    @property
    def held(self) -> Milvus | None:
        """The server if this process uses it now."""
        return self._running

    def acquire(self, timeout: float = 900.0) -> Milvus:
        """Use the server: start it, or wait while somebody else starts one; twice is once.

        Raises:
            RuntimeError: it could not be started, or has ended since; with the end of its log.
            TimeoutError: it took too long.
        """
        if self._running is not None:
            self._check_alive(self._running)
        if self._running is None:
            self._register()
            try:
                self._running = self._wait_until_ready(time.monotonic() + timeout)
            except BaseException:
                self._leave()
                raise
        return self._running

    def _check_alive(self, running: Milvus) -> None:
        """Else each test would wait for a server that has ended, and none would say so."""
        holder = read_json(self._directory / "holder.json") or {"pid": 0, "started": "never"}
        ready = read_json(self._directory / "ready.json") or {}
        if start_time(int(holder["pid"])) == holder["started"] and ready.get("instance") == running.instance:
            return
        words = last_words(running.instance)
        said = words.read_text(encoding="utf-8") if words.exists() else "nothing: its holder was killed"
        raise RuntimeError(f"the Milvus server ended while tests used it, and {words} says:\n{said[-3000:]}")

    def release(self) -> None:
        """Use it no longer; the last user waits until it has stopped, and checks that no process is left.

        Raises:
            RuntimeError: the server or its holder outlived their end; they are killed by then.
        """
        if self._running is not None:
            self._running = None
            self._leave()

    def _leave(self) -> None:
        with locked(self._directory / "lock"):
            holder = read_json(self._directory / "holder.json")
            self._user_file.unlink(missing_ok=True)
        if holder is not None:
            self._wait_until_stopped(int(holder["pid"]))

    def _register(self) -> None:
        _make_shared(ROOT)
        _make_shared(self._directory)
        _make_shared(self._directory / "users")
        with locked(self._directory / "lock"):
            self._user_file.write_text(start_time(os.getpid()), encoding="utf-8")
            holder = read_json(self._directory / "holder.json")
            if holder is not None and start_time(int(holder["pid"])) == holder["started"]:
                return
            (self._directory / "ready.json").unlink(missing_ok=True)
            pid = self._spawn_holder()
            milvus_holder.write_json(self._directory / "holder.json", {"pid": pid, "started": start_time(pid)})

    def _spawn_holder(self) -> int:
        log = str(self._directory / "holder.log")
        redirect = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        argv = [sys.executable, str(HOLDER), str(self._directory), json.dumps(self._config)]
        # A session of its own: a Ctrl-C in one run must not stop the server that another one uses.
        return os.posix_spawn(sys.executable, argv, os.environ, file_actions=redirect, setsid=True)

    def _wait_until_ready(self, deadline: float) -> Milvus:
        while True:
            if (ready := read_json(self._directory / "ready.json")) is not None:
                return Milvus(**ready)
            holder = read_json(self._directory / "holder.json")
            if holder is None or start_time(int(holder["pid"])) != holder["started"]:
                log = (self._directory / "holder.log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"Milvus could not be started:\n{log[-3000:]}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"Milvus did not start; {self._directory / 'holder.log'} may say why")
            time.sleep(_POLL)

    def _wait_until_stopped(self, holder: int) -> None:
        deadline = time.monotonic() + _STOP_TIMEOUT
        while processes_of_session(holder):
            if live_users(self._directory):
                return  # somebody else goes on with it
            if time.monotonic() > deadline:
                left = processes_of_session(holder)
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                raise RuntimeError(f"processes {left} of the Milvus server did not end")
            time.sleep(_POLL)
        with contextlib.suppress(ChildProcessError):  # another process started it
            os.waitpid(holder, os.WNOHANG)


def _make_shared(directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    with contextlib.suppress(PermissionError):  # made by another user, who has opened it to all
        directory.chmod(0o777)


def shared_milvus() -> HeldMilvus:
    """This process's share in the one server with default settings."""
    return HeldMilvus(ROOT / "shared", {})


@contextlib.contextmanager
def start_milvus(config: Config) -> Iterator[Milvus]:
    """Run a server with settings of its own, beside any others.

    Args:
        config: its settings, such as ``{"authorization_enabled": True}``.

    Yields:
        The server.
    """
    _make_shared(ROOT)
    directory = ROOT / f"own-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    own = HeldMilvus(directory, config)
    try:
        yield own.acquire()
    finally:
        own.release()
        shutil.rmtree(directory, ignore_errors=True)


class Database:
    """A database of this process's own on the shared server, managed by plain RPCs, without the client under test.

    Args:
        name: what it is called.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._instance = ""

    def create(self, milvus: Milvus) -> None:
        """Create it on this server, unless that was done already."""
        if self._instance != milvus.instance:
            with grpc.insecure_channel(milvus.address) as channel:
                _check(_call(channel, "CreateDatabase", db_name=self.name))
            self._instance = milvus.instance

    def clear(self, milvus: Milvus) -> None:
        """Drop every collection in it, aliases first."""
        with grpc.insecure_channel(milvus.address) as channel:
            for collection in _call(channel, "ShowCollections", db_name=self.name).collection_names:
                name = {"db_name": self.name, "collection_name": collection}
                for alias in _call(channel, "DescribeCollection", **name).aliases:
                    _check(_call(channel, "DropAlias", db_name=self.name, alias=alias))
                _check(_call(channel, "DropCollection", **name))

    def drop(self, milvus: Milvus) -> None:
        """Drop it, if it exists on this server."""
        if self._instance == milvus.instance:
            self.clear(milvus)
            with grpc.insecure_channel(milvus.address) as channel:
                _check(_call(channel, "DropDatabase", db_name=self.name))


def _call(channel: grpc.Channel, rpc: str, **fields: object) -> Dynamic:
    method = facts.method(rpc)
    stub = channel.unary_unary(
        method.path,
        request_serializer=lambda request: bytes(request.SerializeToString()),
        response_deserializer=facts.message(method.response).FromString,
    )
    # A server that has just become healthy may still say UNAVAILABLE for a moment.
    return stub(facts.message(method.request)(**fields), timeout=HANG, wait_for_ready=True)


def _check(status: Dynamic) -> None:
    if status.code or status.error_code:
        raise RuntimeError(f"code {status.code}/{status.error_code}: {status.reason}")
