"""Processes that are killed or interrupted in the middle of a bulk write."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from milvusclient import MilvusClient
from tests.support.scripted import Received, ScriptedServer

_VECTOR = [0.5] * 4
_PROGRAM = """
import sys
from milvusclient import MilvusClient

rows = ({"id": number, "vector": [0.5] * 4} for number in range(100))
MilvusClient(sys.argv[1]).insert_many("c", rows, batch_rows=5, in_flight=3, checkpoint=sys.argv[2])
"""


def _ids(call: Received) -> list[int]:
    (column,) = (field for field in call.message.fields_data if field.field_name == "id")
    return list(column.scalars.long_data.data)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_write_goes_on_without_a_loss_and_reports_what_was_under_way(
    scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    script = scripted_server.on("Insert").never_answer()  # the first batch holds the position back
    script.then().times(6).never_answer().forever()
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, scripted_server.uri, str(place)])
    deadline = time.monotonic() + 60
    while len(scripted_server.calls("Insert")) < 9 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    scripted_server.on("Insert").then().forever()

    source = [{"id": number, "vector": _VECTOR} for number in range(100)]
    client = MilvusClient(scripted_server.uri)
    report = client.insert_many("c", source, batch_rows=5, on_error="collect", checkpoint=str(place))
    arrived = Counter(number for call in scripted_server.calls("Insert") for number in _ids(call))
    assert arrived == Counter(range(100)), "nothing is lost, and nothing is sent twice"
    uncertain = {number for positions in report.uncertain for number in positions}
    assert len(uncertain) == 15, "three batches were under way"
    assert set(range(5)) <= uncertain
    assert (report.written, report.skipped) == (55, 30)


_INTERRUPTED = """
import sys
from milvusclient import MilvusClient

def source():
    try:
        for number in range(1000):
            yield {"id": number, "vector": [0.5] * 4}
    finally:
        print("closed")

import milvusclient._sync.bulk_writer as bulk_writer
bulk_writer._GRACE = float(sys.argv[2])
try:
    MilvusClient(sys.argv[1]).insert_many("c", source(), batch_rows=5, in_flight=3)
except KeyboardInterrupt as error:
    print(error.report.written, sum(map(len, error.report.uncertain)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
@pytest.mark.parametrize("answers", [True, False])
def test_after_ctrl_c_nothing_more_is_sent_and_what_is_under_way_is_awaited_for_a_while(
    scripted_server: ScriptedServer, answers: bool
) -> None:
    script = scripted_server.on("Insert").then().times(2)
    script = script.then(delay=1.5).times(3) if answers else script.never_answer().times(3)
    script.then().forever()
    grace = "60" if answers else "0.5"
    process = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, scripted_server.uri, grace], stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while len(scripted_server.calls("Insert")) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert len(scripted_server.calls("Insert")) == 5, "nothing more is sent"
    expected = "25 0" if answers else "10 15"  # which of them: threads may overtake each other
    assert printed.splitlines() == ["closed", expected]
