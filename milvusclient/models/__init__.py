"""What users receive: query and search results, and what a collection looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.models import infos, results
else:
    infos = LazyModule(f"{__name__}.infos")
    results = LazyModule(f"{__name__}.results")

__all__ = ["infos", "results"]
