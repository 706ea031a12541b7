"""What a call sends, what its observers are told, and what its error knows: every part of it, exactly."""

from __future__ import annotations

import itertools
import pickle
import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from milvusclient import RetryPolicy, rpc
from milvusclient._sync.client import MilvusClient
from milvusclient._sync.core.caller import _Attempts
from milvusclient._sync.core.connection import Connection
from milvusclient._sync.core.pool import current_pool
from milvusclient._proto import common_pb2
from milvusclient.exceptions import (
    ConnectError,
    ConnectionNotExistException,
    DeadlineExceededError,
    ErrorCode,
    MilvusException,
    MilvusUnavailableException,
    ReplyError,
)
from milvusclient.operations import collections
from milvusclient.policy.deadline import UNBOUNDED, Deadline
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions
from milvusclient.runtime import instrumentation
from milvusclient.runtime.callsite import record_close
from milvusclient.runtime.concurrency import in_thread
from milvusclient.runtime.instrumentation import ObservedCall
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer
from tests.support.together import Clock, Running

ROW = {"id": 1, "vector": [0.1, 0.2, 0.3, 0.4]}
MESSAGE_ID = {"id": "m0", "wal_name": "Pulsar"}
RESET = (grpc.StatusCode.UNAVAILABLE, "socket closed")


class Notes:
    """Keeps the calls that it is told of, and sends a header with each."""

    def __init__(self) -> None:
        self.calls: list[ObservedCall] = []
        #: Given to calls that have none.
        self.request_id = ""

    def call_started(self, call: ObservedCall) -> object:
        call.request_id = call.request_id or self.request_id
        call.headers += (("x-note", call.operation.lower()),)
        self.calls.append(call)
        return None

    def call_retried(self, call: ObservedCall, token: object) -> None:
        pass

    def call_ended(self, call: ObservedCall, token: object) -> None:
        pass


class Same:
    """Draws the same number each time."""

    def __init__(self, number: float) -> None:
        self._number = number

    def random(self) -> float:
        return self._number


class Garbage:
    """A reply that is no message."""

    def SerializeToString(self) -> bytes:  # noqa: N802 - as messages have it
        return b"\x0a\xff\xff\xff"


@pytest.fixture
def notes() -> Iterator[Notes]:
    """An observer, until the end of the test."""
    observer = Notes()
    instrumentation.add_observer(observer)
    yield observer
    instrumentation.remove_observer(observer)


def opened(server: ScriptedServer, retry: RetryPolicy | None = None, **settings: Any) -> MilvusClient:
    """A client of the database "books" whose connection is open, and whose schema of "c" is known."""
    client = MilvusClient(server.uri, alias="evidence", db_name="books", retry=retry, **settings)
    client._collection("c")
    return client.with_options(request_id="r-1")


def unopened(server: ScriptedServer, **retry: Any) -> MilvusClient:
    """The same with a connection that its first call has to open."""
    client = MilvusClient(server.uri, alias="evidence", db_name="books")
    client.close()
    reborn: MilvusClient = pickle.loads(pickle.dumps(client))
    return reborn.with_options(request_id="r-1", retry=RetryPolicy(**retry))


def place_of(error: MilvusException) -> tuple[object, ...]:
    """What an error knows of the call."""
    return (
        error.operation, error.address, error.alias, error.database, error.request_id, error.attempts, error.ambiguous,
    )  # fmt: skip


def draw(monkeypatch: pytest.MonkeyPatch, number: float) -> None:
    """Let every wait be this part of the longest one."""
    monkeypatch.setattr("milvusclient._sync.core.caller._random", lambda: Same(number))


# --- what is sent ----------------------------------------------------------------------------------------------------
def test_a_call_carries_its_own_headers_and_those_of_its_observers(
    scripted_server: ScriptedServer, notes: Notes
) -> None:
    client = opened(scripted_server, token="root:Milvus")
    client.list_collections()
    (call,) = scripted_server.calls("ShowCollections")
    known = {"dbname": "books", "client-request-id": "r-1", "identifier": "4242", "x-note": "showcollections"}
    assert {name: call.headers[name] for name in known} == known
    assert set(call.headers) - set(known) == {"authorization", "client-request-unixmsec"}
    assert call.sent_at.isdigit()
    assert abs(int(call.sent_at) / 1_000 - time.time()) < 300, "in milliseconds"


