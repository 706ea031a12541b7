"""The words of failed calls: what was asked, what went wrong, where, and what to do."""

from __future__ import annotations

import pickle

import pytest

from milvusclient import exceptions
from milvusclient.config.settings import make_config
from milvusclient.exceptions import ErrorCode, RpcError
from milvusclient.policy.errors import (
    CallContext,
    CloseRecord,
    ambiguity,
    conflict_error,
    connect_error,
    embedded_in_child_error,
    limit_error,
    not_connected_error,
    rpc_error,
    status_error,
)
from milvusclient.policy.failure import Failure, Safety

CLOSED = CloseRecord(how="MilvusClient.close()", where="app.py:7", thread="worker-1", at=100.0, sequence=5)


def test_a_closed_alias_says_who_where_when_and_how_to_go_on() -> None:
    error = not_connected_error("a", CLOSED, 102.5, registered=False)
    assert error.message == (
        "alias 'a' is not connected: MilvusClient.close() closed it 2.5 s ago at app.py:7 in thread 'worker-1'; "
        "make a new client with the same arguments: then every client of this alias works again"
    )
    assert error.alias == "a"


def test_connections_connect_is_advised_only_where_it_leads_to_the_same_target() -> None:
    assert "connections.connect('a')" in not_connected_error("a", CLOSED, 0.0, registered=True).message
    assert "connections.connect" not in not_connected_error("a", CLOSED, 0.0, registered=False).message


def test_an_alias_that_nobody_remembers_closing() -> None:
    assert not_connected_error("a", None, 0.0, registered=False).message.startswith("alias 'a' is not connected; make")


@pytest.mark.parametrize(
    ("safety", "words"), [(Safety.UNSAFE, "check before you repeat"), (Safety.IDEMPOTENT, "it is safe to repeat")]
)
def test_an_unknown_outcome_says_what_to_do(safety: Safety, words: str) -> None:
    doubt = ambiguity(safety)
    assert "(ambiguous)" in doubt
    assert words in doubt
    failure = Failure("UNAVAILABLE", "Socket closed")
    assert rpc_error(failure, "Insert", "x:1", timeout=None, doubt=doubt).message.endswith(doubt)
    assert not_connected_error("a", CLOSED, 0.0, registered=False, doubt=doubt).message.endswith(doubt)


@pytest.mark.parametrize(
    "status",
    [
        "DEADLINE_EXCEEDED",
        "UNAVAILABLE",
        "UNAUTHENTICATED",
        "PERMISSION_DENIED",
        "UNIMPLEMENTED",
        "INTERNAL",
        "ABORTED",
    ],
)
def test_a_failed_call_names_operation_address_status_and_detail(status: str) -> None:
    error = rpc_error(Failure(status, "the detail"), "Search", "x:1", timeout=None)
    for part in ("Search", "x:1", status, "the detail"):
        assert part in error.message
    assert isinstance(error, exceptions.RPC_ERRORS.get(status, RpcError))
    assert error.status == status
    assert error.code == ErrorCode[f"RPC_{status}"]


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ("grpc: received message larger than max (67108890 vs. 67108864)",
         "the request has 67,108,890 bytes, more than the 67,108,864 of the limit of the server; "
         "send less in one call, for example fewer rows"),
        ("SERVER: Received message larger than max (5000 vs. 1000)",
         "the request has 5,000 bytes, more than the 1,000 of the limit of the server; send less in one call"),
        ("grpc: trying to send message larger than max (5000 vs. 1000)",
         "the reply has 5,000 bytes, more than the 1,000 of the limit of the server; ask for less in one call: "
         "a smaller limit or fewer output_fields, or use query_iterator or search_iterator"),
        ("Stream removed (CLIENT: Received message larger than max (5000 vs. 100))",
         "the reply has 5,000 bytes, more than the 100 of grpc_options['grpc.max_receive_message_length'] of this "
         "client; ask for less"),
        ("CLIENT: Sent message larger than max (500 vs. 100)",
         "the request has 500 bytes, more than the 100 of grpc_options['grpc.max_send_message_length'] of this "
         "client; send less"),
        ("memory quota exceeded", "a limit of the server or of the message size was reached"),
    ],
)  # fmt: skip
def test_a_message_that_is_too_large_says_what_to_do(details: str, words: str) -> None:
    error = rpc_error(Failure("RESOURCE_EXHAUSTED", details), "Insert", "x:1", timeout=None)
    assert f": {words}" in error.message
    assert details in error.message


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("gone\x1b]0;title\x07\x1b[31m", r"gone\x1b]0;title\x07\x1b[31m"),
        ("100%\rfine", r"100%\rfine"),
        ("two\r\nlines\n\tindented", "two\nlines\n\tindented"),
        ("abc\u202etxt.exe\u2066", r"abc\u202etxt.exe\u2066"),
        ("\x9b31m\x00\ud800", r"\x9b31m\x00\ud800"),
        ("Größe 5\u00a0GB, 日本語", "Größe 5\u00a0GB, 日本語"),
    ],
)
def test_no_control_character_of_a_server_reaches_a_terminal(sent: str, shown: str) -> None:
    failure = Failure("UNAVAILABLE", sent)
    config = make_config("http://localhost:1")
    for error in (
        status_error(1, 1, sent, False, False),
        rpc_error(failure, "Search", "x:1", timeout=None, cause=sent),
        connect_error(failure, config, "a", timeout=1.0),
        exceptions.MilvusException(message=sent),
    ):
        for text in (error.message, str(error), str(error.args)):
            assert sent == shown or sent not in text
        assert shown in error.message
        assert shown in str(pickle.loads(pickle.dumps(error)))


