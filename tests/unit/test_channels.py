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
