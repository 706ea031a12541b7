"""Decisions as plain functions: the time and what happened go in, a decision comes out. Nothing waits here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["paging", "tls_diagnosis"]

if TYPE_CHECKING:
    from milvusclient.policy import paging, tls_diagnosis
else:
    # Only iterators and failed connections need these.
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