def test_a_deadline_says_how_long_it_was_and_what_happened_before() -> None:
    failure = Failure("DEADLINE_EXCEEDED", "Deadline Exceeded")
    error = rpc_error(failure, "Search", "x:1", timeout=2.5, cause="UNAVAILABLE: Socket closed")
    assert "deadline of 2.5 s" in error.message
    assert "before that: UNAVAILABLE: Socket closed" in error.message


@pytest.mark.parametrize(
    ("failure", "reason", "words"),
    [
        (Failure("UNAVAILABLE", "Connection refused"), "refused", "nothing listens at this address; check host"),
        (Failure("UNAVAILABLE", "DNS resolution failed"), "name_not_resolved", "host name cannot be resolved"),
        (Failure("UNAVAILABLE", "SSL_ERROR_SSL"), "tls", "TLS handshake failed; .*server_pem_path"),
        (Failure("UNAUTHENTICATED", "auth"), "authentication", "refused the credentials; check user and password"),
        (Failure("UNIMPLEMENTED", "x"), "not_milvus", "not Milvus; use its gRPC port"),
        (Failure("DEADLINE_EXCEEDED", "x"), "timeout", "no answer came within 3 s"),
        (
            Failure("UNAVAILABLE", "Socket closed"),
            "unavailable",
            "server closed the connection; check that Milvus serves",
        ),
        (Failure("UNAVAILABLE", "Connection reset by peer"), "unavailable", "connection was reset; check that Milvus"),
        (
            Failure("UNAVAILABLE", "GOAWAY received; Error code: 0"),
            "unavailable",
            "ended the connection .GOAWAY.; connect",
        ),
        (
            Failure("UNAVAILABLE", "GOAWAY: too_many_pings"),
            "unavailable",
            "too many keepalive pings; raise .*keepalive_time",
        ),
        (Failure("UNAVAILABLE", "error: No route to host"), "unreachable", "no route leads .*; check the address"),
        (Failure("UNAVAILABLE", "something else"), "unavailable", "could not be established; check that the server"),
    ],
)
def test_a_failed_connect_says_why_where_and_what_to_do(failure: Failure, reason: str, words: str) -> None:
    config = make_config("http://bob:hunter2@milvus.example")
    error = connect_error(failure, config, "a", timeout=3)
    assert error.reason == reason
    assert (error.code, error.alias, error.address) == (ErrorCode.CONNECT_FAILED, "a", "milvus.example:19530")
    with pytest.raises(exceptions.ConnectError, match=f"http://milvus.example:19530.*{words}"):
        raise error
    assert failure.details in error.message
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    "details",
    ["No route to host", "Network is unreachable", "GOAWAY received; Error code: 11; Debug Text: too_many_pings",
     "GOAWAY received; Error code: 0", "Connection reset by peer (104)", "Socket closed", "Connection timed out"],
)  # fmt: skip
def test_tls_is_only_named_where_it_may_be_the_reason(details: str) -> None:
    error = connect_error(Failure("UNAVAILABLE", details), make_config("http://milvus.example"), "a", timeout=3)
    assert "TLS" not in error.message
    assert "https" not in error.message


def test_of_very_long_details_the_beginning_is_shown() -> None:
    failure = Failure("INVALID_ARGUMENT", "why " + "x" * 1_000_000)
    for error in (
        rpc_error(failure, "Search", "x:1", timeout=None),
        rpc_error(Failure("UNAVAILABLE", "y"), "Search", "x:1", timeout=None, cause=failure.details),
        connect_error(failure, make_config("http://x"), "a", timeout=3),
    ):
        assert "why xxx" in error.message
        assert "... (1,000,004 characters; the __cause__ of this error has all of them)" in error.message
        assert len(error.message) < 5_000


