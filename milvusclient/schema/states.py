"""The enumerations that few programs use: states that servers report, levels, and numbered types."""

from __future__ import annotations

from enum import IntEnum

from milvusclient.schema.enums import ProtocolEnum

__all__ = [
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
]


class HighlightType(IntEnum):
    """The kind of a highlighter: LEXICAL marks words, SEMANTIC marks passages that a model finds."""

    LEXICAL = 0
    SEMANTIC = 1


class LoadPriority(ProtocolEnum):
    """The priority of loading a collection on the server."""

    HIGH = 0
    LOW = 1


class SegmentLevel(ProtocolEnum):
    """The level of a segment in compaction."""

    Legacy = 0
    L0 = 1
    L1 = 2
    L2 = 3


class PlaceholderType(IntEnum):
    """The encoding of the query vectors of a search; an embedding list adds 200 to the type of its vectors."""

    NoneType = 0
    VARCHAR = 21
    BinaryVector = 100
    FloatVector = 101
    FLOAT16_VECTOR = 102
    BFLOAT16_VECTOR = 103
    SparseFloatVector = 104
    Int8Vector = 105
    EmbListBinaryVector = 300
    EmbListFloatVector = 301
    EmbListFloat16Vector = 302
    EmbListBFloat16Vector = 303
    EmbListSparseFloatVector = 304
    EmbListInt8Vector = 305


class RangeType(IntEnum):
    """The number of a comparison operator."""

    LT = 0
    LTE = 1
    EQ = 2
    GT = 3
    GTE = 4
    NE = 5


class IndexState(IntEnum):
    """The progress of building an index."""

    IndexStateNone = 0
    Unissued = 1
    InProgress = 2
    Finished = 3
    Failed = 4
    Deleted = 5


class _NamedIntEnum(IntEnum):
    """An IntEnum that prints as its name, as programs that print a state expect it."""

    def __str__(self) -> str:
        return self.name

    def __format__(self, format_spec: str) -> str:
        return format(self.name, format_spec)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name}>"


class _ServerEnum(_NamedIntEnum):
    """An enumeration that only servers choose from: an unknown number, of a newer server, becomes the member 0."""

    @classmethod
    def _missing_(cls, value: object) -> _ServerEnum | None:
        return cls(0) if isinstance(value, int) and value != 0 else None


class IndexType(_NamedIntEnum):
    """Index types that have a number. Newer types have only a name: pass any type as a str, such as ``"HNSW"``."""

    INVALID = 0
    FLAT = 1
    IVFLAT = 2
    IVF_SQ8 = 3
    RNSG = 4
    IVF_SQ8H = 5
    IVF_PQ = 6
    HNSW = 11
    ANNOY = 12


class MetricType(_NamedIntEnum):
    """Metrics that have a number. Newer ones have only a name: pass any metric as a str, such as ``"COSINE"``."""

    INVALID = 0
    L2 = 1
    IP = 2
    HAMMING = 3
    JACCARD = 4
    TANIMOTO = 5
    SUBSTRUCTURE = 6
    SUPERSTRUCTURE = 7


class LoadState(_NamedIntEnum):
    """The state of a collection or a partition in memory; only loaded ones can be searched.

    Example:
        >>> from milvusclient import LoadState
        >>> str(LoadState.Loaded), LoadState.Loaded == 3
        ('Loaded', True)
    """

    NotExist = 0
    NotLoad = 1
    Loading = 2
    Loaded = 3


class State(_NamedIntEnum):
    """The progress of a compaction. The name of 0 is misspelt in Milvus, so that programs use it as it is."""

    UndefiedState = 0
    Executing = 1
    Completed = 2


class SegmentState(_ServerEnum):
    """The state of a segment."""

    SegmentStateNone = 0
    NotExist = 1
    Growing = 2
    Sealed = 3
    Flushed = 4
    Flushing = 5
    Dropped = 6
    Importing = 7


class CompactionType(_ServerEnum):
    """The kind of a compaction."""

    UndefinedCompaction = 0
    MergeCompaction = 2
    MixCompaction = 3
    SingleCompaction = 4
    MinorCompaction = 5
    MajorCompaction = 6
    Level0DeleteCompaction = 7
    ClusteringCompaction = 8
    SortCompaction = 9
    PartitionKeySortCompaction = 10
    ClusteringPartitionKeySortCompaction = 11
    BumpSchemaVersionCompaction = 12


class CompactionTaskState(_ServerEnum):
    """The progress of one task of a compaction."""

    Unknown = 0
    Executing = 1
    Pipelining = 2
    Completed = 3
    Failed = 4
    Timeout = 5
    Analyzing = 6
    Indexing = 7
    Cleaned = 8
    MetaSaved = 9
    Statistic = 10
