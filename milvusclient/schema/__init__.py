"""Values that users build: schemas, indexes, rankers, highlighters, filters. Pure, without messages or connections.

Each name loads its module when it is first used, so that importing one of them does not import all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

if TYPE_CHECKING:
    from milvusclient.schema.aggregation import SearchAggregation, TopHits
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.enums import ConsistencyLevel, DataType, FunctionType
    from milvusclient.schema.field_ops import FieldOp, FieldOpType
    from milvusclient.schema.fields import FieldSchema
    from milvusclient.schema.filters.bloom import BloomFilterBuilder, build_bloom_filter
    from milvusclient.schema.filters.roaring import RoaringBitmapBuilder, build_roaring_bitmap
    from milvusclient.schema.function_chain import (
        ColumnRef,
        FunctionChain,
        FunctionChainExpr,
        FunctionChainOp,
        FunctionChainStage,
        col,
        fn,
    )
    from milvusclient.schema.functions import Function, FunctionScore
    from milvusclient.schema.highlight import Highlighter, LexicalHighlighter, SemanticHighlighter
    from milvusclient.schema.index import IndexParam, IndexParams
    from milvusclient.schema.ranking import AnnSearchRequest, BaseRanker, RRFRanker, WeightedRanker
    from milvusclient.schema.resource_groups import (
        NodeLabel,
        ResourceGroupConfig,
        ResourceGroupLimit,
        ResourceGroupNodeFilter,
        ResourceGroupTransfer,
    )
    from milvusclient.schema.states import (
        CompactionTaskState,
        CompactionType,
        HighlightType,
        IndexState,
        IndexType,
        LoadPriority,
        LoadState,
        MetricType,
        PlaceholderType,
        RangeType,
        SegmentLevel,
        SegmentState,
        State,
    )
    from milvusclient.schema.structs import StructFieldSchema
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        names={
            "aggregation": ("SearchAggregation", "TopHits"),
            "collection": ("CollectionSchema",),
            "enums": ("ConsistencyLevel", "DataType", "FunctionType"),
            "field_ops": ("FieldOp", "FieldOpType"),
            "fields": ("FieldSchema",),
            "filters.bloom": ("BloomFilterBuilder", "build_bloom_filter"),
            "filters.roaring": ("RoaringBitmapBuilder", "build_roaring_bitmap"),
            "function_chain": (
                "ColumnRef",
                "FunctionChain",
                "FunctionChainExpr",
                "FunctionChainOp",
                "FunctionChainStage",
                "col",
                "fn",
            ),
            "functions": ("Function", "FunctionScore"),
            "highlight": ("Highlighter", "LexicalHighlighter", "SemanticHighlighter"),
            "index": ("IndexParam", "IndexParams"),
            "ranking": ("AnnSearchRequest", "BaseRanker", "RRFRanker", "WeightedRanker"),
            "resource_groups": (
                "NodeLabel",
                "ResourceGroupConfig",
                "ResourceGroupLimit",
                "ResourceGroupNodeFilter",
                "ResourceGroupTransfer",
            ),
            "states": (
                "CompactionTaskState",
                "CompactionType",
                "HighlightType",
                "IndexState",
                "IndexType",
                "LoadPriority",
                "LoadState",
                "MetricType",
                "PlaceholderType",
                "RangeType",
                "SegmentLevel",
                "SegmentState",
                "State",
            ),
            "structs": ("StructFieldSchema",),
        },
    )

__all__ = [
    "AnnSearchRequest",
    "BaseRanker",
    "BloomFilterBuilder",
    "CollectionSchema",
    "ColumnRef",
    "CompactionTaskState",
    "CompactionType",
    "ConsistencyLevel",
    "DataType",
    "FieldOp",
    "FieldOpType",
    "FieldSchema",
    "Function",
    "FunctionChain",
    "FunctionChainExpr",
    "FunctionChainOp",
    "FunctionChainStage",
    "FunctionScore",
    "FunctionType",
    "HighlightType",
    "Highlighter",
    "IndexParam",
    "IndexParams",
    "IndexState",
    "IndexType",
    "LexicalHighlighter",
    "LoadPriority",
    "LoadState",
    "MetricType",
    "NodeLabel",
    "PlaceholderType",
    "RRFRanker",
    "RangeType",
    "ResourceGroupConfig",
    "ResourceGroupLimit",
    "ResourceGroupNodeFilter",
    "ResourceGroupTransfer",
    "RoaringBitmapBuilder",
    "SearchAggregation",
    "SegmentLevel",
    "SegmentState",
    "SemanticHighlighter",
    "State",
    "StructFieldSchema",
    "TopHits",
    "WeightedRanker",
    "build_bloom_filter",
    "build_roaring_bitmap",
    "col",
    "fn",
]