def test_a_status_that_grpc_does_not_read_is_said_to_be_unknown() -> None:
    failure = Failure("RESOURCE_EXHAUSTED", "Stream removed (received metadata size exceeds hard limit (20 vs. 16))")
    assert (
        "a message longer than the 16 MB that gRPC reads" in rpc_error(failure, "Insert", "x:1", timeout=None).message
    )


def test_a_proxy_in_the_way_is_named() -> None:
    config = make_config("http://milvus.example")
    failure = Failure("UNAVAILABLE", "Socket closed")
    error = connect_error(failure, config, "a", timeout=3, proxy_variable="http_proxy")
    assert error.reason == "proxy"
    assert "http_proxy" in error.message
    refused = connect_error(Failure("UNAUTHENTICATED", "x"), config, "a", timeout=3, proxy_variable="http_proxy")
    assert refused.reason == "authentication", "whoever answers that was reached"


@pytest.mark.parametrize(
    ("code", "legacy", "kind"),
    [
        (100, 0, exceptions.CollectionNotExistException),
        (0, 4, exceptions.CollectionNotExistException),
        (0, 28, exceptions.CollectionNotExistException),
        (700, 0, exceptions.IndexNotExistException),
        (0, 25, exceptions.IndexNotExistException),
        (1100, 5, exceptions.MilvusException),
        (65535, 4, exceptions.MilvusException),
    ],
)
def test_codes_of_the_server_have_their_classes(code: int, legacy: int, kind: type) -> None:
    error = status_error(code, legacy, "reason", True, True)
    assert type(error) is kind
    advice = "; list_collections() names the collections of this database" if code == 100 else ""
    assert (error.code, error.compatible_code, error.message) == (code, legacy, f"reason{advice}")
    assert error.is_input_error
    assert error.retriable


def test_an_index_on_an_unknown_field_says_where_the_fields_are() -> None:
    for reason in ("unknown field 'x' for create_index", "cannot create index on non-existed field: x"):
        assert status_error(6, 0, reason, False, False).message == f"{reason}; describe_collection() names the fields"


def test_a_conflict_says_which_setting_and_what_to_do() -> None:
    error = conflict_error("a", make_config("http://x", token="k:hunter2"), make_config("http://y"))
    assert "alias 'a' exists with other settings" in error.message
    assert "uri http://x:19530 instead of http://y:19530" in error.message
    assert "Use another alias" in error.message
    assert "hunter2" not in error.message


def test_the_limit_and_the_embedded_file_of_the_parent() -> None:
    assert "65,536 connections are open" in limit_error(65_536).message
    assert "/a/x.db" in embedded_in_child_error(make_config("/a/x.db")).message


def test_a_place_signs_an_error_with_its_evidence() -> None:
    error = status_error(1, 0, "reason", False, False)
    place = CallContext(operation="Search", address="x:1", alias="a", database="books", request_id="r")
    assert place.add_to(error, 3, ambiguous=True) is error
    assert (error.operation, error.attempts, error.ambiguous) == ("Search", 3, True)
    assert str(error) == "reason (code=1, operation=Search, address=x:1, database=books, request_id=r, attempts=3)"


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [
        (
            101,
            "collection not loaded[collection=7]",
            "collection not loaded[collection=7]; call load_collection() first",
        ),
        (
            101,
            "'x' is 'released'; call load() before search",
            "'x' is 'released'; call load_collection() before search",
        ),
        (
            6,
            "index cannot be dropped; call release() first",
            "index cannot be dropped; call release_collection() first",
        ),
        (200, "old", "partition 'old' does not exist"),
        (200, "partition not found[partition=old]", "partition not found[partition=old]"),
        (1100, "invalid parameter", "invalid parameter"),
    ],
)
def test_what_the_server_advises_is_said_in_calls_of_the_client(code: int, reason: str, told: str) -> None:
    assert status_error(code, 0, reason, False, False).message == told


def test_a_call_that_milvus_lite_does_not_have_needs_another_server() -> None:
    failure = Failure("UNIMPLEMENTED", "CreateCredential is not implemented")
    assert "Milvus Lite has only a part" in rpc_error(failure, "CreateCredential", "/tmp/a.db", timeout=None).message
    assert "older than the feature" in rpc_error(failure, "CreateCredential", "host:19530", timeout=None).message


def test_the_default_address_is_said_to_be_one() -> None:
    refused = Failure("UNAVAILABLE", "Connection refused")
    default, given = make_config("http://localhost:19530"), make_config("http://localhost:19531")
    assert "is used when no uri is given" in connect_error(refused, default, "a", timeout=1.0).message
    assert "is used when no uri is given" not in connect_error(refused, given, "a", timeout=1.0).message
