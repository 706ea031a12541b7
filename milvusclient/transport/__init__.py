"""The channel: bytes out, bytes in. grpc_aio.py and grpc_sync.py are a pair of equal shape, the only users of gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["tls_probe"]

if TYPE_CHECKING:
    from milvusclient.transport import tls_probe
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
