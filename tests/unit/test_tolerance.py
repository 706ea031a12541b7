"""What milvusclient.pymilvus lets pass, and what it says of it."""

from __future__ import annotations

import inspect
import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import milvusclient
from milvusclient.models.results import hit_class
from milvusclient.pymilvus import (
    AnnSearchRequest,
    AsyncMilvusClient,
    CollectionSchema,
    DataType,
    FieldSchema,
    MilvusClient,
    RRFRanker,
    UnknownKeywordWarning,
    WeightedRanker,
    tolerance,
)
from milvusclient.pymilvus.client._presented import present, rows_with_nulls
from milvusclient.pymilvus.client.abstract import BaseRanker
from milvusclient.pymilvus.client.types import ExtraList, OmitZeroDict
from milvusclient.pymilvus.milvus_client.index import IndexParams


@pytest.fixture(autouse=True)
def _nothing_was_named_yet() -> Iterator[None]:
    """Each test hears of each keyword."""
    kept = set(tolerance._named)
    tolerance._named.clear()
    yield
    tolerance._named.clear()
    tolerance._named.update(kept)


KEY = milvusclient.FieldSchema("a", 5, is_primary=True)


def loose(call: Any) -> Any:
    """The call as programs see it that no type checker looks at."""
    return call


#: What real programs pass, by the call that drops it, and what is said of it.
DROPPED: list[tuple[Callable[[], object], str]] = [
    (lambda: loose(FieldSchema)("a", 5, desc="d"), r"FieldSchema\(\) does not know the keyword 'desc'"),
    (
        lambda: loose(CollectionSchema)([KEY], enable_dynamic_fields=True),
        "'enable_dynamic_field'",
    ),
    (lambda: MilvusClient.create_schema(num_partitions=3), "does not know .* 'num_partitions'"),
    (lambda: loose(MilvusClient.create_schema().add_field)("a", 5, is_function_output=True), "'is_function_output'"),
    (lambda: MilvusClient.prepare_index_params(collection_name="c"), "'collection_name'"),
    (lambda: loose(AnnSearchRequest)([[1.0]], "v", {}, 3, filters=""), "Did you mean 'filter'"),
]


@pytest.mark.parametrize(("call", "said"), DROPPED)
def test_an_unknown_keyword_is_dropped_and_named_once(call: Callable[[], object], said: str) -> None:
    with pytest.warns(UnknownKeywordWarning, match=said) as caught:
        call()
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call()


def test_a_warning_that_is_an_error_comes_again() -> None:
    for _ in range(2):
        with pytest.raises(UnknownKeywordWarning):  # warnings are errors in these tests
            loose(FieldSchema)("a", 5, nonsense=1)


def test_what_is_known_passes_without_a_warning() -> None:
    field = FieldSchema("a", DataType.VARCHAR, "text", max_length=9, nullable=True)
    assert field == milvusclient.FieldSchema("a", DataType.VARCHAR, "text", max_length=9, nullable=True)


def test_index_params_keep_what_they_do_not_know() -> None:
    indexes = MilvusClient.prepare_index_params("v", "HNSW", metric_type="L2", M=8, newest=1, params={"ef": 2})
    assert isinstance(indexes, milvusclient.IndexParams)
    assert indexes[0].to_dict() == {
        "field_name": "v", "index_type": "HNSW", "index_name": "", "ef": 2, "metric_type": "L2", "M": 8, "newest": 1,
    }  # fmt: skip
    more = IndexParams()
    more.add_index(field_name="v", collection_name="c")
    assert more[0].params == {"collection_name": "c"}


def test_the_strict_client_stays_strict() -> None:
    with pytest.raises(TypeError, match="nonsense"):
        milvusclient.FieldSchema("a", 5, nonsense=1)  # type: ignore[call-arg]  # that is the test


@pytest.mark.parametrize(
    ("ours", "strict"), [(MilvusClient, milvusclient.MilvusClient), (AsyncMilvusClient, milvusclient.AsyncMilvusClient)]
)
def test_every_method_is_there_and_is_what_it_was(ours: type, strict: type) -> None:
    for name, method in inspect.getmembers(strict, callable):
        if not name.startswith("_"):
            tolerated = getattr(ours, name)
            assert inspect.iscoroutinefunction(tolerated) == inspect.iscoroutinefunction(method), name
            assert inspect.getdoc(tolerated), name


