"""Tables for notebooks: what ``_repr_html_`` of results, schemas and connections shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["views"]

if TYPE_CHECKING:
    from milvusclient.notebook import views
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
