"""Stores of other libraries for Milvus: once with pymilvus, and once with milvusclient standing in for it."""
