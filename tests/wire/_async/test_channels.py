"""Several channels for one connection, over one address or several, and channels that are renewed by age."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import grpc
import pytest

from milvusclient import connections
from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import (
    ConnectError,
    ConnectionConfigException,
    ConnectionNotExistException,
    DeadlineExceededError,
    MilvusUnavailableException,
)
from milvusclient.runtime import instrumentation
from milvusclient.runtime.concurrency import async_in_thread
from tests.support.certificates import Certificates
from tests.support.proxy import Mode, Proxy
from tests.support.scripted import ScriptedServer
from tests.support.soak import scaled
from tests.support.together import PATIENCE, AsyncClock, AsyncRunning, AsyncTogether
from tests.support.usage import Usage, needs_proc

ALL = ["alpha", "beta"]


@pytest.fixture
def three() -> Iterator[list[ScriptedServer]]:
    """Three servers of one cluster."""
    with ExitStack() as stack:
        yield [stack.enter_context(ScriptedServer()) for _ in range(3)]


def uri_of(servers: list[ScriptedServer]) -> str:
    """One uri with the addresses of all."""
    return f"http://{','.join(server.address for server in servers)}"


def counts(servers: list[ScriptedServer]) -> list[int]:
    """How many calls each of them got."""
    return [len(server.calls("ShowCollections")) for server in servers]


async def until(true: Callable[[], bool], client: AsyncMilvusClient) -> None:
    """Call until something has happened."""
    over = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < over, "it did not happen"
        assert await client.list_collections() == ALL


# --- several channels ------------------------------------------------------------------------------------------------
async def test_each_channel_is_one_tcp_connection_and_calls_one_after_another_take_turns(
    scripted_server: ScriptedServer,
) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=4)
    for _ in range(20):
        assert await client.list_collections() == ALL

    assert scripted_server.connections == 4
    assert len(scripted_server.calls("Connect")) == 4, "each has a handshake of its own"
    calls = scripted_server.calls("ShowCollections")
    assert sorted(Counter(call.peer for call in calls).values()) == [5, 5, 5, 5]
    await client.close()


async def test_without_channels_there_is_one(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri)
    await AsyncTogether.run(client.list_collections, 8)
    assert scripted_server.connections == 1
    assert (await client.connection_info()).channels == 1
    await client.close()


async def test_calls_at_once_are_spread_over_all_channels(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=3)
    await client.list_collections()
    scripted_server.forget_requests()
    scripted_server.on("ShowCollections").then(delay=0.3).forever()
    await AsyncTogether.run(client.list_collections, 12)
    used = Counter(call.peer for call in scripted_server.calls("ShowCollections"))
    assert len(used) == 3
    assert max(used.values()) <= 6
    await client.close()


async def test_a_large_insert_leaves_small_calls_on_another_channel_alone(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2)
    await client._collection("c")
    scripted_server.on("Insert").then(delay=30.0)
    vector = [0.1, 0.2, 0.3, 0.4]
    rows: list[dict[str, Any]] = [
        {"id": number, "vector": vector, "pad": "x" * 60_000} for number in range(500)
    ]  # 30 MB
    insert = AsyncRunning(lambda: client.insert("c", rows))
    [received] = await async_in_thread(lambda: scripted_server.wait_for("Insert", timeout=PATIENCE))
    scripted_server.forget_requests()

    for _ in range(5):
        await AsyncTogether.run(client.list_collections, 4)

    assert not insert.done
    assert received.peer not in {call.peer for call in scripted_server.calls("ShowCollections")}
    info = await client.connection_info()
    assert sorted(each.in_flight for each in info.channel_infos) == [0, 1]
    await client.close()
    assert isinstance(await AsyncTogether.failure(insert), ConnectionNotExistException)


async def test_the_figures_of_all_channels_are_added_up(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=3)
    for _ in range(9):
        await client.list_collections()
    info = await client.connection_info()
    assert (info.channels, info.calls, info.operations["ShowCollections"].calls) == (3, 9, 9)
    assert [(each.address, each.state, each.calls) for each in info.channel_infos] == [
        (scripted_server.address, "ready", 3)
    ] * 3
    assert all(0 <= each.age < PATIENCE for each in info.channel_infos)
    assert info.address == scripted_server.address
    await client.close()


async def test_channels_and_age_are_settings_of_the_connection(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2, max_age=60, alias="several")
    await client.list_collections()
    for options, words in (
        ({"channels": 3}, "channels 3 instead of 2"),
        ({"max_age": 9}, "max_age 9 s instead of 60 s"),
    ):
        with pytest.raises(ConnectionConfigException, match=words):
            AsyncMilvusClient(scripted_server.uri, alias="several", **options)  # type: ignore[arg-type]  # a number
    joined = AsyncMilvusClient(alias="several")
    await joined.list_collections()
    assert scripted_server.connections == 2
    alone = AsyncMilvusClient(scripted_server.uri, channels=4, max_age=60)
    await alone.list_collections()
    with pytest.raises(ConnectionConfigException, match=r"channels 1 instead of 4.*max_age none instead of 60 s"):
        await AsyncMilvusClient(scripted_server.uri).list_collections()
    await alone.close()
    await client.close()


async def test_named_settings_have_channels_and_age_too(scripted_server: ScriptedServer) -> None:
    connections.add_connection(several={"uri": scripted_server.uri, "channels": 2, "max_age": 60})
    client = AsyncMilvusClient(alias="several")
    await client.list_collections()
    assert scripted_server.connections == 2
    await client.close()


@needs_proc
async def test_close_ends_every_channel_and_leaves_nothing(scripted_server: ScriptedServer) -> None:
    first = AsyncMilvusClient(scripted_server.uri, alias="warm-up")
    await first.list_collections()
    await first.close()
    before = Usage.now()
    for round_ in range(scaled(50, 3)):
        client = AsyncMilvusClient(scripted_server.uri, channels=8, max_age=0.01, alias=f"round-{round_}")
        await AsyncTogether.run(client.list_collections, 16)
        await client.close()
        with pytest.raises(ConnectionNotExistException):
            await client.list_collections()
    after = await async_in_thread(lambda: before.settled(more_threads=64))  # those of the server are in this process
    before.check(after, more_threads=64)
    assert [each.name for each in threading.enumerate() if each.name.startswith("milvusclient")] == []
    await async_in_thread(lambda: wait_for_no(scripted_server))


def wait_for_no(server: ScriptedServer) -> None:
    """Wait until the server has no connection."""
    over = time.monotonic() + PATIENCE
    while server.proxy.open:
        assert time.monotonic() < over, f"{server.proxy.open} connections are left"
        time.sleep(0.02)


async def test_databases_and_aliases_have_channels_of_their_own(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2)
    await client.list_collections()
    other = AsyncMilvusClient(scripted_server.uri, db_name="books", channels=2)
    await other.list_collections()
    await client.use_database("films")
    await client.list_collections()
    assert scripted_server.connections == 6
    databases = {call.headers["dbname"] for call in scripted_server.calls("ShowCollections")}
    assert databases == {"", "books", "films"}
    await other.close()
    await client.close()


# --- age -------------------------------------------------------------------------------------------------------------
@pytest.mark.soak
async def test_no_call_fails_while_channels_are_renewed(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2, max_age=0.2)
    each = scaled(10_000, 480) // 8
    started = time.monotonic()

    async def work() -> None:
        for number in range(each):
            assert await client.list_collections() == ALL
            if number % 20 == 0:
                await AsyncClock.sleep(0.02)
                async with await client.query_iterator("c", batch_size=3) as pages:
                    assert [row["id"] async for page in pages for row in page]
                assert [message async for message in client.dump_messages("a-0", {"id": "m0", "wal_name": "Pulsar"})]

    await AsyncTogether.run(work, 8)
    while time.monotonic() - started < 1.0:
        await client.list_collections()
    info = await client.connection_info()
    assert (info.errors, info.retries) == (0, 0)
    assert scripted_server.connections > 4, "the channels were renewed"
    assert info.calls == sum(stats.calls for stats in info.operations.values()), "closed channels still count"
    await client.close()


async def test_a_call_in_flight_keeps_its_old_channel(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, max_age=0.1)
    await client.list_collections()
    go_on = threading.Event()
    scripted_server.on("GetVersion").reply_to(lambda _: {"version": f"held {go_on.wait(PATIENCE)}"})
    long = AsyncRunning(client.get_server_version)
    await async_in_thread(lambda: scripted_server.wait_for("GetVersion"))
    await until(lambda: scripted_server.connections >= 4, client)
    states = {each.state for each in (await client.connection_info()).channel_infos}
    assert states == {"ready", "draining"}
    go_on.set()
    assert await long.result() == "held True"
    await until(lambda: scripted_server.proxy.open <= 3, client)
    await client.close()


async def test_a_call_that_comes_too_late_for_its_channel_takes_another(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2)
    for _ in range(2):
        await client.list_collections()
    connection = await client._caller.binding.connection()
    channel = connection.pick()
    channel.retire()
    known = {call.peer for call in scripted_server.calls("ShowCollections")}
    scripted_server.forget_requests()
    for _ in range(6):
        assert await client.list_collections() == ALL
        assert [m async for m in client.dump_messages("a-0", {"id": "m0", "wal_name": "Pulsar"})]
    used = {call.peer for call in scripted_server.calls("ShowCollections")}
    assert (len(known), len(used)) == (2, 1)
    assert channel.counters.in_flight == 0
    info = await client.connection_info()
    assert (info.calls, info.errors, info.retries) == (14, 0, 0)
    await client.close()


async def test_a_renewal_that_fails_leaves_the_old_channel_in_use(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, max_age=0.05)
    await client.list_collections()
    scripted_server.proxy.refuse()
    started = time.monotonic()
    while time.monotonic() - started < 0.5:
        assert await client.list_collections() == ALL
    scripted_server.proxy.listen()
    accepted = scripted_server.connections
    await until(lambda: scripted_server.connections > accepted, client)
    assert (await client.connection_info()).errors == 0
    await client.close()


async def test_without_calls_nothing_is_renewed(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, max_age=0.05)
    await client.list_collections()
    accepted = scripted_server.connections
    await AsyncClock.sleep(0.3)
    assert scripted_server.connections == accepted
    await client.close()


async def test_close_in_the_middle_of_a_renewal_ends_it(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, max_age=0.05, timeout=600)
    await client.list_collections()
    scripted_server.on("Connect").never_answer().forever()
    asked = len(scripted_server.calls("Connect"))
    await until(lambda: len(scripted_server.calls("Connect")) > asked, client)
    started = time.monotonic()
    await client.close()
    assert time.monotonic() - started < 5
    await async_in_thread(lambda: wait_for_no(scripted_server))


async def test_a_token_function_is_asked_by_new_channels_too(scripted_server: ScriptedServer) -> None:
    tokens = iter(f"key-{number}" for number in range(1_000_000))
    client = AsyncMilvusClient(scripted_server.uri, token=lambda: next(tokens), max_age=0.05)
    await until(lambda: len(scripted_server.calls("Connect")) >= 3, client)
    sent = [call.headers["authorization"] for call in scripted_server.calls("Connect")]
    assert len(set(sent)) == len(sent)
    await client.close()


async def test_channels_are_renewed_over_tls(certificates: Certificates) -> None:
    own = certificates.server
    credentials = grpc.ssl_server_credentials([(own.key_pem, own.pem)])
    with ScriptedServer(credentials=credentials) as server:
        port = server.address.rpartition(":")[2]
        client = AsyncMilvusClient(f"dns+https:///localhost:{port}", server_pem_path=own.pem, max_age=0.05)
        await until(lambda: server.connections >= 3, client)
        await client.close()


async def test_a_server_that_limits_the_age_of_connections_does_no_harm() -> None:
    with ScriptedServer(
        options=(("grpc.max_connection_age_ms", 200), ("grpc.max_connection_age_grace_ms", 200))
    ) as server:
        client = AsyncMilvusClient(server.uri, channels=2)
        started = time.monotonic()
        while time.monotonic() - started < 1.5:
            assert await client.list_collections() == ALL
        assert server.connections > 2
        await client.close()


# --- several addresses -----------------------------------------------------------------------------------------------
async def test_calls_are_spread_over_the_addresses(three: list[ScriptedServer]) -> None:
    client = AsyncMilvusClient(uri_of(three))
    for _ in range(12):
        await client.list_collections()
    assert counts(three) == [4, 4, 4]
    assert [server.connections for server in three] == [1, 1, 1]
    assert client.alias == AsyncMilvusClient(uri_of([*reversed(three), three[0]])).alias
    info = await client.connection_info()
    assert {each.address for each in info.channel_infos} == {server.address for server in three}
    await client.close()


async def test_a_dead_address_is_left_and_gets_its_share_again(three: list[ScriptedServer]) -> None:
    client = AsyncMilvusClient(uri_of(three))
    await client.list_collections()
    dead = three[1]
    await async_in_thread(dead.stop)
    for _ in range(30):
        assert await client.list_collections(timeout=PATIENCE) == ALL
    states = {each.address: each.state for each in (await client.connection_info()).channel_infos}
    assert states == {server.address: "unavailable" if server is dead else "ready" for server in three}
    await async_in_thread(dead.start)
    before = counts(three)[1]
    await until(lambda: counts(three)[1] > before, client)
    before = counts(three)[1]
    for _ in range(30):
        await client.list_collections()
    assert counts(three)[1] >= before + 8
    await client.close()


async def test_a_server_that_turns_calls_away_keeps_its_connections(scripted_server: ScriptedServer) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2)
    await client.list_collections()
    scripted_server.on("ShowCollections").fail(grpc.StatusCode.UNAVAILABLE, "busy").times(10)
    for _ in range(10):
        assert await client.list_collections(timeout=PATIENCE) == ALL
    assert scripted_server.connections == 2
    await client.close()


async def test_an_address_that_falls_silent_is_left_after_a_call_that_ran_out_of_time(
    three: list[ScriptedServer],
) -> None:
    client = AsyncMilvusClient(uri_of(three))
    await client.list_collections()
    silent = three[0]
    silent.proxy.mode = Mode.BLACK_HOLE
    silent.proxy.stall()
    late: list[str] = []
    for _ in range(12):
        try:
            assert await client.list_collections(timeout=0.5) == ALL
        except DeadlineExceededError as error:
            late.append(error.address)
    assert len(late) <= 2, "a third of the calls otherwise"
    assert set(late) <= {silent.address}
    silent.proxy.mode = Mode.FORWARD
    silent.proxy.resume()
    before = counts(three)[0]
    await until(lambda: counts(three)[0] > before, client)
    await client.close()


async def test_fewer_channels_than_addresses_move_to_one_that_lives(three: list[ScriptedServer]) -> None:
    client = AsyncMilvusClient(uri_of(three), channels=1)
    await client.list_collections()
    assert sum(server.connections for server in three) == 1
    [used] = [server for server in three if server.connections]
    await async_in_thread(used.stop)
    assert await client.list_collections(timeout=PATIENCE) == ALL
    assert sum(server.connections for server in three if server is not used) >= 1
    await client.close()


@pytest.mark.parametrize("channels", [None, 1, 5])
async def test_one_address_that_answers_is_enough(three: list[ScriptedServer], channels: int | None) -> None:
    three[0].stop()
    three[2].proxy.mode = Mode.BLACK_HOLE
    client = AsyncMilvusClient(uri_of(three), channels=channels, timeout=6)
    started = time.monotonic()
    assert await client.list_collections() == ALL
    assert time.monotonic() - started < 6
    await client.close()


async def test_a_slow_address_is_waited_for_while_another_one_is_silent(three: list[ScriptedServer]) -> None:
    slow, silent = three[:2]
    slow.on("Connect").then(delay=2.5).forever()
    silent.proxy.stall()
    # Whichever is dialled first has one second for itself, and is waited for beside the other one then.
    client = AsyncMilvusClient(f"{slow.uri},{silent.address}", channels=1)
    assert await client.list_collections(timeout=4) is not None
    assert [each.address for each in (await client.connection_info()).channel_infos] == [slow.address]


async def test_when_none_answers_the_error_names_each_with_its_reason(three: list[ScriptedServer]) -> None:
    three[0].stop()
    three[1].on("Connect").fail(grpc.StatusCode.UNAUTHENTICATED, "who are you").forever()
    three[2].proxy.mode = Mode.BLACK_HOLE
    with pytest.raises(ConnectError, match="none of its addresses answers") as raised:
        await AsyncMilvusClient(uri_of(three), timeout=1.5).list_collections()
    message = raised.value.message
    assert f"{three[0].address}: nothing listens at this address" in message
    assert f"{three[1].address}: the server refused the credentials" in message
    assert f"{three[2].address}: no answer came within 1.5 s" in message
    assert raised.value.reason == "unavailable"


async def test_an_error_names_the_address_that_was_used(three: list[ScriptedServer]) -> None:
    client = AsyncMilvusClient(uri_of(three))
    await client.list_collections()
    for server in three:
        server.on("DescribeCollection").status(65535, "no").forever()
    named = set()
    for _ in three:
        with pytest.raises(Exception, match="no") as raised:
            await client.describe_collection("c")
        named.add(raised.value.address)  # type: ignore[attr-defined]  # a MilvusException
    assert named == {server.address for server in three}
    for server in three:
        await async_in_thread(server.stop)
    # On a busy machine the time may be up while it still dials.
    with pytest.raises((MilvusUnavailableException, DeadlineExceededError)) as unavailable:
        await client.list_collections(timeout=1)
    assert unavailable.value.address in named
    await client.close()


async def test_observers_are_told_the_address_of_each_call(three: list[ScriptedServer]) -> None:
    class Places:
        """Writes down where calls went."""

        def __init__(self) -> None:
            self.started: list[str] = []
            self.seen: list[tuple[str, int, str]] = []

        def call_started(self, call: instrumentation.ObservedCall) -> None:
            self.started.append(call.address)

        def call_retried(self, call: instrumentation.ObservedCall, token: object) -> None: ...

        def call_ended(self, call: instrumentation.ObservedCall, token: object) -> None:  # noqa: ARG002 - an observer
            self.seen.append((call.host, call.port, call.address))

    client = AsyncMilvusClient(uri_of(three))
    observer = Places()
    instrumentation.add_observer(observer)
    try:
        for _ in three:
            await client.list_collections()
            async for _message in client.dump_messages("a-0", {"id": "m0", "wal_name": "Pulsar"}):
                break
    finally:
        instrumentation.remove_observer(observer)
    assert {address for *_, address in observer.seen} <= {server.address for server in three}
    assert len(set(observer.seen)) == 3
    assert {address.count(",") for address in observer.started} == {2}, "before it is known where a call goes"
    assert all(f"{host}:{port}" == address for host, port, address in observer.seen)
    await client.close()


# --- names -----------------------------------------------------------------------------------------------------------
class Names:
    """What the system says of the name milvus.test; it may change."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ips: list[str] = []
        self.asked = 0
        real = socket.getaddrinfo

        def look_up(host: Any, port: Any, *rest: Any, **more: Any) -> list[Any]:
            if host != "milvus.test":
                return real(host, port, *rest, **more)
            self.asked += 1
            if not self.ips:
                raise socket.gaierror(-2, "Name or service not known")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in self.ips]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def second(scripted_server: ScriptedServer) -> Iterator[Proxy]:
    """The same port at another address of this machine."""
    host, _, port = scripted_server.address.partition(":")
    with Proxy((host, int(port)), host="127.0.0.2") as proxy:
        proxy.refuse()
        proxy.port = int(port)
        try:
            proxy.listen()
        except OSError:
            pytest.skip("127.0.0.2 is not an address of this machine, or the port is taken there")
        yield proxy


