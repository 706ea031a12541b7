"""The schema cache: what is found at once is what the cache holds, and what is in use stays in it."""

from __future__ import annotations

import contextlib
import os
import threading

import pytest

from milvusclient.models.collection import CollectionInfo
from milvusclient.runtime import schema_cache
from milvusclient.runtime.schema_cache import CollectionKey
from tests.support.forks import in_child


def key(name: str, database: str = "default", address: str = "localhost:1") -> CollectionKey:
    return schema_cache.collection_key(address, database, name)


def remember(name: str, collection_id: int = 0) -> None:
    remember_as(key(name), CollectionInfo(name, collection_id=collection_id))


def remember_as(asked_for: CollectionKey, info: CollectionInfo) -> None:
    schema_cache.remember(asked_for, info, schema_cache.edition())


def found_id(name: str) -> int | None:
    info = schema_cache.lookup(key(name))
    return None if info is None else info.collection_id


def test_a_name_that_was_not_known_is_found_once_it_is() -> None:
    assert found_id("c") is None
    remember("c", 1)
    assert found_id("c") == 1


def test_a_schema_that_was_looked_up_is_replaced_and_forgotten() -> None:
    remember("c", 1)
    assert found_id("c") == 1
    remember("c", 2)
    assert found_id("c") == 2
    schema_cache.forget(key("c"))
    assert found_id("c") is None


def test_what_was_looked_up_goes_with_its_database() -> None:
    remember("c", 1)
    schema_cache.note_write(key("c"), 5)
    assert (found_id("c"), schema_cache.last_write(key("c"))) == (1, 5)
    schema_cache.forget_database("localhost:1", "default")
    assert (found_id("c"), schema_cache.last_write(key("c"))) == (None, 0)


def test_the_newest_write_is_found() -> None:
    assert schema_cache.last_write(key("c")) == 0
    for written, newest in ((5, 5), (7, 7), (6, 7)):
        schema_cache.note_write(key("c"), written)
        assert schema_cache.last_write(key("c")) == newest


def test_a_collection_in_use_outlives_thousands_of_others() -> None:
    remember("used", 1)
    remember("unused", 2)
    schema_cache.note_write(key("used"), 5)
    schema_cache.note_write(key("unused"), 5)
    for number in range(schema_cache._CAPACITY):
        remember(f"other_{number}")
        schema_cache.note_write(key(f"other_{number}"), 6)
        assert found_id("used") == 1
        assert schema_cache.last_write(key("used")) == 5
    assert found_id("unused") is None
    assert schema_cache.last_write(key("unused")) == 0


def test_asking_for_many_names_keeps_few() -> None:
    for number in range(2 * schema_cache._MOST_FOUND):
        assert found_id(f"other_{number}") is None
        assert schema_cache.last_write(key(f"other_{number}")) == 0
        assert len(schema_cache._found_schemas) <= schema_cache._MOST_FOUND
        assert len(schema_cache._found_writes) <= schema_cache._MOST_FOUND


def test_looking_up_the_same_again_waits_for_nobody() -> None:
    remember("c", 1)
    schema_cache.note_write(key("c"), 5)
    assert (found_id("c"), schema_cache.last_write(key("c"))) == (1, 5)
    found: list[tuple[int | None, int]] = []
    reader = threading.Thread(target=lambda: found.append((found_id("c"), schema_cache.last_write(key("c")))))
    with schema_cache._lock:
        reader.start()
        reader.join(10)
        assert found == [(1, 5)]


def test_whether_anything_is_known_or_written_is_said() -> None:
    assert not schema_cache.has_schemas()
    assert not schema_cache.has_writes()
    remember("c")
    schema_cache.note_write(key("c"), 5)
    assert schema_cache.has_schemas()
    assert schema_cache.has_writes()


def test_a_write_at_the_first_of_all_times_counts() -> None:
    schema_cache.note_write(key("c"), 1)
    assert schema_cache.last_write(key("c")) == 1


def test_each_way_of_forgetting_starts_an_edition_that_never_was_before() -> None:
    editions = [schema_cache.edition()]
    for _ in range(2):
        schema_cache.forget(key("c"))
        editions.append(schema_cache.edition())
        schema_cache.forget_database("localhost:1", "default")
        editions.append(schema_cache.edition())
    assert len(set(editions)) == 5


@pytest.mark.parametrize("everything", [False, True])
def test_a_schema_that_was_asked_for_before_a_change_is_not_kept_after_it(everything: bool) -> None:
    asked_in = schema_cache.edition()
    if everything:
        schema_cache.forget_database("localhost:1", "default")
    else:
        schema_cache.forget(key("c"))
    schema_cache.remember(key("c"), CollectionInfo("c", collection_id=1), asked_in)
    assert found_id("c") is None
    remember("c", 2)
    assert found_id("c") == 2, "who asks after the change is told the truth"


@pytest.mark.parametrize("changed", ["c", "first", "second"])
def test_a_change_under_one_name_is_a_change_under_all_of_them(changed: str) -> None:
    for name in ("c", "first", "second"):
        remember_as(key(name), CollectionInfo("c", collection_id=7))
    schema_cache.forget(key(changed))
    assert [found_id(name) for name in ("c", "first", "second")] == [None, None, None]


@pytest.mark.parametrize("changed", ["c", "unasked"])
def test_a_change_under_a_name_that_was_never_asked_for_is_one_under_the_others(changed: str) -> None:
    remember_as(key("first"), CollectionInfo("c", collection_id=7, aliases=("first", "unasked")))
    schema_cache.forget(key(changed))
    assert found_id("first") is None


@pytest.mark.parametrize("changed", ["c", "first", "unasked"])
def test_a_change_of_one_collection_forgets_no_other(changed: str) -> None:
    for name in ("c", "first"):
        remember_as(key(name), CollectionInfo("c", collection_id=7, aliases=("first", "unasked")))
    others = [key("other"), key("c", database="another"), key("c", address="localhost:2")]
    remember_as(others[0], CollectionInfo("other", collection_id=8, aliases=("its_own",)))
    for other in others[
        1:
    ]:  # another database has a collection with the same name, another server one with the same id
        remember_as(other, CollectionInfo("c", collection_id=7, aliases=("first", "unasked")))
    schema_cache.forget(key(changed))
    assert all(schema_cache.lookup(other) is not None for other in others)


def test_dropping_a_database_forgets_nothing_of_another_one() -> None:
    others = [key("c", database="another"), key("c", address="localhost:2")]
    for each in [key("c"), *others]:
        remember_as(each, CollectionInfo("c"))
        schema_cache.note_write(each, 5)
    schema_cache.forget_database("localhost:1", "default")
    assert found_id("c") is None
    assert all(schema_cache.lookup(other) is not None for other in others)
    assert [schema_cache.last_write(each) for each in [key("c"), *others]] == [0, 5, 5]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork() is of Unix")
@pytest.mark.parametrize("being_changed", [False, True])
def test_a_forked_child_never_waits_for_a_thread_that_it_does_not_have(being_changed: bool) -> None:
    remember("c", 1)
    schema_cache.note_write(key("c"), 5)

    def child() -> None:  # what a thread of the parent was changing may be half changed, and is not used
        assert found_id("c") == (None if being_changed else 1)
        assert schema_cache.last_write(key("c")) == (0 if being_changed else 5)
        remember("d", 2)
        assert found_id("d") == 2

    with schema_cache._lock if being_changed else contextlib.nullcontext():
        assert in_child(child) == 0
