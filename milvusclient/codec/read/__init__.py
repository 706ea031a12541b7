"""Decode replies: columns, search results, and vectors left in the buffer of the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["reply"]

if TYPE_CHECKING:
    from milvusclient.codec.read import reply
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
