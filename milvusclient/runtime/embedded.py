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


class _Server:
    """The server of one file, and the connections that use it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.address = ""
        self.holders: set[int] = set()
        self.pid = os.getpid()


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
            server.address = _launch(path)
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


def _launch(path: str) -> str:
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
    with _captured_errors() as errors:
        uri = manager.start_and_get_uri(path)
    if uri is None:
        raise _launch_error(path, errors[0] if errors else None) from (errors[0] if errors else None)
    return str(uri).removeprefix("http://")


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
