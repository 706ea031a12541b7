"""Connection settings: uri, credentials, TLS and the alias derived from them. Values only; nothing here connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = ["tls"]

if TYPE_CHECKING:
    from milvusclient.config import tls
else:
    # Most connections have no TLS settings, and dataclasses take longer to import than the rest of this package.
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
