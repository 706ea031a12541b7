"""Hits in another order than that of their distances, on the server that ranks."""

from __future__ import annotations

import pytest

from milvusclient import AsyncMilvusClient, Function, FunctionScore, FunctionType, MilvusException
from milvusclient.pymilvus.function_chain import FunctionChain, FunctionChainStage, col, fn
from tests.server.both import BOOK_ROWS, BOOKS, MILVUS_235, Server

ORIGIN = [0.0, 0.0]
YEAR_2003 = {"reranker": "decay", "function": "linear", "origin": 2003, "scale": 2, "offset": 0, "decay": 0.5}


def boost(name: str, filter_text: str, weight: float) -> Function:
    """Distances of what matches are multiplied."""
    params = {"reranker": "boost", "filter": filter_text, "weight": weight}
    return Function(name, FunctionType.RERANK, [], params=params)


@pytest.fixture
def ranked(library: Server) -> Server:
    """A server with the collection ``BOOKS`` that ranks."""
    library.skip_on(MILVUS_235, "leaves out what it does not know of a search: it does not rank")
    return library


async def test_what_matches_is_nearer(ranked: Server) -> None:
    async with AsyncMilvusClient(ranked.uri) as client:
        (hits,) = await client.search(BOOKS, [ORIGIN], "id < 8", ranker=boost("blue", "color == 'blue'", 0.01))
        assert hits.ids == [0, 1, 3, 5, 7, 2, 4, 6]
        assert hits.distances == sorted(hits.distances)
        assert hits.distances[-3:] == [4, 16, 36], "what does not match keeps its distance"


async def test_several_functions_make_a_score(ranked: Server) -> None:
    score = FunctionScore(
        [boost("blue", "color == 'blue'", 0.01), boost("seven", "id == 7", 0.001)],
        params={"boost_mode": "multiply", "function_mode": "multiply"},
    )
    async with AsyncMilvusClient(ranked.uri) as client:
        (hits,) = await client.search(BOOKS, [ORIGIN], "id < 8", ranker=score, output_fields=["color"])
        assert hits.ids == [0, 7, 1, 3, 5, 2, 4, 6]
        assert hits[1] == {"id": 7, "distance": hits.distances[1], "entity": {"color": "blue"}}


async def test_near_in_another_field_too(ranked: Server) -> None:
    decay = Function("then", FunctionType.RERANK, ["year"], params=YEAR_2003)
    async with AsyncMilvusClient(ranked.uri) as client:
        (hits,) = await client.search(BOOKS, [ORIGIN], "id < 8", limit=8, ranker=decay)
        assert sorted(hits.ids) == [row["id"] for row in BOOK_ROWS]
        assert hits.distances == sorted(hits.distances, reverse=True), "a score, not a distance: the best is the first"
        assert hits.ids[-1] == 7, "four years away: a score of 0"
        assert hits.distances[-1] == 0.0


async def test_a_chain_of_functions(ranked: Server) -> None:
    stage = FunctionChainStage.L2_RERANK
    async with AsyncMilvusClient(ranked.uri) as client:
        newest = FunctionChain(stage).sort(col("year"), desc=True).limit(3)
        assert (await client.search(BOOKS, [ORIGIN], "id < 8", function_chains=newest))[0].ids == [7, 6, 5]

        year = fn.decay(col("year"), function="linear", origin=2003, scale=2)
        near_2003 = FunctionChain(stage).map("$score", year).sort("$score", tie_break_col=col("$id")).limit(4)
        (hits,) = await client.search(BOOKS, [ORIGIN], "id < 8", function_chains=near_2003, output_fields=["year"])
        assert [(hit.year, hit.distance) for hit in hits] == [(2003, 1.0), (2002, 0.75), (2004, 0.75), (2001, 0.5)]

        total = fn.num_combine(col("$score"), col("year"), mode="sum")
        farthest = FunctionChain(stage).map("$score", total).sort("$score").limit(1)
        (hits,) = await client.search(BOOKS, [ORIGIN], "id < 8", function_chains=farthest)
        assert [(hit.id, hit.distance) for hit in hits] == [(7, 49 + 2007)]


async def test_what_the_server_cannot_rank_by_is_told_in_its_words(ranked: Server) -> None:
    async with AsyncMilvusClient(ranked.uri) as client:
        with pytest.raises(MilvusException, match="what is this"):
            await client.search(BOOKS, [ORIGIN], ranker=boost("b", "what is this", 0.5))
        chain = FunctionChain(FunctionChainStage.L2_RERANK).sort(col("nothing"))
        with pytest.raises(MilvusException, match="nothing"):
            await client.search(BOOKS, [ORIGIN], function_chains=chain)


async def test_groups_that_are_full(library: Server) -> None:
    library.skip_on(MILVUS_235, "does not group")
    async with AsyncMilvusClient(library.uri) as client:
        (hits,) = await client.search(
            BOOKS, [ORIGIN], limit=2, group_by_field="color", group_size=4, strict_group_size=True
        )
        assert hits.ids == [0, 2, 4, 6, 1, 3, 5, 7]
        with pytest.raises(MilvusException, match="nothing"):
            await client.search(BOOKS, [ORIGIN], group_by_field="nothing")
