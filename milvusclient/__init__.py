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
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import ConsistencyLevel, DataType, FunctionType, IndexType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function
from milvusclient.schema.index import IndexParams
from milvusclient.schema.ranking import AnnSearchRequest, RRFRanker, WeightedRanker
from milvusclient.schema.structs import StructFieldSchema

if TYPE_CHECKING:
    from milvusclient._async.client import AsyncMilvusClient
    from milvusclient.config import TlsConfig
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.models.infos import ResourceGroupInfo, Shard
    from milvusclient.models.results import AggregationBucket, AggregationHit, Hit, Hits, QueryResult, SearchResult
    from milvusclient.registry import Connections, connections
    from milvusclient.schema.aggregation import SearchAggregation, TopHits
    from milvusclient.schema.bloom_filter import BloomFilterBuilder, build_bloom_filter
    from milvusclient.schema.embedding_list import EmbeddingList
    from milvusclient.schema.enums import CompactionTaskState, CompactionType, LoadState, SegmentState
    from milvusclient.schema.field_ops import FieldOp, FieldOpType
    from milvusclient.schema.function_chain import FunctionChain, FunctionChainStage
    from milvusclient.schema.functions import FunctionScore
    from milvusclient.schema.highlight import LexicalHighlighter, SemanticHighlighter
    from milvusclient.schema.resource_groups import ResourceGroupConfig
    from milvusclient.schema.roaring_bitmap import RoaringBitmapBuilder, build_roaring_bitmap
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
    "AsyncMilvusClient": "_async.client",
    "BloomFilterBuilder": "schema.bloom_filter",
    "CompactionTaskState": "schema.enums",
    "CompactionType": "schema.enums",
    "ConnectionInfo": "models.connection",
    "Connections": "registry",
    "EmbeddingList": "schema.embedding_list",
    "FieldOp": "schema.field_ops",
    "FieldOpType": "schema.field_ops",
    "FunctionChain": "schema.function_chain",
    "FunctionChainStage": "schema.function_chain",
    "FunctionScore": "schema.functions",
    "Hit": "models.results",
    "Hits": "models.results",
    "LexicalHighlighter": "schema.highlight",
    "LoadState": "schema.enums",
    "QueryResult": "models.results",
    "ResourceGroupConfig": "schema.resource_groups",
    "ResourceGroupInfo": "models.infos",
    "RoaringBitmapBuilder": "schema.roaring_bitmap",
    "SearchAggregation": "schema.aggregation",
    "SearchResult": "models.results",
    "SegmentState": "schema.enums",
    "SemanticHighlighter": "schema.highlight",
    "Shard": "models.infos",
    "TlsConfig": "config",
    "TopHits": "schema.aggregation",
    "build_bloom_filter": "schema.bloom_filter",
    "build_roaring_bitmap": "schema.roaring_bitmap",
    "connections": "registry",
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
