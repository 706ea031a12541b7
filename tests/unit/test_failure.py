"""What a failed call means."""

from __future__ import annotations

import pytest

from milvusclient.policy.failure import Failure, RpcFailure, Safety, connect_reason, may_have_happened, never_sent


@pytest.mark.parametrize(
    ("status", "details", "reason"),
    [
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", "timeout"),
        ("UNAUTHENTICATED", "auth check failure", "authentication"),
        ("PERMISSION_DENIED", "no", "authentication"),
        ("UNIMPLEMENTED", "unknown service", "not_milvus"),
        ("UNAVAILABLE", "DNS resolution failed for nohost:19530", "name_not_resolved"),
        ("UNAVAILABLE", "errors resolving nohost:1: Domain name not found", "name_not_resolved"),
        ("UNAVAILABLE", "failed to connect to all addresses; last error: Connection refused", "refused"),
        ("UNAVAILABLE", "unix:/x: No such file or directory", "refused"),
        ("UNAVAILABLE", "Ssl handshake failed: SSL_ERROR_SSL: WRONG_VERSION_NUMBER", "tls"),
        ("UNAVAILABLE", "CERTIFICATE_VERIFY_FAILED: unable to get local issuer certificate", "tls"),
        (
            "UNAVAILABLE",
            "failed to connect to all addresses; tcp handshaker shutdown: HTTP proxy returned 403",
            "proxy",
        ),
        ("UNAVAILABLE", "Trying to connect an http1.x server", "not_milvus"),
        ("UNAVAILABLE", "Failed parsing HTTP/2", "not_milvus"),
        ("UNAVAILABLE", "connection attempt timed out before receiving SETTINGS frame", "timeout"),
        ("UNAVAILABLE", "connect failed: addr: ipv4:10.0.0.1:1 error: No route to host", "unreachable"),
        ("UNAVAILABLE", "connect failed: addr: ipv6:x error: Network is unreachable", "unreachable"),
        ("UNAVAILABLE", "connect failed: addr: ipv4:10.0.0.1:1 error: Permission denied", "unreachable"),
        ("UNAVAILABLE", "connect failed: addr: unix:/x error: Permission denied", "unavailable"),
        ("UNAVAILABLE", "GOAWAY received; Error code: 11; Debug Text: too_many_pings", "unavailable"),
        ("UNAVAILABLE", "Connection reset by peer", "unavailable"),
        ("UNAVAILABLE", "Socket closed", "unavailable"),
    ],
)
def test_why_a_connection_failed(status: str, details: str, reason: str) -> None:
    assert connect_reason(Failure(status, details)) == reason


@pytest.mark.parametrize(
    ("failure", "unsent"),
    [
        (Failure("UNAVAILABLE", "failed to connect to all addresses; last error: x"), True),
        (Failure("UNAVAILABLE", "DNS resolution failed for x"), True),
        (Failure("UNAVAILABLE", "Socket closed"), False),
        (Failure("UNAVAILABLE", "Connection reset by peer"), False),
        (Failure("INTERNAL", "failed to connect to all addresses"), False),
        (Failure("DEADLINE_EXCEEDED", "x", sent=False), True),
        (Failure("DEADLINE_EXCEEDED", "x"), False),
    ],
)
def test_what_surely_never_left(failure: Failure, unsent: bool) -> None:
    assert never_sent(failure) is unsent
    assert may_have_happened(failure, Safety.UNSAFE) is not unsent
    assert may_have_happened(failure, Safety.IDEMPOTENT) is not unsent
    assert not may_have_happened(failure, Safety.READ)


def test_a_status_that_could_not_be_read_leaves_the_outcome_open() -> None:
    failure = Failure("RESOURCE_EXHAUSTED", "received metadata size exceeds hard limit (20 vs. 16)")
    assert may_have_happened(failure, Safety.UNSAFE)


@pytest.mark.parametrize("status", ["INVALID_ARGUMENT", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED"])
def test_what_was_refused_did_not_happen(status: str) -> None:
    assert not may_have_happened(Failure(status, "x"), Safety.UNSAFE)


def test_a_failure_inside_the_package_tells_itself() -> None:
    assert str(RpcFailure(Failure("UNAVAILABLE", "Socket closed"))) == "UNAVAILABLE: Socket closed"
