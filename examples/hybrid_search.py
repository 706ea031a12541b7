"""Two searches in one call, and two ways to merge what they find.

    python examples/hybrid_search.py                          # the embedded server, in ./hybrid.db
    python examples/hybrid_search.py http://localhost:19530   # a server (Milvus 2.5 or newer)

Each dish has a description, which full-text search reads, and a taste: how sweet, how hot, how filling it is.
"""

from __future__ import annotations

import argparse

from milvusclient import (
    AnnSearchRequest,
    DataType,
    Function,
    FunctionType,
    MilvusClient,
    RRFRanker,
    WeightedRanker,
)

COLLECTION = "dishes"
DISHES = (
    ("apple pie", "Apples baked in a crust, with cinnamon.", [0.9, 0.0, 0.5]),
    ("apple salad", "Raw apples and walnuts, with lemon.", [0.4, 0.0, 0.2]),
    ("chili", "Beans and beef, cooked for hours, with chili.", [0.1, 0.9, 0.9]),
    ("mango curry", "Mango in a curry of chili and coconut.", [0.6, 0.8, 0.6]),
    ("pancakes", "Thin pancakes, with syrup or with baked apples.", [0.9, 0.0, 0.7]),
    ("tomato soup", "Tomatoes, cooked and strained, with basil.", [0.3, 0.1, 0.3]),
)


def create(client: MilvusClient) -> None:
    """Create a collection with a dense vector, and a sparse one that the server makes of the text."""
    schema = client.create_schema(auto_id=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("name", DataType.VARCHAR, max_length=100)
    schema.add_field("text", DataType.VARCHAR, max_length=1_000, enable_analyzer=True)
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("taste", DataType.FLOAT_VECTOR, dim=3)
    schema.add_function(
        Function(name="bm25", function_type=FunctionType.BM25, input_field_names="text", output_field_names="words")
    )
    indexes = client.prepare_index_params()
    indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    indexes.add_index("taste", index_type="AUTOINDEX", metric_type="L2")
    if client.has_collection(COLLECTION):
        client.drop_collection(COLLECTION)
    client.create_collection(COLLECTION, schema=schema, index_params=indexes)
    client.insert(COLLECTION, [{"name": name, "text": text, "taste": taste} for name, text, taste in DISHES])


def main(uri: str) -> None:
    """Look for something with baked apples that is sweet and filling."""
    with MilvusClient(uri) as client:
        create(client)
        by_words = AnnSearchRequest(data=["baked apples"], anns_field="words", param={"metric_type": "BM25"}, limit=4)
        by_taste = AnnSearchRequest(data=[[1.0, 0.0, 0.8]], anns_field="taste", param={"metric_type": "L2"}, limit=4)

        for title, part in (("by words", by_words), ("by taste", by_taste)):
            found = client.search(
                COLLECTION, data=part.data, anns_field=part.anns_field, limit=4, output_fields=["name"]
            )
            print(f"{title:<28}{', '.join(hit['entity']['name'] for hit in found[0])}")

        # RRF looks at ranks only. Weights look at the scores, and say which search matters more.
        for title, ranker in (
            ("both, by rank", RRFRanker()),
            ("both, words count more", WeightedRanker(0.8, 0.2)),
            ("both, taste counts more", WeightedRanker(0.2, 0.8)),
        ):
            found = client.hybrid_search(COLLECTION, [by_words, by_taste], ranker, limit=3, output_fields=["name"])
            print(f"{title:<28}{', '.join(hit['entity']['name'] for hit in found[0])}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="./hybrid.db", help="server or file to use")
    main(parser.parse_args().uri)
