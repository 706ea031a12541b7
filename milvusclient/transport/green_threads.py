"""Have gRPC get along with gevent, and say that it does not with eventlet.

Both replace the blocking calls of Python by calls that let other green threads run. gRPC blocks in native code, which
they do not see: every call would stop all green threads until its answer.
"""

from __future__ import annotations

import sys
import warnings
from functools import cache

__all__ = ["prepare"]

_EVENTLET = (
    "eventlet has patched this process, and gRPC does not support eventlet: each call of MilvusClient stops all green "
    "threads until it is answered; use gevent, threads, or AsyncMilvusClient with asyncio instead"
)


def prepare() -> None:
    """Look whether the process is patched, before a channel is opened. Neither library is imported for that."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None and gevent.is_module_patched("threading"):
        _init_gevent()
    eventlet = sys.modules.get("eventlet.patcher")
    if eventlet is not None and eventlet.is_monkey_patched("thread"):
        _warn_of_eventlet()


@cache
def _init_gevent() -> None:
    from grpc.experimental import gevent  # type: ignore[attr-defined]  # the stubs of gRPC do not have it

    gevent.init_gevent()


@cache
def _warn_of_eventlet() -> None:
    warnings.warn(_EVENTLET, RuntimeWarning, stacklevel=2)
