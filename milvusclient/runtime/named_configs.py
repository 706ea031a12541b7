"""Settings of connections that were registered under a name, whether they are open or not."""

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
    """Register the settings of an alias; they replace earlier ones."""
    with _lock:
        _configs[alias] = config


def registered(alias: str) -> ConnectionConfig | None:
    """Return the settings of an alias; None if it is not registered."""
    return _configs.get(alias)


def unregister(alias: str) -> bool:
    """Forget an alias; return whether it was registered."""
    with _lock:
        return _configs.pop(alias, None) is not None


def names() -> list[str]:
    """Return the registered aliases, sorted."""
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
    # Another thread of the parent may have held it, and that thread does not exist here.
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
