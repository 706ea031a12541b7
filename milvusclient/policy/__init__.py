"""Decisions as small values: `now` and what happened come in, a decision goes out. Nothing waits here.

What only failures and iterators need loads when one of them is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.policy import paging, tls_diagnosis
else:
    paging = LazyModule(f"{__name__}.paging")
    tls_diagnosis = LazyModule(f"{__name__}.tls_diagnosis")

__all__ = ["paging", "tls_diagnosis"]
