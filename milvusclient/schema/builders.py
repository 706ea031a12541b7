"""The methods of a client that build schemas and index parameters. They need no connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from milvusclient import schema
from milvusclient.checks import UNSET, Unset

if TYPE_CHECKING:
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.default_values import DefaultValue
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.fields import FieldSchema
    from milvusclient.schema.functions import Function
    from milvusclient.schema.index import IndexParams
    from milvusclient.schema.states import IndexType
    from milvusclient.schema.structs import StructFieldSchema

__all__ = ["SchemaBuilders"]


class SchemaBuilders:
    """Builders of arguments of other methods. They can be called on the class: ``MilvusClient.create_schema()``."""

    @staticmethod
    def create_schema(
        *,
        auto_id: bool | Unset = UNSET,
        enable_dynamic_field: bool | None = False,
        description: str = "",
        struct_fields: list[StructFieldSchema] | None = None,
        functions: list[Function] | None = None,
        enable_namespace: bool | None = False,
        external_source: str | None = "",
        external_spec: str | None = "",
        primary_field: str | None = None,
        partition_key_field: str | None = None,
        clustering_key_field: str | None = None,
    ) -> CollectionSchema:
        """Build a schema without fields; add them with its ``add_field`` and ``add_function``.

        Args:
            auto_id: whether the server generates the primary keys.
            enable_dynamic_field: whether rows may have keys that are not fields; the server stores them as JSON.
            description: free text for human readers.
            struct_fields: the struct arrays, each with its name and max_capacity; they are copied.
            functions: the functions; they are copied.
            enable_namespace: whether rows belong to namespaces.
            external_source: location of the data of an external collection; such a collection needs no primary key.
            external_spec: format of that data, as JSON in a str.
            primary_field: name of the primary key, instead of ``is_primary=True`` on the field.
            partition_key_field: name of the partition key, instead of ``is_partition_key=True`` on the field.
            clustering_key_field: name of the clustering key, instead of ``is_clustering_key=True`` on the field.

        Returns:
            The schema. Its keys are checked when a collection is created with it.

        Raises:
            AutoIDException: ``auto_id`` is not a bool.
            PrimaryKeyException, PartitionKeyException, ClusteringKeyException: the name of a key is not a str.
            ParamError: ``auto_id=True`` for an external collection.

        Example:
            >>> from milvusclient import DataType, MilvusClient
            >>> schema = MilvusClient.create_schema(auto_id=True, enable_dynamic_field=True)
            >>> schema = schema.add_field("id", DataType.INT64, is_primary=True)
            >>> schema = schema.add_field("vector", DataType.FLOAT_VECTOR, dim=8)
        """
        return schema.CollectionSchema(
            [],
            description,
            struct_fields,
            functions,
            auto_id=auto_id,
            enable_dynamic_field=enable_dynamic_field,
            enable_namespace=enable_namespace,
            external_source=external_source,
            external_spec=external_spec,
            primary_field=primary_field,
            partition_key_field=partition_key_field,
            clustering_key_field=clustering_key_field,
            check_fields=False,
        )

    @staticmethod
    def create_field_schema(
        name: str,
        data_type: DataType | int,
        desc: str = "",
        *,
        is_primary: bool = False,
        auto_id: bool = False,
        is_partition_key: bool = False,
        is_clustering_key: bool = False,
        is_dynamic: bool = False,
        nullable: bool = False,
        default_value: DefaultValue | Unset | None = UNSET,
        element_type: DataType | int | None = None,
        max_capacity: int | None = None,
        max_length: int | None = None,
        dim: int | None = None,
        enable_analyzer: bool | None = None,
        enable_match: bool | None = None,
        analyzer_params: Mapping[str, object] | str | None = None,
        multi_analyzer_params: Mapping[str, object] | str | None = None,
        mmap_enabled: bool | None = None,
        warmup: str | None = None,
        external_field: str = "",
        params: Mapping[str, object] | None = None,
    ) -> FieldSchema:
        """Build a field, for ``CollectionSchema([...])`` or ``add_function_field``.

        Args:
            name: name of the field, unique in the collection.
            data_type: type of the values.
            desc: free text for human readers.
            is_primary: whether the field is the primary key (INT64 or VARCHAR, one per collection).
            auto_id: whether the server generates the primary keys.
            is_partition_key: whether rows are distributed over partitions by this field (INT64 or VARCHAR).
            is_clustering_key: whether the server clusters rows by this field.
            is_dynamic: whether the field stores the keys of rows that are not fields.
            nullable: whether rows may have no value (``None``).
            default_value: value of rows that are inserted without one.
            element_type: type of the elements; required for ARRAY, ignored for other types.
            max_capacity: maximum number of elements of an ARRAY; required for ARRAY.
            max_length: maximum length of a str in UTF-8 bytes, 1 to 65,535; required for VARCHAR.
            dim: number of elements of a vector (bits for BINARY_VECTOR); required for vectors, except sparse ones.
            enable_analyzer: whether the server splits strings into tokens, for full-text search.
            enable_match: whether the server indexes the tokens, for ``TEXT_MATCH`` in filters.
            analyzer_params: settings of the analyzer, such as ``{"type": "english"}``.
            multi_analyzer_params: settings of one analyzer for each language.
            mmap_enabled: whether the server maps the data from disk instead of loading it into memory.
            warmup: when the server caches the data: ``"sync"``, ``"async"`` or ``"disable"``.
            external_field: column of the external source that the field reads.
            params: further type parameters by name, for those that have no argument here.

        Returns:
            The field.

        Raises:
            DataTypeNotSupportException: ``data_type`` or ``element_type`` is not a DataType.
            PrimaryKeyException, AutoIDException, PartitionKeyException, ClusteringKeyException: a flag is not a
                bool, or ``auto_id`` is True for a field that is not the primary key.
            ParamError: another argument is invalid.

        Example:
            >>> from milvusclient import DataType, MilvusClient
            >>> MilvusClient.create_field_schema("title", DataType.VARCHAR, "of the book", max_length=200).max_length
            200
        """
        return schema.FieldSchema(
            name,
            data_type,
            desc,
            is_primary=is_primary,
            auto_id=auto_id,
            is_partition_key=is_partition_key,
            is_clustering_key=is_clustering_key,
            is_dynamic=is_dynamic,
            nullable=nullable,
            default_value=default_value,
            element_type=element_type,
            max_capacity=max_capacity,
            max_length=max_length,
            dim=dim,
            enable_analyzer=enable_analyzer,
            enable_match=enable_match,
            analyzer_params=analyzer_params,
            multi_analyzer_params=multi_analyzer_params,
            mmap_enabled=mmap_enabled,
            warmup=warmup,
            external_field=external_field,
            params=params,
        )

    @staticmethod
    def create_struct_field_schema(*, nullable: bool = False, description: str = "") -> StructFieldSchema:
        """Build a struct array without sub-fields; add them with its ``add_field``.

        Args:
            nullable: whether rows may have no value (``None``).
            description: free text for human readers.

        Returns:
            The struct array. It gets its name and max_capacity when it is added to a schema.

        Raises:
            ParamError: ``nullable`` is not a bool.

        Example:
            >>> from milvusclient import DataType, MilvusClient
            >>> chapter = MilvusClient.create_struct_field_schema().add_field("pages", DataType.INT64)
            >>> schema = MilvusClient.create_schema()
            >>> how = {"element_type": DataType.STRUCT, "struct_schema": chapter, "max_capacity": 99}
            >>> schema = schema.add_field("chapters", DataType.ARRAY, **how)
        """
        return schema.StructFieldSchema(nullable, description)

    @staticmethod
    def prepare_index_params(
        field_name: str = "",
        index_type: str | IndexType = "",
        index_name: str = "",
        *,
        metric_type: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> IndexParams:
        """Build index parameters with one index, or without any; add more with their ``add_index``.

        Args:
            field_name: field to index; empty to add no index yet.
            index_type: type of the index, such as ``"HNSW"`` or ``"AUTOINDEX"``; empty lets the server choose.
            index_name: name of the index, unique in the collection; empty lets the server choose.
            metric_type: how vectors are compared: ``"COSINE"``, ``"L2"``, ``"IP"``, ``"BM25"`` ...
            params: build parameters by name; ``add_index`` has an argument for each of them.

        Returns:
            The index parameters: a list of one index or none.

        Raises:
            ParamError: ``field_name`` is not a str, or ``params`` is not a dict.

        Example:
            >>> from milvusclient import MilvusClient
            >>> index_params = MilvusClient.prepare_index_params("vector", "HNSW", metric_type="L2", params={"M": 8})
            >>> index_params.add_index("age", "STL_SORT")
            >>> len(index_params)
            2
        """
        index_params = schema.IndexParams()
        if field_name != "":
            index_params.add_index(field_name, index_type, index_name, metric_type=metric_type, params=params)
        return index_params
