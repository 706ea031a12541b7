"""Build requests about the server itself, and parse the replies."""

from __future__ import annotations

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient._version import __version__
from milvusclient.models.descriptions import ServerDescription

__all__ = [
    "build_get_version",
    "build_server_info",
    "parse_server_info",
    "parse_version",
    "server_type",
]


def build_get_version() -> milvus_pb2.GetVersionRequest:
    """Build the request that asks for the server's version."""
    return milvus_pb2.GetVersionRequest()


def parse_version(reply: milvus_pb2.GetVersionResponse) -> str:
    """Parse the reply into the server's version."""
    return reply.version


def build_server_info() -> milvus_pb2.ConnectRequest:
    """Build the request that asks for details of the server, which come with its answer to a handshake."""
    return milvus_pb2.ConnectRequest(client_info=common_pb2.ClientInfo(sdk_type="Python", sdk_version=__version__))


def parse_server_info(reply: milvus_pb2.ConnectResponse) -> ServerDescription:
    """Parse the reply into the description of the server."""
    info = reply.server_info
    return {
        "version": info.build_tags,
        "build_time": info.build_time,
        "git_commit": info.git_commit,
        "go_version": info.go_version,
        "deploy_mode": info.deploy_mode,
    }


def server_type(address: str) -> str:
    """Return ``"zilliz"`` for an address of the managed service, else ``"milvus"``."""
    return "zilliz" if "zilliz" in address.lower() else "milvus"
