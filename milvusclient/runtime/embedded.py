"""The embedded server, Milvus Lite: started for the first connection to a file, stopped after the last one."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from milvusclient.config.settings import ConnectionConfig
from milvusclient.exceptions import ConnectError, ConnectionConfigException, ErrorCode
from milvusclient.policy.errors import embedded_in_child_error
from milvusclient.runtime import lite_imports

__all__ = ["start", "stop"]


#: Seconds within which Milvus Lite must have opened a file. A cold disk or a busy container takes over ten; what takes
#: longer than this hangs.
_START_LIMIT = 120.0


class _Server:
    """The server of one file, and the connections that use it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.address = ""
        self.holders: set[int] = set()
        self.pid = os.getpid()
        #: A start that is given up but not over. Another one has to wait for its end: it stops the server it started.
        self.hanging: threading.Thread | None = None


_lock = threading.Lock()
_servers: dict[str, _Server] = {}
# Milvus Lite logs each call that it refuses, with a traceback, and the caller gets the error anyway. Without a handler,
# Python would print these records to stderr.
logging.getLogger("milvus_lite").addHandler(logging.NullHandler())


def start(config: ConnectionConfig, holder: object) -> str:
    """Serve the file of ``config`` for a connection, and return the server's address. Blocks until it has started.

    Args:
        config: settings of the connection.
        holder: stands for the connection; the server runs as long as it has one.

    Raises:
        ConnectionConfigException: Milvus Lite is not installed, or the file's folder does not exist.
        ConnectError: the server does not start, for example because another process has the file open.
    """
    path = config.target.address
    with _lock:
        server = _servers.setdefault(path, _Server())
    if server.pid != os.getpid():
        raise embedded_in_child_error(config)
    with server.lock:
        if not server.holders:
            server.address = _launch(path, server)
        server.holders.add(id(holder))
    return server.address


def stop(config: ConnectionConfig, holder: object) -> None:
    """Release the file for one connection; after the last one the server stops, so that other processes can open it.

    Args:
        config: settings of the connection.
        holder: the same as for :func:`start`.
    """
    path = config.target.address
    with _lock:
        server = _servers.get(path)
    if server is None or server.pid != os.getpid():
        return
    with server.lock:
        server.holders.discard(id(holder))
        if not server.holders and server.address:
            _manager().release_server(path)
            server.address = ""


class _Manager(Protocol):
    def start_and_get_uri(self, path: str) -> str | None: ...

    def release_server(self, path: str) -> None: ...


def _manager() -> _Manager:
    lite_imports.install()
    from milvus_lite.server_manager import server_manager_instance  # type: ignore[import-untyped]  # it has no types

    manager: _Manager = server_manager_instance
    return manager


def _launch(path: str, server: _Server) -> str:
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise ConnectionConfigException(message=f"the folder {folder!r} of {path!r} does not exist; create it first")
    if os.path.isfile(path):
        raise _embedded_error(
            path, f"{path!r} is a file, but Milvus Lite 3 stores a database in a folder of that name; use another path"
        )
    try:
        manager = _manager()
    except ImportError as error:
        raise ConnectionConfigException(
            message=f"serving the file {path!r} needs Milvus Lite: pip install 'milvusclient[lite]' ({error})"
        ) from error
    if server.hanging is not None:
        server.hanging.join(_START_LIMIT)
        if server.hanging.is_alive():
            raise _late_error(path)
        server.hanging = None
    launch = _Launch(manager, path)
    try:
        uri = launch.result(_START_LIMIT)
    finally:
        if launch.thread.is_alive():
            server.hanging = launch.thread
    if uri is None:
        raise _launch_error(path, launch.cause) from launch.cause
    return uri.removeprefix("http://")


class _Launch:
    """One start of Milvus Lite, in a thread of its own so that the caller can stop waiting for it."""

    def __init__(self, manager: _Manager, path: str) -> None:
        self.cause: BaseException | None = None
        self._manager = manager
        self._path = path
        self._lock = threading.Lock()
        self._uri: str | None = None
        self._is_done = False
        self._is_abandoned = False
        self.thread = threading.Thread(target=self._run, name="milvusclient-embedded-start", daemon=True)

    def _run(self) -> None:
        with _captured_errors() as errors:
            try:
                self._uri = self._manager.start_and_get_uri(self._path)
            except BaseException as error:  # noqa: BLE001 - the caller raises it
                errors.insert(0, error)
        self.cause = errors[0] if errors else None
        with self._lock:
            self._is_done = True
            is_unwanted = self._is_abandoned and self._uri is not None
        if is_unwanted:
            self._manager.release_server(self._path)

    def result(self, seconds: float) -> str | None:
        """Return the address of the server, or None with ``cause`` if it did not start.

        Raises:
            ConnectError: it has not started after ``seconds``. If it does later, it is stopped again.
        """
        self.thread.start()
        try:
            self.thread.join(seconds)
        finally:
            # Also for Ctrl-C: a server without a connection would keep its file locked.
            with self._lock:
                self._is_abandoned = not self._is_done
        if self._is_abandoned:
            raise _late_error(self._path)
        return self._uri


def _late_error(path: str) -> ConnectError:
    return _embedded_error(
        path,
        f"Milvus Lite did not open {path!r} within {_START_LIMIT:g} s, the limit for its start; look at the disk and "
        "at the load of the machine, then try again",
    )


def _launch_error(path: str, cause: BaseException | None) -> ConnectError | ConnectionConfigException:
    if isinstance(cause, ImportError):
        return ConnectionConfigException(
            message=f"serving the file {path!r} needs all of Milvus Lite: pip install 'milvusclient[lite]' ({cause})"
        )
    return _embedded_error(
        path,
        f"the embedded server cannot open {path!r}: {cause or 'it gave no reason'}; if another process has the file "
        "open, close it there first; if it is not a file of Milvus Lite, use another path",
    )


def _embedded_error(path: str, message: str) -> ConnectError:
    error = ConnectError(ErrorCode.CONNECT_FAILED, message)
    error.reason = "embedded"
    error.address = path
    return error


class _Collector(logging.Filter):
    """Collects the errors that one thread logs and keeps them out of the log; other threads may start other servers."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.thread != self._thread or record.levelno < logging.ERROR:
            return True
        if record.exc_info and record.exc_info[1] is not None:
            self.errors.append(record.exc_info[1])
        return False


@contextmanager
def _captured_errors() -> Iterator[list[BaseException]]:
    """Collect what Milvus Lite logs when it does not start: it returns None, and the reason belongs in the error."""
    logger = logging.getLogger("milvus_lite.server_manager")
    collector = _Collector()
    logger.addFilter(collector)
    try:
        yield collector.errors
    finally:
        logger.removeFilter(collector)


def _after_fork() -> None:
    """Keep, in the child, which files the parent serves, and replace locks that its threads may have held."""
    global _lock, _servers  # noqa: PLW0603 - the module is the one instance
    _lock = threading.Lock()
    _servers = {path: server for path, server in _servers.items() if server.address}


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
