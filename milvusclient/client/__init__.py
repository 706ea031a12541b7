"""Where programs written for the reference client import types, constants and results from.

The packages ``client``, ``milvus_client``, ``orm`` and ``function_chain`` hold names and no code: each name is made
elsewhere, mostly in :mod:`milvusclient.schema` and :mod:`milvusclient.models`. Nothing in milvusclient imports them.
"""
