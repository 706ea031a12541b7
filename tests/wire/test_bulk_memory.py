"""The memory that a bulk write takes beside its source, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.forks import run_program
from tests.support.scripted import ScriptedServer

pytest.importorskip("numpy")

IN_FLIGHT = 3
BATCH_BYTES = 6 << 20
#: The promise, in bytes: beside the batches 20 MB. A tenth more is for what the allocator keeps.
AT_MOST = 1.1 * ((IN_FLIGHT + 1) * BATCH_BYTES + 20e6)
#: Rows that take much more than that if all of them are held, as requests or as Python objects.
ROWS = {"columns": 40_000, "generator": 6_000}

PROGRAM = f"""
import sys
import numpy
from milvusclient import DataType, MilvusClient

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))

client, source, count = MilvusClient(sys.argv[1]), sys.argv[2], int(sys.argv[3])
client.create_collection("wide", dimension=768)
client.insert_many("wide", {{"id": [1], "vector": numpy.ones((1, 768), "f4")}})
if source == "columns":
    rows = {{"id": numpy.arange(count), "vector": numpy.ones((count, 768), "f4")}}
else:
    rows = ({{"id": number, "vector": [number + part / 768 for part in range(768)]}} for number in range(count))
before = status("VmRSS")
report = client.insert_many("wide", rows, in_flight={IN_FLIGHT}, batch_bytes={BATCH_BYTES})
assert report.written == count, report
print(status("VmHWM") - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("source", ["columns", "generator"])
def test_a_bulk_write_takes_the_memory_of_its_batches(scripted_server: ScriptedServer, source: str) -> None:
    scripted_server.on("Insert").then(delay=0.02).forever()
    grown = int(run_program(PROGRAM, scripted_server.uri, source, str(ROWS[source])))
    assert grown < AT_MOST, f"{grown:,} bytes"
