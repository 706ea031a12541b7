"""Connections that were described under a name, whether they are open or not."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from milvusclient.config.credentials import Secret, add_candidates
from milvusclient.config.settings import ConnectionConfig

__all__ = ["names", "register", "registered", "unregister"]

_lock = threading.Lock()
_configs: dict[str, ConnectionConfig] = {}


def register(alias: str, config: ConnectionConfig) -> None:
    """Describe what the name stands for; replaces an earlier description."""
    with _lock:
        _configs[alias] = config


def registered(alias: str) -> ConnectionConfig | None:
    """What the name stands for, if it was described."""
    return _configs.get(alias)


def unregister(alias: str) -> bool:
    """Forget the name; whether it was known."""
    with _lock:
        return _configs.pop(alias, None) is not None


def names() -> list[str]:
    """The described names, sorted."""
    with _lock:
        return sorted(_configs)


def _credentials() -> Iterator[Secret]:
    """List the credentials of the environment and of the named configurations."""
    yield Secret(os.environ.get("MILVUS_TOKEN", ""))
    for alias in names():
        config = registered(alias)
        if config is not None:
            yield config.token


# Unpickled clients look for credentials that their pickle left out among these.
add_candidates(_credentials)


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - the module is the one instance
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
