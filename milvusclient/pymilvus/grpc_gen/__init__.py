"""The messages of the protocol, as protoc would make them, from the facts that the client's own are made from."""

from __future__ import annotations

from milvusclient.pymilvus.grpc_gen import common_pb2, feder_pb2, milvus_pb2, milvus_pb2_grpc, schema_pb2

__all__ = ["common_pb2", "feder_pb2", "milvus_pb2", "milvus_pb2_grpc", "schema_pb2"]
