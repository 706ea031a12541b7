"""The reference client writes files for imports here; milvusclient does not, and says so on import."""

from __future__ import annotations

raise ModuleNotFoundError(
    "milvusclient.pymilvus has no bulk_writer. Insert rows with MilvusClient.insert_many(), which takes any number of "
    "them; or write files with milvusclient.write_parquet() or write_json(), and import them with "
    "MilvusClient.import_files() or utility.do_bulk_insert()",
    name="pymilvus.bulk_writer",
)
