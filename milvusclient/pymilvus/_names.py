"""The module of each public name of the reference client, and what stands for those that are only its internals.

Every module of this package answers for all of them, so that a name is found wherever the reference client has it, too.
Nothing is loaded before it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["HOMES", "Internal", "module_names"]

_PACKAGE = __name__.rpartition(".")[0]


def _homes(*tables: tuple[str, str]) -> dict[str, str]:
    return {name: module for module, names in tables for name in names.split()}


#: Name -> the module of this package that makes it, or that imports it from the library.
HOMES = _homes(
    ("client.abstract", "AnnSearchRequest BaseRanker RRFRanker WeightedRanker"),
    ("client.asynch", "CreateIndexFuture FlushFuture Future SearchFuture"),
    ("client.bloom_filter", "BloomFilterBuilder build_bloom_filter"),
    ("client.embedding_list", "EmbeddingList"),
    ("client.field_ops", "FieldOp FieldOpType normalize_field_ops"),
    ("client.iterator", "QueryIterator SearchIterator SearchIteratorV2"),
    ("client.iterator.search_iterator", "SearchPage"),
    ("client.roaring_filter", "RoaringBitmapBuilder build_roaring_bitmap"),
    ("client.search_aggregation", "AggregationBucket AggregationHit SearchAggregation TopHits"),
    ("client.search_result", "Hit Hits HybridHits SearchResult"),
    (
        "client.types",
        "AnalyzeResult AnalyzeToken BulkInsertState CompactionPlans CompactionState CompactionTaskState CompactionType "
        "ConsistencyLevel DataType ExtraList FileResourceInfo FunctionType GrantInfo GrantItem Group HighlightType "
        "HybridExtraList IndexState IndexType LoadState LoadedSegmentInfo MetricType NodeInfo OmitZeroDict "
        "PlaceholderType Plan PrivilegeGroupInfo PrivilegeGroupItem RangeType RefreshExternalCollectionJobInfo Replica "
        "ReplicaInfo ResourceGroupConfig ResourceGroupInfo RestoreSnapshotJobInfo RoleInfo RoleItem SegmentInfo "
        "SegmentState Shard SnapshotInfo State Status UserInfo UserItem cmp_consistency_level get_consistency_level",
    ),
    (
        "client.constants",
        "BATCH_SIZE BOUNDED_TS CALC_DIST_BM25 CALC_DIST_COSINE CALC_DIST_HAMMING CALC_DIST_IP CALC_DIST_JACCARD "
        "CALC_DIST_L2 CALC_DIST_TANIMOTO CLUSTER_ID COLLECTION_ID DEFAULT_CONSISTENCY_LEVEL DEFAULT_RESOURCE_GROUP "
        "DEFAULT_SEARCH_EXTENSION_RATE DYNAMIC_FIELD_NAME EF EVENTUALLY_TS FIELDS GROUP_BY_FIELD GROUP_SIZE "
        "GUARANTEE_TIMESTAMP HINTS INT64_MAX IS_EMBEDDING_LIST IS_PRIMARY ITERATOR_FIELD ITERATOR_SESSION_CP_FILE "
        "ITERATOR_SESSION_TS_FIELD ITER_SEARCH_BATCH_SIZE_KEY ITER_SEARCH_ID_KEY ITER_SEARCH_LAST_BOUND_KEY "
        "ITER_SEARCH_V2_KEY JSON_PATH JSON_TYPE LOGICAL_BITS LOGICAL_BITS_MASK MAX_BATCH_SIZE "
        "MAX_FILTERED_IDS_COUNT_ITERATION MAX_TRY_TIME METRIC_TYPE MILVUS_LIMIT OFFSET ORDER_BY_FIELDS "
        "PAGE_RETAIN_ORDER_FIELD PARAMS QUERY_GROUP_BY_FIELDS QUERY_ITER_LAST_ELEMENT_OFFSET QUERY_ITER_LAST_PK "
        "RADIUS RANGE_FILTER RANKER_TYPE_RRF RANKER_TYPE_WEIGHTED RANK_GROUP_SCORER REDUCE_STOP_FOR_BEST "
        "SEARCH_AGGREGATION STRICT_CAST STRICT_GROUP_SIZE UNLIMITED",
    ),
    ("decorators", "PyMilvusDeprecationWarning"),
    (
        "exceptions",
        "AmbiguousIndexName AutoIDException CannotInferSchemaException ClusteringKeyException "
        "CollectionNotExistException ConnectError ConnectionConfigException ConnectionNotExistException "
        "DataNotMatchException DataTypeNotMatchException DataTypeNotSupportException DescribeCollectionException "
        "ErrorCode FieldTypeException FieldsTypeException FunctionsTypeException IndexNotExistException "
        "InvalidConsistencyLevel MilvusException MilvusUnavailableException ParamError PartitionAlreadyExistException "
        "PartitionKeyException PrimaryKeyException SchemaMismatchRetryableException SchemaNotReadyException "
        "ServerVersionIncompatibleException",
    ),
    (
        "function_chain",
        "ColumnRef FunctionChain FunctionChainExpr FunctionChainOp FunctionChainStage col",
    ),
    ("function_chain.fn", "decay num_combine rerank_model round_decimal xgboost"),
    ("milvus_client.async_milvus_client", "AsyncMilvusClient AsyncMilvusClientSession"),
    ("milvus_client.async_optimize_task", "AsyncOptimizeTask"),
    ("milvus_client.index", "IndexParam IndexParams"),
    ("milvus_client.milvus_client", "MilvusClient MilvusClientSession"),
    ("milvus_client.optimize_task", "OptimizeResult OptimizeTask ProgressStage"),
    ("orm.collection", "Collection"),
    ("orm.connections", "Connections connections"),
    (
        "orm.constants",
        "BM25_b BM25_k1 CALC_DIST_BIN_VEC CALC_DIST_DIM CALC_DIST_FLOAT_VEC CALC_DIST_IDS CALC_DIST_METRIC "
        "CALC_DIST_SQRT COMMON_TYPE_PARAMS DISTANCE ID TYPE",
    ),
    ("orm.future", "BaseFuture MutationFuture"),
    ("orm.index", "Index"),
    ("orm.mutation", "MutationResult"),
    ("orm.partition", "Partition"),
    ("orm.role", "INCLUDE_USER_INFO NOT_INCLUDE_USER_INFO Role"),
    (
        "orm.schema",
        "CollectionSchema FieldSchema Function FunctionScore LexicalHighlighter SemanticHighlighter StructFieldSchema",
    ),
    (
        "orm.types",
        "infer_dtype_bydata is_float_datatype is_integer_datatype is_numeric_datatype map_numpy_dtype_to_datatype",
    ),
    (
        "orm.utility",
        "create_resource_group create_user delete_user describe_resource_group drop_collection drop_resource_group "
        "has_collection has_partition hybridts_to_datetime hybridts_to_unixtime index_building_progress "
        "list_collections list_resource_groups list_usernames loading_progress mkts_from_datetime mkts_from_hybridts "
        "mkts_from_unixtime reset_password transfer_node transfer_replica update_password update_resource_groups "
        "wait_for_index_building_complete wait_for_loading_complete",
    ),
    ("settings", "Config DefaultConfig"),
)


class Internal(type):
    """The class of what stands for an internal of the reference client: it can be imported, and named in annotations.

    Whatever else is done with it raises a NotImplementedError that says what to use in its place.
    """

    _advice: str

    def _refuse(cls) -> NoReturn:
        raise NotImplementedError(
            f"{cls.__qualname__} is an internal of pymilvus that milvusclient does not have; {cls._advice}"
        )

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        """Refuse to be called."""
        cls._refuse()

    def __getattr__(cls, name: str) -> NoReturn:
        """Refuse to be read, but for what Python itself looks for in any object."""
        if name.startswith("__"):
            raise AttributeError(name)
        cls._refuse()

    def __getitem__(cls, key: object) -> NoReturn:
        """Refuse to be read."""
        cls._refuse()

    def __iter__(cls) -> NoReturn:
        """Refuse to be gone through."""
        cls._refuse()


def _internal(module: str, name: str, advice: str) -> Internal:
    shown = f"pymilvus{module.removeprefix(_PACKAGE)}.{name}"
    return Internal(name, (), {"__module__": module, "__qualname__": shown, "_advice": advice})


def _has_module(package: str, name: str) -> bool:
    """Return whether a package below this one has a module of this name; ``connections`` of the root is an object."""
    if package == _PACKAGE and name in HOMES:
        return False
    paths = getattr(sys.modules[package], "__path__", None)
    return paths is not None and importlib.machinery.PathFinder.find_spec(f"{package}.{name}", paths) is not None


def module_names(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make ``__getattr__`` and ``__dir__`` (PEP 562) of a module of this package.

    Args:
        module: name of the module.

    Returns:
        The two functions, in that order.
    """

    def get(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        if _has_module(module, name):
            return importlib.import_module(f"{module}.{name}")
        value: object
        home = f"{_PACKAGE}.{HOMES[name]}" if name in HOMES else module
        if home != module:
            value = getattr(importlib.import_module(home), name)
        else:
            from milvusclient.pymilvus._internals import ADVICE

            if name not in ADVICE:
                raise AttributeError(f"module {module!r} has no attribute {name!r}")
            value = _internal(module, name, ADVICE[name])
        setattr(sys.modules[module], name, value)
        return value

    def names() -> list[str]:
        own = vars(sys.modules[module])
        return sorted({*own, *own.get("__all__", ())})

    return get, names
