"""The floor: the requests that a client sent, sent again as they are by gRPC alone, and the replies left unread."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import grpc.aio

from tests.benchmarks.scenarios import Work

__all__ = ["floor_work"]

Requests = Sequence[tuple[str, bytes]]

_OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.use_local_subchannel_pool", 1),
]


def _sender(address: str, requests: Requests) -> Callable[[], None]:
    """A channel, and what sends all the requests over it once."""
    channel = grpc.insecure_channel(address, options=_OPTIONS)
    calls = [(channel.unary_unary(path, None, None), request) for path, request in requests]

    def send() -> None:
        for call, request in calls:
            call(request)

    return send


def _repeat(send: Callable[[], None], count: int) -> None:
    for _ in range(count):
        send()


def _in_threads(senders: list[Callable[[], None]]) -> Work:
    pool = ThreadPoolExecutor(len(senders))
    return lambda count: list(pool.map(_repeat, senders, [count // len(senders)] * len(senders)))


def _in_tasks(address: str, requests: Requests) -> Work:
    runner = asyncio.Runner()
    calls: list[tuple[grpc.aio.UnaryUnaryMultiCallable[bytes, bytes], bytes]] = []

    async def send(count: int) -> None:
        for _ in range(count):
            for call, request in calls:
                await call(request)

    async def work(count: int) -> None:
        if not calls:
            channel = grpc.aio.insecure_channel(address, options=_OPTIONS)
            calls.extend([(channel.unary_unary(path, None, None), request) for path, request in requests])
        await asyncio.gather(*[send(count // 64) for _ in range(64)])

    return lambda count: runner.run(work(count))


def floor_work(scenario: str, address: str, recorded: str) -> Work:
    """What sends the recorded requests of one loop n times, from as many threads or tasks as the scenario has."""
    requests: Requests = pickle.loads(Path(recorded).read_bytes())
    if scenario == "first_call":
        return lambda count: [_sender(address, requests)() for _ in range(count)]
    if scenario == "eight_threads":
        return _in_threads([_sender(address, requests)] * 8)
    if scenario == "four_aliases":
        return _in_threads([_sender(address, requests) for _ in range(4)] * 2)
    if scenario == "tasks":
        return _in_tasks(address, requests)
    send = _sender(address, requests)
    return lambda count: _repeat(send, count)
