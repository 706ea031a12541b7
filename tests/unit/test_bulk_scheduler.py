"""The scheduler of bulk writes: nothing is lost or stored twice, whatever goes wrong."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from milvusclient.policy.bulk import (
    _FIRST_DELAY,
    _LONGEST_DELAY,
    Batch,
    BulkScheduler,
    Fault,
    Finish,
    Read,
    Send,
    Step,
    Wait,
)
from tests.support.unfinished import unfinished

BAD = ValueError("refused")


def sent(scheduler: BulkScheduler[int], now: float = 0.0) -> Batch[int]:
    step = scheduler.next_step(now)
    assert isinstance(step, Send), step
    assert scheduler.leaves(step.batch)
    return step.batch


def test_batches_fly_up_to_the_window_and_then_are_awaited() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    for rows in ([1, 2], [3]):
        assert isinstance(scheduler.next_step(0.0), Read)
        scheduler.offer(rows)
        assert list(sent(scheduler).rows) == rows
    assert scheduler.next_step(0.0) == Wait(None)


def test_it_finishes_when_the_source_ends_and_all_is_written() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2])
    batch = sent(scheduler)
    scheduler.exhausted()
    assert scheduler.next_step(0.0) == Wait(None)
    scheduler.succeeded(batch)
    assert isinstance(scheduler.next_step(0.0), Finish)
    assert (scheduler.written, unfinished(scheduler), scheduler.error) == (2, ([], []), None)


def test_a_refused_batch_is_halved_until_the_row_is_found() -> None:
    scheduler = BulkScheduler[int](in_flight=1, collect=True)
    scheduler.offer(list(range(8)))
    scheduler.exhausted()
    requests = 0
    while not isinstance(scheduler.next_step(0.0), Finish):
        pass_on = scheduler._flying or [sent(scheduler)]
        requests += 1
        if 5 in pass_on[0].rows:
            scheduler.failed(pass_on[0], Fault.CONTENT, BAD, 0.0)
        else:
            scheduler.succeeded(pass_on[0])
    assert (scheduler.written, scheduler.rejected) == (7, [(5, 5, BAD)])


def test_a_row_that_is_known_to_be_bad_is_taken_out() -> None:
    scheduler = BulkScheduler[int](in_flight=1, collect=True, next_index=10)
    scheduler.offer([7, 8, 9])
    scheduler.failed(sent(scheduler), Fault.BAD_ROW, BAD, 0.0, position=1)
    batch = sent(scheduler)
    assert (list(batch.rows), list(batch.indices)) == ([7, 9], [10, 12])
    assert scheduler.rejected == [(11, 8, BAD)]


def test_without_collect_a_bad_row_stops_the_write_and_what_flies_is_awaited() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1])
    first = sent(scheduler)
    scheduler.offer([2, 3])
    scheduler.failed(sent(scheduler), Fault.BAD_ROW, BAD, 0.0, position=0)
    assert scheduler.next_step(0.0) == Wait(None)
    scheduler.succeeded(first)
    assert isinstance(scheduler.next_step(0.0), Finish)
    assert (scheduler.written, scheduler.error, unfinished(scheduler)) == (1, BAD, ([range(1, 2), range(2, 3)], []))


def test_a_rate_limit_halves_the_window_once_for_batches_that_flew_together() -> None:
    scheduler = BulkScheduler[int](in_flight=4)
    flying = []
    for row in range(4):
        scheduler.offer([row])
        flying.append(sent(scheduler))
    for batch in flying:
        scheduler.failed(batch, Fault.RATE_LIMIT, BAD, 0.0)
    assert (scheduler.window, scheduler.throttled) == (2, 4)
    step = scheduler.next_step(0.0)
    assert isinstance(step, Wait)
    assert step.until is not None
    later = step.until
    for _ in range(2):
        sent(scheduler, later)
    assert scheduler.next_step(later) == Wait(None)


def test_each_round_of_refusals_halves_the_window_once() -> None:
    scheduler = BulkScheduler[int](in_flight=8)
    for row in range(8):
        scheduler.offer([row])
    windows = []
    for minute in range(4):
        flying = []
        while isinstance(step := scheduler.next_step(60.0 * minute), Send):
            flying.append(step.batch)
        for batch in flying:
            scheduler.failed(batch, Fault.RATE_LIMIT, BAD, 60.0 * minute)
        windows.append(scheduler.window)
    assert windows == [4, 2, 1, 1]


def test_pauses_double_up_to_a_limit() -> None:
    scheduler = BulkScheduler[int](in_flight=1, repeatable=True)
    scheduler.offer([1])
    now, pauses = 0.0, []
    for _ in range(12):
        scheduler.failed(sent(scheduler, now), Fault.RATE_LIMIT, BAD, now)
        step = scheduler.next_step(now)
        assert isinstance(step, Wait)
        assert step.until is not None
        pauses.append(step.until - now)
        now = step.until
    first, longest = pauses[0], pauses[-1]
    assert first < longest
    assert pauses == pytest.approx([min(longest, first * 2**count) for count in range(12)])
    assert (first, longest) == pytest.approx((_FIRST_DELAY, _LONGEST_DELAY))


def test_after_a_refusal_the_window_grows_only_after_as_many_successes() -> None:
    scheduler = BulkScheduler[int](in_flight=4)
    for row in range(8):
        scheduler.offer([row])
    scheduler.failed(sent(scheduler), Fault.RATE_LIMIT, BAD, 0.0)
    windows = []
    for _ in range(5):
        scheduler.succeeded(sent(scheduler))
        windows.append(scheduler.window)
    assert windows == [2, 3, 3, 3, 4]


def test_the_rows_before_one_that_is_refused_are_still_written() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2, 3, 4])
    scheduler.failed(sent(scheduler), Fault.BAD_ROW, BAD, 0.0, position=2)
    before = sent(scheduler)
    assert (list(before.rows), list(before.indices)) == ([1, 2], [0, 1])
    scheduler.succeeded(before)
    assert isinstance(scheduler.next_step(0.0), Finish)
    assert (scheduler.written, scheduler.error) == (2, BAD)
    assert unfinished(scheduler) == ([range(2, 3), range(3, 4)], [])


def test_the_error_is_that_of_the_first_row_that_is_refused() -> None:
    first, second = ValueError("first"), ValueError("second")
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1])
    early = sent(scheduler)
    scheduler.offer([2])
    scheduler.failed(sent(scheduler), Fault.BAD_ROW, second, 0.0, position=0)
    scheduler.failed(early, Fault.BAD_ROW, first, 0.0, position=0)
    assert scheduler.error is first
    late = BulkScheduler[int](in_flight=2)
    late.offer([1])
    early = sent(late)
    late.offer([2])
    batch = sent(late)
    late.failed(early, Fault.BAD_ROW, first, 0.0, position=0)
    late.failed(batch, Fault.BAD_ROW, second, 0.0, position=0)
    assert late.error is first


def test_nothing_is_sent_any_more_after_a_stop() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2])
    scheduler.stop(BAD)
    assert isinstance(scheduler.next_step(0.0), Finish)
    assert unfinished(scheduler) == ([range(2)], [])


def test_the_window_grows_by_one_after_as_many_successes() -> None:
    scheduler = BulkScheduler[int](in_flight=3)
    scheduler.offer([0])
    scheduler.failed(sent(scheduler), Fault.RATE_LIMIT, BAD, 0.0)
    windows = [scheduler.window]
    for _ in range(4):
        if not scheduler._pending:
            scheduler.offer([0])
        scheduler.succeeded(sent(scheduler, 99.0))
        windows.append(scheduler.window)
    assert windows == [1, 2, 2, 3, 3]


def test_a_lost_insert_is_never_sent_again() -> None:
    scheduler = BulkScheduler[int](in_flight=1, collect=True)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
    assert isinstance(scheduler.next_step(0.0), Read)
    assert scheduler.uncertain_ranges() == [range(2)]


def test_a_lost_upsert_is_sent_again_after_a_while() -> None:
    scheduler = BulkScheduler[int](in_flight=1, repeatable=True)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), Fault.LOST, BAD, 5.0)
    step = scheduler.next_step(5.0)
    assert isinstance(step, Wait)
    assert step.until is not None
    assert list(sent(scheduler, step.until).rows) == [1, 2]


def test_a_lost_insert_can_be_verified_and_only_missing_rows_are_sent() -> None:
    scheduler = BulkScheduler[int](in_flight=1, verify=True)
    scheduler.offer([1, 2, 3])
    scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
    check = sent(scheduler)
    assert check.is_check
    scheduler.checked(check, [1, 2], 0.0)
    step = scheduler.next_step(0.0)
    assert step == Wait(1.0), "the server may carry the insert out meanwhile"
    check = sent(scheduler, 1.0)
    assert (list(check.rows), check.is_check) == ([2, 3], True)
    scheduler.checked(check, [0], 1.0)
    again = sent(scheduler, 1.0)
    assert (list(again.rows), list(again.indices), again.is_check) == ([2], [1], False)
    scheduler.succeeded(again)
    assert (scheduler.written, scheduler.uncertain) == (3, [])


def test_uncertain_rows_are_an_error_at_the_end_unless_they_are_collected() -> None:
    for collect in (False, True):
        scheduler = BulkScheduler[int](in_flight=1, collect=collect)
        scheduler.offer([1])
        scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
        assert isinstance(scheduler.next_step(0.0), Read), "the rest is written first"
        assert scheduler.error is (None if collect else BAD)


def test_no_more_is_read_when_lost_rows_cannot_be_looked_up_because_the_server_is_away() -> None:
    for fault, step in ((Fault.LOST, Read), (Fault.FATAL, Finish)):
        scheduler = BulkScheduler[int](in_flight=1, verify=True, collect=True)
        scheduler.offer([1])
        scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
        scheduler.failed(sent(scheduler), fault, BAD, 0.0)
        assert isinstance(scheduler.next_step(0.0), step)
        assert scheduler.uncertain_ranges() == [range(1)]
        assert scheduler.error is (BAD if step is Finish else None)


def test_an_interrupted_write_reports_what_was_still_flying() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2])
    sent(scheduler)
    scheduler.offer([3])
    scheduler.stop(KeyboardInterrupt())
    scheduler.abandon()
    assert isinstance(scheduler.next_step(0.0), Finish)
    assert (scheduler.uncertain_ranges(), scheduler.written) == ([range(2)], 0)


# --- a server that does everything that servers do ------------------------------------------------------------------
@dataclass
class Server:
    """Stores rows, refuses odd ones, and fails at random."""

    random: random.Random
    bad: set[int]
    repeatable: bool
    largest: int
    trouble: float
    stored: Counter[int] = field(default_factory=Counter)

    def answer(self, scheduler: BulkScheduler[int], batch: Batch[int], now: float) -> None:
        rows = list(batch.rows)
        if batch.is_check:
            if self.random.random() < self.trouble:
                scheduler.failed(batch, self.random.choice([Fault.LOST, Fault.LOST, Fault.FATAL]), BAD, now)
            else:
                scheduler.checked(batch, [p for p, row in enumerate(rows) if not self.stored[row]], now)
            return
        wrong = next((p for p, row in enumerate(rows) if row in self.bad), None)
        if wrong is not None:
            if self.random.random() < 0.5:
                scheduler.failed(batch, Fault.BAD_ROW, BAD, now, position=wrong)
            else:
                scheduler.failed(batch, Fault.CONTENT, BAD, now)
        elif len(rows) > self.largest:
            scheduler.failed(batch, Fault.TOO_LARGE, BAD, now)
        elif self.random.random() < self.trouble:
            self._fail(scheduler, batch, now)
        else:
            self.stored.update(rows)
            scheduler.succeeded(batch)

    def _fail(self, scheduler: BulkScheduler[int], batch: Batch[int], now: float) -> None:
        fault = self.random.choice([Fault.RATE_LIMIT] * 4 + [Fault.LOST] * 4 + [Fault.OUTDATED] * 4 + [Fault.FATAL])
        if fault is Fault.LOST and self.random.random() < 0.5:
            self.stored.update(batch.rows)
        scheduler.failed(batch, fault, BAD, now)


class Simulation:
    """One write with random rows, faults and order of answers; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = chance = random.Random(seed)
        self.count = chance.randrange(200)
        self.most = chance.randrange(1, 30)
        self.scheduler = BulkScheduler[int](
            in_flight=chance.randrange(1, 6),
            repeatable=chance.random() < 0.5,
            verify=chance.random() < 0.5,
            collect=chance.random() < 0.8,
        )
        bad = {row for row in range(self.count) if chance.random() < 0.02}
        self.server = Server(
            chance, bad, self.scheduler.repeatable, chance.randrange(1, 40), chance.choice([0, 0.1, 0.4])
        )
        self.source = iter(range(self.count))
        self.flying: list[Batch[int]] = []
        self.now = 0.0

    def run(self) -> None:
        for _ in range(100_000):
            step = self.scheduler.next_step(self.now)
            if isinstance(step, Finish):
                return
            self.follow(step)
            if self.flying and (isinstance(step, Wait) or self.random.random() < 0.3):
                batch = self.flying.pop(self.random.randrange(len(self.flying)))
                self.server.answer(self.scheduler, batch, self.now)
            held = sum(len(batch.rows) for batch in (*self.scheduler._pending, *self.scheduler._flying))
            assert held <= self.scheduler.in_flight * self.most, "more rows in memory than allowed"
            self.now += 0.001
        raise AssertionError("it never finished")

    def follow(self, step: Step[int]) -> None:
        if isinstance(step, Send):
            self.flying.append(step.batch)
            assert len(self.flying) <= self.scheduler.window <= self.scheduler.in_flight
        elif isinstance(step, Read):
            rows = list(itertools.islice(self.source, self.most))
            self.scheduler.offer(rows)
            if not rows:
                self.scheduler.exhausted()
        elif isinstance(step, Wait) and step.until is not None and (not self.flying or self.random.random() < 0.5):
            self.now = max(self.now, step.until)

    def check(self) -> None:
        scheduler, stored = self.scheduler, self.server.stored
        rejected = [index for index, _, _ in scheduler.rejected]
        uncertain = set(scheduler.uncertain)
        unwritten = {index for batch in scheduler._unwritten for index in batch.indices} - uncertain
        fates = Counter([*rejected, *uncertain, *unwritten])
        written = set(range(scheduler.next_index)) - set(fates)
        assert len(scheduler.uncertain) == len(uncertain)
        assert set(fates.values()) <= {1}, "a row has two fates"
        assert len(written) == scheduler.written
        assert all(stored[row] for row in written), "a row is reported as written, and is not stored"
        if not scheduler.repeatable:
            assert set(stored.values()) <= {1}, "a row is stored twice"
            assert not any(stored[row] for row in (*rejected, *unwritten)), "a row is stored, and not reported"
        if scheduler.error is None:
            assert scheduler.next_index == self.count
            assert not unwritten
            assert scheduler.collect or not fates
        assert unwritten | set(rejected) | uncertain == {
            index for ranges in unfinished(scheduler) for positions in ranges for index in positions
        }


