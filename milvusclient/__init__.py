"""A fast, typed, light client for the Milvus vector database."""
