"""Holds one real Milvus 2.3.5 server for as long as any process uses it; run as a script, in a session of its own.

Any number of servers run at the same time: the ports of each are picked while no other one starts, and its etcd
listens on files. The users of a holder register as files ``users/PID`` in its directory. It stops when none of them is
alive any more, however they ended.

    python milvus_holder.py DIRECTORY CONFIG_JSON

This file needs nothing but the standard library and the package ``milvus``; the tests import its helpers.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import functools
import importlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(tempfile.gettempdir()) / "milvusclient-milvus-2.3.5"
"""Shared by everybody on the machine; it outlives the runs, with the unpacked server in ``bin``."""
START_LOCK = ROOT / "start.lock"
HOLDER_NAME = Path(__file__).name
_POLL = 0.2

#: The ports of the server's etcd are fixed, but it also takes files, in the folder where the server runs. Its data need
#: not outlive a crash, and on a busy disk it would fail calls that wait for writes.
_ETCD_CONFIG = """\
name: default
listen-client-urls: unix://client:0
advertise-client-urls: unix://client:0
listen-peer-urls: unix://peer:0
initial-advertise-peer-urls: unix://peer:0
initial-cluster: default=unix://peer:0
unsafe-no-fsync: true
"""

#: How often parts of the server look whether there is something to do, in milliseconds: the settings of its config file
#: as variables. By default it is once a second or less, so that loading a collection takes three seconds of waiting.
_BUSY = {
    "QUERYCOORD_CHECKINTERVAL": "100",
    "QUERYCOORD_CHECKCHANNELINTERVAL": "100",
    "QUERYCOORD_CHECKSEGMENTINTERVAL": "100",
    "QUERYCOORD_DISTPULLINTERVAL": "50",
    "QUERYCOORD_LEADERVIEWUPDATEINTERVAL": "100",
    "QUERYCOORD_CHECKHANDOFFINTERVAL": "500",
    "INDEXCOORD_SCHEDULER_INTERVAL": "100",
    # A strong read waits for the next tick: up to a third of a second by default.
    "PROXY_TIMETICKINTERVAL": "50",
    # The other way round: how long one part waits for another one, 5 s by default.
    "QUERYCOORD_BROKERTIMEOUT": "120000",
}


# --- helpers that the users share ------------------------------------------------------------------------------------
@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive file lock; it ends with the process at the latest."""
    with open(path, "a", encoding="utf-8") as file:
        with contextlib.suppress(PermissionError):  # another user's file: its mode is right already
            path.chmod(0o666)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start_time(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty for one that is gone or a zombie."""
    fields = _stat(pid)
    return "" if not fields or fields[0] == "Z" else fields[19]


def session_of(pid: int) -> int:
    """The session that a process belongs to, 0 for one that is gone or a zombie."""
    fields = _stat(pid)
    return 0 if not fields or fields[0] == "Z" else int(fields[3])


def parent_of(pid: int) -> int:
    """The parent of a process, 0 for one that is gone or a zombie."""
    fields = _stat(pid)
    return 0 if not fields or fields[0] == "Z" else int(fields[1])


def command_line(pid: int) -> str:
    """The command of a process, empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; the name before it may contain anything, even brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def processes_of_session(session: int) -> list[int]:
    """All processes of a session."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if session_of(pid) == session]


def live_users(directory: Path) -> list[int]:
    """The processes that use the holder of that directory; files of dead ones are removed."""
    alive = []
    for file in (directory / "users").iterdir():
        with contextlib.suppress(OSError):
            if start_time(int(file.name)) == file.read_text(encoding="utf-8") != "":
                alive.append(int(file.name))
            else:
                file.unlink()
    return alive


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file that readers see whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.rename(path)


def read_json(path: Path) -> dict[str, Any] | None:
    """What ``write_json`` wrote, None before."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return content


# --- the holder ------------------------------------------------------------------------------------------------------
class _UnusedError(Exception):
    """Nobody uses this holder any more, or it was told to stop."""


class Holder:
    """Runs one server, and ends with its users."""

    def __init__(self, directory: Path, config: Mapping[str, Any]) -> None:
        self._directory = directory
        self._config = config
        self._told_to_stop = False
        signal.signal(signal.SIGTERM, self._tell_to_stop)

    def _tell_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

    def run(self) -> None:
        """The whole life of the holder."""
        with contextlib.suppress(_UnusedError):
            data = None
            try:
                with self._nobody_else_starts():
                    data = _new_folder()
                    server = self._new_server(data)
                    try:
                        server.start()
                    except BaseException:
                        server.stop()
                        raise
                self._serve(server, data.name)
            finally:
                if data is not None:
                    shutil.rmtree(data, ignore_errors=True)

    @contextlib.contextmanager
    def _nobody_else_starts(self) -> Iterator[None]:
        """Ports are picked before the server has them."""
        with open(START_LOCK, "a", encoding="utf-8") as lock:
            with contextlib.suppress(PermissionError):  # another user's file: its mode is right already
                START_LOCK.chmod(0o666)
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    self._pause()
            yield

    def _serve(self, server: Any, instance: str) -> None:
        try:
            self._wait_for_port(server)
            ready = {"port": server.listen_port, "metrics_port": server.webservice_port, "instance": instance}
            write_json(self._directory / "ready.json", ready)
            while server.server_proc.poll() is None:
                self._pause()
            _keep_last_words(ROOT / instance / "logs", instance, server.server_proc.returncode)
            raise RuntimeError(f"Milvus ended by itself with {server.server_proc.returncode}")
        finally:
            server.server_proc.kill()  # nobody needs its data: it need not put them in order for a second
            server.stop()

    def _wait_for_port(self, server: Any) -> None:
        """Wait until the gRPC port accepts: on a busy machine the server says before that that it is healthy."""
        while server.server_proc.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.listen_port), 1):
                return
            self._pause()

    def _new_server(self, data: Path) -> Any:
        milvus: Any = importlib.import_module("milvus")
        # Unpacking the server takes as long as starting it: all runs share one copy.
        (ROOT / "bin").mkdir(exist_ok=True)
        (data / "bin").symlink_to(ROOT / "bin")
        # Should this process be killed, its server must not stay behind: the package offers no way to say so.
        milvus.subprocess = _SubprocessThatDiesWithUs
        server = milvus.MilvusServer()
        server.set_base_dir(str(data))
        (data / "etcd.yaml").write_text(_ETCD_CONFIG, encoding="utf-8")
        os.environ.update(_BUSY, ETCD_CONFIG_PATH=str(data / "etcd.yaml"))
        # A port that the package picks itself would be 19530, which is where a test expects no server.
        server.config.configs["proxy_port"] = _free_port()
        for key, value in self._config.items():
            wanted = server.config.get_type(key) if key in server.config_keys else type(value)
            if not isinstance(value, wanted):  # the package would drop it without a word
                raise TypeError(f"{key}: Milvus wants {wanted.__name__}, not {value!r}")
            server.config.set(key, value)
        return server

    def _pause(self) -> None:
        """Sleep a little; raises _UnusedError when it is time to end."""
        time.sleep(_POLL)
        if self._told_to_stop:
            raise _UnusedError
        if not live_users(self._directory):
            # Looked up again under the lock: from here on nobody can have registered for this holder.
            with locked(self._directory / "lock"):
                if not live_users(self._directory):
                    for name in ("holder.json", "ready.json"):
                        (self._directory / name).unlink(missing_ok=True)
                    raise _UnusedError


