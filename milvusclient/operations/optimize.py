"""Build the requests that optimize a collection: segments of a good size, with their indexes."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import require_name
from milvusclient.models.collection import CollectionInfo
from milvusclient.operations.maintenance import build_compact
from milvusclient.operations.size_units import ANY_SIZE, megabytes

__all__ = ["build_optimizing_compaction", "vector_names"]


def build_optimizing_compaction(
    collection_name: str, target_size: str | float | None
) -> milvus_pb2.ManualCompactionRequest:
    """Build the request that compacts to segments of a size; None lets the server choose the size."""
    request = build_compact(require_name("collection_name", collection_name))
    request.target_size = ANY_SIZE if target_size is None else megabytes("target_size", target_size)
    return request


def vector_names(info: CollectionInfo) -> set[str]:
    """Return the names of the fields whose indexes are built again after a compaction."""
    return {field.name for field in info.vector_fields}
