"""The methods of a client that build schemas and index parameters. They need no connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

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
        M: int | None = None,  # noqa: N803 - the server's name
        adapt_for_cpu: bool | str | None = None,
        bitmap_cardinality_limit: int | None = None,
        bm25_avgdl: float | None = None,
        bm25_b: float | None = None,
        bm25_k1: float | None = None,
        build_algo: str | None = None,
        build_dram_budget_gb: float | None = None,
        build_dram_budget_gb_ratio: float | None = None,
        cache_dataset_on_device: bool | str | None = None,
        dim: int | None = None,
        drop_ratio_build: float | None = None,
        efConstruction: int | None = None,  # noqa: N803 - the server's name
        graph_degree: int | None = None,
        inline_pq: int | None = None,
        intermediate_graph_degree: int | None = None,
        inverted_index_algo: str | None = None,
        json_cast_function: str | None = None,
        json_cast_type: object = None,
        json_path: str | None = None,
        m: int | None = None,
        max_degree: int | None = None,
        max_gram: int | None = None,
        mh_element_bit_width: int | None = None,
        mh_lsh_aligned_block_size: int | None = None,
        mh_lsh_band: int | None = None,
        mh_lsh_bloom_false_positive_prob: float | None = None,
        mh_lsh_code_in_mem: int | bool | None = None,
        mh_lsh_shared_bloom_filter: bool | None = None,
        min_gram: int | None = None,
        mmap_enabled: bool | None = None,
        n_trees: int | None = None,
        nbits: int | None = None,
        nlist: int | None = None,
        nrq: int | None = None,
        num_entry_points: int | None = None,
        pq_cache_size: int | None = None,
        pq_code_budget_gb: float | None = None,
        pq_code_budget_gb_ratio: float | None = None,
        pq_read_io_engine: str | None = None,
        pq_read_page_cache_size: int | None = None,
        rearrange: bool | None = None,
        refine: bool | str | None = None,
        refine_type: str | None = None,
        reorder_k: int | None = None,
        search_cache_budget_gb: float | None = None,
        search_cache_budget_gb_ratio: float | None = None,
        search_list: int | None = None,
        search_list_size: int | None = None,
        sq_type: str | None = None,
        warmup: str | None = None,
        with_raw_data: bool | None = None,
    ) -> IndexParams:
        """Build index parameters with one index, or without any; add more with their ``add_index``.

        Args:
            field_name: field to index; empty to add no index yet.
            index_type: type of the index, such as ``"HNSW"`` or ``"AUTOINDEX"``; empty lets the server choose.
            index_name: name of the index, unique in the collection; empty lets the server choose.
            metric_type: how vectors are compared: ``"COSINE"``, ``"L2"``, ``"IP"``, ``"BM25"`` ...
            params: build parameters by name, for those that have no argument here.
            M: HNSW: number of neighbours of a node of the graph.
            adapt_for_cpu: GPU_CAGRA: whether to build on a GPU and search on a CPU.
            bitmap_cardinality_limit: HYBRID: maximum number of distinct values for which a bitmap is used.
            bm25_avgdl: sparse with BM25: average length of the documents.
            bm25_b: sparse with BM25: how strongly the length of a document counts, 0 to 1.
            bm25_k1: sparse with BM25: how strongly repeated words count.
            build_algo: GPU_CAGRA: algorithm that builds the graph.
            build_dram_budget_gb: DISKANN: memory for the build, in GB.
            build_dram_budget_gb_ratio: DISKANN: memory for the build, as a share of the data.
            cache_dataset_on_device: GPU indexes: whether to keep the vectors on the GPU.
            dim: dimension of the vectors, for the few index types that require it.
            drop_ratio_build: sparse: share of the smallest values to leave out, 0 to 1.
            efConstruction: HNSW: number of candidates examined for each node of the graph.
            graph_degree: GPU_CAGRA: number of neighbours of a node after pruning.
            inline_pq: AISAQ: number of compressed vectors stored in a node.
            intermediate_graph_degree: GPU_CAGRA: number of neighbours of a node before pruning.
            inverted_index_algo: sparse: ``"DAAT_MAXSCORE"``, ``"DAAT_WAND"`` or ``"TAAT_NAIVE"``.
            json_cast_function: JSON: conversion of the values, such as ``"STRING_TO_DOUBLE"``.
            json_cast_type: JSON: type of the values at the path, such as ``"varchar"``.
            json_path: JSON: path of the value to index inside the field, such as ``'meta["age"]'``.
            m: product quantization: number of parts into which a vector is split.
            max_degree: DISKANN: maximum number of neighbours of a node of the graph.
            max_gram: NGRAM: length of the longest n-gram, in characters.
            mh_element_bit_width: MINHASH_LSH: number of bits of one hash of a signature.
            mh_lsh_aligned_block_size: MINHASH_LSH: alignment of the blocks, in bytes.
            mh_lsh_band: MINHASH_LSH: number of bands into which a signature is split.
            mh_lsh_bloom_false_positive_prob: MINHASH_LSH: false-positive rate of the bloom filters.
            mh_lsh_code_in_mem: MINHASH_LSH: whether to keep the hashes in memory.
            mh_lsh_shared_bloom_filter: MINHASH_LSH: whether all bands share one bloom filter.
            min_gram: NGRAM: length of the shortest n-gram, in characters.
            mmap_enabled: whether the server maps the index from disk instead of loading it into memory.
            n_trees: ANNOY: number of trees.
            nbits: product quantization: number of bits of one code.
            nlist: IVF indexes: number of clusters into which the vectors are divided.
            nrq: HNSW_PRQ: number of residual quantizers.
            num_entry_points: AISAQ: number of nodes at which a search can start.
            pq_cache_size: AISAQ: memory for compressed vectors, in bytes.
            pq_code_budget_gb: DISKANN: memory for compressed vectors, in GB.
            pq_code_budget_gb_ratio: DISKANN: memory for compressed vectors, as a share of the data.
            pq_read_io_engine: AISAQ: ``"aio"`` or ``"uring"``.
            pq_read_page_cache_size: AISAQ: memory for the page cache of each thread, in bytes.
            rearrange: AISAQ: whether to order compressed vectors for faster reading.
            refine: quantized indexes: whether to keep more precise vectors for re-ranking.
            refine_type: quantized indexes: precision of those vectors, such as ``"FP16"``.
            reorder_k: SCANN: number of candidates to re-rank.
            search_cache_budget_gb: DISKANN: memory for cached nodes, in GB.
            search_cache_budget_gb_ratio: DISKANN: memory for cached nodes, as a share of the data.
            search_list: DISKANN: number of candidates that a search keeps.
            search_list_size: DISKANN: number of candidates that the build keeps.
            sq_type: HNSW_SQ: type in which a value is stored: ``"SQ6"``, ``"SQ8"``, ``"BF16"`` or ``"FP16"``.
            warmup: when the server caches the index: ``"sync"``, ``"async"`` or ``"disable"``.
            with_raw_data: SCANN, MINHASH_LSH: whether to keep the vectors in the index.

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
        options: dict[str, Any] = dict(locals())  # first, while it holds the arguments and nothing else
        index_params = schema.IndexParams()
        if field_name != "":
            index_params.add_index(**options)
        return index_params
