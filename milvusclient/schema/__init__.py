"""What users build: schemas, indexes, rankers, highlighters, filters. Pure values, without messages or connections.

Each name loads its module when it is first used, so that importing one of them does not import all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from milvusclient.schema.aggregation import SearchAggregation, TopHits
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.embedding_list import EmbeddingList
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
    "EmbeddingList",
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

#: name -> module that defines it
_MODULES = {
    "AnnSearchRequest": "ranking",
    "BaseRanker": "ranking",
    "BloomFilterBuilder": "filters.bloom",
    "CollectionSchema": "collection",
    "ColumnRef": "function_chain",
    "CompactionTaskState": "states",
    "CompactionType": "states",
    "ConsistencyLevel": "enums",
    "DataType": "enums",
    "EmbeddingList": "embedding_list",
    "FieldOp": "field_ops",
    "FieldOpType": "field_ops",
    "FieldSchema": "fields",
    "Function": "functions",
    "FunctionChain": "function_chain",
    "FunctionChainExpr": "function_chain",
    "FunctionChainOp": "function_chain",
    "FunctionChainStage": "function_chain",
    "FunctionScore": "functions",
    "FunctionType": "enums",
    "HighlightType": "states",
    "Highlighter": "highlight",
    "IndexParam": "index",
    "IndexParams": "index",
    "IndexState": "states",
    "IndexType": "states",
    "LexicalHighlighter": "highlight",
    "LoadPriority": "states",
    "LoadState": "states",
    "MetricType": "states",
    "NodeLabel": "resource_groups",
    "PlaceholderType": "states",
    "RRFRanker": "ranking",
    "RangeType": "states",
    "ResourceGroupConfig": "resource_groups",
    "ResourceGroupLimit": "resource_groups",
    "ResourceGroupNodeFilter": "resource_groups",
    "ResourceGroupTransfer": "resource_groups",
    "RoaringBitmapBuilder": "filters.roaring",
    "SearchAggregation": "aggregation",
    "SegmentLevel": "states",
    "SegmentState": "states",
    "SemanticHighlighter": "highlight",
    "State": "states",
    "StructFieldSchema": "structs",
    "TopHits": "aggregation",
    "WeightedRanker": "ranking",
    "build_bloom_filter": "filters.bloom",
    "build_roaring_bitmap": "filters.roaring",
    "col": "function_chain",
    "fn": "function_chain",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
