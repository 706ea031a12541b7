"""What stands on which page of the reference. Names that are missing here fail the build."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FAMILIES", "GUIDES", "INNER", "INTERNALS", "MODULES", "MORE", "PAGES", "NamePage"]


class NamePage(NamedTuple):
    """A page of the reference.

    Attributes:
        file: its name.
        title: its heading.
        introduction: the sentence below the heading.
        names: what it describes, relative to ``milvusclient``.
    """

    file: str
    title: str
    introduction: str
    names: tuple[str, ...]


#: The guides in the order of the navigation, by file name.
GUIDES = (
    "data_model", "filters", "many_rows", "searching", "connections", "errors", "observability", "file_to_cluster",
    "moving_over", "command_line", "performance", "troubleshooting",
)  # fmt: skip

#: The operations of the clients: a section of the navigation, and in it the families with the titles of their pages.
FAMILIES = {
    "Rows": {
        "mutations": "Insert, upsert, delete",
        "queries": "Query and get",
        "searches": "Search and hybrid search",
        "iterators": "Iterators",
        "columnar": "Results as columns",
        "bulk": "Many rows",
        "copies": "Copy a collection",
        "imports": "Import files",
    },
    "Collections": {
        "builders": "Build schemas",
        "collections": "Collections",
        "fields": "Fields and functions",
        "indexes": "Indexes",
        "loading": "Load and release",
        "partitions": "Partitions",
        "aliases": "Aliases",
        "optimize": "Optimize",
        "analyzers": "Analyzers",
        "external": "External collections",
    },
    "Server": {
        "databases": "Databases",
        "users": "Users and roles",
        "privileges": "Privileges",
        "resource_groups": "Resource groups",
        "server": "Server",
        "health": "Health",
        "session": "Sessions",
        "maintenance": "Flush and compact",
        "segments": "Segments",
        "snapshots": "Snapshots",
        "replication": "Replication",
    },
}

PAGES = (
    NamePage(
        "connections.md",
        "Connections and retries",
        "The registry of named connections, and the settings and figures of a connection.",
        ("connections", "Connections", "health", "TlsConfig", "RetryPolicy", "ConnectionInfo", "OperationStats"),
    ),
    NamePage(
        "schema.md",
        "Schemas and indexes",
        "What a collection is made of.",
        (
            "CollectionSchema", "FieldSchema", "StructFieldSchema", "DataType", "Function", "FunctionType",
            "IndexParams", "IndexType", "ConsistencyLevel",
        ),
    ),
    NamePage(
        "search_objects.md",
        "Arguments of searches",
        "Requests of a hybrid search, rankers, reranking functions, highlighters, aggregations.",
        (
            "AnnSearchRequest", "RRFRanker", "WeightedRanker", "FunctionScore", "FunctionChain", "FunctionChainStage",
            "LexicalHighlighter", "SemanticHighlighter", "SearchAggregation", "TopHits", "EmbeddingList",
        ),
    ),
    NamePage(
        "write_objects.md",
        "Arguments of writes and filters",
        "Operations on single fields, sets of values for filters, limits of a resource group.",
        (
            "FieldOp", "FieldOpType", "BloomFilterBuilder", "build_bloom_filter", "RoaringBitmapBuilder",
            "build_roaring_bitmap", "ResourceGroupConfig",
        ),
    ),
    NamePage(
        "import_objects.md",
        "Files to import",
        "Files that a server imports from its own storage: writing them, and the job that reads them.",
        ("write_parquet", "write_json", "CloudImport", "ImportJob", "AsyncImportJob", "ImportState"),
    ),
    NamePage(
        "results.md",
        "Results",
        "What searches, queries and moves of many rows return.",
        (
            "SearchResult", "Hits", "Hit", "QueryResult", "AggregationBucket", "AggregationHit", "BulkReport",
            "BulkProgress", "BulkError", "CopyReport", "CopyError", "ResourceGroupInfo", "Shard", "LoadState",
            "SegmentState", "CompactionTaskState", "CompactionType",
        ),
    ),
    NamePage(
        "timestamps.md",
        "Timestamps",
        "Conversion between moments and the timestamps of Milvus.",
        (
            "hybridts_to_datetime", "hybridts_to_unixtime", "mkts_from_datetime", "mkts_from_hybridts",
            "mkts_from_unixtime",
        ),
    ),
)  # fmt: skip

#: Public modules that have a page of their own: file, title, and the module relative to ``milvusclient``.
MODULES = (
    ("filters.md", "Filters", "filters"),
    ("errors.md", "Errors", "exceptions"),
    ("otel.md", "OpenTelemetry", "otel"),
    ("prometheus.md", "Prometheus", "prometheus"),
    ("pymilvus.md", "Programs written for pymilvus", "pymilvus"),
)

#: Names of milvusclient.pymilvus that can be imported, and only say on use what to do instead.
INTERNALS = ("milvusclient.pymilvus.ExceptionsMessage", "milvusclient.pymilvus.Prepare")

#: Names that stand on a page although no signature mentions them and no module exports them.
MORE = {
    "pymilvus": ("tolerance.UnknownKeywordWarning",),
    "objects": ("schema.index.IndexParam", "schema.states.SegmentLevel"),
}

#: Beginnings of the paths of classes that signatures mention and that no program handles.
INNER = (
    "milvusclient._proto.", "milvusclient._sync.core.", "milvusclient.policy.", "milvusclient.pymilvus.",
    "milvusclient.schema.ranking.Condition",
)  # fmt: skip
