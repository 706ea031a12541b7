"""The messages of the Milvus protocol, in a descriptor pool of their own.

Import the modules: ``from milvusclient._proto import common_pb2, milvus_pb2, schema_pb2``. They look like modules made
by protoc, but hold nothing until asked: a class is made on first access. All files here except this one and
``_pool.py`` are written by ``tools/protos.py``.
"""
