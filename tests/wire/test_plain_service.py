"""A server that is built on the plain messages, as Milvus Lite's is, and clients that speak with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from milvusclient import MilvusClient
from milvusclient.exceptions import UnimplementedError
from milvusclient.pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc


class Server(milvus_pb2_grpc.MilvusServiceServicer):
    """Knows its version, and nothing else."""

    def Connect(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the name of the call
        return milvus_pb2.ConnectResponse(status=common_pb2.Status(), identifier=7)

    def GetVersion(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the name of the call
        return milvus_pb2.GetVersionResponse(status=common_pb2.Status(), version="v2.6.0")


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadPoolExecutor(2) as threads:
        server = grpc.server(threads)
        milvus_pb2_grpc.add_MilvusServiceServicer_to_server(Server(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"127.0.0.1:{port}"
        server.stop(0).wait()


def test_the_client_speaks_with_it(address: str) -> None:
    with MilvusClient(f"http://{address}") as client:
        assert client.get_server_version() == "v2.6.0"


def test_what_a_server_does_not_have_is_refused_and_nothing_is_logged(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with MilvusClient(f"http://{address}") as client, pytest.raises(UnimplementedError, match="ShowCollections"):
        client.list_collections()
    assert caplog.records == []


def test_the_stub_calls_it(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        stub = milvus_pb2_grpc.MilvusServiceStub(channel)
        assert stub.GetVersion(milvus_pb2.GetVersionRequest()).version == "v2.6.0"
