"""A fast, typed, light client for the Milvus vector database.

    from milvusclient import MilvusClient

    client = MilvusClient("./demo.db")

:class:`MilvusClient` and :class:`AsyncMilvusClient` are the clients, :data:`connections` the registry of named
connections, :mod:`milvusclient.exceptions` the errors. All but the errors loads when it is first used, gRPC included:
a command line that only prints its help does not wait for it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes
from milvusclient._version import __version__
from milvusclient.display import show_with
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

if TYPE_CHECKING:
    from milvusclient._async.client import AsyncMilvusClient
    from milvusclient._async.import_job import AsyncImportJob
    from milvusclient._sync.client import MilvusClient
    from milvusclient._sync.import_job import ImportJob
    from milvusclient.codec.write.embedding_list import EmbeddingList
    from milvusclient.config.tls import TlsConfig
    from milvusclient.import_writer import write_json, write_parquet
    from milvusclient.models.bulk import BulkError, BulkProgress, BulkReport
    from milvusclient.models.connection import ConnectionInfo, OperationStats
    from milvusclient.models.copies import CopyError, CopyReport
    from milvusclient.models.imports import ImportState
    from milvusclient.models.infos import ResourceGroupInfo, Shard
    from milvusclient.models.results import AggregationBucket, AggregationHit, Hit, Hits, QueryResult, SearchResult
    from milvusclient.policy.retry import RetryPolicy
    from milvusclient.registry import Connections, connections
    from milvusclient.rest_health import health
    from milvusclient.schema.aggregation import SearchAggregation, TopHits
    from milvusclient.schema.cloud_import import CloudImport
    from milvusclient.schema.collection import CollectionSchema
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
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        names={
            "_async.client": ("AsyncMilvusClient",),
            "_async.import_job": ("AsyncImportJob",),
            "_sync.client": ("MilvusClient",),
            "_sync.import_job": ("ImportJob",),
            "codec.write.embedding_list": ("EmbeddingList",),
            "config.tls": ("TlsConfig",),
            "import_writer": ("write_json", "write_parquet"),
            "models.bulk": ("BulkError", "BulkProgress", "BulkReport"),
            "models.copies": ("CopyError", "CopyReport"),
            "models.connection": ("ConnectionInfo", "OperationStats"),
            "models.imports": ("ImportState",),
            "models.infos": ("ResourceGroupInfo", "Shard"),
            "models.results": ("AggregationBucket", "AggregationHit", "Hit", "Hits", "QueryResult", "SearchResult"),
            "policy.retry": ("RetryPolicy",),
            "registry": ("Connections", "connections"),
            "rest_health": ("health",),
            "schema.aggregation": ("SearchAggregation", "TopHits"),
            "schema.cloud_import": ("CloudImport",),
            "schema.collection": ("CollectionSchema",),
            "schema.enums": ("ConsistencyLevel", "DataType", "FunctionType"),
            "schema.field_ops": ("FieldOp", "FieldOpType"),
            "schema.fields": ("FieldSchema",),
            "schema.filters.bloom": ("BloomFilterBuilder", "build_bloom_filter"),
            "schema.filters.roaring": ("RoaringBitmapBuilder", "build_roaring_bitmap"),
            "schema.function_chain": ("FunctionChain", "FunctionChainStage"),
            "schema.functions": ("Function", "FunctionScore"),
            "schema.highlight": ("LexicalHighlighter", "SemanticHighlighter"),
            "schema.index": ("IndexParams",),
            "schema.ranking": ("AnnSearchRequest", "RRFRanker", "WeightedRanker"),
            "schema.resource_groups": ("ResourceGroupConfig",),
            "schema.states": ("CompactionTaskState", "CompactionType", "IndexType", "LoadState", "SegmentState"),
            "schema.structs": ("StructFieldSchema",),
            "timestamps": (
                "hybridts_to_datetime",
                "hybridts_to_unixtime",
                "mkts_from_datetime",
                "mkts_from_hybridts",
                "mkts_from_unixtime",
            ),
        },
    )

__all__ = [
    "AggregationBucket",
    "AggregationHit",
    "AnnSearchRequest",
    "AsyncImportJob",
    "AsyncMilvusClient",
    "BloomFilterBuilder",
    "BulkError",
    "BulkProgress",
    "BulkReport",
    "CloudImport",
    "CollectionSchema",
    "CompactionTaskState",
    "CompactionType",
    "ConnectError",
    "ConnectionConfigException",
    "ConnectionInfo",
    "ConnectionNotExistException",
    "Connections",
    "ConsistencyLevel",
    "CopyError",
    "CopyReport",
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
    "ImportJob",
    "ImportState",
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
    "write_json",
    "write_parquet",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def _html_of(value: object) -> str:
    # Not at the top: programs outside notebooks never need the views.
    from milvusclient.notebook.views import html_of

    return html_of(value)


show_with(_html_of)
