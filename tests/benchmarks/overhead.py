"""What it costs to be seen: the figures that every connection keeps, and a watched call, beside a small call."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from milvusclient import MilvusClient
from milvusclient.runtime.counters import ConnectionCounters
from tests.benchmarks.processes import Server

__all__ = ["overhead"]

_ROUNDS = 15
_CALLS = 300
_COUNTS = 20_000


def overhead() -> Iterator[str]:
    """The lines of a Markdown table: CPU microseconds of a call, and what share of it is for being seen."""
    with Server(None) as server:
        server.ask("use", "small")
        with MilvusClient(f"http://{server.address}", dedicated=True) as client:
            watched = client.with_options(slow_call_threshold=3600)
            plain, slow = _in_turns(client.list_collections, watched.list_collections)
    figures = _figures()
    yield "| | CPU us | of a call |"
    yield "|---|---|---|"
    yield f"| list_collections | {plain:.1f} | |"
    yield f"| its figures, with latency per operation | {figures:.2f} | {figures / plain:.1%} |"
    yield f"| looking whether it was slow | {slow - plain:.1f} | {(slow - plain) / plain:.1%} |"


def _in_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    samples: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for work, kept in zip((first, second), samples, strict=True):
            kept.append(_cost(work, _CALLS))
    return statistics.median(samples[0]), statistics.median(samples[1])


def _figures() -> float:
    figures = ConnectionCounters()

    def count() -> None:
        figures.reply_received("ShowCollections", 100, figures.request_sent(10))

    return statistics.median(_cost(count, _COUNTS) for _ in range(_ROUNDS))


def _cost(work: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1e6
