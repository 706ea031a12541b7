"""LangChain: texts with metadata; searches by meaning, by words and by both; deletion; asyncio."""

import asyncio

from langchain_core.documents import Document
from langchain_milvus import BM25BuiltInFunction, Milvus

from embeddings import TEXTS, LangChainEmbeddings

URI = "./langchain.db"


def show(documents: list[Document]) -> None:
    for document in documents:
        print(document.page_content, {key: value for key, value in document.metadata.items() if key != "pk"})


plain = Milvus(LangChainEmbeddings(), connection_args={"uri": URI}, collection_name="plain", auto_id=True)
keys = plain.add_texts(TEXTS, metadatas=[{"number": number, "even": number % 2 == 0} for number in range(len(TEXTS))])
print(len(keys), len(set(keys)))
show(plain.similarity_search("desert planet", k=3))
show(plain.similarity_search("desert planet", k=3, expr="number > 2"))
print(
    [(document.page_content, round(score, 4)) for document, score in plain.similarity_search_with_score("whale", k=2)]
)
show(plain.max_marginal_relevance_search("love", k=2, fetch_k=4))
plain.delete(expr="number == 0")
show(plain.similarity_search("desert planet", k=1))
show(asyncio.run(plain.asimilarity_search("whale", k=1)))

both = Milvus.from_documents(
    [Document(page_content=text, metadata={"number": number}) for number, text in enumerate(TEXTS)],
    LangChainEmbeddings(),
    builtin_function=BM25BuiltInFunction(),
    vector_field=["dense", "sparse"],
    index_params=[
        {"index_type": "FLAT", "metric_type": "L2"},
        {"index_type": "SPARSE_INVERTED_INDEX", "metric_type": "BM25"},
    ],
    search_params=[{"metric_type": "L2"}, {"metric_type": "BM25"}],
    connection_args={"uri": URI},
    collection_name="both",
    drop_old=True,
)
show(both.similarity_search("white whale", k=2, ranker_type="rrf", ranker_params={"k": 10}))
print(both.client.has_collection("both"), type(both.col).__name__)
