"""Decisions as small values: `now` and what happened come in, a decision goes out. Nothing waits here.

What only failures and iterators need loads when one of them is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["paging", "tls_diagnosis"]

if TYPE_CHECKING:
    from milvusclient.policy import paging, tls_diagnosis
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
