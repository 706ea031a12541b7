"""Which channel a call takes, when a channel is renewed, and which address it dials."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusclient.config.uri import Target, parse_uri
from milvusclient.policy.channels import (
    LARGE,
    AddressBook,
    casts_doubt,
    choose_channel,
    extra_load,
    renewal_time,
    retry_pause,
)


@dataclass(eq=False)
class Stub:
    """A channel as the choice sees it."""

    load: int = 0
    valid_handshake: int = 1


def targets(names: str) -> tuple[Target, ...]:
    target = parse_uri(names).target
    return target.members or (target,)


# --- which channel a call takes ------------------------------------------------------------------------------------
def test_a_call_takes_the_channel_with_the_fewest_calls_in_flight() -> None:
    channels = [Stub(3), Stub(1), Stub(2)]
    assert {choose_channel(channels, turn).load for turn in range(6)} == {1}


def test_calls_one_after_another_take_each_channel_in_turn() -> None:
    channels = [Stub(), Stub(), Stub()]
    assert [choose_channel(channels, turn) for turn in range(4)] == [*channels, channels[0]]


def test_of_channels_with_as_few_calls_the_first_in_turn_is_taken() -> None:
    channels = [Stub(2), Stub(1), Stub(1), Stub(3)]
    assert [choose_channel(channels, turn) for turn in range(4)] == [channels[1], channels[1], channels[2], channels[1]]


def test_a_large_request_counts_as_many_calls() -> None:
    busy = Stub(1 + extra_load(30 << 20))
    many_small_calls = Stub(400)
    assert choose_channel([busy, many_small_calls], 0) is many_small_calls
    assert extra_load(LARGE - 1) == 0


@given(st.lists(st.builds(Stub, st.integers(0, 9), st.integers(0, 1)), min_size=1, max_size=9), st.integers(0, 99))
def test_a_channel_whose_server_answers_is_preferred(channels: list[Stub], turn: int) -> None:
    chosen = choose_channel(channels, turn)
    ready = [channel.load for channel in channels if channel.valid_handshake]
    if ready:
        assert chosen.valid_handshake
        assert chosen.load == min(ready)


def test_without_any_that_answers_each_is_tried_in_turn() -> None:
    channels = [Stub(0, 0), Stub(5, 0), Stub(9, 0)]
    assert [choose_channel(channels, turn).load for turn in range(4)] == [0, 5, 9, 0]


# --- times ---------------------------------------------------------------------------------------------------------
@given(st.floats(0, 1e6), st.floats(0.1, 1e6), st.floats(0, 1, exclude_max=True))
def test_a_channel_is_renewed_before_it_is_too_old(now: float, max_age: float, jitter: float) -> None:
    assert now + 0.7 * max_age <= renewal_time(now, max_age, jitter) <= now + max_age


def test_channels_of_the_same_age_are_not_renewed_together() -> None:
    assert renewal_time(0, 100, 0.0) - renewal_time(0, 100, 0.9) > 10


def test_without_max_age_there_is_no_renewal() -> None:
    assert renewal_time(5.0, 0.0, 0.5) == float("inf")


@given(st.integers(1, 100_000), st.floats(0, 1, exclude_max=True))
def test_a_dead_address_is_tried_again_within_seconds(failures: int, jitter: float) -> None:
    assert 0.05 <= retry_pause(failures, jitter) <= 2


def test_the_pause_of_a_dead_address_doubles_up_to_two_seconds() -> None:
    book = AddressBook(targets("a,b"))
    pauses = []
    for _ in range(7):
        book.failed("a:19530", 10.0, 0.0)
        pauses.append(round(book.not_before("a:19530") - 10.0, 6))
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


@pytest.mark.parametrize(
    ("status", "doubtful"),
    [("UNAVAILABLE", True), ("DEADLINE_EXCEEDED", True), ("INTERNAL", False), ("UNAUTHENTICATED", False)],
)
def test_a_server_that_does_not_answer_is_doubted_and_one_that_refuses_is_not(status: str, doubtful: bool) -> None:
    assert casts_doubt(status) is doubtful


# --- addresses -----------------------------------------------------------------------------------------------------
def spread(book: AddressBook, count: int) -> list[str]:
    chosen: list[str] = []
    for _ in range(count):
        chosen.append(book.choose("", chosen, 0.0).address)
    return chosen


@pytest.mark.parametrize("start", range(3))
def test_channels_are_spread_evenly_over_the_addresses(start: int) -> None:
    chosen = spread(AddressBook(targets("a,b,c"), start), 7)
    assert sorted(chosen.count(address) for address in set(chosen)) == [2, 2, 3]


def test_clients_with_one_channel_do_not_all_choose_the_first_address() -> None:
    assert {spread(AddressBook(targets("a,b,c"), start), 1)[0] for start in range(3)} == {
        "a:19530",
        "b:19530",
        "c:19530",
    }


def test_a_channel_of_a_dead_address_moves_to_one_that_nobody_uses() -> None:
    book = AddressBook(targets("a,b,c"))
    book.failed("a:19530", 10.0, 0.0)
    assert book.choose("a:19530", ["b:19530"], 10.0).address == "c:19530"


def test_a_channel_of_a_dead_address_stays_where_each_address_has_its_channel() -> None:
    book = AddressBook(targets("a,b,c"))
    book.failed("a:19530", 10.0, 0.0)
    assert book.choose("a:19530", ["b:19530", "c:19530"], 10.0).address == "a:19530"
    assert book.not_before("a:19530") > 10.0
    book.answered("a:19530")
    assert book.not_before("a:19530") == 0.0


def test_a_channel_stays_at_its_address_when_nothing_speaks_against_it() -> None:
    book = AddressBook(targets("a,b,c"))
    assert [book.choose(target.address, [], 0.0) for target in book.targets] == list(book.targets)


def test_an_address_that_appears_gets_a_channel_of_those_that_have_several() -> None:
    book = AddressBook(targets("a,b"))
    assert book.update(targets("a,b,c"))
    assert book.choose("a:19530", ["a:19530", "b:19530", "b:19530"], 0.0).address == "c:19530"
    assert not book.update(targets("a,b,c"))


def test_an_address_that_is_gone_is_left_and_its_failures_are_forgotten() -> None:
    book = AddressBook(targets("a,b"))
    book.failed("a:19530", 0.0, 0.0)
    assert book.update(targets("b"))
    assert book.choose("a:19530", [], 0.0).address == "b:19530"
    assert book.not_before("a:19530") == 0.0


def test_the_first_address_is_the_first_choice_unless_another_start_is_given() -> None:
    assert [target.address for target in AddressBook(targets("a,b,c")).targets] == ["a:19530", "b:19530", "c:19530"]
    assert [target.address for target in AddressBook(targets("a,b,c"), 4).targets] == ["b:19530", "c:19530", "a:19530"]


def test_an_address_that_failed_is_left_even_after_its_pause() -> None:
    book = AddressBook(targets("a,b"))
    book.failed("a:19530", 0.0, 0.0)
    assert book.choose("a:19530", [], 99.0).address == "b:19530"


def test_of_addresses_that_failed_as_often_that_one_is_taken_which_may_be_tried_sooner() -> None:
    book = AddressBook(targets("a,b"))
    book.failed("a:19530", 10.0, 0.0)
    book.failed("b:19530", 9.95, 0.0)
    assert book.choose("a:19530", [], 10.0).address == "b:19530"
    assert book.choose("a:19530", [], 99.0).address == "a:19530", "both pauses are over, so it may stay"


def test_an_address_that_answers_is_as_good_as_new() -> None:
    book = AddressBook(targets("a,b"))
    book.answered("a:19530")
    book.failed("a:19530", 10.0, 0.0)
    book.answered("a:19530")
    assert book.choose("a:19530", [], 10.0).address == "a:19530"
    book.failed("a:19530", 10.0, 0.0)
    assert book.not_before("a:19530") == pytest.approx(10.1), "it begins with the shortest pause again"
