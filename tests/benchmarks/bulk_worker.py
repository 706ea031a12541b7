"""One side of the comparison of bulk writes, in a process of its own: takes commands as worker.py does.

The arguments are the side (many, insert, pymilvus, floor), the source of the rows, the server's address, and as JSON
the options: the kind of the rows (``wide`` ones of a key and 768 floats, or ``small`` ones of a key, 8 floats and
scalars), their number, and what the side needs of batch_rows, in_flight, batch_bytes and payload.
"""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.worker import sample

if TYPE_CHECKING:
    from tests.benchmarks.scenarios import Work

_PATH = "/milvus.proto.milvus.MilvusService/Insert"
_POOL = 1_000


def _matrix(rows: int, dim: int) -> Any:
    return np.random.default_rng(7).random((rows, dim), np.float32)


def columns(kind: str, rows: int) -> dict[str, Any]:
    """Make the columns of that many rows; without text, which numpy has no columns for."""
    keys = np.arange(rows)
    if kind == "wide":
        return {"id": keys, "vector": _matrix(rows, 768)}
    return {
        "id": keys, "vector": _matrix(rows, 8), "year": (keys % 100 + 1920).astype("i4"), "views": keys * 7,
        "price": (keys / 3).astype("f4"), "weight": keys / 7, "sold": keys % 2 == 0,
    }  # fmt: skip


def arrow(kind: str, rows: int, *, text: bool) -> Any:
    """Make the same rows as an Arrow table, with a column of text or without."""
    pa: Any = importlib.import_module("pyarrow")

    made = {}
    for name, column in columns(kind, rows).items():
        if column.ndim == 2:
            made[name] = pa.FixedSizeListArray.from_arrays(pa.array(column.reshape(-1)), column.shape[1])
        else:
            made[name] = pa.array(column)
    if text:
        made["title"] = pa.array([f"title number {number % 5000}" for number in range(rows)])
    return pa.table(made)


def dicts(kind: str, rows: int, *, lists: bool, fresh: bool = False) -> Iterator[dict[str, Any]]:
    """Make the same rows as dicts, whose vectors are numpy arrays or lists; ``fresh`` makes each vector anew."""
    dim = 768 if kind == "wide" else 8
    pool: list[Any] = list(_matrix(_POOL, dim))
    if lists and not fresh:
        pool = [vector.tolist() for vector in pool]
    for number in range(rows):
        vector = pool[number % _POOL]
        if fresh:
            vector = vector.tolist() if lists else vector.copy()
        row = {"id": number, "vector": vector}
        if kind == "small":
            row |= {
                "year": number % 100 + 1920, "views": number * 7, "price": number / 3, "weight": number / 7,
                "title": f"title number {number % 5000}", "sold": number % 2 == 0,
            }  # fmt: skip
        yield row


def source_of(name: str, kind: str, rows: int) -> Callable[[], Any]:
    """Return what gives the source of a sample: always the same object, or a new generator each time."""
    lists = name.startswith("list")
    if name.endswith("generator"):
        return lambda: dicts(kind, rows, lists=lists, fresh=True)
    if name == "columns":
        made: Any = columns(kind, rows)
    elif name.startswith("arrow"):
        made = arrow(kind, rows, text=name.endswith("text"))
    else:
        made = list(dicts(kind, rows, lists=lists))
    return lambda: made


def floor(address: str, options: dict[str, Any]) -> Work:
    """Send as many bytes as the client by gRPC alone, in as many requests, with as many at a time."""
    import grpc

    limits = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    call: Any = grpc.insecure_channel(address, options=limits).unary_unary(_PATH, None, None)
    payloads = [np.random.default_rng(number).bytes(options["payload"]) for number in range(options["requests"])]
    pool = ThreadPoolExecutor(options["in_flight"])
    return lambda count: [list(pool.map(call, payloads)) for _ in range(count)]


def work(side: str, source: str, address: str, options: dict[str, Any]) -> Work:
    """Return the function that writes all rows n times."""
    if side == "floor":
        return floor(address, options)
    rows, kind = options["rows"], options["kind"]
    module: Any = importlib.import_module("pymilvus" if side == "pymilvus" else "milvusclient")
    client = module.MilvusClient(f"http://{address}")
    give = source_of(source, kind, rows)
    name = "numbers" if kind == "small" and source in ("columns", "arrow") else "books"
    client.insert("books", list(dicts(kind, 2, lists=False)))
    if side == "many":
        limits = {name: options[name] for name in ("in_flight", "batch_bytes", "batch_rows") if name in options}

        def many(count: int) -> None:
            for _ in range(count):
                report = client.insert_many(name, give(), **limits)
                assert report.written == rows, report

        return many

    def loop(count: int) -> None:
        for _ in range(count):
            rest = iter(give())
            while batch := list(itertools.islice(rest, options["batch_rows"])):
                client.insert("books", batch)

    return loop


def main() -> None:
    """Carry out commands until the input ends."""
    side, source, address, options = sys.argv[1:]
    ready: Work | None = None
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            if command == "prepare":
                ready = work(side, source, address, json.loads(options))
            elif ready is not None:
                answer = sample(ready, arguments[0])
        except Exception as error:  # noqa: BLE001 - the one who asked tells it, and goes on with the next case
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
