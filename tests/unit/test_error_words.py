"""What the errors of connections and calls say, word for word: users search for these sentences."""

from __future__ import annotations

import pytest

from milvusclient.config.settings import make_config
from milvusclient.exceptions import ErrorCode, RpcError
from milvusclient.policy.errors import (
    CallContext,
    CloseRecord,
    conflict_error,
    connect_error,
    embedded_in_child_error,
    limit_error,
    not_connected_error,
    rpc_error,
    status_error,
)
from milvusclient.policy.failure import Failure
from milvusclient.policy.tls_diagnosis import ProbeResult


@pytest.mark.parametrize(
    ("status", "address", "words"),
    [
        ("DEADLINE_EXCEEDED", "x:1", "the deadline passed before the server answered"),
        ("UNAVAILABLE", "x:1", "the server did not answer"),
        ("UNAUTHENTICATED", "x:1", "the server refused the credentials; check user and password, or the token"),
        (
            "PERMISSION_DENIED",
            "x:1",
            "the user lacks the privilege for this call; grant it to a role of the user",
        ),
        ("UNIMPLEMENTED", "x:1", "the server does not know this call; it may be older than the feature"),
        (
            "UNIMPLEMENTED",
            "/a.db",
            "the server does not know this call; Milvus Lite has only a part of Milvus: use a Milvus server for it",
        ),
        ("RESOURCE_EXHAUSTED", "x:1", "a limit of the server or of the message size was reached"),
        ("INVALID_ARGUMENT", "x:1", "the server refused the request"),
        ("ABORTED", "x:1", "the call failed with ABORTED"),
    ],
)
def test_a_failed_call(status: str, address: str, words: str) -> None:
    error = rpc_error(Failure(status, "too_many of it"), "Search", address, timeout=None)
    assert error.message == f"Search at {address}: {words} [{status}: too_many of it]"


def test_a_failed_call_with_all_there_is_to_say() -> None:
    error = rpc_error(
        Failure("DEADLINE_EXCEEDED", "late"), "Search", "x:1", timeout=2.5, cause="lost", doubt="; who knows"
    )
    assert error.message == (
        "Search at x:1: the deadline of 2.5 s passed before the server answered "
        "[DEADLINE_EXCEEDED: late; before that: lost]; who knows"
    )


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (
            "GOAWAY: too_many_pings",
            "the server ended the connection because of too many keepalive pings; "
            "raise grpc_options['grpc.keepalive_time_ms'] to what the server permits, by default 300000",
        ),
        (
            "Too many open files",
            "too few file descriptors were free; "
            "close files and connections that are no longer needed, or raise the limit (ulimit -n)",
        ),
    ],
)
def test_a_call_that_ends_with_its_connection_says_why(details: str, words: str) -> None:
    error = rpc_error(Failure("UNAVAILABLE", details), "Search", "x:1", timeout=None)
    assert error.message == f"Search at x:1: {words} [UNAVAILABLE: {details}]"
    other = rpc_error(Failure("INTERNAL", details), "Search", "x:1", timeout=None)
    assert other.message == f"Search at x:1: the call failed with INTERNAL [INTERNAL: {details}]"


def test_a_server_that_failed_with_too_long_a_message() -> None:
    failure = Failure("RESOURCE_EXHAUSTED", "metadata size exceeds")
    assert rpc_error(failure, "Insert", "x:1", timeout=None).message == (
        "Insert at x:1: the server failed, with a message longer than the 16 MB that gRPC reads; look at the server's "
        "log [RESOURCE_EXHAUSTED: metadata size exceeds]"
    )


def test_a_status_that_grpc_may_have_one_day() -> None:
    error = rpc_error(Failure("TEAPOT", "short and stout"), "Brew", "x:1", timeout=None)
    assert type(error) is RpcError
    assert (error.code, error.status) == (ErrorCode.RPC_UNKNOWN, "TEAPOT")


