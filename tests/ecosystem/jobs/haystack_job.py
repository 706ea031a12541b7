"""Haystack: documents with metadata; retrieval by meaning with filters; count and deletion."""

from haystack import Document
from milvus_haystack import MilvusDocumentStore, MilvusEmbeddingRetriever

from embeddings import TEXTS, embed

store = MilvusDocumentStore(connection_args={"uri": "./haystack.db"}, collection_name="documents", drop_old=True)
documents = [
    Document(id=f"id-{number}", content=text, embedding=embed(text), meta={"number": number})
    for number, text in enumerate(TEXTS)
]
print(store.write_documents(documents), store.count_documents())
retriever = MilvusEmbeddingRetriever(document_store=store, top_k=2)


def show(found: list[Document]) -> None:
    for document in found:
        print(
            document.id, document.content, document.meta, None if document.score is None else round(document.score, 4)
        )


show(retriever.run(query_embedding=embed("white whale"))["documents"])
filters = {"field": "meta.number", "operator": ">", "value": 2}
show(
    MilvusEmbeddingRetriever(document_store=store, filters=filters, top_k=1).run(query_embedding=embed("whale"))[
        "documents"
    ]
)
show(sorted(store.filter_documents(filters), key=lambda document: document.id))
store.delete_documents(["id-1"])
print(store.count_documents())
