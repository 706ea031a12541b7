"""Clients under load: many threads and tasks at once, and a small call while large inserts are under way."""

from __future__ import annotations

import contextlib
import importlib.util
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.load_worker import BESIDE, CROWDS
from tests.benchmarks.processes import Failed, LoadWorker, Server

__all__ = ["load"]

_ROUNDS = 5
_SECONDS = 3.0
_SIDES = {"ours": "milvusclient", "reference": "pymilvus", "floor": "gRPC alone"}

Figures = dict[str, float]


def load() -> Iterator[str]:
    """The lines of two Markdown tables: calls a second and how long a call took, medians of several runs."""
    # The second one takes the calls of one row only. A server in Python receives 30 MB in one go, whatever the channel.
    with tempfile.TemporaryDirectory() as directory, Server(None) as server, Server(None) as other:
        addresses = f"{server.address},{other.address}"
        server.ask("use", "search_10")
        yield "| at once | call | | calls/s | p50 ms | p99 ms | p99.9 ms |"
        yield "|---|---|---|---|---|---|---|"
        recorded = _record(server, addresses, Path(directory), "search")
        for name, (crowd, call) in CROWDS.items():
            for side, figures in _in_turns(addresses, name, recorded).items():
                yield f"| {crowd} | {call} | {_SIDES[side]} | {_told(figures)} |"
        yield ""
        server.ask("use", "float")
        other.ask("use", "float")
        yield "| list_collections beside inserts of 30 MB | | calls/s | p50 ms | p99 ms | p99.9 ms | inserts/s |"
        yield "|---|---|---|---|---|---|---|"
        recorded = _record(server, addresses, Path(directory), "insert")
        for place, words in BESIDE.items():
            for side, figures in _in_turns(addresses, place, recorded).items():
                yield f"| {words} | {_SIDES[side]} | {_told(figures)} | {figures['inserts']:.1f} |"


def _told(figures: Figures) -> str:
    times = " | ".join(f"{figures[name] * 1e3:.2f}" for name in ("p50", "p99", "p99.9"))
    return f"{figures['calls']:,.0f} | {times}"


def _record(server: Server, addresses: str, directory: Path, call: str) -> str:
    """Write the requests of list_collections and of one other call, as this client sends them, into a file."""
    file = str(directory / call)
    with LoadWorker("ours", addresses, "") as worker:
        server.ask("record")
        worker.tell(call)
        worker.answer()
        server.ask("recorded", file, 1)
    return file


def _in_turns(addresses: str, name: str, recorded: str) -> dict[str, Figures]:
    """Run each side in turns, each time in a fresh process; the medians of what they tell."""
    told: dict[str, list[Figures]] = {}
    sides = [side for side in _SIDES if side != "reference" or importlib.util.find_spec("pymilvus") is not None]
    for _ in range(_ROUNDS):
        for side in sides:
            with LoadWorker(side, addresses, recorded) as worker, contextlib.suppress(Failed):
                worker.tell("run", name, _SECONDS)
                figures = worker.answer()
                told.setdefault(side, []).append(figures)
    return {side: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for side, runs in told.items()}
