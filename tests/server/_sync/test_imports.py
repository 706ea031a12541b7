"""Imports by the server, from its local storage."""

from __future__ import annotations

import json

import pytest

from milvusclient import MilvusClient
from tests.server.both import by_id, flat, schema_of
from tests.support.milvus_holder import ROOT
from tests.support.servers import Milvus


@pytest.mark.real_server
def test_a_file_of_rows_is_imported(milvus_235: Milvus, milvus_database: str) -> None:
    rows = [{"id": number, "vector": [float(number), 0.5]} for number in range(10)]
    (ROOT / milvus_235.instance / "rows.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    with MilvusClient(f"{milvus_235.uri}/{milvus_database}") as client:
        client.create_collection("c", schema=schema_of(), index_params=flat(), consistency_level="Strong")
        job = client.import_files("c", ["rows.json"])
        (done,) = job.wait(timeout=120)
        assert (done.state, done.rows, done.progress) == ("Completed", 10, 100)
        assert done.job_id in [state.job_id for state in client.list_imports("c")]
        client.refresh_load("c", timeout=60)
        assert by_id(client.query("c", "id >= 0", ["*"])) == by_id(rows)
