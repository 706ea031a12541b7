"""A fast, typed, light client for the Milvus vector database.

    from milvusclient import MilvusClient

    client = MilvusClient("./demo.db")

:class:`MilvusClient` and :class:`AsyncMilvusClient` are the clients, :data:`connections` the registry of named
connections, :mod:`milvusclient.exceptions` the errors. What is seldom needed loads when it is first used.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

from milvusclient._sync.client import MilvusClient
from milvusclient._version import __version__
from milvusclient.exceptions import (
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    DataNotMatchException,
    DeadlineExceededError,
    ErrorCode,
    MilvusException,
    MilvusUnavailableException,
    ParamError,
)
from milvusclient.policy.retry import RetryPolicy

if TYPE_CHECKING:
    from milvusclient._async.client import AsyncMilvusClient
    from milvusclient.config.tls import TlsConfig
    from milvusclient.models.connection import ConnectionInfo, OperationStats
    from milvusclient.models.infos import ResourceGroupInfo, Shard
    from milvusclient.models.results import AggregationBucket, AggregationHit, Hit, Hits, QueryResult, SearchResult
    from milvusclient.registry import Connections, connections
    from milvusclient.rest_health import health
    from milvusclient.schema.aggregation import SearchAggregation, TopHits
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.embedding_list import EmbeddingList
    from milvusclient.schema.enums import ConsistencyLevel, DataType, FunctionType
    from milvusclient.schema.field_ops import FieldOp, FieldOpType
    from milvusclient.schema.fields import FieldSchema
    from milvusclient.schema.filters.bloom import BloomFilterBuilder, build_bloom_filter
    from milvusclient.schema.filters.roaring import RoaringBitmapBuilder, build_roaring_bitmap
    from milvusclient.schema.function_chain import FunctionChain, FunctionChainStage
    from milvusclient.schema.functions import Function, FunctionScore
    from milvusclient.schema.highlight import LexicalHighlighter, SemanticHighlighter
    from milvusclient.schema.index import IndexParams
    from milvusclient.schema.ranking import AnnSearchRequest, RRFRanker, WeightedRanker
    from milvusclient.schema.resource_groups import ResourceGroupConfig
    from milvusclient.schema.states import CompactionTaskState, CompactionType, IndexType, LoadState, SegmentState
    from milvusclient.schema.structs import StructFieldSchema
    from milvusclient.timestamps import (
        hybridts_to_datetime,
        hybridts_to_unixtime,
        mkts_from_datetime,
        mkts_from_hybridts,
        mkts_from_unixtime,
    )

#: name -> module that defines it, for what loads when it is first used.
_LAZY = {
    "AggregationBucket": "models.results",
    "AggregationHit": "models.results",
    "AnnSearchRequest": "schema.ranking",
    "AsyncMilvusClient": "_async.client",
    "BloomFilterBuilder": "schema.filters.bloom",
    "CollectionSchema": "schema.collection",
    "CompactionTaskState": "schema.states",
    "CompactionType": "schema.states",
    "ConnectionInfo": "models.connection",
    "Connections": "registry",
    "ConsistencyLevel": "schema.enums",
    "DataType": "schema.enums",
    "EmbeddingList": "schema.embedding_list",
    "FieldOp": "schema.field_ops",
    "FieldOpType": "schema.field_ops",
    "FieldSchema": "schema.fields",
    "Function": "schema.functions",
    "FunctionChain": "schema.function_chain",
    "FunctionChainStage": "schema.function_chain",
    "FunctionScore": "schema.functions",
    "FunctionType": "schema.enums",
    "Hit": "models.results",
    "Hits": "models.results",
    "IndexParams": "schema.index",
    "IndexType": "schema.states",
    "LexicalHighlighter": "schema.highlight",
    "LoadState": "schema.states",
    "OperationStats": "models.connection",
    "QueryResult": "models.results",
    "RRFRanker": "schema.ranking",
    "ResourceGroupConfig": "schema.resource_groups",
    "ResourceGroupInfo": "models.infos",
    "RoaringBitmapBuilder": "schema.filters.roaring",
    "SearchAggregation": "schema.aggregation",
    "SearchResult": "models.results",
    "SegmentState": "schema.states",
    "SemanticHighlighter": "schema.highlight",
    "Shard": "models.infos",
    "StructFieldSchema": "schema.structs",
    "TlsConfig": "config.tls",
    "TopHits": "schema.aggregation",
    "WeightedRanker": "schema.ranking",
    "build_bloom_filter": "schema.filters.bloom",
    "build_roaring_bitmap": "schema.filters.roaring",
    "connections": "registry",
    "health": "rest_health",
    "hybridts_to_datetime": "timestamps",
    "hybridts_to_unixtime": "timestamps",
    "mkts_from_datetime": "timestamps",
    "mkts_from_hybridts": "timestamps",
    "mkts_from_unixtime": "timestamps",
}

__all__ = [
    "AggregationBucket",
    "AggregationHit",
    "AnnSearchRequest",
    "AsyncMilvusClient",
    "BloomFilterBuilder",
    "CollectionSchema",
    "CompactionTaskState",
    "CompactionType",
    "ConnectError",
    "ConnectionConfigException",
    "ConnectionInfo",
    "ConnectionNotExistException",
    "Connections",
    "ConsistencyLevel",
    "DataNotMatchException",
    "DataType",
    "DeadlineExceededError",
    "EmbeddingList",
    "ErrorCode",
    "FieldOp",
    "FieldOpType",
    "FieldSchema",
    "Function",
    "FunctionChain",
    "FunctionChainStage",
    "FunctionScore",
    "FunctionType",
    "Hit",
    "Hits",
    "IndexParams",
    "IndexType",
    "LexicalHighlighter",
    "LoadState",
    "MilvusClient",
    "MilvusException",
    "MilvusUnavailableException",
    "OperationStats",
    "ParamError",
    "QueryResult",
    "RRFRanker",
    "ResourceGroupConfig",
    "ResourceGroupInfo",
    "RetryPolicy",
    "RoaringBitmapBuilder",
    "SearchAggregation",
    "SearchResult",
    "SegmentState",
    "SemanticHighlighter",
    "Shard",
    "StructFieldSchema",
    "TlsConfig",
    "TopHits",
    "WeightedRanker",
    "__version__",
    "build_bloom_filter",
    "build_roaring_bitmap",
    "connections",
    "health",
    "hybridts_to_datetime",
    "hybridts_to_unixtime",
    "mkts_from_datetime",
    "mkts_from_hybridts",
    "mkts_from_unixtime",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