def test_results_print_as_the_reference_clients_do() -> None:
    assert str(present("insert", {"insert_count": 2, "ids": [1, 2], "cost": 0})) == "{'insert_count': 2, 'ids': [1, 2]}"
    upserted = present("upsert", {"upsert_count": 1, "ids": [1], "cost": 7})
    assert str(upserted) == "{'upsert_count': 1, 'cost': 7, 'ids': [1]}"
    assert repr(OmitZeroDict(cost=0)) == "{'cost': 0}"
    rows = present("query", milvusclient.QueryResult([{"id": 1}], extra={"cost": 0}))
    assert str(rows) == """data: ["{'id': 1}"], extra_info: {}"""
    assert rows == [{"id": 1}]
    assert str(ExtraList([{"id": n} for n in range(11)])).endswith("{'id': 9}\"] ...")
    hits = milvusclient.Hits([milvusclient.Hit({"id": n, "distance": 0.5, "entity": {}}) for n in range(12)])
    found = present("search", milvusclient.SearchResult([hits], extra={"cost": 0}, recalls=[1.0]))
    assert str(found).startswith("data: [[{'id': 0, 'distance': 0.5, 'entity': {}}, ")
    assert str(found).endswith(" ... and 2 entities remaining],recalls: [1.0]")
    assert isinstance(found, milvusclient.SearchResult)


def test_hits_print_all_of_their_vectors() -> None:
    vector = [float(number) for number in range(20)]
    hits = milvusclient.Hits([milvusclient.Hit({"id": 1, "distance": 0.5, "entity": {"v": vector}})])
    found = present("search", milvusclient.SearchResult([hits]))
    wanted = f"{{'id': 1, 'distance': 0.5, 'entity': {{'v': {vector}}}}}"
    assert str(found[0][0]) == repr(found[0][0]) == wanted
    assert str(found) == f"data: [[{wanted}]]"
    assert isinstance(found[0][0], milvusclient.Hit)
    assert found[0][0].entity["v"] == vector
    assert pickle.loads(pickle.dumps(found))[0][0] == found[0][0]


def test_a_hit_is_its_own_entity_also_out_of_a_pickle() -> None:
    strict = milvusclient.Hits([hit_class("pk")({"pk": 1, "distance": 0.5, "entity": {"title": "a"}})])
    found = present("search", milvusclient.SearchResult([strict], extra={"cost": 0}))
    for hit in (found[0][0], pickle.loads(pickle.dumps(found))[0][0]):
        assert hit.entity is hit
        assert (hit.entity.id, hit.entity["title"], hit.entity.title) == (1, "a", "a")
        assert str(hit.entity) == repr(hit) == "{'pk': 1, 'distance': 0.5, 'entity': {'title': 'a'}}"
    assert (found.extra, found.recalls, type(found[0]).__name__) == ({}, None, "HybridHits")
    strict_hit = hit_class("pk")({"pk": 1, "distance": 0.5, "entity": {"title": "a"}})
    assert strict_hit.entity == {"title": "a"}


def test_rankers_of_both_packages_know_each_other() -> None:
    for ours, strict in (
        (RRFRanker(5), milvusclient.RRFRanker(5)),
        (WeightedRanker(1), milvusclient.WeightedRanker(1)),
    ):
        assert isinstance(ours, type(strict))
        assert isinstance(strict, type(ours))
        assert isinstance(strict, BaseRanker)
        assert ours == strict == pickle.loads(pickle.dumps(ours))
        assert type(pickle.loads(pickle.dumps(ours))) is type(ours)
        assert isinstance(pickle.loads(pickle.dumps(strict)), type(ours))
    assert not isinstance(milvusclient.WeightedRanker(1), RRFRanker)
    assert not isinstance({}, BaseRanker)
    assert issubclass(RRFRanker, BaseRanker)


DESCRIPTION: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": DataType.INT64},
        {"name": "v", "type": DataType.FLOAT_VECTOR},
        {"name": "j", "type": DataType.JSON},
    ]
}


def test_a_nan_in_json_becomes_null() -> None:
    nan = float("nan")
    rows = [{"id": 1, "v": [nan], "j": {"a": [1, nan], "b": 1.5}, "free": nan}, {"id": 2, "v": [1.0], "j": {}}]
    cleaned = rows_with_nulls(rows, DESCRIPTION)
    assert cleaned is not None
    assert cleaned[0]["j"] == {"a": [1, None], "b": 1.5}  # type: ignore[index]  # a row is a dict
    assert cleaned[0]["free"] is None  # type: ignore[index]  # a row is a dict
    assert cleaned[0]["v"] == [pytest.approx(nan, nan_ok=True)]  # type: ignore[index]  # a row is a dict
    assert cleaned[1] is rows[1]
    assert rows[0]["free"] is nan
    assert rows_with_nulls({"id": 1, "v": [nan]}, DESCRIPTION) is None
    assert rows_with_nulls("nonsense", DESCRIPTION) is None
