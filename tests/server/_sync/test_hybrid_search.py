"""Hybrid search, sparse vectors and full text, on the server that has them."""

from __future__ import annotations

import pytest

from milvusclient import (
    AnnSearchRequest,
    MilvusClient,
    CollectionSchema,
    DataType,
    FieldSchema,
    Function,
    FunctionType,
    ParamError,
    RRFRanker,
    WeightedRanker,
)
from milvusclient.exceptions import UnimplementedError
from tests.server.both import BOOKS, LITE, MILVUS_235, Server, flat

NO_SPARSE = "has no sparse vectors, and only one vector field in a collection"
SCHEMA = CollectionSchema([
    FieldSchema("id", DataType.INT64, is_primary=True),
    FieldSchema("taste", DataType.FLOAT_VECTOR, dim=2),
    FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR),
])  # fmt: skip
ROWS = [
    {"id": 1, "taste": [1.0, 0.0], "words": {1: 0.5}},
    {"id": 2, "taste": [0.0, 1.0], "words": {1: 0.9, 7: 0.1}},
    {"id": 3, "taste": [0.5, 0.5], "words": {2: 1.0}},
]


def kitchen(client: MilvusClient) -> None:
    """A collection with a dense and a sparse vector field."""
    params = flat("taste", "IP")
    params.add_index("words", "SPARSE_INVERTED_INDEX", metric_type="IP")
    client.create_collection("kitchen", schema=SCHEMA, index_params=params)
    client.insert("kitchen", ROWS)


def searches(limit: int = 3) -> list[AnnSearchRequest]:
    """By taste 1 comes first, then 3; by words 2, then 1."""
    return [
        AnnSearchRequest([[1.0, 0.0]], "taste", {"metric_type": "IP"}, limit),
        AnnSearchRequest([{1: 1.0}], "words", {"metric_type": "IP"}, limit),
    ]


def test_sparse_vectors_are_searched(server: Server) -> None:
    server.skip_on(MILVUS_235, NO_SPARSE)
    with MilvusClient(server.uri) as client:
        kitchen(client)
        (hits,) = client.search("kitchen", [{1: 1.0}], anns_field="words", output_fields=["words"])
        assert hits.ids == [2, 1], "3 has no word in common"
        assert hits[1].words == {1: 0.5}


def test_the_hits_of_several_searches_are_merged(server: Server) -> None:
    server.skip_on(MILVUS_235, NO_SPARSE)
    with MilvusClient(server.uri) as client:
        kitchen(client)
        (hits,) = client.hybrid_search("kitchen", searches(), RRFRanker(), output_fields=["taste"])
        assert hits.ids == [1, 2, 3]
        assert hits[0].taste == [1.0, 0.0]
        assert hits.distances == sorted(hits.distances, reverse=True)
        assert (client.hybrid_search("kitchen", searches(), RRFRanker(), limit=1, offset=1))[0].ids == [2]
        assert (client.hybrid_search("kitchen", searches(), WeightedRanker(0.9, 0.1)))[0].ids[:2] == [1, 3]
        assert (client.hybrid_search("kitchen", searches(), WeightedRanker(0.1, 0.9)))[0].ids[0] == 2
        rrf = Function("rrf", FunctionType.RERANK, [], params={"reranker": "rrf", "k": 100})
        assert (client.hybrid_search("kitchen", searches(), rrf))[0].ids == [1, 2, 3]


def test_each_search_has_a_filter_of_its_own(server: Server) -> None:
    server.skip_on(MILVUS_235, NO_SPARSE)
    with MilvusClient(server.uri) as client:
        kitchen(client)
        parts = searches()
        parts[0] = AnnSearchRequest([[1.0, 0.0]], "taste", {"metric_type": "IP"}, 3, "id == 3")
        (hits,) = client.hybrid_search("kitchen", parts, RRFRanker())
        assert sorted(hits.ids) == [1, 2, 3]
        assert hits.ids[-1] == 1


def test_full_text(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no functions")
    schema = CollectionSchema(
        [
            FieldSchema("id", DataType.INT64, is_primary=True),
            FieldSchema("text", DataType.VARCHAR, max_length=200, enable_analyzer=True),
            FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR),
        ],
        functions=[Function("bm25", FunctionType.BM25, ["text"], ["words"])],
    )
    params = MilvusClient.prepare_index_params("words", "SPARSE_INVERTED_INDEX", metric_type="BM25")
    with MilvusClient(server.uri) as client:
        client.create_collection("texts", schema=schema, index_params=params)
        texts = ["the quick brown fox", "a lazy dog", "the fox and the dog"]
        client.insert("texts", [{"id": number, "text": text} for number, text in enumerate(texts)])
        (foxes, dogs) = client.search("texts", ["quick fox", "lazy"], anns_field="words", output_fields=["text"])
        assert foxes.ids == [0, 2]
        assert [hit.text for hit in dogs] == ["a lazy dog"]


def test_what_cannot_be_merged_is_refused(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        with pytest.raises(ParamError, match="reqs"):
            client.hybrid_search("kitchen", [], RRFRanker())
        with pytest.raises(ParamError):
            client.hybrid_search("kitchen", searches(), WeightedRanker(0.5))


def test_an_old_server_says_that_it_cannot(library: Server) -> None:
    library.skip_on(LITE, "has hybrid search")
    near = AnnSearchRequest([[0.0, 0.0]], "vector", {}, 3)
    with MilvusClient(library.uri) as client:
        with pytest.raises(UnimplementedError, match="HybridSearch.*may be older than the feature"):
            client.hybrid_search(BOOKS, [near], RRFRanker())
