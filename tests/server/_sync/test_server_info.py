"""What the server says of itself, and what the connection to it knows."""

from __future__ import annotations

from milvusclient import MilvusClient
from tests.server.both import Server


def test_version_and_type(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        version = client.get_server_version()
        assert version.startswith("milvus_lite-3." if server.is_lite else "v2.3.5")
        detail = client.get_server_version(detail=True)
        assert set(detail) == {"version", "build_time", "git_commit", "go_version", "deploy_mode"}
        assert detail["version"] == ("milvus_lite" if server.is_lite else "v2.3.5-lite")
        assert client.get_server_type() == "milvus"


def test_connection_info(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.list_collections()
        before = client.connection_info()
        client.list_collections()
        after = client.connection_info()
        assert before.alias == client.alias
        assert before.address in server.uri
        assert after.calls == before.calls + 1
        assert after.bytes_received >= before.bytes_received
        assert (after.errors, after.in_flight) == (before.errors, 0)
