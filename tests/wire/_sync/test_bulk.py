"""Bulk writes against a server that fails in every way: no row is lost, and none is stored twice."""

from __future__ import annotations

import random
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import DataNotMatchException, MilvusException, ParamError
from milvusclient.models.bulk import BulkError, BulkProgress
from tests.support.bulk_rows import VECTOR, ids, rows, stored
from tests.support.patience import PROMPT
from tests.support.scripted import Received, ScriptedServer


def refuse(*bad: int, code: int = 1100) -> Any:
    """An answer that refuses requests with one of these rows, and counts as a success for all others."""

    def answer(call: Received) -> dict[str, Any]:
        if set(ids(call)) & set(bad):
            return {"status": {"code": code, "reason": "bad content", "error_code": 1}}
        return {"insert_cnt": len(ids(call))}

    return answer


def test_all_rows_arrive_once_in_batches(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    report = client.insert_many("c", (row for row in rows(*range(100))), batch_rows=7)
    assert (report.written, report.rejected, report.uncertain, report.retries) == (100, [], [], 0)
    assert stored(scripted_server) == Counter(range(100))
    assert len(scripted_server.calls("Insert")) == 15
    assert len(scripted_server.calls("DescribeCollection")) == 1
    report.raise_for_errors()


def test_small_rows_of_a_generator_are_sent_before_many_of_them_are_alive(
    scripted_server: ScriptedServer,
) -> None:
    client = MilvusClient(scripted_server.uri)
    client.insert_many("c", (row for row in rows(*range(20_000))))
    client.insert_many("c", rows(*range(20_000)))
    counts = sorted(call.message.num_rows for call in scripted_server.calls("Insert"))
    assert counts == [1_000, 1_000, 1_000, 6_000, 6_000, 6_000, 19_000], "a list keeps its rows anyway"


def test_a_table_is_written_in_batches_of_columns(scripted_server: ScriptedServer) -> None:
    numpy = pytest.importorskip("numpy")
    client = MilvusClient(scripted_server.uri)
    columns = {"id": numpy.arange(50), "vector": numpy.ones((50, 4), "f4")}
    report = client.insert_many("c", columns, batch_rows=8)
    assert (report.written, stored(scripted_server)) == (50, Counter(range(50)))
    assert sorted(len(ids(call)) for call in scripted_server.calls("Insert")) == [2, 8, 8, 8, 8, 8, 8]


def test_batches_of_a_stream_are_joined(scripted_server: ScriptedServer) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    client = MilvusClient(scripted_server.uri)
    table = pyarrow.table({"id": list(range(10)), "vector": [VECTOR] * 10})
    stream = pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=3))
    report = client.upsert_many("c", stream, batch_rows=4, in_flight=1)
    assert (report.written, stored(scripted_server, "Upsert")) == (10, Counter(range(10)))
    assert [len(ids(call)) for call in scripted_server.calls("Upsert")] == [4, 4, 2]


def test_bad_rows_of_a_table_are_collected_and_a_wrong_column_ends_the_write(
    scripted_server: ScriptedServer,
) -> None:
    client = MilvusClient(scripted_server.uri)
    numbers: list[object] = list(range(12))
    numbers[7] = "x"
    columns = {"id": numbers, "vector": [VECTOR] * 12}
    report = client.insert_many("c", columns, batch_rows=5, on_error="collect")
    assert [(row.index, row.row) for row in report.rejected] == [(7, {"id": "x", "vector": VECTOR})]
    assert (report.written, stored(scripted_server)) == (11, Counter(set(range(12)) - {7}))

    with pytest.raises(BulkError, match="there is no column 'vector'") as caught:
        client.insert_many("c", {"id": [1, 2, 3]}, on_error="collect")
    assert (caught.value.report.written, caught.value.report.rejected) == (0, [])


