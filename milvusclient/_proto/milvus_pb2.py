"""Messages and enums of milvus.proto, made on first access. Written by tools/protos.py."""

from milvusclient._proto._pool import lazy_module

__getattr__, __dir__ = lazy_module("milvus", globals())
