"""Words in texts: analyzers, and filters that match words, on the server that has them."""

from __future__ import annotations

from milvusclient import MilvusClient, CollectionSchema, DataType, FieldSchema, Function, FunctionType
from tests.server.both import MILVUS_235, Server

TEXTS = ["the quick brown fox", "a lazy dog", "the fox"]
ANALYZER = {"tokenizer": "standard", "filter": [{"type": "stop", "stop_words": ["the"]}]}
SCHEMA = CollectionSchema(
    [
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema(
            "text", DataType.VARCHAR, max_length=100, enable_analyzer=True, enable_match=True, analyzer_params=ANALYZER
        ),
        FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR),
    ],
    functions=[Function("bm25", FunctionType.BM25, ["text"], ["words"])],
)


def texts(client: MilvusClient) -> None:
    """The collection "texts"."""
    params = MilvusClient.prepare_index_params("words", "SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_collection("texts", schema=SCHEMA, index_params=params)
    client.insert("texts", [{"id": number, "text": text} for number, text in enumerate(TEXTS)])


def test_a_filter_matches_words(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no text match")
    with MilvusClient(server.uri) as client:
        texts(client)
        for words, keys in (("fox", [0, 2]), ("QUICK dog", [0, 1]), ("cat", [])):
            rows = client.query("texts", f"text_match(text, '{words}')", ["id"])
            assert sorted(row["id"] for row in rows) == keys, words
        (hits,) = client.search("texts", ["fox"], "text_match(text, 'brown')", anns_field="words")
        assert hits.ids == [0]


def test_the_analyzer_of_a_field_decides_what_a_word_is(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no analyzers")
    with MilvusClient(server.uri) as client:
        texts(client)
        stopped, found = client.search("texts", ["the", "the fox"], anns_field="words", output_fields=["text"])
        assert stopped == []
        assert [hit.text for hit in found] == ["the fox", "the quick brown fox"]


def test_functions_and_analyzers_are_described(server: Server) -> None:
    server.skip_on(MILVUS_235, "has no functions")
    with MilvusClient(server.uri) as client:
        texts(client)
        described = client.describe_collection("texts")
        (function,) = described["functions"]
        assert (function["name"], function["type"]) == ("bm25", FunctionType.BM25)
        assert (function["input_field_names"], function["output_field_names"]) == (["text"], ["words"])
        _, text, words = described["fields"]
        assert text["params"]["enable_match"] in (True, "true")
        assert words.get("is_function_output") is True
        (row,) = client.query("texts", "id == 2", ["*"])
        assert row["text"] == "the fox"
