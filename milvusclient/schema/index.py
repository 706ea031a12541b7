"""IndexParams: the indexes to build and their parameters."""

from __future__ import annotations

from collections.abc import Mapping

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import optional_mapping, require_str
from milvusclient.display import ShownInNotebooks
from milvusclient.schema.states import IndexType

__all__ = ["IndexParam", "IndexParams"]


@suggest_keywords
class IndexParam(ShownInNotebooks):
    """One index to build.

    Args:
        field_name: field to index, or a sub-field of a struct array as ``struct[sub_field]``.
        index_type: type of the index, such as ``"HNSW"``; empty lets the server choose.
        index_name: name of the index, unique in the collection; empty lets the server choose.
        params: the metric and the build parameters, by name.

    Raises:
        ParamError: ``field_name`` is not a str, or ``params`` is not a dict.

    Example:
        >>> from milvusclient.schema.index import IndexParam
        >>> IndexParam("embedding", "HNSW", "", {"metric_type": "L2", "M": 8}).get_index_configs()
        {'metric_type': 'L2', 'M': 8, 'index_type': 'HNSW'}
    """

    def __init__(
        self,
        field_name: str,
        index_type: str | IndexType,
        index_name: str,
        params: Mapping[str, object] | None = None,
    ) -> None:
        self._field_name = require_str("field_name", field_name)
        self._index_type = index_type.name if isinstance(index_type, IndexType) else index_type
        self._index_name = index_name
        self._configs = optional_mapping(f"index on {field_name!r}: params", params)

    @property
    def field_name(self) -> str:
        """The field, or a sub-field of a struct array as ``struct[sub_field]``."""
        return self._field_name

    @property
    def index_type(self) -> str:
        """Type of the index; empty lets the server choose."""
        return self._index_type

    @property
    def index_name(self) -> str:
        """Name of the index; empty lets the server choose."""
        return self._index_name

    @property
    def params(self) -> dict[str, object]:
        """The metric and the build parameters, by name."""
        return self._configs

    def get_index_configs(self) -> dict[str, object]:
        """Return the metric, the build parameters, and the type if it is given."""
        return {**self._configs, "index_type": self._index_type} if self._index_type else dict(self._configs)

    def to_dict(self) -> dict[str, object]:
        """Return all settings as one dict."""
        own = {"field_name": self._field_name, "index_type": self._index_type, "index_name": self._index_name}
        return {**own, **self._configs}

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, IndexParam) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its params can be changed, so it cannot be a key of a dict

    def __repr__(self) -> str:
        return str(self.to_dict())


@suggest_keywords
class IndexParams(ShownInNotebooks, list[IndexParam]):
    """The indexes to build: a list of :class:`IndexParam`, filled with :meth:`add_index`.

    Example:
        >>> from milvusclient import MilvusClient
        >>> indexes = MilvusClient.prepare_index_params()
        >>> indexes.add_index("embedding", "HNSW", metric_type="COSINE", M=16, efConstruction=200)
        >>> indexes.add_index("age", "INVERTED")
        >>> [index.field_name for index in indexes], indexes[0].to_dict()["M"]
        (['embedding', 'age'], 16)
    """

    def add_index(
        self,
        field_name: str,
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
    ) -> None:
        """Add an index to build.

        Args:
            field_name: field to index, or a sub-field of a struct array as ``struct[sub_field]``.
            index_type: type of the index, such as ``"HNSW"`` or ``"AUTOINDEX"``; empty lets the server choose.
            index_name: name of the index, unique in the collection; empty lets the server choose.
            metric_type: how vectors are compared: ``"COSINE"``, ``"L2"``, ``"IP"``, ``"BM25"``, ``"HAMMING"`` ...
            params: build parameters by name, for those that have no argument here. An argument wins over the parameter
                of its name.
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

        Raises:
            ParamError: ``field_name`` is not a str, or ``params`` is not a dict.

        Example:
            >>> from milvusclient import MilvusClient
            >>> indexes = MilvusClient.prepare_index_params()
            >>> indexes.add_index("embedding", "IVF_FLAT", metric_type="L2", params={"nlist": 128})
            >>> indexes[0].get_index_configs()
            {'nlist': 128, 'metric_type': 'L2', 'index_type': 'IVF_FLAT'}
        """
        options = dict(locals())  # first, while it holds the arguments and nothing else
        index = IndexParam(field_name, index_type, index_name, params)
        for name in ("self", "field_name", "index_type", "index_name", "params"):
            del options[name]
        index.params.update((name, value) for name, value in options.items() if value is not None)
        self.append(index)
