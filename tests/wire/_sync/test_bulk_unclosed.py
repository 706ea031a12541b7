"""Bulk writers that are never closed: they say how many rows were not sent, and nothing else."""

from __future__ import annotations

import gc
import subprocess
import sys
import warnings

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.models.bulk import BulkError
from milvusclient.operations import bulk
from tests.support.bulk_rows import VECTOR, rows
from tests.support.scripted import ScriptedServer

PROGRAM = """
import sys
from milvusclient import MilvusClient
writer = MilvusClient(sys.argv[1]).bulk_writer("c")
writer.add({"id": 1, "vector": [0.5] * 4})
"""


def test_an_unclosed_writer_says_how_many_rows_were_not_sent(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    writer = client.bulk_writer("c", batch_rows=4)
    writer.extend(rows(*range(6)))
    wanted = (
        r"unclosed <\w*BulkWriter of collection 'c': 6 rows added, 0 written, 1 requests under way>; 2 rows were not "
        r"sent, and the replies to 4 are not waited for; use it in a with block, or call close\(\)"
    )
    writers = [writer]
    del writer
    with pytest.warns(ResourceWarning, match=wanted):
        writers.clear()


def test_rows_of_a_table_count_too(scripted_server: ScriptedServer) -> None:
    numpy = pytest.importorskip("numpy")
    client = MilvusClient(scripted_server.uri)
    writer = client.bulk_writer("c")
    writer.add({"id": 1, "vector": VECTOR})
    writer._add_table(_table({"id": numpy.arange(3), "vector": numpy.ones((3, 4), "f4")}))
    assert repr(writer).endswith("Writer of collection 'c': 4 rows added, 0 written, 0 requests under way>")
    writer.close()
    assert repr(writer).endswith("Writer of collection 'c': 4 rows added, 4 written, closed>")


def _table(columns: dict[str, object]) -> bulk.Table:
    (table,) = bulk.tables_of(columns) or ()
    return table


def test_others_say_nothing(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        writer = client.bulk_writer("c")
        del writer
        with client.bulk_writer("c", on_error="collect") as writer:
            writer.extend([*rows(1), {"id": 2, "vector": "x"}])
        assert repr(writer).endswith("2 rows added, 1 written, 1 refused, closed>")
        del writer
        with pytest.raises(BulkError):
            client.insert_many("c", [{"id": 2, "vector": "x"}])
        gc.collect()


def test_the_end_of_a_program_says_so_once_and_raises_nothing(scripted_server: ScriptedServer) -> None:
    words = [sys.executable, "-W", "always::ResourceWarning", "-c", PROGRAM, scripted_server.uri]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr.count("1 rows were not sent") == 1
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
