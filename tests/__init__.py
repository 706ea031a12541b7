"""The tests of milvusclient."""
