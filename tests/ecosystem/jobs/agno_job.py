"""agno: documents with metadata; searches by meaning; existence, count, deletion."""

from agno.knowledge.document import Document
from agno.vectordb.milvus import Milvus

from embeddings import DIMENSION, TEXTS, embed


class Embedder:
    """What agno asks of an embedder."""

    dimensions = DIMENSION
    enable_batch = False

    def get_embedding(self, text: str) -> list[float]:
        return embed(text)

    def get_embedding_and_usage(self, text: str) -> tuple[list[float], None]:
        return embed(text), None


store = Milvus(collection="documents", uri="./agno.db", embedder=Embedder())
store.create()
print(store.exists())
documents = [
    Document(content=text, name=f"name-{number}", meta_data={"number": number}) for number, text in enumerate(TEXTS)
]
store.insert(content_hash="hash", documents=documents)
print(store.name_exists("name-1"), store.name_exists("nobody"))
for document in store.search("white whale", limit=2):
    print(document.name, document.content, document.meta_data)
store.upsert(content_hash="other", documents=[Document(content="white whale", name="new", meta_data={"number": 9})])
print([document.name for document in store.search("white whale", limit=1)])
print(store.delete_by_name("new"))
store.drop()
print(store.exists())
