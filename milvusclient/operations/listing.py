"""The names of all collections: apart from the rest of their family, so that a first look at a server loads little."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2

__all__ = ["build_list_collections", "parse_list_collections"]


def build_list_collections() -> milvus_pb2.ShowCollectionsRequest:
    """All collections of the database."""
    return milvus_pb2.ShowCollectionsRequest()


def parse_list_collections(reply: milvus_pb2.ShowCollectionsResponse) -> list[str]:
    """Their names."""
    return list(reply.collection_names)
