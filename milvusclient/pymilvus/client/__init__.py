"""Types, constants and results; each is made in the module that is named like the reference client's."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus._version import __version__

__all__ = ["__version__"]

__getattr__, __dir__ = module_names(__name__)
