"""Whether costs stay flat: per row from few rows to many, per call from one alias and one schema to many."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from milvusclient import MilvusClient
from milvusclient._proto import milvus_pb2
from milvusclient.codec.read.results import decode_query
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations import mutations
from milvusclient.runtime import schema_cache
from milvusclient.runtime.schema_cache import CollectionKey
from milvusclient.schema.enums import DataType
from tests.benchmarks.processes import Server

__all__ = ["growth"]

_ROWS = (10, 1_000, 100_000, 1_000_000)
_ALIASES = (1, 100, 10_000)
_SCHEMAS = (1, 10_000)
_CALLS = 500


def growth() -> Iterator[str]:
    """The lines of a Markdown table: what one unit costs at each size, in CPU microseconds."""
    yield "| cost of | size | CPU us |"
    yield "|---|---|---|"
    for count in _ROWS:
        yield f"| a row of an insert | {count:,} rows | {_insert(count):.2f} |"
    for count in _ROWS:
        yield f"| a row of a query | {count:,} rows | {_query(count):.2f} |"
    with Server(None) as server:
        server.ask("use", "small")
        clients: list[MilvusClient] = []
        for count in _ALIASES:
            while len(clients) < count:
                clients.append(MilvusClient(f"http://{server.address}", alias=f"alias_{len(clients)}"))
            yield f"| a call | {count:,} aliases | {_call(clients[0]):.0f} |"
        for client in clients[1:]:
            client.close()
        for count in _SCHEMAS:
            for number in range(count):
                key = CollectionKey("elsewhere:1", "default", f"collection_{number}")
                schema_cache.remember(key, CollectionInfo(key.name), schema_cache.edition())
            yield f"| a call | {count:,} schemas known | {_call(clients[0]):.0f} |"
        clients[0].close()


def _per_unit(work: Callable[[], object], units: int) -> float:
    best = float("inf")
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best / units * 1e6


def _insert(count: int) -> float:
    fields = (FieldInfo("id", data_type=DataType.INT64), FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=8))
    collection = CollectionInfo("c", fields=fields)
    vector = [0.5] * 8
    rows = [{"id": row, "v": vector} for row in range(count)]
    times = max(1, 10_000 // count)
    return _per_unit(lambda: [_build(rows, collection) for _ in range(times)], count * times)


def _build(rows: list[dict[str, Any]], collection: CollectionInfo) -> object:
    built = mutations.build_insert("c", rows, collection)
    if isinstance(built, Iterator):
        deque(built, maxlen=0)
    return built


def _query(count: int) -> float:
    reply = milvus_pb2.QueryResults()
    column = reply.fields_data.add(field_name="id")
    column.scalars.long_data.data.extend(range(count))
    times = max(1, 10_000 // count)
    return _per_unit(lambda: [decode_query(reply) for _ in range(times)], count * times)


def _call(client: MilvusClient) -> float:
    return _per_unit(lambda: [client.list_collections() for _ in range(_CALLS)], _CALLS)
