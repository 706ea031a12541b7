"""The service: the base of a server's class, how it is added to a server, and the stub of a client."""

from __future__ import annotations

from milvusclient.transport.plain_service import (
    MilvusServiceServicer,
    MilvusServiceStub,
    add_MilvusServiceServicer_to_server,
)

__all__ = ["MilvusServiceServicer", "MilvusServiceStub", "add_MilvusServiceServicer_to_server"]
