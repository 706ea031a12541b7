"""Tests against servers: Milvus Lite and a real Milvus."""