async def test_every_address_of_a_name_gets_a_channel(
    scripted_server: ScriptedServer, second: Proxy, names: Names
) -> None:
    names.ips = ["127.0.0.1", "127.0.0.2"]
    client = AsyncMilvusClient(f"dns:///bob:pw@milvus.test:{second.port}/books")
    for _ in range(4):
        await client.list_collections()
    assert (scripted_server.connections, second.accepted) == (2, 1)  # the second one leads through the first
    call = scripted_server.calls("ShowCollections")[0]
    assert (call.headers["dbname"], "authorization" in call.headers) == ("books", True)
    infos = (await client.connection_info()).channel_infos
    assert {each.address for each in infos} == {f"127.0.0.{end}:{second.port}" for end in (1, 2)}
    await client.close()


async def test_a_name_is_looked_up_again_when_a_channel_is_renewed(
    scripted_server: ScriptedServer, second: Proxy, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvusclient._async.core.channels._NAME_AGE", 0.05)
    names.ips = ["127.0.0.1"]
    client = AsyncMilvusClient(f"dns:///milvus.test:{second.port}", max_age=0.1)
    await client.list_collections()
    names.ips = ["127.0.0.1", "127.0.0.2"]
    await until(lambda: second.accepted > 0, client)
    names.ips = ["127.0.0.2"]
    await until(lambda: second.open == scripted_server.proxy.open, client)
    names.ips = []  # a look-up that fails changes nothing
    asked = names.asked
    await until(lambda: names.asked > asked + 2, client)
    assert (await client.connection_info()).errors == 0
    await client.close()


async def test_a_name_without_an_address_says_so(names: Names) -> None:
    with pytest.raises(ConnectError, match="its host name cannot be resolved") as raised:
        await AsyncMilvusClient("dns:///milvus.test").list_collections()
    assert raised.value.reason == "name_not_resolved"
    assert names.asked == 1


async def test_the_certificate_is_checked_for_the_name(certificates: Certificates, names: Names) -> None:
    names.ips = ["127.0.0.1"]
    own = certificates.server
    with ScriptedServer(credentials=grpc.ssl_server_credentials([(own.key_pem, own.pem)])) as server:
        port = server.address.rpartition(":")[2]
        with pytest.raises(ConnectError, match=r"the server's certificate is not for 'milvus\.test'"):
            await AsyncMilvusClient(f"dns+https:///milvus.test:{port}", server_pem_path=own.pem).list_collections()
        client = AsyncMilvusClient(f"dns:///milvus.test:{port}", server_pem_path=own.pem, server_name="localhost")
        assert await client.list_collections() == ALL
        await client.close()


async def test_a_failure_that_is_reported_while_a_call_looks_for_work_is_not_forgotten(
    scripted_server: ScriptedServer,
) -> None:
    client = AsyncMilvusClient(scripted_server.uri, channels=2, dedicated=True)
    await client.list_collections()
    await until(lambda: len(scripted_server.calls("Connect")) == 2, client)
    found = (await client._caller.binding.connection())._group
    assert found is not None
    group = found
    await until(lambda: not any(slot.is_busy for slot in group._slots) and len(group.channels) == 2, client)
    reported: list[bool] = []

    class Reporting(float):
        """A time that is compared when the first slot was looked at already."""

        def __lt__(self, other: float) -> bool:
            if not reported:
                reported.append(True)
                first = group.channels[0]
                group.note_failure(first, first.valid_handshake, "UNAVAILABLE")
            return float(self) < float(other)

    group._slots[1].renew_at = Reporting("inf")
    group._next_look = 0.0
    await client.list_collections()
    assert reported
    await until(lambda: all(channel.valid_handshake for channel in group.channels), client)
    await client.close()