@pytest.mark.parametrize("is_check", [False, True])
def test_rows_that_may_be_stored_are_uncertain_if_the_write_stops_before_they_are_sent_again(is_check: bool) -> None:
    scheduler = BulkScheduler[int](in_flight=2, repeatable=not is_check, verify=is_check)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
    scheduler.stop(BAD)
    assert scheduler.uncertain_ranges() == [range(2)]


def test_a_batch_that_was_not_sent_after_all_is_not_uncertain() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2])
    step = scheduler.next_step(0.0)
    assert isinstance(step, Send)
    scheduler.stop(KeyboardInterrupt())
    scheduler.abandon()
    assert isinstance(scheduler.next_step(0.0), Finish)
    assert (unfinished(scheduler), scheduler.uncertain_ranges()) == (([range(2)], []), [])
    assert not scheduler.leaves(step.batch), "it comes too late"


def test_a_batch_that_is_sent_again_did_not_leave_yet() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), Fault.RATE_LIMIT, BAD, 0.0)
    assert isinstance(scheduler.next_step(1.0), Send)
    scheduler.stop(KeyboardInterrupt())
    scheduler.abandon()
    assert (unfinished(scheduler), scheduler.uncertain_ranges()) == (([range(2)], []), [])


@pytest.mark.parametrize("block", range(10))
def test_each_row_has_one_fate_whatever_fails(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        simulation = Simulation(seed)
        try:
            simulation.run()
            simulation.check()
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def test_an_upsert_that_is_lost_again_and_again_ends_the_write_and_is_uncertain() -> None:
    scheduler = BulkScheduler[int](in_flight=1, repeatable=True, collect=True)
    scheduler.offer([1, 2])
    now = 0.0
    while not isinstance(step := scheduler.next_step(now), Finish):
        if isinstance(step, Send):
            scheduler.failed(step.batch, Fault.LOST, BAD, now)
        elif isinstance(step, Wait):
            assert step.until is not None
            now = step.until
    assert (scheduler.error, scheduler.uncertain_ranges(), scheduler.retries) == (BAD, [range(2)], 8)
    assert now > 5, "with growing pauses"


# --- what is known in between -----------------------------------------------------------------------------------------
def test_while_it_runs_what_is_under_way_may_be_stored_and_what_waits_is_not() -> None:
    scheduler = BulkScheduler[int](in_flight=2)
    scheduler.offer([1, 2])
    sent(scheduler)
    scheduler.offer([3])
    assert unfinished(scheduler) == ([range(2, 3)], [range(2)])


def test_rows_whose_reply_was_lost_may_be_stored_while_they_wait_to_be_sent_again() -> None:
    scheduler = BulkScheduler[int](in_flight=2, repeatable=True)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
    assert unfinished(scheduler) == ([], [range(2)])


@pytest.mark.parametrize("last", [Fault.OUTDATED, Fault.FATAL])
def test_a_reply_that_was_lost_is_not_forgotten_when_the_next_one_says_no(last: Fault) -> None:
    scheduler = BulkScheduler[int](in_flight=1, repeatable=True)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), Fault.LOST, BAD, 0.0)
    scheduler.failed(sent(scheduler, 99.0), last, BAD, 99.0)
    scheduler.stop(BAD)
    assert (unfinished(scheduler), scheduler.uncertain_ranges()) == (([], [range(2)]), [range(2)])


