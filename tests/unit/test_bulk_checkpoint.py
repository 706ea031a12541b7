"""The checkpoint of a bulk write: after a crash nothing is lost, and nothing is stored twice."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import random
from collections import Counter
from pathlib import Path

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations import bulk, bulk_checkpoint
from milvusclient.operations.bulk_checkpoint import Action, Checkpoint, Resumption, merged
from milvusclient.operations.checkpoint_lines import CheckpointLines, parse_checkpoint
from milvusclient.policy.bulk import Batch, BulkScheduler, Fault, Finish, Read, Send
from milvusclient.runtime.checkpoint_file import CheckpointFile
from milvusclient.schema.enums import DataType
from tests.support.unfinished import unfinished

BOOKS = CollectionInfo(
    "books",
    collection_id=7,
    fields=(
        FieldInfo("id", data_type=DataType.INT64, is_primary=True),
        FieldInfo("vector", data_type=DataType.FLOAT_VECTOR, dim=768),
    ),
)


# --- the file --------------------------------------------------------------------------------------------------------
NEW = Resumption(None, Action.SEND)


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    lines = CheckpointLines(BOOKS, NEW)
    lines.add_samples({0: "a"})
    text = lines.line(3, [], [], [], [range(3)], whole=True)
    first = Checkpoint(3, [], [range(3)], {0: "a"})
    assert parse_checkpoint(text, BOOKS, "f") == first
    lines.add_samples({4: "b"})
    text += lines.line(9, [4, 5], [], [range(8, 9)], [range(7, 8)], whole=False)
    last = Checkpoint(9, [range(4, 6), range(8, 9)], [range(7, 8)], {0: "a", 4: "b"})
    assert parse_checkpoint(text, BOOKS, "f") == last
    assert parse_checkpoint(text[:-5], BOOKS, "f") == first, "a crash cut the last line short"
    assert parse_checkpoint(text[:5], BOOKS, "f") is None
    assert parse_checkpoint(text[:50], BOOKS, "f") is None
    assert parse_checkpoint("", BOOKS, "f") is None
    assert last.written == 5
    assert [json.loads(line)["done"] for line in text.splitlines()] == [0, 4]


def test_a_line_has_what_is_new_and_a_whole_line_has_everything() -> None:
    lines = CheckpointLines(BOOKS, NEW)
    rejected = list(range(0, 20_000, 2))
    sizes = [len(lines.line(20_000, rejected, [], [], [], whole=whole)) for whole in (True, False, True)]
    assert sizes[0] == sizes[2] > 100_000
    assert sizes[1] < 300
    rejected.append(20_001)
    line = json.loads(lines.line(20_002, rejected, [5], [], [], whole=False))
    assert (line["rejected"], line["uncertain"], line["done"]) == ([[20_001, 20_002]], [[5, 6]], 0)


def test_what_an_earlier_run_left_counts_from_the_position_of_the_later_one() -> None:
    earlier = Checkpoint(90, [range(10, 20), range(50, 60)], [range(70, 75)], {0: "a"})
    lines = CheckpointLines(BOOKS, Resumption(earlier, Action.CHECK))
    text = lines.line(5, [], [], [], [], whole=True)
    assert parse_checkpoint(text, BOOKS, "f") == earlier
    text += lines.line(55, [52], [], [], [], whole=False)
    assert parse_checkpoint(text, BOOKS, "f") == Checkpoint(
        90, [range(52, 53), range(55, 60)], [range(70, 75)], {0: "a"}
    )
    text += lines.line(100, [52], [], [], [range(95, 100)], whole=False)
    assert parse_checkpoint(text, BOOKS, "f") == Checkpoint(100, [range(52, 53)], [range(95, 100)], {0: "a"})
    assert parse_checkpoint(lines.line(100, [52], [], [], [], whole=True), BOOKS, "f") == Checkpoint(
        100, [range(52, 53)], [], {0: "a"}
    )
    assert [json.loads(line)["done"] for line in text.splitlines()] == [10, 52, 52]


def test_many_scattered_rows_of_an_earlier_run_are_passed_one_after_the_other() -> None:
    """Each part was compared with all ranges of the earlier run, which took minutes."""
    left = Checkpoint(30_000, [range(place, place + 1) for place in range(0, 30_000, 3)], [range(7, 8)], {})
    resumption = Resumption(left, Action.CHECK)
    actions = Counter[Action]()
    while not resumption.is_over:
        count, action = resumption.take(1000)
        actions[action] += count
    assert actions == {Action.SEND: 10_000, Action.CHECK: 1, Action.SKIP: 19_999}


def test_the_file_is_replaced_before_it_grows_without_a_limit(tmp_path: Path) -> None:
    file = CheckpointFile(str(tmp_path / "place"))
    replaced = 0
    for number in range(3_000):
        line = f"{number} {'x' * 1_000}\n"
        replaced += file.is_full
        (file.replace if file.is_full else file.append)(line)
        assert number % 500 or file.read().endswith(line)
    assert 2 <= replaced <= 4
    assert (tmp_path / "place").stat().st_size < 1.2 * (1 << 20)
    file.replace("y" * (3 << 20))
    assert not file.is_full, "a line that tells everything may be long"


def test_collections_and_rows_have_fingerprints() -> None:
    fingerprint = bulk_checkpoint.fingerprint
    assert fingerprint(BOOKS) != fingerprint(dataclasses.replace(BOOKS, collection_id=8))
    assert fingerprint(BOOKS) != fingerprint(dataclasses.replace(BOOKS, fields=BOOKS.fields[:1]))
    assert fingerprint(BOOKS) == fingerprint(dataclasses.replace(BOOKS, aliases=("b",)))
    assert bulk_checkpoint.row_fingerprint({"id": 1}) != bulk_checkpoint.row_fingerprint({"id": 2})
    assert bulk_checkpoint.row_fingerprint({"id": object()}) == bulk_checkpoint.row_fingerprint({"id": object()})


@pytest.mark.parametrize(
    "text", ["x", "id,title", "x\n", "{}\n", "[]\n", "7\n", '{"done": "x"}\n', '{"done": 1, "read": 5}\n']
)
def test_other_files_are_not_checkpoints(text: str) -> None:
    with pytest.raises(ParamError, match="f is not a checkpoint of a bulk write"):
        parse_checkpoint(text, BOOKS, "f")


def test_rows_that_differ_from_those_of_the_earlier_run_are_refused_by_their_position() -> None:
    earlier = Checkpoint(5, [range(2, 3)], [], {0: "a", 2: "bad", 4: "b"})
    bulk_checkpoint.check_same_rows({0: "a", 2: "mended", 8: "new"}, earlier, "f")
    with pytest.raises(ParamError, match="f is the checkpoint of another source: row 4 differs"):
        bulk_checkpoint.check_same_rows({0: "a", 4: "x"}, earlier, "f")


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (0, 1), (0, 9), (1, 2), (3, 5), (5, 9), (1000, 5000)])
def test_sampled_positions_are_zero_and_the_powers_of_two(start: int, stop: int) -> None:
    powers = {0, *(1 << bit for bit in range(13))}
    assert list(bulk_checkpoint.sampled(start, stop)) == [place for place in range(start, stop) if place in powers]


def test_a_source_that_ends_too_early_is_another_one() -> None:
    resumption = Resumption(Checkpoint(3, [], [], {}), Action.SEND)
    assert resumption.take(2) == (2, Action.SKIP)
    with pytest.raises(ParamError, match="f is the checkpoint of another source: this one has 2 rows, and 3 were read"):
        resumption.check_end("f")


# --- a crash at any moment -------------------------------------------------------------------------------------------
class Crash(Exception):
    """The end of the process."""


class Run:
    """One run over the same source, which may crash and leaves a checkpoint."""

    def __init__(self, chance: random.Random, count: int, stored: Counter[int], left: Checkpoint | None) -> None:
        self.random, self.count, self.stored = chance, count, stored
        self.repeatable, self.verify = False, True
        self.left = left
        self.resumption = Resumption(left, Action.CHECK)
        self.text = ""
        self.lines = CheckpointLines(BOOKS, self.resumption)
        self.flying: list[Batch[int]] = []
        self.source = iter(range(count))
        self.bad = frozenset[int]()
        self.crash = 0.0
        self.trouble = 0.2

    def begin(self, scheduler: BulkScheduler[int]) -> None:
        self.scheduler = scheduler
        if not self.repeatable and not self.verify:
            scheduler.uncertain = [index for each in merged(self.resumption.checkpoint.unknown) for index in each]

    def save(self) -> None:
        scheduler, whole = self.scheduler, not self.text or self.random.random() < 0.3
        line = self.lines.line(
            scheduler.next_index, scheduler.rejected_indices, scheduler.uncertain, *scheduler.under_way(), whole=whole
        )
        self.text = line if whole else self.text + line

    @property
    def saved(self) -> Checkpoint | None:
        return parse_checkpoint(self.text, BOOKS, "f") if self.text else self.left

    def run(self) -> None:
        now = 0.0
        for _ in range(100_000):
            step = self.scheduler.next_step(now)
            if isinstance(step, Finish):
                return
            if isinstance(step, Send):
                self.save()
                self.flying.append(step.batch)
            elif isinstance(step, Read):
                self.read()
            if self.random.random() < self.crash:
                for batch in self.flying:
                    if not batch.is_check and self.random.random() < 0.5:
                        self.store(batch)
                raise Crash
            if self.flying and self.random.random() < 0.6:
                self.answer(self.flying.pop(self.random.randrange(len(self.flying))), now)
                self.save()
            now += 1.0
        raise AssertionError("it never finished")

    def read(self) -> None:
        rows = list(itertools.islice(self.source, self.random.randrange(1, 9)))
        if not rows:
            self.resumption.check_end("f")
            self.scheduler.exhausted()
        while rows:
            count, action = self.resumption.take(len(rows))
            part, rows = rows[:count], rows[count:]
            if action in (Action.SEND, Action.CHECK):
                self.scheduler.offer(part, is_check=action is Action.CHECK)
            else:
                self.scheduler.skip(count)

    def store(self, batch: Batch[int]) -> None:
        self.stored.update(set(batch.rows) if not self.repeatable else set(batch.rows) - set(self.stored))

    def answer(self, batch: Batch[int], now: float) -> None:
        wrong = next((place for place, row in enumerate(batch.rows) if row in self.bad), None)
        if batch.is_check:
            self.scheduler.checked(batch, [place for place, row in enumerate(batch.rows) if not self.stored[row]], now)
        elif wrong is not None:
            self.scheduler.failed(batch, Fault.CONTENT, ValueError("refused"), now, position=wrong)
        elif self.random.random() < self.trouble:
            fault = self.random.choice([Fault.RATE_LIMIT, Fault.LOST, Fault.LOST, Fault.FATAL])
            if fault is Fault.LOST and self.random.random() < 0.5:
                self.store(batch)
            self.scheduler.failed(batch, fault, ValueError("down"), now)
        else:
            self.store(batch)
            self.scheduler.succeeded(batch)


@pytest.mark.parametrize("block", range(10))
def test_runs_that_crash_again_and_again_store_each_row_once(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        chance = random.Random(seed)
        repeatable, verify, collect = (chance.random() < 0.5 for _ in range(3))
        count, stored = chance.randrange(120), Counter[int]()
        bad = frozenset(row for row in range(count) if chance.random() < 0.03)
        left: Checkpoint | None = None
        for attempt in range(60):
            run = Run(chance, count, stored, left)
            run.repeatable, run.verify = repeatable, verify
            unknown = Action.SEND if repeatable else Action.CHECK if verify else Action.LEAVE
            run.resumption = Resumption(left, unknown)
            run.lines = CheckpointLines(BOOKS, run.resumption)
            run.bad = bad if attempt < 40 else frozenset()  # mended in the end
            run.crash = 0.03 if attempt < 40 else 0.0
            run.trouble = 0.2 if attempt < 40 else 0.0
            run.begin(
                BulkScheduler[int](
                    in_flight=chance.randrange(1, 5), repeatable=repeatable, verify=verify, collect=collect
                )
            )
            with contextlib.suppress(Crash):
                run.run()
            left = run.saved
        assert set(stored.values()) <= {1}, f"seed {seed}: a row is stored twice"
        missing = set(range(count)) - set(stored)
        if repeatable or verify:
            assert not missing, f"seed {seed}: rows are lost"
        else:
            assert missing <= set(run.scheduler.uncertain), f"seed {seed}: rows are lost, and not uncertain"


def test_rows_before_a_refused_one_are_written_and_a_later_run_begins_with_it() -> None:
    scheduler = BulkScheduler[int](in_flight=1)
    scheduler.offer(list(range(10)))
    step = scheduler.next_step(0.0)
    assert isinstance(step, Send)
    scheduler.failed(step.batch, Fault.BAD_ROW, ValueError("refused"), 0.0, position=4)
    step = scheduler.next_step(0.0)
    assert isinstance(step, Send)
    assert list(step.batch.rows) == [0, 1, 2, 3]
    scheduler.succeeded(step.batch)
    assert scheduler.next_step(0.0) == Finish()
    unwritten, unknown = unfinished(scheduler)
    assert (merged(unwritten), unknown, scheduler.written) == ([range(4, 10)], [], 4)


@pytest.mark.parametrize(("upsert", "enough", "too_few"), [(False, 6, 5), (True, 1, 0)])
def test_a_collection_that_is_emptier_than_its_checkpoint_is_refused(upsert: bool, enough: int, too_few: int) -> None:
    options = bulk.bulk_options(
        "books", None, upsert=upsert, batch_bytes=1, batch_rows=None, in_flight=1, on_error="raise",
        on_uncertain="report", progress=None, checkpoint="f", namespace=None,
    )  # fmt: skip
    earlier = Checkpoint(9, [range(4, 6)], [range(7, 8)], {})
    bulk_checkpoint.check_not_emptier(earlier, enough, options)
    with pytest.raises(ParamError, match=f"f tells of 6 written rows, but collection 'books' has {too_few}: it was"):
        bulk_checkpoint.check_not_emptier(earlier, too_few, options)


def test_a_collection_without_a_number_is_told_by_when_it_was_created() -> None:
    first, second = (dataclasses.replace(BOOKS, collection_id=0, created_timestamp=moment) for moment in (1, 2))
    assert bulk_checkpoint.fingerprint(first) != bulk_checkpoint.fingerprint(second)