def test_an_observer_is_told_where_a_call_went_and_how_large_it_was(
    scripted_server: ScriptedServer, notes: Notes
) -> None:
    client = opened(scripted_server)
    client.list_collections()
    call = notes.calls[-1]
    assert (call.operation, call.alias, call.database, call.request_id) == (
        "ShowCollections", "evidence", "books", "r-1",
    )  # fmt: skip
    assert (f"{call.host}:{call.port}", call.address) == (scripted_server.address, scripted_server.address)
    assert call.bytes_sent == len(scripted_server.calls("ShowCollections")[0].message.SerializeToString())
    assert (call.streams, call.attempts, call.status) == (False, 1, 0)
    for _ in client.dump_messages("p0", MESSAGE_ID):
        pass
    assert (notes.calls[-1].operation, notes.calls[-1].streams) == ("DumpMessages", True)


def test_an_observer_is_told_where_a_call_was_to_go_that_was_never_sent(
    scripted_server: ScriptedServer, notes: Notes
) -> None:
    client = unopened(scripted_server)
    scripted_server.proxy.refuse()
    with pytest.raises(ConnectError):
        client.query("c", ids=[1], client_request_id="own")
    call = notes.calls[-1]
    assert (call.operation, call.collection, call.alias, call.database) == (
        "DescribeCollection", "c", "evidence", "books",
    )  # fmt: skip
    assert (f"{call.host}:{call.port}", call.address) == (scripted_server.address, scripted_server.address)
    assert (call.streams, call.attempts, call.bytes_sent) == (False, 0, 0)


@pytest.mark.parametrize(("own", "sent"), [("own", "own"), ("", "r-1")])
def test_an_observer_is_told_the_request_id_of_the_call_or_of_its_client(
    scripted_server: ScriptedServer, notes: Notes, own: str, sent: str
) -> None:
    client = opened(scripted_server)
    client.query("c", ids=[1], client_request_id=own)
    assert notes.calls[-1].request_id == sent
    assert scripted_server.calls("Query")[0].headers["client-request-id"] == sent


def test_an_observer_may_give_a_request_id_to_a_call_that_has_none(
    scripted_server: ScriptedServer, notes: Notes
) -> None:
    notes.request_id = "given"
    (opened(scripted_server)).with_options(request_id="").query("c", ids=[1])
    assert scripted_server.calls("Query")[0].headers["client-request-id"] == "given"


@pytest.mark.parametrize(
    ("code", "legacy", "told"),
    [(8, "RateLimit", "code 8: "), (0, "RateLimit", "code 49: "), (8, "Success", "code 8: ")],
)
def test_an_observer_is_told_the_code_that_a_call_is_sent_again_for(
    scripted_server: ScriptedServer, notes: Notes, code: int, legacy: str, told: str
) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").status(code, "slow down", error_code=legacy)
    client.list_collections()
    assert notes.calls[-1].causes == [f"{told}slow down"]
    assert (notes.calls[-1].attempts, notes.calls[-1].status) == (2, 0)


@pytest.mark.parametrize(("code", "legacy", "told"), [(1100, "UnexpectedError", 1100), (0, "UnexpectedError", 1)])
def test_an_observer_is_told_the_code_with_which_a_call_is_refused(
    scripted_server: ScriptedServer, notes: Notes, code: int, legacy: str, told: int
) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").status(code, "no", error_code=legacy)
    with pytest.raises(MilvusException) as raised:
        client.list_collections()
    assert notes.calls[-1].status == told
    assert (raised.value.code, raised.value.compatible_code) == (code, 1)