@pytest.mark.parametrize("fault", [Fault.OUTDATED, Fault.FATAL])
def test_rows_that_were_only_refused_are_surely_not_stored(fault: Fault) -> None:
    scheduler = BulkScheduler[int](in_flight=1, repeatable=True)
    scheduler.offer([1, 2])
    scheduler.failed(sent(scheduler), fault, BAD, 0.0)
    scheduler.stop(BAD)
    assert (unfinished(scheduler), scheduler.error) == (([range(2)], []), BAD)


def test_a_batch_of_one_refused_row_is_not_sent_again() -> None:
    scheduler = BulkScheduler[int](in_flight=1, collect=True)
    scheduler.offer([1])
    scheduler.failed(sent(scheduler), Fault.BAD_ROW, BAD, 0.0, position=0)
    assert (scheduler.rejected, scheduler.retries) == ([(0, 1, BAD)], 0)


# --- rows that may be there already -----------------------------------------------------------------------------------
def test_rows_of_an_earlier_run_are_looked_up_before_they_are_sent() -> None:
    scheduler = BulkScheduler[int](in_flight=1)
    scheduler.offer([1, 2], is_check=True)
    batch = sent(scheduler)
    assert (list(batch.rows), batch.is_check, batch.may_be_stored) == ([1, 2], True, True)
    fresh = BulkScheduler[int](in_flight=1)
    fresh.offer([1, 2])
    batch = sent(fresh)
    assert (batch.is_check, batch.may_be_stored) == (False, False)


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_rows_are_uncertain_until_they_were_looked_up_twice(looks: int) -> None:
    scheduler = BulkScheduler[int](in_flight=1)
    scheduler.offer([1, 2, 3], is_check=True)
    for _ in range(looks):
        batch = sent(scheduler, 99.0)
        scheduler.checked(batch, [row for row, at in enumerate(batch.indices) if at > 0], 0.0)
    scheduler.stop(BAD)
    left = range(1, 3) if looks else range(3)
    assert scheduler.uncertain_ranges() == ([] if looks == 2 else [left])
    assert unfinished(scheduler) == (([left], []) if looks == 2 else ([], [left]))


def test_rows_before_the_end_of_a_write_are_still_looked_up_and_not_sent_blindly() -> None:
    scheduler = BulkScheduler[int](in_flight=1)
    scheduler.offer([1, 2], is_check=True)
    scheduler.stop(BAD, before=1)
    batch = sent(scheduler)
    assert (list(batch.rows), batch.is_check) == ([1], True)
    assert scheduler.uncertain_ranges() == [range(1, 2)]


# --- rows that never become part of a batch ---------------------------------------------------------------------------
def test_a_row_that_cannot_be_read_is_refused_at_its_position_and_the_next_one_keeps_its_own() -> None:
    scheduler = BulkScheduler[int](in_flight=1, collect=True, next_index=10)
    scheduler.reject_unread(7, BAD)
    scheduler.offer([8])
    assert scheduler.rejected == [(10, 7, BAD)]
    assert list(sent(scheduler).indices) == [11]


def test_rows_that_an_earlier_run_has_dealt_with_are_counted_and_not_sent() -> None:
    scheduler = BulkScheduler[int](in_flight=1, next_index=10)
    scheduler.skip(5)
    scheduler.offer([8])
    assert list(sent(scheduler).indices) == [15]
    assert scheduler.written == 0
