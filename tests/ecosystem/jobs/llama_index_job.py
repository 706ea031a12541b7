"""LlamaIndex: nodes with metadata; queries by meaning and with filters; deletion; asyncio."""

import asyncio

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery
from llama_index.vector_stores.milvus import MilvusVectorStore

from embeddings import DIMENSION, TEXTS, embed

store = MilvusVectorStore(uri="./llama.db", dim=DIMENSION, collection_name="nodes", overwrite=True)
nodes = [
    TextNode(
        id_=f"node-{number}",
        text=text,
        embedding=embed(text),
        metadata={"even": str(number % 2 == 0)},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"document-{number}")},
    )
    for number, text in enumerate(TEXTS)
]
print(store.add(nodes))


def show(result: object) -> None:
    print(result.ids, [round(score, 4) for score in result.similarities], [node.text for node in result.nodes])


show(store.query(VectorStoreQuery(query_embedding=embed("desert planet"), similarity_top_k=2)))
filters = MetadataFilters(filters=[MetadataFilter(key="even", value="True")])
show(store.query(VectorStoreQuery(query_embedding=embed("whale"), similarity_top_k=2, filters=filters)))
store.delete("document-0")
show(store.query(VectorStoreQuery(query_embedding=embed("desert planet"), similarity_top_k=1)))
print([node.node_id for node in store.get_nodes(node_ids=["node-1", "node-2"])])


async def later() -> None:
    asynchronous = MilvusVectorStore(uri="./llama.db", dim=DIMENSION, collection_name="nodes")
    show(await asynchronous.aquery(VectorStoreQuery(query_embedding=embed("whale"), similarity_top_k=1)))


asyncio.run(later())
store.clear()
