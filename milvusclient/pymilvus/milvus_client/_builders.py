"""Functions with which both clients of this package build schemas and index parameters of the tolerant classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from milvusclient import rpc
from milvusclient.pymilvus.tolerance import drop_unknown, keeps_keywords

if TYPE_CHECKING:
    from milvusclient.pymilvus.milvus_client.index import IndexParams
    from milvusclient.pymilvus.orm.schema import CollectionSchema, FieldSchema, StructFieldSchema
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.states import IndexType

__all__ = ["FINDS_HITS", "RESULTS", "Builders"]

#: The calls whose replies hold hits.
FINDS_HITS = frozenset({rpc.SEARCH.name, rpc.HYBRID_SEARCH.name})


def _present(method: str, result: Any) -> Any:
    from milvusclient.pymilvus.client._presented import present  # loads the classes of results

    return present(method, result)


#: Method -> what makes of its result what the reference client's method returns.
RESULTS: Mapping[str, Callable[[Any], Any]] = {
    method: partial(_present, method)
    for method in ("delete", "get", "hybrid_search", "insert", "query", "search", "upsert")
}


class Builders:
    """Methods that build what other methods take; they work on the class, too."""

    @staticmethod
    def create_schema(**kwargs: Any) -> CollectionSchema:
        """Build a schema without fields; see :meth:`milvusclient.MilvusClient.create_schema`.

        Args:
            **kwargs: options of :class:`CollectionSchema`; its keys are checked when a collection is created.
        """
        from milvusclient.pymilvus.orm.schema import CollectionSchema

        return CollectionSchema([], **{**kwargs, "check_fields": False})

    @staticmethod
    def create_struct_field_schema(**kwargs: Any) -> StructFieldSchema:
        """Build a struct without sub-fields; see :meth:`milvusclient.MilvusClient.create_struct_field_schema`.

        Args:
            **kwargs: options of :class:`StructFieldSchema`.
        """
        from milvusclient.pymilvus.orm.schema import StructFieldSchema

        return StructFieldSchema(**kwargs)

    @staticmethod
    def create_field_schema(name: str, data_type: DataType | int, desc: str = "", **kwargs: Any) -> FieldSchema:
        """Build a field; see :meth:`milvusclient.MilvusClient.create_field_schema`.

        Args:
            name: unique in the collection.
            data_type: the type of the values.
            desc: for people.
            **kwargs: options of :class:`FieldSchema`.
        """
        from milvusclient.pymilvus.orm.schema import FieldSchema

        return FieldSchema(name, data_type, desc, **kwargs)

    @staticmethod
    @keeps_keywords
    def prepare_index_params(
        field_name: str = "", index_type: str | IndexType = "", index_name: str = "", **kwargs: Any
    ) -> IndexParams:
        """Build index parameters with one index, or with none; see :class:`milvusclient.IndexParams`.

        Args:
            field_name: the field; empty for no index yet.
            index_type: such as ``"HNSW"``; empty lets the server choose.
            index_name: unique in the collection; empty lets the server choose.
            **kwargs: ``metric_type``, ``params``, and build parameters by their names.
        """
        from milvusclient.pymilvus.milvus_client.index import IndexParams

        index_params = IndexParams()
        if field_name:
            index_params.add_index(field_name, index_type, index_name, **kwargs)
        else:
            drop_unknown("MilvusClient.prepare_index_params", ("field_name",), kwargs)
        return index_params
