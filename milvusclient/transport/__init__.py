"""The channel: bytes out, bytes in. grpc_aio.py and grpc_sync.py are a pair of equal shape, the only users of gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.transport import tls_probe
else:
    tls_probe = LazyModule(f"{__name__}.tls_probe")

__all__ = ["tls_probe"]
