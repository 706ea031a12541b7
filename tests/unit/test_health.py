"""The server's health: the reply over gRPC, and which REST port belongs to a uri."""

from __future__ import annotations

import pytest

from milvusclient import ParamError, health
from milvusclient._proto import milvus_pb2
from milvusclient.models.health import ServerHealth
from milvusclient.operations.health import build_check_health, parse_check_health
from milvusclient.rest_health import _bases, _unhealthy


def test_quota_states_are_names() -> None:
    assert build_check_health() == milvus_pb2.CheckHealthRequest()
    # Servers fill the list of states with zeros.
    reply = milvus_pb2.CheckHealthResponse(isHealthy=False, reasons=["a"])
    reply.quota_states.extend([0, 2, 6])  # type: ignore[list-item]  # its numbers
    assert parse_check_health(reply) == ServerHealth(
        healthy=False, reasons=("a",), quota_states=("ReadLimited", "DenyToDDL")
    )
    assert parse_check_health(milvus_pb2.CheckHealthResponse(isHealthy=True))


@pytest.mark.parametrize(
    ("uri", "wanted"),
    [
        ("localhost", "http://localhost:9091"),
        ("localhost:19530", "http://localhost:9091"),
        ("http://localhost:9091/", "http://localhost:9091"),
        ("http://user:secret@[::1]:19530/db", "http://[::1]:9091"),
        ("https://milvus.example.com", "https://milvus.example.com:9091"),
        ("https://milvus.example.com:8443", "https://milvus.example.com:8443"),
        ("http://b:19530,a:9092", "http://a:9092 http://b:9091"),
        ("https://a,b", "https://a:9091 https://b:9091"),
        ("dns:///milvus", "http://milvus:9091"),
    ],
)
def test_the_rest_port_of_a_uri(uri: str, wanted: str) -> None:
    assert _bases(uri) == wanted.split()


@pytest.mark.parametrize("uri", ["./x.db", "x.db", "unix:/run/x.sock"])
def test_a_uri_without_a_rest_port_is_refused(uri: str) -> None:
    with pytest.raises(ParamError, match="REST port"):
        health(uri)


@pytest.mark.parametrize(
    ("text", "reason", "wanted"),
    [
        ("", "refused", ""),
        ("x", "500: x", "500: x"),
        ("OK", "", ""),
        ('{"status": "ok"}', "", ""),
        ('{"state": "Healthy"}', "", ""),
        ('{"state": "Abnormal"}', "", '{"state": "Abnormal"}'),
        ("[1]", "", "[1]"),
        ("broken", "", "broken"),
    ],
)
def test_the_rest_answers_are_understood(text: str, reason: str, wanted: str) -> None:
    assert _unhealthy(text, reason) == wanted
