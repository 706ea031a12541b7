"""mem0: memories with payloads; search with filters; update, get, list, delete."""

from mem0.configs.vector_stores.milvus import MetricType
from mem0.vector_stores.milvus import MilvusDB

from embeddings import DIMENSION, TEXTS, embed

store = MilvusDB("./mem0.db", None, "memories", DIMENSION, MetricType.COSINE, "")
store.insert(
    ids=[f"memory-{number}" for number in range(len(TEXTS))],
    vectors=[embed(text) for text in TEXTS],
    payloads=[{"data": text, "user_id": "ann" if number % 2 else "bob"} for number, text in enumerate(TEXTS)],
)


def show(found: object) -> None:
    for one in found:
        print(one.id, None if one.score is None else round(one.score, 4), one.payload)


show(store.search("whale", embed("white whale"), 2))
show(store.search("whale", embed("white whale"), 2, filters={"user_id": "ann"}))
store.update("memory-1", vector=embed("something else"), payload={"data": "changed", "user_id": "ann"})
show([store.get("memory-1")])
store.delete("memory-0")
show(sorted(store.list(top_k=10)[0], key=lambda one: one.id))
print(store.list_cols(), store.col_info()["row_count"])
store.delete_col()
print(store.list_cols())
