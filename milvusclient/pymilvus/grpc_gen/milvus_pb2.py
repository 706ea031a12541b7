"""Messages and enums of milvus.proto, made when they are first asked for."""

from __future__ import annotations

from milvusclient._proto.plain import plain_module

_module = plain_module("milvus")
__getattr__, __dir__ = _module.__getattr__, _module.__dir__
