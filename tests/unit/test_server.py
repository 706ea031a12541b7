"""The server itself: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.operations import server


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("localhost:19530", "milvus"),
        ("in01-12a.aws-us-west-2.vectordb.zillizcloud.com:19538", "zilliz"),
        ("IN01.ZillizCloud.com", "zilliz"),
        ("./demo.db", "milvus"),
    ],
)
def test_the_managed_service_is_recognized_by_its_address(address: str, wanted: str) -> None:
    assert server.server_type(address) == wanted


def test_details_come_with_the_answer_to_a_handshake() -> None:
    info = common_pb2.ServerInfo(
        build_tags="v2.5", build_time="today", git_commit="ab", go_version="go1", deploy_mode="X"
    )
    assert server.parse_server_info(milvus_pb2.ConnectResponse(server_info=info)) == {
        "version": "v2.5",
        "build_time": "today",
        "git_commit": "ab",
        "go_version": "go1",
        "deploy_mode": "X",
    }
    assert server.build_server_info().client_info.sdk_type == "Python"
    assert server.parse_version(milvus_pb2.GetVersionResponse(version="v2.5")) == "v2.5"
