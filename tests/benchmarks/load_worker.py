"""One side under load, in a process of its own: takes commands from its standard input, a JSON array a line.

``["run", NAME, SECONDS]`` puts the load of this name on the server. ``["search"]`` and ``["insert"]`` make that call
and list_collections once each, for the requests to be recorded. The arguments are the side (ours, reference, floor),
the addresses of two servers, divided by a comma, and the file of the recorded requests.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import pickle
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import rows

__all__ = ["BESIDE", "CROWDS"]

#: How many call what at once, by the name of the load.
CROWDS = {
    "threads_list": ("64 threads", "list_collections"),
    "threads_search": ("64 threads", "search"),
    "tasks_list": ("1,000 tasks", "list_collections"),
    "tasks_search": ("1,000 tasks", "search"),
}
#: Where the inserts go that a small call stands beside, by the name of the load.
BESIDE = {
    "alone": "no inserts",
    "same": "on the same channel",
    "reused": "on the same channel, one body reused",
    "channel": "on another channel",
    "channel_reused": "on another channel, one body reused",
    "alias": "on another alias",
    "server": "on another channel, to another server",
}
_THREADS = 64
_TASKS = 1_000
_PATH = "/milvus.proto.milvus.MilvusService/"

Call = Callable[[], object]
AsyncCall = Callable[[], Awaitable[object]]


class Unable(Exception):
    """This side has no such thing."""


class Client:
    """The calls of a client: of this one or of the reference, which has the same interface."""

    def __init__(self, module: str, addresses: str) -> None:
        self._module: Any = importlib.import_module(module)
        self._uri = f"http://{addresses.partition(',')[0]}"
        self._uri_of_both = f"http://{addresses}"
        self._query = [[element / 768 for element in range(768)]]

    def call(self, name: str, client: Any = None) -> Call:
        client = client or self._module.MilvusClient(self._uri)
        if name == "list_collections":
            return client.list_collections  # type: ignore[no-any-return]  # of a module that is not known
        if name == "insert":
            data = rows.numpy_rows("f4")
            return lambda: client.insert("books", data)
        fields = ["title", "price"]
        return lambda: client.search("books", self._query, limit=10, output_fields=fields, anns_field="vector")

    def async_call(self, name: str) -> AsyncCall:
        return self.call(name, self._module.AsyncMilvusClient(self._uri))  # type: ignore[return-value]  # awaitable

    def small_and_large(self, place: str) -> tuple[Call, Call | None]:
        """The small call, and the insert beside it."""
        if "reused" in place:
            raise Unable("a client makes each request anew")
        if place in ("channel", "server"):
            if self._module.__name__ != "milvusclient":
                raise Unable("one connection is one channel")
            shared = self._module.MilvusClient(self._uri if place == "channel" else self._uri_of_both, channels=2)
        else:
            shared = self._module.MilvusClient(self._uri)
        small = self.call("list_collections", shared)
        if place == "alone":
            return small, None
        other = self._module.MilvusClient(self._uri, alias="another") if place == "alias" else shared
        return small, self.call("insert", other)


class Floor:
    """The same requests, sent by gRPC alone."""

    def __init__(self, addresses: str, recorded: str) -> None:
        import grpc

        self._grpc = grpc
        self._address, self._other_address = addresses.split(",")
        self._requests = {
            path.removeprefix(_PATH): request for path, request in pickle.loads(Path(recorded).read_bytes())
        }
        self._options = [
            ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1),
            ("grpc.use_local_subchannel_pool", 1),
        ]  # fmt: skip

    def call(self, name: str, channel: Any = None) -> Call:
        channel = channel or self._grpc.insecure_channel(self._address, options=self._options)
        rpc = {"list_collections": "ShowCollections", "search": "Search", "insert": "Insert"}[name]
        method = channel.unary_unary(_PATH + rpc, None, None)
        request = self._requests[rpc]
        if name == "insert":
            # A client makes a fresh block of memory for each request.
            return lambda: method(bytes(memoryview(request)))
        return lambda: method(request)

    def async_call(self, name: str) -> AsyncCall:
        import grpc.aio

        return self.call(name, grpc.aio.insecure_channel(self._address, options=self._options))  # type: ignore[return-value]  # awaitable

    def small_and_large(self, place: str) -> tuple[Call, Call | None]:
        """The small call, and the insert beside it."""
        channel = self._grpc.insecure_channel(self._address, options=self._options)
        small = self.call("list_collections", channel)
        if place == "alone":
            return small, None
        if place not in ("same", "reused"):
            address = self._other_address if place == "server" else self._address
            channel = self._grpc.insecure_channel(address, options=self._options)
        if "reused" in place:
            method, request = channel.unary_unary(f"{_PATH}Insert", None, None), self._requests["Insert"]
            return small, lambda: method(request)
        return small, self.call("insert", channel)


Side = Client | Floor


def run(side: Side, name: str, seconds: float) -> dict[str, float]:
    """Put one load on the server for so many seconds, and tell how its calls went.

    Raises:
        Unable: this side cannot do that.
    """
    if name in BESIDE:
        return _beside(side, name, seconds)
    crowd, call = CROWDS[name]
    if crowd.endswith("tasks"):
        return asyncio.run(_tasks(side, call, seconds))
    return _threads([side.call(call)] * _THREADS, seconds)


def _threads(calls: list[Call], seconds: float) -> dict[str, float]:
    calls[0]()
    taken: list[float] = []
    started = time.perf_counter()
    end = started + seconds
    threads = [threading.Thread(target=_repeat, args=(call, end, taken)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _figures(taken, time.perf_counter() - started)


def _repeat(call: Call, end: float, taken: list[float]) -> None:
    now = time.perf_counter()
    while now < end:
        call()
        before, now = now, time.perf_counter()
        taken.append(now - before)


async def _tasks(side: Side, name: str, seconds: float) -> dict[str, float]:
    call = side.async_call(name)
    await call()
    taken: list[float] = []
    started = time.perf_counter()
    end = started + seconds

    async def repeat() -> None:
        now = time.perf_counter()
        while now < end:
            await call()
            before, now = now, time.perf_counter()
            taken.append(now - before)

    await asyncio.gather(*[repeat() for _ in range(_TASKS)])
    return _figures(taken, time.perf_counter() - started)


def _beside(side: Side, place: str, seconds: float) -> dict[str, float]:
    small, large = side.small_and_large(place)
    small()
    if large is None:
        return {**_threads([small], seconds), "inserts": 0.0}
    large()
    inserts: list[float] = []
    end = time.perf_counter() + seconds
    inserting = threading.Thread(target=_repeat, args=(large, end, inserts))
    inserting.start()
    figures = _threads([small], seconds)
    inserting.join()
    return {**figures, "inserts": len(inserts) / seconds}


def _figures(taken: list[float], seconds: float) -> dict[str, float]:
    taken.sort()
    last = len(taken) - 1
    at = {f"p{share:g}": taken[min(last, int(len(taken) * share / 100))] for share in (50, 99, 99.9)}
    return {"calls": len(taken) / seconds, **at}


def main() -> None:
    """Carry out commands until the input ends."""
    kind, addresses, recorded = sys.argv[1:]
    side: Side = (
        Floor(addresses, recorded)
        if kind == "floor"
        else Client({"ours": "milvusclient", "reference": "pymilvus"}[kind], addresses)
    )
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            if command == "run":
                answer = run(side, *arguments)
            else:
                side.call("list_collections")()
                side.call(command)()
        except Unable as unable:
            answer = {"error": str(unable)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