# --- what an error knows ---------------------------------------------------------------------------------------------
def test_an_error_of_the_server_knows_everything_about_its_call(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("Insert").status(1100, "no such field", error_code="UnexpectedError", retriable=True)
    with pytest.raises(MilvusException, match="no such field") as raised:
        client.insert("c", ROW)
    assert place_of(raised.value) == ("Insert", scripted_server.address, "evidence", "books", "r-1", 1, False)
    assert (raised.value.retriable, raised.value.is_input_error) == (True, False)


def test_an_error_without_an_answer_knows_everything_about_its_call(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, RetryPolicy(max_retries=1, initial_backoff=0.01))
    scripted_server.on("ShowCollections").fail(*RESET).fail(grpc.StatusCode.UNAVAILABLE, "still away")
    with pytest.raises(MilvusUnavailableException) as raised:
        client.list_collections()
    address = scripted_server.address
    assert place_of(raised.value) == ("ShowCollections", address, "evidence", "books", "r-1", 2, False)
    assert raised.value.message == (
        f"ShowCollections at {address}: the server did not answer [UNAVAILABLE: still away; before that: "
        "UNAVAILABLE: socket closed]"
    )


def test_the_error_of_a_deadline_tells_it_and_what_happened_before(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, RetryPolicy(initial_backoff=0.01))
    scripted_server.on("ShowCollections").status(8, "slow down").never_answer()
    with pytest.raises(DeadlineExceededError) as raised:
        client.list_collections(timeout=1.5)
    assert raised.value.message.startswith(
        f"ShowCollections at {scripted_server.address}: the deadline of 1.5 s passed before the server answered ["
    )
    assert raised.value.message.endswith("; before that: code 8: slow down]")
    assert raised.value.attempts == 2


def test_a_reply_that_cannot_be_read_knows_everything_about_its_call(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server, RetryPolicy(initial_backoff=0.01))
    garbage: Any = lambda _request: Garbage()  # noqa: E731 - no message, so it has no type
    scripted_server.on("ShowCollections").fail(*RESET).then(garbage)
    with pytest.raises(ReplyError, match="ShowCollections") as raised:
        client.list_collections()
    assert place_of(raised.value) == (
        "ShowCollections", scripted_server.address, "evidence", "books", "r-1", 2, False,
    )  # fmt: skip
    assert raised.value.__cause__ is not None
    assert len(scripted_server.calls("ShowCollections")) == 2, "the server answered, so it is not asked again"


def test_an_error_of_a_closed_connection_knows_everything_about_its_call(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("Upsert").never_answer()
    upsert = Running(lambda: client.upsert("c", ROW))
    in_thread(lambda: scripted_server.wait_for("Upsert"))
    current_pool().close("evidence", record_close("the test"))
    with pytest.raises(ConnectionNotExistException) as raised:
        upsert.result()
    assert place_of(raised.value) == ("Upsert", scripted_server.address, "evidence", "books", "r-1", 1, True)
    assert raised.value.message.startswith("alias 'evidence' is not connected: the test closed it ")
    assert raised.value.message.endswith("; it is safe to repeat it")


def test_a_read_that_a_close_ends_has_no_doubtful_outcome(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    scripted_server.on("ShowCollections").never_answer()
    listing = Running(client.list_collections)
    in_thread(lambda: scripted_server.wait_for("ShowCollections"))
    current_pool().close("evidence", record_close("the test"))
    with pytest.raises(ConnectionNotExistException) as raised:
        listing.result()
    assert raised.value.ambiguous is False
    assert raised.value.message.endswith("then every client of this alias works again")


# --- time ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", [rpc.SHOW_COLLECTIONS, rpc.INSERT], ids=lambda method: method.name)
def test_a_request_whose_time_is_up_before_it_is_sent_is_not_sent_and_leaves_no_doubt(
    scripted_server: ScriptedServer, method: rpc.Method[Any, Any]
) -> None:
    client = opened(scripted_server)
    over = Deadline(time.monotonic() - 1, 0.5)
    with pytest.raises(DeadlineExceededError) as raised:
        client._caller.call(method, collections.build_list_collections(), over, DEFAULT_CALL_OPTIONS)
    assert raised.value.message == (
        f"{method.name} at {scripted_server.address}: the deadline of 0.5 s passed before the server answered "
        "[DEADLINE_EXCEEDED: the time was up before the request was sent]"
    )
    assert place_of(raised.value) == (method.name, scripted_server.address, "evidence", "books", "r-1", 1, False)
    assert scripted_server.calls(method.name) == []


def test_a_call_that_came_too_late_for_its_channel_goes_on_at_once_and_counts_no_attempt(
    scripted_server: ScriptedServer,
) -> None:
    client = opened(scripted_server, RetryPolicy(max_retries=0))
    connection = client._caller.binding.connection()
    channel = connection.pick()
    attempts = _Attempts(client._caller, rpc.INSERT, UNBOUNDED, "r-1", None, DEFAULT_CALL_OPTIONS)
    unsent = RpcFailure(Failure("UNAVAILABLE", "the channel was replaced by a new one", sent=False))
    channel.retire()
    assert attempts.after_failure(unsent, connection, channel, channel.valid_handshake) == 0.0
    with pytest.raises(MilvusUnavailableException) as raised:
        attempts.after_failure(RpcFailure(Failure("UNAVAILABLE", "gone")), connection, channel, 0)
    assert (raised.value.attempts, raised.value.ambiguous) == (1, True), "that one was sent"


@pytest.mark.parametrize(("own", "told"), [("own", "own"), ("", "r-1")])
def test_rows_that_take_too_long_to_encode_are_an_error_that_says_so(
    scripted_server: ScriptedServer, own: str, told: str
) -> None:
    client = opened(scripted_server)
    error = client._caller.late_error(rpc.INSERT, Deadline(0.0, 0.5), CallOptions(own))
    assert error.message == (
        f"Insert at {scripted_server.address}: the deadline of 0.5 s passed before the server answered "
        "[DEADLINE_EXCEEDED: the time was up before all rows were encoded; nothing was sent]"
    )
    assert error.code == ErrorCode.RPC_DEADLINE_EXCEEDED
    assert place_of(error) == ("Insert", scripted_server.address, "evidence", "books", told, 0, False)


def begun(client: MilvusClient, deadline: Deadline) -> tuple[_Attempts, Connection]:
    """The attempts of a call, and the connection that they use."""
    attempts = _Attempts(client._caller, rpc.SHOW_COLLECTIONS, deadline, "r-1", None, DEFAULT_CALL_OPTIONS)
    return attempts, client._caller.binding.connection()


@pytest.mark.parametrize("refused", [False, True])
def test_a_call_waits_for_half_of_its_time_rather_than_giving_up(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    draw(monkeypatch, 1.0)
    client = opened(scripted_server, RetryPolicy(initial_backoff=1e6, max_backoff=1e6))
    attempts, connection = begun(client, Deadline.start(1_000, time.monotonic()))
    if refused:
        wait = attempts.after_status(common_pb2.Status(code=8, reason="slow down"), connection.pick())
    else:
        wait = attempts.after_failure(RpcFailure(Failure("UNAVAILABLE", "away")), connection, connection.pick(), 0)
    assert 300 < wait <= 500


def test_the_time_for_retries_ends(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(monkeypatch, 0.0)
    client = opened(scripted_server, RetryPolicy(max_elapsed=0.05))
    attempts, connection = begun(client, UNBOUNDED)
    away = RpcFailure(Failure("UNAVAILABLE", "away"))
    assert attempts.after_failure(away, connection, connection.pick(), 0) == 0.0
    Clock.sleep(0.06)
    with pytest.raises(MilvusUnavailableException) as raised:
        attempts.after_failure(away, connection, connection.pick(), 0)
    assert raised.value.attempts == 2


def test_a_close_ends_the_wait_for_the_next_attempt(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, notes: Notes
) -> None:
    draw(monkeypatch, 1.0)
    patient = RetryPolicy(initial_backoff=1e6, max_backoff=1e6, rate_limit_max_elapsed=1e9)
    client = opened(scripted_server, patient)
    scripted_server.on("ShowCollections").rate_limit().forever()
    listing = Running(client.list_collections)
    over = time.monotonic() + HANG
    while not notes.calls[-1].causes and time.monotonic() < over:  # until the answer is there
        Clock.sleep(0.01)
    client.close()
    with pytest.raises(ConnectionNotExistException):
        listing.result()
    assert len(scripted_server.calls("ShowCollections")) == 1


def test_a_wait_of_no_time_is_none(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(monkeypatch, 0.0)
    attempts, connection = begun(opened(scripted_server), UNBOUNDED)
    assert attempts.after_status(common_pb2.Status(code=8, reason="slow down"), connection.pick()) == 0.0
    unanswered = RpcFailure(Failure("UNAVAILABLE", "away"))
    assert attempts.after_failure(unanswered, connection, connection.pick(), 0) == 0.0


# --- a connection that has to be opened first ------------------------------------------------------------------------
def test_a_call_with_a_deadline_waits_for_its_server_longer_each_time(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, 1.0)
    client = unopened(scripted_server, initial_backoff=0.05, multiplier=2, max_backoff=0.2)
    scripted_server.forget_requests()
    scripted_server.on("Connect").fail(*RESET).times(3)
    assert client.list_collections(timeout=60) is not None
    arrivals = [call.at for call in scripted_server.calls("Connect")]
    waits = [later - earlier for earlier, later in itertools.pairwise(arrivals)]
    assert len(waits) == 3
    for wait, least in zip(waits, (0.05, 0.1, 0.2), strict=True):
        assert wait > least - 0.01


def test_a_wait_of_no_time_for_a_server_is_none(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, 0.0)
    client = unopened(scripted_server)
    scripted_server.forget_requests()
    scripted_server.on("Connect").fail(*RESET).times(4)
    assert client.list_collections(timeout=60) is not None
    arrivals = [call.at for call in scripted_server.calls("Connect")]
    assert min(later - earlier for earlier, later in itertools.pairwise(arrivals)) < 0.9


def test_so_many_tries_to_connect_as_the_policy_says(scripted_server: ScriptedServer) -> None:
    client = unopened(scripted_server, max_retries=2, initial_backoff=0.01)
    scripted_server.forget_requests()
    scripted_server.on("Connect").fail(*RESET).forever()
    with pytest.raises(ConnectError, match="socket closed") as raised:
        client.list_collections(timeout=60)
    assert len(scripted_server.calls("Connect")) == 3
    assert place_of(raised.value) == (
        "ShowCollections", scripted_server.address, "evidence", "books", "r-1", 0, False,
    )  # fmt: skip


def test_a_server_that_does_not_come_in_time_is_the_error_of_the_deadline_with_all_that_is_known(
    scripted_server: ScriptedServer,
) -> None:
    client = unopened(scripted_server, initial_backoff=0.01)
    scripted_server.on("Connect").fail(*RESET).never_answer().forever()
    with pytest.raises(DeadlineExceededError) as raised:
        client.list_collections(timeout=1.2)
    address = scripted_server.address
    cannot = f"cannot connect to http://{address}: "
    assert raised.value.message.startswith(
        f"ShowCollections at {address}: the deadline of 1.2 s passed before the server answered "
        f"[DEADLINE_EXCEEDED: {cannot}no answer came within "
    )
    assert f"; before that: {cannot}the server closed the connection; " in raised.value.message
    assert place_of(raised.value) == ("ShowCollections", address, "evidence", "books", "r-1", 0, False)
    assert isinstance(raised.value.__cause__, ConnectError)
    assert raised.value.__cause__.reason == "timeout"


def test_a_closed_alias_is_the_reason_even_when_the_time_is_up(scripted_server: ScriptedServer) -> None:
    client = opened(scripted_server)
    client.close()
    over = Deadline(time.monotonic() - 1, 0.5)
    with pytest.raises(ConnectionNotExistException, match="'evidence' is not connected: .* closed it"):
        client._caller.call(
            rpc.SHOW_COLLECTIONS, collections.build_list_collections(), over, DEFAULT_CALL_OPTIONS
        )
