"""What the errors of connections and calls say, word for word: users search for these sentences."""

from __future__ import annotations

import pytest

from milvusclient.config.settings import make_config
from milvusclient.exceptions import ConnectError, ErrorCode, MilvusException, ReplyError, RpcError
from milvusclient.policy.errors import (
    CallContext,
    CloseRecord,
    conflict_error,
    connect_error,
    embedded_in_child_error,
    limit_error,
    none_answers_error,
    not_connected_error,
    not_ready_error,
    request_limit,
    request_too_large,
    rpc_error,
    status_error,
    unreadable_handshake_error,
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


@pytest.mark.parametrize(
    ("operation", "advice"),
    [
        ("Insert", "send less in one call, for example fewer rows, or use insert_many(), which sends batches"),
        ("Upsert", "send less in one call, for example fewer rows, or use upsert_many(), which sends batches"),
        ("Delete", "send less in one call, for example fewer rows"),
    ],
)
def test_a_request_that_is_too_large_is_to_be_sent_in_parts(operation: str, advice: str) -> None:
    details = "grpc: received message larger than max (5000 vs. 1000)"
    refused = rpc_error(Failure("RESOURCE_EXHAUSTED", details), operation, "x:1", timeout=None)
    assert refused.message == (
        f"{operation} at x:1: the request has 5,000 bytes, more than the 1,000 of the limit of the server; {advice} "
        f"[RESOURCE_EXHAUSTED: {details}]"
    )
    foreseen = request_too_large(operation, "x:1", 5_000, 1_000)
    assert foreseen.message == (
        f"{operation} at x:1: the request has 5,000 bytes, more than the 1,000 of the limit of the server, which it "
        f"named earlier; it was not sent; {advice}"
    )
    assert (foreseen.status, foreseen.code) == (refused.status, refused.code)
    assert foreseen.code == ErrorCode.RPC_RESOURCE_EXHAUSTED


def test_a_reply_that_is_too_large_is_to_be_asked_for_in_parts() -> None:
    details = "CLIENT: Received message larger than max (5000 vs. 100)"
    error = rpc_error(Failure("RESOURCE_EXHAUSTED", details), "Insert", "x:1", timeout=None)
    assert error.message == (
        "Insert at x:1: the reply has 5,000 bytes, more than the 100 of "
        "grpc_options['grpc.max_receive_message_length'] of this client; ask for less in one call: a smaller limit or "
        f"fewer output_fields, or use query_iterator or search_iterator [RESOURCE_EXHAUSTED: {details}]"
    )


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("grpc: received message larger than max (5000 vs. 1000)", 1_000),
        ("SERVER: Received message larger than max (5000 vs 1000)", 1_000),
        ("CLIENT: Received message larger than max (5000 vs. 1000)", None),
        ("grpc: trying to send message larger than max (5000 vs. 1000)", None),
        ("memory quota exceeded", None),
    ],
)
def test_the_largest_request_of_a_server_is_learnt_from_its_refusal_alone(message: str, limit: int | None) -> None:
    assert request_limit(MilvusException(message=message)) == limit


def test_details_are_cut_only_when_they_are_long() -> None:
    for length, shown in ((4_000, "x" * 4_000), (4_001, "x" * 4_000 + "... (4,001 characters; ")):
        error = rpc_error(Failure("INTERNAL", "x" * length), "Search", "x:1", timeout=None)
        assert f"[INTERNAL: {shown}" in error.message
        assert ("characters" in error.message) is (length > 4_000)


@pytest.mark.parametrize("details", ["metadata size exceeds", "received message larger than max (5 vs. 3)"])
def test_only_a_limit_that_was_reached_is_explained_as_one(details: str) -> None:
    error = rpc_error(Failure("INTERNAL", details), "Insert", "x:1", timeout=None)
    assert error.message == f"Insert at x:1: the call failed with INTERNAL [INTERNAL: {details}]"


