"""What a client offers for building schemas and index parameters: no connection is needed for them."""

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
    """Methods that build what other methods take; they work on the class, too."""

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
        """A schema without fields, to be filled with its ``add_field`` and ``add_function``.

        Args:
            auto_id: the server makes the primary keys.
            enable_dynamic_field: rows may have keys that no field is named after.
            description: for people.
            struct_fields: struct arrays, each with its name and capacity.
            functions: what the server computes.
            enable_namespace: rows belong to namespaces.
            external_source: where the data of an external collection lies.
            external_spec: how that data is read, as JSON text.
            primary_field: the name of the primary key, instead of ``is_primary=True`` on the field.
            partition_key_field: the name of the partition key, instead of ``is_partition_key=True`` on the field.
            clustering_key_field: the name of the clustering key, instead of ``is_clustering_key=True`` on the field.

        Returns:
            The schema; its keys are checked when a collection is created with it.

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
        """A field, for ``CollectionSchema([...])`` or ``add_function_field``.

        Args:
            name: unique in the collection.
            data_type: the type of the values.
            desc: for people.
            is_primary: the field is the primary key.
            auto_id: the server makes the primary keys.
            is_partition_key: rows are spread over partitions by this field.
            is_clustering_key: rows are clustered by this field.
            is_dynamic: the field holds the keys of rows that the schema does not name.
            nullable: rows may have no value.
            default_value: the value of rows without one.
            element_type: the type of the elements, for ARRAY.
            max_capacity: how many elements an ARRAY can have.
            max_length: how many bytes a text can have in UTF-8.
            dim: how many elements a vector has.
            enable_analyzer: split the text into words, for full-text search.
            enable_match: index the words, for ``TEXT_MATCH`` in filters.
            analyzer_params: the analyzer, such as ``{"type": "english"}``.
            multi_analyzer_params: analyzers by language.
            mmap_enabled: map the field's data from disk.
            warmup: when the field's data is cached: ``"sync"``, ``"async"`` or ``"disable"``.
            external_field: the column of an external collection's source.
            params: further type parameters by name.

        Returns:
            The field.

        Raises:
            DataTypeNotSupportException: ``data_type`` is not a type.
            PrimaryKeyException, AutoIDException, PartitionKeyException, ClusteringKeyException: a flag is not a bool.
            ParamError: any other argument that cannot be.

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
        """A struct without sub-fields, to be filled with its ``add_field``.

        Args:
            nullable: rows may have no value.
            description: for people.

        Returns:
            The struct; it gets its name and its capacity where it is used.

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
        """Index parameters with one index, or empty, to be filled with their ``add_index``.

        Args:
            field_name: the field; empty for no index yet.
            index_type: such as ``"HNSW"`` or ``"AUTOINDEX"``; empty lets the server choose.
            index_name: unique in the collection; empty lets the server choose.
            metric_type: how vectors are compared: ``"COSINE"``, ``"L2"``, ``"IP"``, ``"BM25"`` ...
            params: the build parameters by name; ``add_index`` knows each of them as an argument, too.

        Returns:
            The parameters, a list of one index or none.

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
