"""What many rows cost: beside gRPC alone, a loop of inserts, pymilvus and the Node SDK; in memory; and as they grow.

All figures of a table come from one run, in which the sides take turns. Each is the median of several samples. gRPC
alone sends as many bytes in as many requests.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import Child, Failed, Server

__all__ = ["MOST_FLOORS", "MOST_MEGABYTES", "bulk"]

#: How many times the CPU of gRPC alone columns may take.
MOST_FLOORS = 2.5
#: Memory beside the source and ``(in_flight + 1) * batch_bytes``.
MOST_MEGABYTES = 20
#: How many times the throughput of one request at a time four must have.
_LEAST_SPEEDUP = 3.5
_ROUNDS = 5
_BATCH_BYTES = 16 << 20
_NODE = Path(__file__).with_name("bulk_node.cjs")

#: Of each kind of rows: replies, number, and rows of a request.
_KINDS: Mapping[str, tuple[str, int, int]] = {
    "wide": ("float", 100_000, 1_700),
    "small": ("bulk", 1_000_000, 80_000),
}
#: Bytes of a row, without and with text.
_BYTES = {"wide": (3_075, 3_075), "small": (54, 73)}
#: The sides, with the source of each, what is measured, and the share of the rows that they write.
_SIDES = (
    ("many", "columns", "insert_many, numpy columns", 1),
    ("many", "arrow", "insert_many, Arrow table", 1),
    ("many", "arrow_text", "insert_many, Arrow table with text", 1),
    ("many", "numpy_rows", "insert_many, dicts with numpy vectors", 1),
    ("insert", "numpy_rows", "a loop of insert, the same dicts", 1),
    ("many", "list_rows", "insert_many, dicts with lists", 1),
    ("insert", "list_rows", "a loop of insert, the same dicts", 1),
    ("pymilvus", "numpy_rows", "pymilvus, a loop of insert, numpy vectors", 10),
    ("pymilvus", "list_rows", "pymilvus, a loop of insert, lists", 10),
    ("node", "list_rows", "Node SDK, a loop of insert, arrays", 10),
)
_MEMORY = (
    ("columns", "wide", 100_000), ("arrow", "wide", 100_000), ("numpy_rows", "wide", 100_000),
    ("numpy_generator", "wide", 50_000), ("list_generator", "wide", 20_000), ("columns", "small", 1_000_000),
    ("arrow_text", "small", 1_000_000), ("list_generator", "small", 300_000),
)  # fmt: skip
_GROWTH = (10_000, 100_000, 1_000_000)


class _Node(Child):
    """The process of the Node SDK."""

    def __init__(self, address: str, options: Mapping[str, object]) -> None:
        self._process = subprocess.Popen(
            ["node", str(_NODE), address, json.dumps(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip


def _has_node() -> bool:
    folders = os.environ.get("NODE_PATH", "").split(os.pathsep)
    return shutil.which("node") is not None and any(Path(each, "@zilliz/milvus2-sdk-node").is_dir() for each in folders)


def _child(side: str, source: str, address: str, **options: object) -> Child:
    if side == "node":
        return _Node(address, options)
    return Child("tests.benchmarks.bulk_worker", side, source, address, json.dumps(options), cpu=None)


def _ask(child: Child, *words: object) -> dict[str, float]:
    answer: dict[str, Any] = json.loads(child.ask(*words))
    if "error" in answer:
        raise Failed(answer["error"])
    return answer


def bulk() -> Iterator[str]:
    """Yield the lines of Markdown tables."""
    for kind in _KINDS:
        yield from _costs(kind)
    yield from _throughput()
    yield from _memory()
    yield from _growth()


def _costs(kind: str) -> Iterator[str]:
    replies, count, batch_rows = _KINDS[kind]
    sides = [side for side in _SIDES if side[0] != "node" or _has_node()]
    if kind == "wide":
        sides = [side for side in sides if side[1] != "arrow_text"]
    requests = -(-count // batch_rows)
    yield ""
    yield f"| {count:,} {kind} rows | CPU ms | times gRPC alone | us a row |"
    yield "|---|---|---|---|"
    with Server(None) as server, ExitStack() as stack:
        server.ask("use", replies)
        floors = [("floor", "-", f"gRPC alone, {count * size / 1e6:.0f} MB", 1) for size in sorted(set(_BYTES[kind]))]
        ready: list[tuple[str, str, int, Child, list[float]]] = []
        for place, (side, source, title, share) in enumerate([*floors, *sides]):
            payload = count * _BYTES[kind][place % 2] // requests
            options = {
                "kind": kind, "rows": count // share, "batch_rows": batch_rows, "in_flight": 4, "payload": payload,
                "requests": requests,
            }  # fmt: skip
            child = stack.enter_context(_child(side, source, server.address, **options))
            _ask(child, "prepare")
            if share == 1:
                _ask(child, "sample", 1)
            ready.append((source, title, share, child, []))
        for number in range(_ROUNDS):
            for _, _, share, child, samples in ready:
                if share == 1 or number < 2:
                    samples.append(_ask(child, "sample", 1)["cpu"] * share)
        for source, title, share, _, samples in ready:
            has_text = kind == "small" and source not in ("columns", "arrow", "-")
            floor = statistics.median(ready[1 if has_text else 0][4])
            cost = statistics.median(samples)
            words = f"{title} (a {share}th of them)" if share > 1 else title
            ratio = f"{cost / floor:.2f}" if source != "-" else ""
            too_much = source in ("columns", "arrow") and cost > MOST_FLOORS * floor
            yield f"| {words} | {cost * 1e3:,.0f} | {ratio}{', too much' * too_much} | {cost / count * 1e6:.2f} |"
    if not _has_node():
        yield "| Node SDK: needs node, and a NODE_PATH with @zilliz/milvus2-sdk-node | | | |"


def _throughput() -> Iterator[str]:
    yield ""
    yield "| 200 requests to a server that takes 20 ms | seconds | times in_flight=1 |"
    yield "|---|---|---|"
    with Server(None) as server, ExitStack() as stack:
        server.ask("use", "float")
        server.ask("delay", 0.02)
        children = {}
        for in_flight in (1, 2, 4, 8):
            options = {"kind": "wide", "rows": 4_000, "batch_rows": 20, "in_flight": in_flight}
            children[in_flight] = stack.enter_context(_child("many", "columns", server.address, **options))
            _ask(children[in_flight], "prepare")
        walls: dict[int, list[float]] = {in_flight: [] for in_flight in children}
        for _ in range(3):
            for in_flight, child in children.items():
                walls[in_flight].append(_ask(child, "sample", 1)["wall"])
        one = statistics.median(walls[1])
        for in_flight, samples in walls.items():
            wall = statistics.median(samples)
            verdict = ", too little" if in_flight == 4 and one / wall < _LEAST_SPEEDUP else ""
            yield f"| in_flight={in_flight} | {wall:.2f} | {one / wall:.2f}{verdict} |"


def _memory() -> Iterator[str]:
    yield ""
    yield "| peak of memory beside the source | in_flight | MB | at most |"
    yield "|---|---|---|---|"
    for source, kind, rows in _MEMORY:
        for in_flight in (1, 4, 8):
            limit = ((in_flight + 1) * _BATCH_BYTES >> 20) + MOST_MEGABYTES
            with Server(None) as server:
                server.ask("use", _KINDS[kind][0])
                server.ask("delay", 0.02)
                options = {"kind": kind, "rows": rows, "in_flight": in_flight, "batch_bytes": _BATCH_BYTES}
                with _child("many", source, server.address, **options) as child:
                    _ask(child, "prepare")
                    peak = _ask(child, "sample", 1)["memory"]
            verdict = ", too much" if peak > limit else ""
            yield f"| {rows:,} {kind} rows, {source.replace('_', ' ')} | {in_flight} | {peak:.0f} | {limit}{verdict} |"


def _growth() -> Iterator[str]:
    yield ""
    yield "| small rows, CPU us a row | " + " | ".join(f"{rows:,}" for rows in _GROWTH) + " |"
    yield "|---" * (len(_GROWTH) + 1) + "|"
    for source in ("columns", "list_rows", "list_generator"):
        cells = []
        for rows in _GROWTH:
            with Server(None) as server:
                server.ask("use", _KINDS["small"][0])
                with _child("many", source, server.address, kind="small", rows=rows, in_flight=4) as child:
                    _ask(child, "prepare")
                    times = 3 if rows == _GROWTH[-1] else 5
                    samples = [_ask(child, "sample", 1)["cpu"] for _ in range(times)]
            cells.append(f"{statistics.median(samples) / rows * 1e6:.2f}")
        yield f"| {source.replace('_', ' ')} | {' | '.join(cells)} |"
