"""A call with wrong arguments is a TypeError that names the call and the keyword that was meant."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import traceback
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

import milvusclient
from milvusclient import (
    AnnSearchRequest,
    AsyncMilvusClient,
    CollectionSchema,
    DataType,
    FieldSchema,
    Function,
    FunctionType,
    MilvusClient,
    ParamError,
    RetryPolicy,
    RRFRanker,
    connections,
)
from milvusclient._keywords import suggest_keywords
from milvusclient.exceptions import TypeError as RefusedType

CLASSES = sorted(
    (value for name in milvusclient.__all__ if inspect.isclass(value := getattr(milvusclient, name))),
    key=lambda cls: cls.__name__,
)

CALLS: list[tuple[str, Callable[[dict[str, Any]], object], str, str]] = [
    ("MilvusClient.__init__", lambda given: MilvusClient(**given), "tokn", "token"),
    ("MilvusClient.search", lambda given: _client().search("books", [[0.1]], **given), "limt", "limit"),
    ("MilvusClient.insert", lambda given: _client().insert("books", [], **given), "partition", "partition_name"),
    ("MilvusClient.create_schema", lambda given: MilvusClient.create_schema(**given), "autoid", "auto_id"),
    ("MilvusClient.create_schema", lambda given: _client().create_schema(**given), "autoid", "auto_id"),
    ("AsyncMilvusClient.query", lambda given: _async_client().query("books", **given), "fiter", "filter"),
    ("FieldSchema.__init__", lambda given: FieldSchema("age", DataType.INT64, **given), "nulable", "nullable"),
    (
        "CollectionSchema.__init__",
        lambda given: CollectionSchema([], **given),
        "enable_dynamic",
        "enable_dynamic_field",
    ),
    (
        "CollectionSchema.add_field",
        lambda given: MilvusClient.create_schema().add_field("a", DataType.VARCHAR, **given),
        "max_len",
        "max_length",
    ),
    (
        "IndexParams.add_index",
        lambda given: MilvusClient.prepare_index_params().add_index("a", **given),
        "metric",
        "metric_type",
    ),
    ("Function.__init__", lambda given: Function("f", FunctionType.BM25, "a", "b", **given), "parms", "params"),
    ("AnnSearchRequest.__init__", lambda given: AnnSearchRequest([], "v", {}, **given), "limits", "limit"),
    ("RRFRanker.__init__", lambda given: RRFRanker(**given), "kk", "k"),
    ("RetryPolicy.__init__", lambda given: RetryPolicy(**given), "max_elapse", "max_elapsed"),
    ("Connections.connect", lambda given: connections.connect("dev", **given), "ur", "uri"),
    # Other names of an argument, where the letters alone would suggest another one or none.
    ("MilvusClient.__init__", lambda given: MilvusClient(**given), "using", "alias"),
    ("MilvusClient.__init__", lambda given: MilvusClient(**given), "api_key", "token"),
    ("MilvusClient.__init__", lambda given: MilvusClient(**given), "database", "db_name"),
    ("MilvusClient.__init__", lambda given: MilvusClient(**given), "username", "user"),
    ("MilvusClient.search", lambda given: _client().search("books", [[0.1]], **given), "expr", "filter"),
    ("MilvusClient.search", lambda given: _client().search("books", [[0.1]], **given), "top_k", "limit"),
    ("MilvusClient.search", lambda given: _client().search("books", [[0.1]], **given), "param", "search_params"),
    ("AsyncMilvusClient.delete", lambda given: _async_client().delete("books", **given), "expr", "filter"),
    ("MilvusClient.query", lambda given: _client().query("books", **given), "fields", "output_fields"),
    ("MilvusClient.insert", lambda given: _client().insert("books", **given), "rows", "data"),
    ("MilvusClient.create_collection", lambda given: _client().create_collection("b", **given), "dim", "dimension"),
    ("FieldSchema.__init__", lambda given: FieldSchema("age", **given), "type", "dtype"),
    (
        "CollectionSchema.add_field",
        lambda given: MilvusClient.create_schema().add_field("age", **given),
        "dtype",
        "datatype",
    ),
]

#: Calls with a keyword that the call does not have, and what to do instead.
INSTEAD: list[tuple[str, Callable[[dict[str, Any]], object], str, str]] = [
    (
        "MilvusClient.hybrid_search",
        lambda given: _client().hybrid_search("books", [], **given),
        "filter",
        "Each request has its own filter: AnnSearchRequest(..., filter=...)",
    ),
    (
        "AsyncMilvusClient.hybrid_search",
        lambda given: _async_client().hybrid_search("books", [], **given),
        "expr",
        "Each request has its own filter: AnnSearchRequest(..., filter=...)",
    ),
    (
        "MilvusClient.create_collection",
        lambda given: _client().create_collection("books", **given),
        "overwrite",
        "Drop the collection first: client.drop_collection(collection_name)",
    ),
    (
        "MilvusClient.__init__",
        lambda given: MilvusClient(**given),
        "host",
        "Give host and port in the uri: MilvusClient('http://HOST:PORT')",
    ),
]


def _client() -> MilvusClient:
    return object.__new__(MilvusClient)


def _async_client() -> AsyncMilvusClient:
    return object.__new__(AsyncMilvusClient)


@pytest.mark.parametrize(("shown", "call", "wrong", "right"), CALLS, ids=[f"{case[0]}-{case[2]}" for case in CALLS])
def test_the_nearest_one_is_named(shown: str, call: Callable[[dict[str, Any]], object], wrong: str, right: str) -> None:
    with pytest.raises(TypeError) as caught:
        call({wrong: 1})
    assert str(caught.value) == f"{shown}() got an unexpected keyword argument {wrong!r}. Did you mean {right!r}?"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("shown", "call", "wrong", "advice"), INSTEAD, ids=[f"{case[0]}-{case[2]}" for case in INSTEAD]
)
def test_where_else_it_can_be_given_is_said(
    shown: str, call: Callable[[dict[str, Any]], object], wrong: str, advice: str
) -> None:
    with pytest.raises(TypeError) as caught:
        call({wrong: 1})
    assert str(caught.value) == f"{shown}() got an unexpected keyword argument {wrong!r}. {advice}"


def test_without_a_near_one_all_are_named() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'. It takes 'k'$"):
        RRFRanker(colour=1)  # type: ignore[call-arg]  # that is the point


def test_other_mistakes_name_the_call_as_users_write_it() -> None:
    client = _client()
    call = r"^MilvusClient\.create_alias\(\) "
    with pytest.raises(TypeError, match=call + r"missing 1 required positional argument: 'alias'$"):
        client.create_alias("books")  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match=call + r"takes from 3 to 4 positional arguments but 5 were given$"):
        client.create_alias("books", "b", 1, 2)  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match=call + r"got multiple values for argument 'alias'$"):
        client.create_alias("books", "b", alias="c")  # type: ignore[misc]  # that is the point
    with pytest.raises(TypeError, match=r"^MilvusClient\.search\(\) missing 1 required positional argument"):
        client.search()  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match=r"^AsyncMilvusClient\.close\(\) takes 1 positional argument but 2 were given$"):
        _ = _async_client().close(1)  # type: ignore[call-arg]  # that is the point


def test_errors_from_inside_are_left_alone() -> None:
    @suggest_keywords
    class Example:
        def run(self, size: int = 0) -> None:
            raise RefusedType(message=f"size is {size}")

        def sort(self, key: object = None) -> list[int]:
            return sorted([1, 2], keys=key)  # type: ignore[call-overload, no-any-return]  # that is the point

    with pytest.raises(ParamError, match="size is 3") as caught:
        Example().run(size=3)
    assert [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][-1] == "run"
    with pytest.raises(TypeError, match="keys"):
        Example().sort(key=None)


def test_an_async_method_refuses_at_the_call() -> None:
    """As Python does: not when the coroutine is run."""
    with pytest.raises(TypeError, match="Did you mean 'alias'"):
        _ = _async_client().create_alias("books", alas="b")  # type: ignore[call-arg]  # that is the point


def test_async_methods_are_coroutine_functions() -> None:
    for method in (AsyncMilvusClient.search, AsyncMilvusClient.insert, _async_client().create_alias):
        assert inspect.iscoroutinefunction(method)
    assert not inspect.iscoroutinefunction(AsyncMilvusClient.prepare_index_params)
    assert not inspect.iscoroutinefunction(MilvusClient.search)

    @suggest_keywords
    class Example:
        async def double(self, number: int, *, times: int = 2) -> int:
            await asyncio.sleep(0)
            return number * times

    assert asyncio.run(Example().double(4, times=3)) == 12


def test_signatures_names_and_docs_are_untouched() -> None:
    assert inspect.isfunction(MilvusClient.search)
    assert list(inspect.signature(MilvusClient.search).parameters)[:4] == ["self", "collection_name", "data", "filter"]
    assert MilvusClient.search.__qualname__ == "MilvusClient.search"
    assert (MilvusClient.search.__doc__ or "").startswith("Find the rows")
    assert inspect.getsource(MilvusClient.create_alias).strip().startswith("def create_alias(")
    assert pickle.loads(pickle.dumps(RRFRanker.dict)) is RRFRanker.dict


def test_a_method_is_wrapped_once() -> None:
    @suggest_keywords
    class Mine(MilvusClient):
        def search_titles(self, title: str) -> str:
            return title

    assert "search" not in vars(Mine)
    assert _suggested(lambda: object.__new__(Mine).search_titles(titel="x"))  # type: ignore[call-arg]  # the point
    assert object.__new__(Mine).search.__qualname__ == "MilvusClient.search"


def _suggested(call: Callable[[], object]) -> bool:
    with pytest.raises(TypeError) as caught:
        call()
    return "Did you mean" in str(caught.value)


#: Names of the caller's own, not options.
NAMES_OF_THEIR_OWN = {"Connections.add_connection"}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_no_signature_swallows_keywords(cls: type) -> None:
    if issubclass(cls, Enum):
        return
    for name, value in inspect.getmembers(cls, inspect.isfunction):
        if name.startswith("_") and name != "__init__":
            continue
        swallowed = [one for one in inspect.signature(value).parameters.values() if one.kind is one.VAR_KEYWORD]
        assert not swallowed or f"{cls.__name__}.{name}" in NAMES_OF_THEIR_OWN, f"{cls.__name__}.{name}"


def test_methods_of_private_bases_are_named_as_their_class_has_them() -> None:
    from milvusclient.filters import F
    from milvusclient.pymilvus import Collection

    call: Any = F.year.between
    with pytest.raises(TypeError, match=r"^Value\.between\(\) missing 1 required"):
        call(1990)
    assert Collection.query.__qualname__ == "Collection.query"