def _new_folder() -> Path:
    """Make the folder of a server, and remove those of holders that were killed; called while nobody else starts."""
    for folder in ROOT.glob("server-*"):
        with contextlib.suppress(OSError):  # another user's
            owner, _, started = (folder / "holder").read_text(encoding="utf-8").partition(" ")
            if start_time(int(owner)) != started:
                shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=ROOT))
    (folder / "holder").write_text(f"{os.getpid()} {start_time(os.getpid())}", encoding="utf-8")
    return folder


def last_words(instance: str) -> Path:
    """The file that says how a server ended that nobody told to; it outlives the runs."""
    return ROOT / f"{instance}-ended.log"


def _keep_last_words(logs: Path, instance: str, status: int) -> None:
    kept = [f"Milvus ended by itself with {status}\n"]
    for log in sorted(logs.glob("*.log")):
        kept += [f"--- the end of {log.name}\n", log.read_text(encoding="utf-8", errors="replace")[-50_000:], "\n"]
    last_words(instance).write_text("".join(kept), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class _SubprocessThatDiesWithUs:
    """What the package uses of the module subprocess."""

    Popen = staticmethod(functools.partial(subprocess.Popen, preexec_fn=_die_with_parent))
    TimeoutExpired = subprocess.TimeoutExpired


if __name__ == "__main__":
    Holder(Path(sys.argv[1]), json.loads(sys.argv[2])).run()
