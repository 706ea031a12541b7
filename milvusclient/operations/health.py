"""Build the request that asks for the server's health, and parse the reply."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.models.health import ServerHealth

__all__ = ["build_check_health", "parse_check_health"]

_QUOTA_STATES = {2: "ReadLimited", 3: "WriteLimited", 4: "DenyToRead", 5: "DenyToWrite", 6: "DenyToDDL"}


def build_check_health() -> milvus_pb2.CheckHealthRequest:
    """Build the request that asks for the server's health."""
    return milvus_pb2.CheckHealthRequest()


def parse_check_health(reply: milvus_pb2.CheckHealthResponse) -> ServerHealth:
    """Parse the reply into the server's health; a quota state that this version does not know keeps its number."""
    states = tuple(_QUOTA_STATES.get(number, f"State{number}") for number in reply.quota_states if number)
    return ServerHealth(healthy=reply.isHealthy, reasons=tuple(reply.reasons), quota_states=states)
