"""The channel: bytes out, bytes in. The only component that uses gRPC, once for threads and once for asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["grpc_futures", "tls_probe"]

if TYPE_CHECKING:
    from milvusclient.transport import grpc_futures, tls_probe
else:
    # Both are for rare cases: a process that was forked, a server that hung up.
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
