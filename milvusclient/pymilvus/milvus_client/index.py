"""Index parameters that keep what they do not know as build parameters."""

from __future__ import annotations

from typing import Any, ClassVar

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.tolerance import Tolerant
from milvusclient.schema import index
from milvusclient.schema.index import IndexParam
from milvusclient.schema.states import IndexType

__all__ = ["IndexParam", "IndexParams"]

__getattr__, __dir__ = module_names(__name__)


class IndexParams(index.IndexParams, metaclass=Tolerant):
    """The indexes to build; see :class:`milvusclient.IndexParams`."""

    _strict: ClassVar[type] = index.IndexParams

    def add_index(self, field_name: str, index_type: str | IndexType = "", index_name: str = "", **kwargs: Any) -> None:
        """Add an index.

        Args:
            field_name: the field.
            index_type: such as ``"HNSW"``; empty lets the server choose.
            index_name: unique in the collection; empty lets the server choose.
            **kwargs: ``metric_type``, ``params``, and build parameters by their names; any name is taken.
        """
        index_param = IndexParam(field_name, index_type, index_name, kwargs.pop("params", None))
        index_param.params.update((name, value) for name, value in kwargs.items() if value is not None)
        self.append(index_param)