@pytest.mark.parametrize(("code", "legacy"), [(7, 0), (0, 7), (7, 9)])
def test_a_server_that_gives_no_reason(code: int, legacy: int) -> None:
    error = status_error(code, legacy, "", False, False)
    assert error.message == "the server failed with code 7 and gave no reason"


# --- connections -----------------------------------------------------------------------------------------------------
def test_a_closed_connection_says_who_closed_it_and_when() -> None:
    closed = CloseRecord(how="close()", where="app.py:7", thread="worker-1", at=100.0, sequence=5)
    for now, ago in ((102.5, "2.5"), (100.2, "0.2"), (99.0, "0.0")):
        error = not_connected_error("a", closed, now, registered=True)
        assert error.message == (
            f"alias 'a' is not connected: close() closed it {ago} s ago at app.py:7 in thread 'worker-1'; make a new "
            "client with the same arguments, or call connections.connect('a'): then every client of this alias works "
            "again"
        )
    assert closed.sequence == 5


def test_another_connection_under_the_same_alias() -> None:
    asked, existing = make_config("http://x", db_name="one"), make_config("http://y", db_name="two")
    error = conflict_error("a", asked, existing)
    assert error.message == (
        "alias 'a' exists with other settings; asked for: uri http://x:19530 instead of http://y:19530; "
        "database 'one' instead of 'two'. Use another alias, or close the existing connection first"
    )
    assert (error.alias, error.address) == ("a", "y:19530")


def test_one_connection_too_many() -> None:
    assert limit_error(65_536).message == (
        "65,536 connections are open, which is the limit; close those that are no longer needed"
    )


def test_a_file_that_the_parent_process_serves() -> None:
    error = embedded_in_child_error(make_config("/a/x.db"))
    assert error.message == (
        "'/a/x.db' is served by the parent process; an embedded file belongs to the process that opened it: open it in "
        "the child only, or run a Milvus server and give its uri"
    )
    assert error.reason == "embedded"
    assert error.code == ErrorCode.CONNECT_FAILED


def test_a_proxy_in_the_way_is_named_only_where_it_can_be_the_reason() -> None:
    config = make_config("https://x")
    behind = connect_error(Failure("UNAVAILABLE", "gone"), config, "a", timeout=3, proxy_variable="https_proxy")
    assert behind.message == (
        "cannot connect to https://x:443: the connection goes through the proxy of the environment variable "
        "https_proxy; add the host to no_proxy, or pass grpc_options={'grpc.enable_http_proxy': False} "
        "[UNAVAILABLE: gone]"
    )
    expired = Failure("UNAVAILABLE", "certificate has expired")
    error = connect_error(expired, config, "a", timeout=3, proxy_variable="https_proxy", probed=ProbeResult.TLS)
    assert error.reason == "tls", "who has a certificate was reached"
    assert "proxy" not in error.message
    told = connect_error(Failure("UNAVAILABLE", "HTTP proxy returned 403"), config, "a", timeout=3)
    assert told.reason == "proxy"
    assert "the connection goes through a proxy; add the host" in told.message
    late = connect_error(Failure("DEADLINE_EXCEEDED", "x"), config, "a", timeout=3)
    assert late.message == (
        "cannot connect to https://x:443: no answer came within 3 s; check that the server is reachable and not "
        "overloaded, or raise timeout [DEADLINE_EXCEEDED: x]"
    )
    assert (late.alias, late.address) == ("a", "x:443")


def test_an_error_knows_the_call_that_failed() -> None:
    place = CallContext(operation="Search", address="x:1", alias="a", database="books", request_id="r")
    error = place.add_to(status_error(1, 0, "reason", False, False), 3)
    assert (error.operation, error.address, error.alias, error.database) == ("Search", "x:1", "a", "books")
    assert (error.request_id, error.attempts, error.ambiguous) == ("r", 3, False)
