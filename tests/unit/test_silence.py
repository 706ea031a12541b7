"""When a channel on which calls wait is looked at."""

from __future__ import annotations

import itertools

from milvusclient.policy.silence import Silence, Verdict, attempt_seconds


def test_a_second_without_an_answer_is_looked_into() -> None:
    silence = Silence()
    assert silence.look(10.0, True, 5) is Verdict.WAIT
    assert silence.look(10.9, True, 5) is Verdict.WAIT
    assert silence.look(11.0, True, 5) is Verdict.PROBE


def test_an_answer_to_any_call_is_a_sign_of_life() -> None:
    silence = Silence()
    for tenths in range(100):
        assert silence.look(tenths / 10, True, tenths // 5) is Verdict.WAIT


def test_a_slow_server_is_left_alone_for_longer_each_time() -> None:
    silence = Silence()
    silence.look(0.0, True, 0)
    waits, last = [], 0.0
    for tenths in range(1, 2_000):
        if silence.look(tenths / 10, True, 0) is Verdict.PROBE:
            silence.answered(tenths / 10)
            waits.append(round(tenths / 10 - last))
            last = tenths / 10
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30]
    assert silence.look(300.0, True, 1) is Verdict.WAIT
    assert silence.look(301.0, True, 1) is Verdict.PROBE, "after an answer it is as at first"


def test_watching_ends_when_no_calls_are_made() -> None:
    silence = Silence()
    looks = [silence.look(tick / 4, tick < 3, tick) for tick in range(7)]
    assert looks == [Verdict.WAIT] * 6 + [Verdict.END]


def test_a_channel_on_which_nothing_was_ever_called_is_watched_for_a_few_looks() -> None:
    silence = Silence()
    assert [silence.look(tick / 4, False, 0) for tick in range(4)] == [Verdict.WAIT] * 3 + [Verdict.END]


def test_the_first_look_begins_the_silence_however_many_calls_ended_before() -> None:
    for ended in range(3):
        assert Silence().look(10.0, True, ended) is Verdict.WAIT


def test_the_time_without_calls_is_no_silence() -> None:
    silence = Silence()
    silence.look(0.0, False, 3)
    assert silence.look(1.0, False, 3) is Verdict.WAIT
    assert silence.look(1.1, True, 3) is Verdict.WAIT


def test_no_attempt_leaves_a_gap_of_more_than_a_second() -> None:
    """The kernel repeats a lost SYN after a second."""
    at, sent = 0.0, []
    for number in range(9):
        seconds = attempt_seconds(number)
        sent += [at, *([at + 1] if seconds > 1 else [])]
        at += seconds
    assert max(later - earlier for earlier, later in itertools.pairwise(sent)) < 1.01
