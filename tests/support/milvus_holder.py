"""Holds one real Milvus 2.3.5 server for as long as any process uses it; run as a script, in a session of its own.

The server's etcd ports are fixed, so a machine runs one at a time: the holder owns the machine-wide lock while its
server lives. Its users register as files ``users/PID`` in the holder's directory. It stops when none of them is
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
MACHINE_LOCK = ROOT / "machine.lock"
HOLDER_NAME = Path(__file__).name
ETCD_PORTS = (2379, 2380)
_POLL = 0.2


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
    """Waits for the machine, runs one server, and ends with its users."""

    def __init__(self, directory: Path, config: Mapping[str, Any]) -> None:
        self._directory = directory
        self._config = config
        self._told_to_stop = False
        signal.signal(signal.SIGTERM, self._tell_to_stop)

    def _tell_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

    def run(self) -> None:
        """The whole life of the holder."""
        with contextlib.suppress(_UnusedError), open(MACHINE_LOCK, "a", encoding="utf-8") as lock:
            with contextlib.suppress(PermissionError):  # another user's file: its mode is right already
                MACHINE_LOCK.chmod(0o666)
            self._wait_for_machine(lock.fileno())
            for stale in ROOT.glob("data-*"):  # of a holder that was killed: there is no other one now
                shutil.rmtree(stale, ignore_errors=True)
            data = Path(tempfile.mkdtemp(prefix="data-", dir=ROOT))
            try:
                self._serve(data)
            finally:
                shutil.rmtree(data, ignore_errors=True)

    def _wait_for_machine(self, lock: int) -> None:
        """Wait until no other holder runs a server, nor anybody else who does not know of the lock."""
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self._pause()
        while not all(_is_free(port) for port in ETCD_PORTS):
            self._pause()

    def _serve(self, data: Path) -> None:
        server = self._new_server(data)
        server.start()
        try:
            ready = {"port": server.listen_port, "metrics_port": server.webservice_port, "instance": data.name}
            write_json(self._directory / "ready.json", ready)
            while server.server_proc.poll() is None:
                self._pause()
            raise RuntimeError(f"Milvus ended by itself with {server.server_proc.returncode}")
        finally:
            server.stop()

    def _new_server(self, data: Path) -> Any:
        milvus: Any = importlib.import_module("milvus")
        # Unpacking the server takes as long as starting it: all runs share one copy.
        (ROOT / "bin").mkdir(exist_ok=True)
        (data / "bin").symlink_to(ROOT / "bin")
        # Should this process be killed, its server must not stay behind: the package offers no way to say so.
        milvus.subprocess = _SubprocessThatDiesWithUs
        server = milvus.MilvusServer()
        server.set_base_dir(str(data))
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


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


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
