"""Values that users receive: results of reads, and descriptions of collections, servers and connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["infos", "results"]

if TYPE_CHECKING:
    from milvusclient.models import infos, results
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
