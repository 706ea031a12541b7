"""``vectors_as`` as an option of the client: arrays in all results of rows, unless a call says otherwise."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import pytest

from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import ParamError
from milvusclient.schema.ranking import AnnSearchRequest, RRFRanker
from tests.support.scripted import ScriptedServer

QUERY = [[0.1, 0.2, 0.3, 0.4]]
FIELDS = ["id", "vector"]


async def first_vectors(client: Any, **options: Any) -> dict[str, type]:
    """The type of the first vector that each kind of read returns."""
    found: dict[str, Any] = {
        "query": (await client.query("c", "id > 0", FIELDS, **options))[0],
        "get": (await client.get("c", [1], FIELDS, **options))[0],
        "search": (await client.search("c", QUERY, output_fields=FIELDS, **options))[0][0]["entity"],
    }
    requests = [AnnSearchRequest(QUERY, "vector", {}, 3)]
    found["hybrid_search"] = (await client.hybrid_search("c", requests, RRFRanker(), output_fields=FIELDS, **options))[
        0
    ][0]["entity"]
    async with await client.query_iterator("c", output_fields=FIELDS, **options) as rows:
        found["query_iterator"] = (await rows.next())[0]
    async with await client.search_iterator("c", QUERY, output_fields=FIELDS, **options) as hits:
        found["search_iterator"] = (await hits.next())[0]["entity"]
    return {name: type(row["vector"]) for name, row in found.items()}


async def test_all_reads_return_what_the_client_wants_unless_the_call_says_otherwise(
    scripted_server: ScriptedServer,
) -> None:
    numpy = pytest.importorskip("numpy")
    plain = AsyncMilvusClient(scripted_server.uri)
    arrays = AsyncMilvusClient(scripted_server.uri, vectors_as="numpy")
    assert set((await first_vectors(plain)).values()) == {list}
    assert set((await first_vectors(plain, vectors_as="numpy")).values()) == {numpy.ndarray}
    assert set((await first_vectors(arrays)).values()) == {numpy.ndarray}
    assert set((await first_vectors(arrays, vectors_as="list")).values()) == {list}
    assert arrays.alias == plain.alias
    assert scripted_server.connections == 1


async def test_the_option_is_kept_by_clones_sessions_databases_and_pickles(scripted_server: ScriptedServer) -> None:
    numpy = pytest.importorskip("numpy")
    plain = AsyncMilvusClient(scripted_server.uri)
    arrays = plain.with_options(vectors_as="numpy")
    assert set((await first_vectors(plain)).values()) == {list}
    async with arrays.session("cluster-1") as session:
        assert set((await first_vectors(session)).values()) == {numpy.ndarray}
    for same in (arrays, arrays.with_options(timeout=20), pickle.loads(pickle.dumps(arrays))):
        assert type((await same.query("c", "id > 0", FIELDS))[0]["vector"]) is numpy.ndarray
    await arrays.use_database("books")
    assert type((await arrays.query("c", "id > 0", FIELDS))[0]["vector"]) is numpy.ndarray
    back = arrays.with_options(vectors_as="list")
    assert type((await back.query("c", "id > 0", FIELDS))[0]["vector"]) is list


@pytest.mark.parametrize("value", ["arrow", "", None, 1, "Numpy"])
async def test_another_value_is_refused_at_once(scripted_server: ScriptedServer, value: Any) -> None:
    words = "vectors_as must be 'list' or 'numpy', got"
    with pytest.raises(ParamError, match=words):
        AsyncMilvusClient(scripted_server.uri, vectors_as=value)
    client = AsyncMilvusClient(scripted_server.uri)
    with pytest.raises(ParamError, match=words):
        client.with_options(vectors_as=value)
    if value is not None:  # in a call, None means the client's setting
        with pytest.raises(ParamError, match=words):
            await client.query_iterator("c", vectors_as=value)
        with pytest.raises(ParamError, match=words):
            await client.search_iterator("c", QUERY, vectors_as=value)
    assert scripted_server.calls("Query") == scripted_server.calls("Search") == []


async def test_without_numpy_the_option_is_refused_with_advice(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ParamError, match="needs numpy, which is not installed; run: pip install numpy"):
        AsyncMilvusClient(scripted_server.uri, vectors_as="numpy")
    with pytest.raises(ParamError, match="pip install numpy"):
        AsyncMilvusClient(scripted_server.uri).with_options(vectors_as="numpy")
