"""The schema cache: what is found at once is what the cache holds, and what is in use stays in it."""

from __future__ import annotations

from milvusclient.models.collection import CollectionInfo
from milvusclient.runtime import schema_cache
from milvusclient.runtime.schema_cache import CollectionKey


def key(name: str) -> CollectionKey:
    return schema_cache.collection_key("localhost:1", "default", name)


def remember(name: str, collection_id: int = 0) -> None:
    schema_cache.remember(key(name), CollectionInfo(name, collection_id=collection_id), schema_cache.edition())


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
