"""Where programs written for the reference client import the registry of connections from."""

from __future__ import annotations

from milvusclient.registry import Connections, connections

__all__ = ["Connections", "connections"]
