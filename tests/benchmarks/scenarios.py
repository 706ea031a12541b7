"""What the clients do: the same lines for both, since one has the other's interface.

A scenario is prepared with a module (``milvusclient`` or ``pymilvus``) and returns a function that does it n times.
Only the two places where this client offers a way of its own to get numpy arrays ask which module it is.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.benchmarks import rows

__all__ = ["SCENARIOS", "Scenario", "Work"]

Work = Callable[[int], object]
Scenario = Callable[[Any, str], Work]

_MANY = 10_000
_names = itertools.count()


def _query_vector() -> list[float]:
    return [element / 768 for element in range(768)]


def _arrays(module: Any) -> dict[str, Any]:
    """How vectors are asked for as numpy arrays; the reference client has lists only."""
    return {"vectors_as": "numpy"} if module.__name__ == "milvusclient" else {}


# --- small calls -----------------------------------------------------------------------------------------------------
def _first_call(module: Any, uri: str) -> Work:
    return lambda count: [module.MilvusClient(uri).list_collections() for _ in range(count)]


def _shared_alias(module: Any, uri: str) -> Work:
    first = module.MilvusClient(uri)

    def work(count: int, first: object = first) -> None:
        make = module.MilvusClient
        for _ in range(count):
            make(uri)

    return work


def _list_collections(module: Any, uri: str) -> Work:
    client = module.MilvusClient(uri)

    def work(count: int) -> None:
        for _ in range(count):
            client.list_collections()

    return work


def _in_threads(clients: list[Any]) -> Work:
    pool = ThreadPoolExecutor(len(clients))

    def lists(client: Any, count: int) -> None:
        for _ in range(count):
            client.list_collections()

    def work(count: int) -> None:
        list(pool.map(lists, clients, [count // len(clients)] * len(clients)))

    return work


def _eight_threads(module: Any, uri: str) -> Work:
    return _in_threads([module.MilvusClient(uri)] * 8)


def _four_aliases(module: Any, uri: str) -> Work:
    clients = [module.MilvusClient(uri, alias=f"alias_{index}") for index in range(4)]
    return _in_threads(clients * 2)


def _tasks(module: Any, uri: str) -> Work:
    runner = asyncio.Runner()
    made: list[Any] = []

    async def lists(client: Any, count: int) -> None:
        for _ in range(count):
            await client.list_collections()

    async def work(count: int) -> None:
        if not made:
            made.append(module.AsyncMilvusClient(uri))
        await asyncio.gather(*[lists(made[0], count // 64) for _ in range(64)])

    return lambda count: runner.run(work(count))


# --- reads -----------------------------------------------------------------------------------------------------------
def _searcher(module: Any, uri: str, queries: int, limit: int, fields: list[str], **options: Any) -> Callable[[], Any]:
    client = module.MilvusClient(uri)
    data = [_query_vector()] * queries
    return lambda: client.search("books", data, limit=limit, output_fields=fields, anns_field="vector", **options)


def _search(module: Any, uri: str) -> Work:
    # What the server answers with decides how many hits there are.
    search = _searcher(module, uri, 1, 10, ["title", "price"])

    def work(count: int) -> None:
        for _ in range(count):
            search()

    return work


def _search_touched(module: Any, uri: str) -> Work:
    search = _searcher(module, uri, 100, 100, ["title", "price"])

    def work(count: int) -> None:
        for _ in range(count):
            for hits in search():
                for hit in hits:
                    entity = hit["entity"]
                    hit["id"], hit["distance"], entity["title"], entity["price"]

    return work


def _search_vectors(module: Any, uri: str) -> Work:
    import numpy as np

    search = _searcher(module, uri, 1, 100, ["vector"], **_arrays(module))

    def work(count: int) -> None:
        for _ in range(count):
            for hit in search()[0]:
                assert np.asarray(hit["entity"]["vector"], "f4").shape == (768,)

    return work


def _query(module: Any, uri: str, fields: list[str], touch: Callable[[Any], object], **options: Any) -> Work:
    client = module.MilvusClient(uri)

    def work(count: int) -> None:
        for _ in range(count):
            touch(client.query("books", "id >= 0", output_fields=fields, **options))

    return work


def _touch_three(found: Any) -> None:
    for row in found:
        row["id"], row["title"], row["price"]


def _touch_arrays(found: Any) -> None:
    import numpy as np

    for row in found:
        assert np.asarray(row["vector"], "f4").shape == (768,)


def _touch_lists(found: Any) -> None:
    for row in found:
        assert type(row["vector"]) is list


def _touch_json(found: Any) -> None:
    for row in found:
        row["id"], row["user"], row["age"], row["tags"], row["score"], row["geo"]


def _iterate(module: Any, uri: str) -> Work:
    client = module.MilvusClient(uri)

    def work(count: int) -> None:
        for _ in range(count):
            iterator = client.query_iterator("books", batch_size=_MANY, output_fields=["id", "title", "price"])
            seen = 0
            while page := iterator.next():
                seen += len(page)
            iterator.close()
            assert seen == 10 * _MANY

    return work


# --- writes ----------------------------------------------------------------------------------------------------------
def _insert(module: Any, uri: str, data: rows.Rows) -> Work:
    client = module.MilvusClient(uri)

    def work(count: int) -> None:
        for _ in range(count):
            assert client.insert("books", data)["insert_count"] == len(data)

    return work


SCENARIOS: dict[str, Scenario] = {
    "first_call": _first_call,
    "shared_alias": _shared_alias,
    "list_collections": _list_collections,
    "eight_threads": _eight_threads,
    "four_aliases": _four_aliases,
    "tasks": _tasks,
    "search": _search,
    "search_touched": _search_touched,
    "search_vectors": _search_vectors,
    "insert_numpy": lambda module, uri: _insert(module, uri, rows.numpy_rows("f4")),
    "insert_lists": lambda module, uri: _insert(module, uri, rows.list_rows()),
    "insert_scalars": lambda module, uri: _insert(module, uri, rows.scalar_rows()),
    "insert_sparse": lambda module, uri: _insert(module, uri, rows.sparse_rows()),
    "insert_int8": lambda module, uri: _insert(module, uri, rows.numpy_rows("i1")),
    "insert_float16": lambda module, uri: _insert(module, uri, rows.numpy_rows("f2")),
    "insert_dynamic": lambda module, uri: _insert(module, uri, rows.dynamic_rows()),
    "query_touched": lambda module, uri: _query(module, uri, ["id", "title", "price"], _touch_three),
    "query_vectors": lambda module, uri: _query(module, uri, ["id", "vector"], _touch_arrays, **_arrays(module)),
    "query_lists": lambda module, uri: _query(module, uri, ["id", "vector"], _touch_lists),
    "query_json": lambda module, uri: _query(module, uri, ["*"], _touch_json),
    "iterate": _iterate,
}
