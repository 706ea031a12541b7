"""The class of deprecation warnings; what this package offers is not deprecated, so none is given."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names

__all__ = ["PyMilvusDeprecationWarning"]

__getattr__, __dir__ = module_names(__name__)


class PyMilvusDeprecationWarning(FutureWarning):
    """The warning that programs silence with ``warnings.filterwarnings``."""