def test_refused_credentials_are_the_reason_however_the_connection_ended() -> None:
    error = connect_error(Failure("UNAUTHENTICATED", "socket closed"), make_config("http://x"), "a", timeout=3)
    assert error.message == (
        "cannot connect to http://x:19530: the server refused the credentials; check user and password, or the token "
        "[UNAUTHENTICATED: socket closed]"
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


def test_a_server_that_wants_tls_is_told_from_one_that_is_not_there() -> None:
    config, hung_up = make_config("http://x"), Failure("UNAVAILABLE", "Socket closed")
    error = connect_error(hung_up, config, "a", timeout=3, probed=ProbeResult.TLS)
    assert error.reason == "tls"
    assert error.message == (
        "cannot connect to http://x:19530: the server expects TLS; use https:// in the uri, or secure=True "
        "[UNAVAILABLE: Socket closed]"
    )


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(2.99995, "3"), (12.34, "12.3"), (1.06, "1.1"), (1, "1"), (0.12345, "0.123"), (0.0996, "0.1")],
)
def test_a_time_is_shown_with_few_digits(seconds: float, shown: str) -> None:
    late = connect_error(Failure("DEADLINE_EXCEEDED", "x"), make_config("http://x"), "a", timeout=seconds)
    assert f": no answer came within {shown} s; " in late.message


def test_a_server_whose_handshake_cannot_be_read() -> None:
    config = make_config("http://x", db_name="books")
    error = unreadable_handshake_error(ReplyError(7, "the reply to Connect is not a message"), config, "a")
    assert error.message == (
        "cannot connect to http://x:19530: the reply to Connect is not a message; check that a Milvus server listens "
        "there"
    )
    assert (type(error), error.code, error.operation, error.address) == (ReplyError, 7, "Connect", "x:19530")
    assert (error.alias, error.database, error.request_id, error.attempts) == ("a", "books", "", 1)


def test_a_server_that_is_not_ready_is_waited_for_and_its_own_words_are_kept() -> None:
    error = not_ready_error(make_config("http://x"), "a", 2, 11, "starting", True)
    assert error.message == (
        "cannot connect to http://x:19530: the server is not ready and says 'starting'; wait until it has started, "
        "then connect again"
    )
    assert (error.code, error.reason, error.alias) == (ErrorCode.CONNECT_FAILED, "not_ready", "a")
    assert error.address == "x:19530"
    cause = error.__cause__
    assert isinstance(cause, MilvusException)
    assert (cause.code, cause.compatible_code, cause.message) == (2, 11, "starting")
    assert (cause.is_input_error, cause.retriable) == (False, True)


def test_a_cluster_of_which_none_answers_says_of_each_address_why() -> None:
    config = make_config("a,b,c")
    refused = ConnectError(2, "cannot connect to http://a:19530: nothing listens")
    refused.reason = "refused"
    broken = ValueError("cannot connect to http://c:19530: odd")
    error = none_answers_error(config, "alias", {"a:19530": refused, "b:19530": None, "c:19530": broken}, 0.25)
    assert error.message == (
        "cannot connect to http://a:19530,b:19530,c:19530: none of its addresses answers. a:19530: nothing listens; "
        "b:19530: no answer came within 0.25 s; c:19530: odd"
    )
    assert (error.code, error.reason, error.alias) == (ErrorCode.CONNECT_FAILED, "unavailable", "alias")
    assert error.address == config.target.address
    assert error.__cause__ is refused
    silent = none_answers_error(config, "alias", {"a:19530": None, "b:19530": None}, 3.0)
    assert (silent.reason, silent.__cause__) == ("timeout", None)
    assert silent.message.endswith("b:19530: no answer came within 3 s")


def test_several_channels_to_one_address_that_is_silent() -> None:
    error = none_answers_error(make_config("http://a:1", channels=2), "alias", {"a:1": None}, 3.0)
    assert error.message == (
        "cannot connect to http://a:1: no answer came within 3 s; check that the server is reachable and not "
        "overloaded, or raise timeout [DEADLINE_EXCEEDED: the server did not answer the handshake in time]"
    )
    assert (error.reason, error.alias, error.address) == ("timeout", "alias", "a:1")
    refused = ConnectError(2, "cannot connect to http://a:1: nothing listens")
    refused.reason = "refused"
    told = none_answers_error(make_config("http://a:1", channels=2), "alias", {"a:1": refused}, 3.0)
    assert told.message == "cannot connect to http://a:1: none of its addresses answers. a:1: nothing listens"
    assert told.reason == "refused"


def test_an_error_knows_the_call_that_failed() -> None:
    place = CallContext(operation="Search", address="x:1", alias="a", database="books", request_id="r")
    error = place.add_to(status_error(1, 0, "reason", False, False), 3)
    assert (error.operation, error.address, error.alias, error.database) == ("Search", "x:1", "a", "books")
    assert (error.request_id, error.attempts, error.ambiguous) == ("r", 3, False)