def test_as_many_requests_fly_as_allowed(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    lock, flying, most = threading.Lock(), 0, 0

    def slow(call: Received) -> dict[str, Any]:
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
        threading.Event().wait(0.05)
        with lock:
            flying -= 1
        return {"insert_cnt": len(ids(call))}

    scripted_server.on("Insert").reply_to(slow).forever()
    client.insert_many("c", rows(*range(12)), batch_rows=1, in_flight=3)
    assert most == 3


# --- the table of failures -------------------------------------------------------------------------------------------
def test_a_row_that_does_not_fit_ends_the_write_before_it_is_sent(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    read: list[int] = []

    def source() -> Iterator[dict[str, Any]]:
        for number in range(100):
            read.append(number)
            yield {"id": number, "vector": VECTOR if number != 12 else [0.5]}

    with pytest.raises(
        BulkError, match=r"12 rows are written, 1 rejected, 0 uncertain; row 12, field 'vector'"
    ) as caught:
        client.insert_many("c", source(), batch_rows=5, in_flight=1)
    assert [row.index for row in caught.value.report.rejected] == [12]
    assert isinstance(caught.value.report.rejected[0].error, DataNotMatchException)
    assert (stored(scripted_server), len(read)) == (Counter(range(12)), 15), "all before it, and no more is read"


def test_rows_that_do_not_fit_are_collected(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    source = [*rows(0, 1), {"id": "x", "vector": VECTOR}, *rows(3), "no row", *rows(5)]
    report = client.insert_many("c", source, on_error="collect")
    assert [(row.index, row.row) for row in report.rejected] == [(2, {"id": "x", "vector": VECTOR}), (4, "no row")]
    assert [str(row.error)[:5] for row in report.rejected] == ["row 2", "row 4"]
    assert (report.written, stored(scripted_server)) == (4, Counter([0, 1, 3, 5]))
    with pytest.raises(BulkError, match="4 rows are written, 2 rejected, 0 uncertain"):
        report.raise_for_errors()


def test_a_batch_with_refused_content_is_halved_until_the_row_is_found(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    accepted: Counter[int] = Counter()

    def answer(call: Received) -> dict[str, Any]:
        reply: dict[str, Any] = refuse(3, 9)(call)
        if "status" not in reply:
            accepted.update(ids(call))
        return reply

    scripted_server.on("Insert").reply_to(answer).forever()
    report = client.insert_many("c", rows(*range(16)), on_error="collect")
    assert [row.index for row in report.rejected] == [3, 9]
    assert accepted == Counter(set(range(16)) - {3, 9})
    assert report.written == 14


def test_a_rate_limit_slows_the_write_down_and_loses_nothing(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    seen: list[BulkProgress] = []
    scripted_server.on("Insert").rate_limit().times(3)
    report = client.insert_many("c", rows(*range(20)), batch_rows=2, progress=seen.append)
    assert (report.written, report.retries, seen[-1].throttled) == (20, 3, 3)
    assert len(scripted_server.calls("Insert")) == 10 + 3, "a batch is sent again for each refusal, and not more"
    assert set(stored(scripted_server)) == set(range(20))
    assert (seen[-1].rows, seen[-1].total) == (20, 20)
    assert seen[-1].bytes > 20 * 16


@pytest.mark.parametrize("status", [{"code": 9}, {"code": 0, "error_code": "MemoryQuotaExhausted"}])
def test_denied_writes_stop_it_with_the_reasons_of_the_server(
    scripted_server: ScriptedServer, status: dict[str, Any]
) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then().status(reason="quota exceeded", **status).forever()
    scripted_server.on("CheckHealth").then({"isHealthy": False, "reasons": ["memory quota exhausted"]})
    with pytest.raises(BulkError, match="quota exceeded; the server denies writes: memory quota exhausted") as caught:
        client.insert_many("c", rows(*range(100)), batch_rows=5, in_flight=1)
    assert caught.value.report.written == 5
    assert len(scripted_server.calls("Insert")) == 2


def test_a_request_that_was_never_sent_is_repeated_by_the_retry_policy(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "failed to connect to all addresses")
    report = client.insert_many("c", rows(1, 2))
    assert (report.written, report.uncertain) == (2, [])
    assert [ids(call) for call in scripted_server.calls("Insert")] == [[1, 2], [1, 2]]


def test_a_lost_upsert_is_sent_again(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Upsert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed").times(2)
    report = client.upsert_many("c", rows(1, 2, 3))
    assert (report.written, report.uncertain) == (3, [])
    assert set(stored(scripted_server, "Upsert")) == {1, 2, 3}


def test_a_lost_insert_is_reported_and_never_sent_again(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then().fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
    report = client.insert_many("c", rows(*range(9)), batch_rows=3, in_flight=1, on_error="collect")
    assert (report.written, report.uncertain) == (6, [range(3, 6)])
    assert stored(scripted_server) == Counter(range(9))

    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
    with pytest.raises(BulkError, match="6 rows are written, 0 rejected, 3 uncertain") as caught:
        client.insert_many("c", rows(*range(20, 29)), batch_rows=3, in_flight=1)
    assert caught.value.report.uncertain == [range(3)]
    assert set(stored(scripted_server).values()) == {1}


def test_a_lost_insert_is_verified_and_only_missing_rows_are_sent(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
    found = {"field_name": "id", "type": "Int64", "field_id": 100, "scalars": {"long_data": {"data": [0, 2]}}}
    scripted_server.on("Query").reply_to(lambda _: {"fields_data": [found], "output_fields": ["id"]}).forever()
    report = client.insert_many("c", rows(0, 1, 2, 3), on_uncertain="verify")
    assert (report.written, report.uncertain) == (4, [])
    assert [ids(call) for call in scripted_server.calls("Insert")] == [[0, 1, 2, 3], [1, 3]]
    assert len(scripted_server.calls("Query")) == 2, "what the first look did not find may have been under way"


def test_an_exception_in_the_source_carries_the_report(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then(delay=0.2).forever()

    def source() -> Iterator[dict[str, Any]]:
        yield from rows(*range(4))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        client.insert_many("c", source(), batch_rows=2)
    assert caught.value.report.written == 4, "requests under way are waited for"  # type: ignore[attr-defined]  # that is the promise


def test_an_interrupted_write_waits_a_moment_and_reports_the_rest(scripted_server: ScriptedServer) -> None:
    """As after Ctrl-C: the exception comes from inside the writer, while requests are under way."""
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").then(delay=0.3).forever()
    writer = client.bulk_writer("c", batch_rows=1, in_flight=2)

    def interrupted() -> None:
        with writer:
            writer.extend(rows(1, 2))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        interrupted()
    assert caught.value.report.written == 2  # type: ignore[attr-defined]  # that is the promise
    assert len(scripted_server.calls("Insert")) == 2


def test_a_timeout_ends_all_of_it(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    client.insert_many("c", rows(0))  # on a busy machine, connecting takes longer than this timeout
    scripted_server.on("Insert").then().never_answer().forever()
    with pytest.raises(BulkError) as caught:
        client.insert_many("c", rows(*range(100)), batch_rows=1, in_flight=1, timeout=2)
    report = caught.value.report
    assert (report.written, report.uncertain, report.seconds < PROMPT) == (1, [range(1, 2)], True)


def test_a_changed_schema_is_learnt(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    scripted_server.on("Insert").status(109, "old schema")
    report = client.insert_many("c", rows(1, 2))
    assert report.written == 2
    assert len(scripted_server.calls("DescribeCollection")) == 2


# --- progress --------------------------------------------------------------------------------------------------------
def test_progress_goes_to_the_log_where_there_is_no_terminal(
    scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = MilvusClient(scripted_server.uri)
    with caplog.at_level("INFO", "milvusclient"):
        client.insert_many("c", rows(1, 2, 3), progress=True)
    (line,) = [record.getMessage() for record in caplog.records if "bulk" in record.getMessage()]
    assert re.fullmatch(r"bulk write: 100%  3 of 3 rows, [\d,]+ rows/s, 0:00 left", line)


def test_progress_is_a_bar_on_a_terminal(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = MilvusClient(scripted_server.uri)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    client.insert_many("c", iter(rows(1, 2, 3)), progress=True)
    assert re.fullmatch(r"(\r3 rows, [\d,]+ rows/s *)+\n", capsys.readouterr().err)


# --- checkpoint ------------------------------------------------------------------------------------------------------
def test_a_later_run_continues_where_an_earlier_one_ended(
    scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    client = MilvusClient(scripted_server.uri)
    place = str(tmp_path / "place")
    scripted_server.on("Insert").then().then().status(2, "down")
    with pytest.raises(BulkError, match="down"):
        client.insert_many("c", rows(*range(10)), batch_rows=2, in_flight=1, checkpoint=place)
    report = client.insert_many("c", rows(*range(10)), batch_rows=2, in_flight=1, checkpoint=place)
    assert (report.written, report.skipped) == (6, 4)
    assert stored(scripted_server) == Counter([*range(10), 4, 5]), "4 and 5 were refused once"


def test_a_checkpoint_of_something_else_is_refused(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    client = MilvusClient(scripted_server.uri)
    place = tmp_path / "place"
    client.insert_many("c", rows(1, 2), checkpoint=place)
    with pytest.raises(ParamError, match="checkpoint of another source"):
        client.insert_many("c", rows(7, 8), checkpoint=str(place))
    with pytest.raises(ParamError, match="checkpoint of another collection"):
        client.insert_many("d", rows(1, 2), checkpoint=str(place))
    place.write_text("something else\n")
    with pytest.raises(ParamError, match="is not a checkpoint of a bulk write"):
        client.insert_many("c", rows(1, 2), checkpoint=str(place))
    sent = len(scripted_server.calls("Insert"))
    with pytest.raises(ParamError, match=r"checkpoint: the folder of '.*nix.place' does not exist; create it first"):
        client.insert_many("c", rows(1, 2), checkpoint=str(tmp_path / "nix" / "place"))
    assert len(scripted_server.calls("Insert")) == sent, "found out before any row is stored"


def test_rejected_rows_and_tables_are_skipped_too(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    client = MilvusClient(scripted_server.uri)
    source: list[object] = [*rows(0), "no row", *rows(2, 3)]
    place = str(tmp_path / "rows")
    client.insert_many("c", source, on_error="collect", checkpoint=place)
    report = client.insert_many("c", [*source, *rows(4)], on_error="collect", checkpoint=place)
    assert (report.written, report.skipped, len(report.rejected)) == (1, 3, 1), "what is not stored is tried again"

    columns: dict[str, list[Any]] = {"id": [10, 11, 12, 13], "vector": [VECTOR] * 4}
    place = str(tmp_path / "table")
    client.insert_many("c", {name: column[:3] for name, column in columns.items()}, checkpoint=place)
    report = client.insert_many("c", columns, checkpoint=place)
    assert (report.written, report.skipped) == (1, 3)
    assert stored(scripted_server) == Counter([0, 2, 3, 4, 10, 11, 12, 13])


def test_another_source_with_the_same_first_row_and_a_shorter_one_are_refused(
    scripted_server: ScriptedServer, tmp_path: Path
) -> None:
    client = MilvusClient(scripted_server.uri)
    place = str(tmp_path / "place")
    client.insert_many("c", rows(*range(10)), checkpoint=place)
    with pytest.raises(ParamError, match="place is the checkpoint of another source: row 4 differs; give the same"):
        client.insert_many("c", rows(0, 1, 2, 3, 99, 5), checkpoint=place)
    with pytest.raises(ParamError, match="another source: this one has 5 rows, and 10 were read") as caught:
        client.insert_many("c", rows(*range(5)), checkpoint=place)
    assert (caught.value.report.written, caught.value.report.skipped) == (0, 10)  # type: ignore[attr-defined]  # promised by insert_many
    report = client.insert_many("c", rows(*range(12)), checkpoint=place)
    assert (report.written, report.skipped) == (2, 10), "the refusals left the checkpoint as it was"


@pytest.mark.parametrize("verify", [False, True])
def test_rows_that_were_flying_at_a_crash_are_not_sent_twice(
    scripted_server: ScriptedServer, tmp_path: Path, verify: bool
) -> None:
    client = MilvusClient(scripted_server.uri)
    place, at_crash = tmp_path / "place", tmp_path / "at_crash"

    def crash(call: Received) -> dict[str, Any]:
        if ids(call) == [4, 5]:
            at_crash.write_text(place.read_text())  # the process ends while these two rows are under way
        return {"insert_cnt": len(ids(call))}

    scripted_server.on("Insert").reply_to(crash).forever()
    client.insert_many("c", rows(*range(8)), batch_rows=2, in_flight=1, checkpoint=str(place))
    scripted_server.forget_requests()
    if verify:
        found = {"type": "Int64", "field_name": "id", "scalars": {"long_data": {"data": [5]}}}
        scripted_server.on("Query").reply_to(lambda _: {"fields_data": [found], "output_fields": ["id"]}).forever()
    report = client.insert_many(
        "c", rows(*range(8)), checkpoint=str(at_crash), on_uncertain="verify" if verify else "report",
        on_error="collect",
    )  # fmt: skip
    assert report.skipped == 4
    if verify:
        assert (report.written, report.uncertain, stored(scripted_server)) == (4, [], Counter([4, 6, 7]))
    else:
        assert (report.written, report.uncertain, stored(scripted_server)) == (2, [range(4, 6)], Counter([6, 7]))
        with pytest.raises(BulkError, match="0 rows are written, 0 rejected, 2 uncertain"):
            client.insert_many("c", rows(*range(8)), checkpoint=str(at_crash))


def test_a_line_that_a_crash_cut_short_is_ignored(scripted_server: ScriptedServer, tmp_path: Path) -> None:
    client = MilvusClient(scripted_server.uri)
    place = tmp_path / "place"
    client.insert_many("c", rows(1, 2), checkpoint=str(place))
    place.write_text(place.read_text() + '{"done": 2, "unc')
    report = client.insert_many("c", rows(1, 2, 3), checkpoint=str(place))
    assert (report.written, report.skipped) == (1, 2)


# --- the writer ------------------------------------------------------------------------------------------------------
def test_rows_can_be_pushed(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    with client.bulk_writer("c", upsert=True, batch_rows=2) as writer:
        for row in rows(1, 2, 3):
            writer.add(row)
    assert (writer.report.written, stored(scripted_server, "Upsert")) == (3, Counter([1, 2, 3]))
    with pytest.raises(MilvusException, match="this bulk writer is closed"):
        writer.add(rows(4)[0])
    assert (writer.close()).written == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"batch_bytes": 0}, "batch_bytes must be at least 1"),
        ({"in_flight": 0}, "in_flight must be at least 1"),
        ({"on_error": "ignore"}, "on_error must be one of 'raise', 'collect'"),
        ({"on_uncertain": "x"}, "on_uncertain must be one of 'report', 'verify'"),
        ({"progress": 5}, "progress must be True or a function"),
        ({"rows": 5}, "rows must be an iterable of rows, a table or a mapping of columns"),
        ({"rows": "abc"}, "rows must be an iterable of rows, a table or a mapping of columns"),
        ({"rows": {"id": [1, 2], "vector": [VECTOR]}}, "column 'vector' has 1 values, but column 'id' has 2"),
        ({"rows": {"id": 5}}, "column 'id' must be a sequence"),
    ],
)
def test_invalid_arguments_are_refused_before_anything_is_sent(
    scripted_server: ScriptedServer, given: dict[str, Any], message: str
) -> None:
    client = MilvusClient(scripted_server.uri)
    with pytest.raises(MilvusException, match=message):
        client.insert_many(**{"collection_name": "c", "rows": [], **given})
    assert not scripted_server.calls("DescribeCollection")


def test_no_rows_are_no_error(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    assert (client.insert_many("c", [])).written == 0
    assert (client.insert_many("c", {})).written == 0
    assert not scripted_server.calls("Insert")


@pytest.mark.parametrize("seed", range(4))
def test_every_row_is_accounted_for_whatever_the_server_does(scripted_server: ScriptedServer, seed: int) -> None:
    chance = random.Random(seed)
    client = MilvusClient(scripted_server.uri)
    script = scripted_server.on("Insert")
    bad = {number for number in range(200) if chance.random() < 0.02}
    accepted: Counter[int] = Counter()

    def answer(call: Received) -> dict[str, Any]:
        reply: dict[str, Any] = refuse(*bad)(call)
        accepted.update([] if "status" in reply else ids(call))
        return reply

    for _ in range(30):
        match chance.randrange(8):
            case 0:
                script.rate_limit()
            case 1:
                script.fail(grpc.StatusCode.UNAVAILABLE, "Socket closed")
            case 2:
                script.status(109, "old schema")
            case 3:
                script.fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "received message larger than max (9000 vs. 8000)")
            case _:
                script.reply_to(answer)
    script.reply_to(answer).forever()
    report = client.insert_many("c", rows(*range(200)), batch_rows=chance.randrange(5, 40), on_error="collect")
    uncertain = {number for numbers in report.uncertain for number in numbers}
    rejected = {row.index for row in report.rejected}
    assert accepted == Counter(set(range(200)) - rejected - uncertain), "each written row is accepted once"
    assert report.written == accepted.total()
    assert bad <= rejected | uncertain
    assert all("larger than max" in str(row.error) for row in report.rejected if row.index not in bad)
