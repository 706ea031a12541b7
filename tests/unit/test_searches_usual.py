"""The short way of a usual search: the same request as the long way, or none at all."""

from __future__ import annotations

import re
import struct
import sys
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from milvusclient._proto import milvus_pb2
from milvusclient.codec.write.query_vectors import encode_vectors, usual_vectors
from milvusclient.codec.write.request import Assembled
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.operations.consistency import freshness
from milvusclient.operations.search_params import frozen_params, thawed_params
from milvusclient.operations.searches import Request, build_search

F4 = np.array([[0.5, 1.5, -2.0], [3.0, 4.0, 5.0]], "<f4")


def build(**given: Any) -> Request:
    arguments: dict[str, Any] = {
        "collection_name": "books", "data": [[0.5, 1.5]], "filter_text": "", "limit": 10, "output_fields": None,
        "search_params": None, "anns_field": None, "round_decimal": -1, "fresh": freshness(None, None, 0),
        "cluster_id": "",
    }  # fmt: skip
    return build_search(**{**arguments, **given})


def short(**given: Any) -> milvus_pb2.SearchRequest | None:
    """The request of the short way, as a server reads it; None if the builder takes the long way."""
    made = build(**given)
    return made.message() if isinstance(made, Assembled) else None


def long(**given: Any) -> milvus_pb2.SearchRequest:
    """The request of the long way, which an empty list of partitions asks for and says nothing about."""
    made = build(**given, partition_names=[])
    assert isinstance(made, milvus_pb2.SearchRequest)
    return made


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"data": [[0.5, 1.5]] * 3},
        {"data": F4},
        {"data": list(F4)},
        {"filter_text": "year > 1990 and title like 'ü%'"},
        {"limit": 1, "round_decimal": 2},
        {"output_fields": ["title", "*"]},
        {"output_fields": ("title",), "anns_field": "vector"},
        {"output_fields": [], "search_params": {}},
        {"search_params": {"metric_type": "COSINE", "params": {"ef": 64, "radius": 0.5}, "hints": "x"}},
        {"search_params": {"ef": 64, "offset": 5, "ignore_growing": True}},
        {"fresh": freshness("Bounded", None, 0), "cluster_id": "other"},
        {"fresh": freshness("Eventually", 2**64 - 1, 0)},
        {"fresh": freshness(None, None, 460_000_000_000_000_000)},
    ],
)
def test_the_short_way_builds_the_request_of_the_long_way(given: dict[str, Any]) -> None:
    assert short(**given) == long(**given)
    assert short(**given) == long(**given), "from the cache"


def test_searches_after_one_another_are_not_mixed_up() -> None:
    filters = ["", "a", "b" * 300, ""]
    fresh = [freshness(None, None, write) for write in (0, 7, 8)]
    for number in range(24):
        given: dict[str, Any] = {
            "data": [[float(number)] * (1 + number % 5)] * (1 + number % 2),
            "filter_text": filters[number % 4], "limit": 1 + number % 3, "fresh": fresh[number % 3],
        }  # fmt: skip
        assert short(**given) == long(**given)


def test_equal_values_of_other_types_do_not_pass_for_one_another() -> None:
    for value in (1, 1.0, True, 0, False, "1"):
        given = {"search_params": {"x": value, "params": {"y": value}}}
        assert short(**given) == long(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"limit": True},
        {"limit": 1.0},
        {"limit": 0},
        {"round_decimal": True},
        {"round_decimal": 7},
        {"output_fields": "title"},
        {"output_fields": ["title", 3]},
        {"collection_name": ""},
        {"anns_field": 5},
        {"search_params": {"offset": -1}},
        {"search_params": {"ef": 1, "params": {"ef": 2}}},
        {"search_params": {"params": 5}},
    ],
)
def test_the_short_way_refuses_what_the_long_way_refuses(given: dict[str, Any]) -> None:
    assert short(limit=1) is not None, "a good one is in the cache"
    with pytest.raises(MilvusException) as wanted:
        long(**given)
    with pytest.raises(ParamError) as refused:
        short(**given)
    assert str(refused.value) == str(wanted.value)


@pytest.mark.parametrize(
    "given",
    [
        {"data": [[1, 2]]},  # integers may be pairs, or another type
        {"data": [[0.5, 1.5], [0.5]]},
        {"data": [[0.5, "x"]]},
        {"data": [[0.5, 1e39]]},
        {"data": [[0.5, float("nan")]]},
        {"data": [[]]},
        {"data": []},
        {"data": [0.5, 1.5]},
        {"data": None},
        {"data": ["a text"]},
        {"data": [b"12345678"]},
        {"data": [{1: 0.5}]},
        {"data": F4[0]},
        {"data": F4.astype("f8")},
        {"data": F4.astype(">f4")},
        {"data": F4.astype("f2")},
        {"data": [F4[0], F4[0][:2]]},
        {"data": [F4]},
        {"data": np.full((1, 2), np.inf, "f4")},
        {"filter_text": None},
        {"filter_text": 5},
        {"search_params": []},
        {"search_params": {"params": {"list": [1]}}},
        {"search_params": {1: 2}},
        {"output_fields": [["title"]]},
        {"output_fields": ["title", {}]},
    ],
)
def test_unusual_searches_take_the_long_way(given: dict[str, Any]) -> None:
    try:
        request = build(**given)
    except MilvusException as error:
        with pytest.raises(type(error), match=re.escape(error.message)):
            long(**given)
    else:
        assert request == long(**given)


def _odd_place(vector: Any) -> Any:
    moved = np.frombuffer(b"x" + vector.tobytes(), "u1")[1:].view(vector.dtype)
    assert not moved.flags.aligned
    return moved


@pytest.mark.parametrize(
    "vectors",
    [F4[::-1], F4[:, ::2], np.asfortranarray(F4), [F4[0][::-1]], [_odd_place(F4[0]), F4[1]], [F4[0, :1]]],
    ids=["rows backwards", "gaps", "columns first", "backwards", "at an odd place", "one element"],
)
def test_arrays_in_any_memory(vectors: Any) -> None:
    assert usual_vectors(vectors) == encode_vectors(vectors)


def test_read_only_arrays() -> None:
    vectors = F4.copy()
    vectors.flags.writeable = False
    assert usual_vectors(vectors) == encode_vectors(F4.tolist())


def test_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    assert usual_vectors([[0.5, 1.5]]) == encode_vectors([[0.5, 1.5]])


FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@hypothesis.given(st.lists(st.lists(FLOATS, min_size=3, max_size=3), min_size=1))
def test_any_lists_of_floats(vectors: list[list[float]]) -> None:
    group = usual_vectors(vectors)
    expected = encode_vectors(vectors)
    largest = max(abs(number) for vector in vectors for number in vector)
    assert group == expected or (group is None and largest >= struct.unpack("<f", b"\0\0\0\x7f")[0])


def test_frozen_search_parameters() -> None:
    given = {"metric_type": "L2", "offset": 1, "params": {"ef": 64, "deep": {"a": 0.5}, "none": {}}}
    frozen = frozen_params(given)
    assert frozen is not None
    assert hash(frozen) == hash(frozen_params(dict(given)))
    assert thawed_params(frozen) == given
    assert frozen_params(None) == frozen_params({}) == ()
    assert frozen_params({"a": 1}) != frozen_params({"a": True}) != frozen_params({"a": 1.0})
