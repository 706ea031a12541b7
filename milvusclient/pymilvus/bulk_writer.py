"""The reference client writes files for imports here; milvusclient does not, and says so on import."""

from __future__ import annotations

raise ModuleNotFoundError(
    "milvusclient.pymilvus has no bulk_writer. Insert rows with MilvusClient.insert(), which takes any number of them; "
    "or write files with pymilvus's own bulk_writer in a program of its own, and import them with "
    "utility.do_bulk_insert()",
    name="pymilvus.bulk_writer",
)
