"""The replacement for pymilvus in programs that were written for it: its import paths, its tolerance, and its ORM.

    from milvusclient.pymilvus import MilvusClient, DataType, Collection, connections

Only the word before the first dot changes. Clients, schemas and index parameters are those of :mod:`milvusclient`, and
differ in tolerance alone: a keyword that a call does not know is dropped with an :class:`UnknownKeywordWarning`.

A program that cannot be changed, or a library that imports pymilvus itself, runs with this package in its place::

    import milvusclient.pymilvus

    milvusclient.pymilvus.install()  # before the first ``import pymilvus``

or ``python -m milvusclient.pymilvus script.py``. Nothing in milvusclient imports this package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus._version import __version__

if TYPE_CHECKING:
    from milvusclient.pymilvus.client.abstract import AnnSearchRequest, RRFRanker, WeightedRanker
    from milvusclient.pymilvus.client.asynch import SearchFuture
    from milvusclient.pymilvus.client.bloom_filter import BloomFilterBuilder, build_bloom_filter
    from milvusclient.pymilvus.client.field_ops import FieldOp, FieldOpType
    from milvusclient.pymilvus.client.prepare import Prepare
    from milvusclient.pymilvus.client.roaring_filter import RoaringBitmapBuilder, build_roaring_bitmap
    from milvusclient.pymilvus.client.search_aggregation import (
        AggregationBucket,
        AggregationHit,
        SearchAggregation,
        TopHits,
    )
    from milvusclient.pymilvus.client.search_result import Hit, Hits, SearchResult
    from milvusclient.pymilvus.client.types import (
        BulkInsertState,
        CompactionTaskState,
        CompactionType,
        DataType,
        FunctionType,
        Group,
        IndexType,
        Replica,
        ResourceGroupInfo,
        SegmentState,
        Shard,
        Status,
    )
    from milvusclient.pymilvus.decorators import PyMilvusDeprecationWarning
    from milvusclient.pymilvus.exceptions import (
        ExceptionsMessage,
        MilvusException,
        MilvusUnavailableException,
    )
    from milvusclient.pymilvus.function_chain import FunctionChain, FunctionChainStage
    from milvusclient.pymilvus.milvus_client.async_milvus_client import AsyncMilvusClient
    from milvusclient.pymilvus.milvus_client.milvus_client import MilvusClient
    from milvusclient.pymilvus.orm import db, utility
    from milvusclient.pymilvus.orm.collection import Collection
    from milvusclient.pymilvus.orm.connections import Connections, connections
    from milvusclient.pymilvus.orm.future import MutationFuture
    from milvusclient.pymilvus.orm.index import Index
    from milvusclient.pymilvus.orm.partition import Partition
    from milvusclient.pymilvus.orm.role import Role
    from milvusclient.pymilvus.orm.schema import (
        CollectionSchema,
        FieldSchema,
        Function,
        FunctionScore,
        LexicalHighlighter,
        SemanticHighlighter,
        StructFieldSchema,
    )
    from milvusclient.pymilvus.orm.utility import (
        create_resource_group,
        create_user,
        delete_user,
        describe_resource_group,
        drop_collection,
        drop_resource_group,
        has_collection,
        has_partition,
        hybridts_to_datetime,
        hybridts_to_unixtime,
        index_building_progress,
        list_collections,
        list_resource_groups,
        list_usernames,
        loading_progress,
        mkts_from_datetime,
        mkts_from_hybridts,
        mkts_from_unixtime,
        reset_password,
        transfer_node,
        transfer_replica,
        update_password,
        update_resource_groups,
        wait_for_index_building_complete,
        wait_for_loading_complete,
    )
    from milvusclient.pymilvus.settings import DefaultConfig
    from milvusclient.pymilvus.standing_in import install as install
    from milvusclient.pymilvus.tolerance import UnknownKeywordWarning as UnknownKeywordWarning

__all__ = [
    "AggregationBucket",
    "AggregationHit",
    "AnnSearchRequest",
    "AsyncMilvusClient",
    "BloomFilterBuilder",
    "BulkInsertState",
    "Collection",
    "CollectionSchema",
    "CompactionTaskState",
    "CompactionType",
    "Connections",
    "DataType",
    "DefaultConfig",
    "ExceptionsMessage",
    "FieldOp",
    "FieldOpType",
    "FieldSchema",
    "Function",
    "FunctionChain",
    "FunctionChainStage",
    "FunctionScore",
    "FunctionType",
    "Group",
    "Hit",
    "Hits",
    "Index",
    "IndexType",
    "LexicalHighlighter",
    "MilvusClient",
    "MilvusException",
    "MilvusUnavailableException",
    "MutationFuture",
    "Partition",
    "Prepare",
    "PyMilvusDeprecationWarning",
    "RRFRanker",
    "Replica",
    "ResourceGroupInfo",
    "RoaringBitmapBuilder",
    "Role",
    "SearchAggregation",
    "SearchFuture",
    "SearchResult",
    "SegmentState",
    "SemanticHighlighter",
    "Shard",
    "Status",
    "StructFieldSchema",
    "TopHits",
    "WeightedRanker",
    "__version__",
    "build_bloom_filter",
    "build_roaring_bitmap",
    "connections",
    "create_resource_group",
    "create_user",
    "db",
    "delete_user",
    "describe_resource_group",
    "drop_collection",
    "drop_resource_group",
    "has_collection",
    "has_partition",
    "hybridts_to_datetime",
    "hybridts_to_unixtime",
    "index_building_progress",
    "list_collections",
    "list_resource_groups",
    "list_usernames",
    "loading_progress",
    "mkts_from_datetime",
    "mkts_from_hybridts",
    "mkts_from_unixtime",
    "reset_password",
    "transfer_node",
    "transfer_replica",
    "update_password",
    "update_resource_groups",
    "utility",
    "wait_for_index_building_complete",
    "wait_for_loading_complete",
]

if not TYPE_CHECKING:  # type checkers are to find misspelt names
    _OWN = {"install": "standing_in", "UnknownKeywordWarning": "tolerance"}
    _MODULES = ("db", "utility")

    _fallback, __dir__ = module_names(__name__)

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.orm.{name}")
        if name in _OWN:
            return getattr(importlib.import_module(f"{__name__}.{_OWN[name]}"), name)
        return _fallback(name)
