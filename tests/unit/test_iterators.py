"""Iterators without a server: which requests they send, and what they make of the replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.models.results import Hit, Hits, QueryResult, SearchResult
from milvusclient.operations import iterators
from milvusclient.operations.common import key_value_pairs
from milvusclient.operations.iterator_checkpoint import parse_checkpoint, write_checkpoint
from milvusclient.operations.iterators import BandPages, QueryPages, SearchPages, TokenPages
from milvusclient.policy.paging import Allowance
from milvusclient.schema.enums import DataType

NUMBER = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
TEXT = FieldInfo("pk", data_type=DataType.VARCHAR, is_primary=True)
PINNED = 445


def search_base(dsl: str = "", timestamp: int = 0, **texts: str) -> milvus_pb2.SearchRequest:
    base = {"topk": "1", "round_decimal": "-1", "params": "{}", "iterator": "True", **texts}
    return milvus_pb2.SearchRequest(
        collection_name="c", dsl=dsl, search_params=key_value_pairs(base), guarantee_timestamp=timestamp
    )


def texts(request: milvus_pb2.SearchRequest | milvus_pb2.QueryRequest) -> dict[str, str]:
    pairs = request.search_params if isinstance(request, milvus_pb2.SearchRequest) else request.query_params
    return {pair.key: pair.value for pair in pairs}


def result(*found: tuple[int, float], token: str = "t", bound: float = 0.0, timestamp: int = PINNED) -> SearchResult:
    hits = Hits(Hit({"id": key, "distance": distance, "entity": {}}) for key, distance in found)
    return SearchResult([hits], session_ts=timestamp, iterator_token=token, iterator_last_bound=bound)


# --- arguments -------------------------------------------------------------------------------------------------------
def test_sizes_and_limits() -> None:
    assert iterators.require_batch_size(None) == 1_000
    assert iterators.require_batch_size(16_384) == 16_384
    assert [iterators.require_limit(limit) for limit in (None, -1, 0, 5)] == [None, None, 0, 5]


@pytest.mark.parametrize("batch_size", [0, -1, 16_385, "5", True])
def test_a_page_has_some_rows(batch_size: Any) -> None:
    with pytest.raises(ParamError, match="batch_size must be"):
        iterators.require_batch_size(batch_size)


@pytest.mark.parametrize("limit", [-2, "3", 1.5])
def test_a_limit_is_a_number(limit: Any) -> None:
    with pytest.raises(ParamError, match="limit must be"):
        iterators.require_limit(limit)


@pytest.mark.parametrize("data", [None, 5, [], [[1], [2]]])
def test_there_is_one_query_vector(data: Any) -> None:
    with pytest.raises(ParamError, match="one query vector"):
        iterators.check_single(data)


def test_a_page_filter_can_be_called() -> None:
    iterators.check_page_filter(None)
    iterators.check_page_filter(list)
    with pytest.raises(ParamError, match="external_filter_func must be a function"):
        iterators.check_page_filter("x")  # type: ignore[arg-type]


def test_an_iterator_has_no_offset() -> None:
    iterators.check_no_offset(search_base())
    with pytest.raises(ParamError, match="do not support offset"):
        iterators.check_no_offset(search_base(offset="1"))


def test_the_field_that_is_searched() -> None:
    one = CollectionInfo("c", fields=(NUMBER, FieldInfo("v", data_type=DataType.FLOAT_VECTOR)))
    two = CollectionInfo("c", fields=(*one.fields, FieldInfo("w", data_type=DataType.FLOAT_VECTOR)))
    assert iterators.search_field(one, None) == "v"
    assert iterators.search_field(two, "w") == "w"
    with pytest.raises(MilvusException, match="anns_field is missing"):
        iterators.search_field(two, "")


def test_the_metric_comes_from_the_index() -> None:
    reply = milvus_pb2.DescribeIndexResponse()
    for name, metric in (("v", "L2"), ("w", "IP")):
        index = reply.index_descriptions.add(field_name=name)
        index.params.append(common_pb2.KeyValuePair(key="metric_type", value=metric))
    assert iterators.metric_of(reply, "w") == "IP"
    with pytest.raises(MilvusException, match="field 'x' does not have an index with a metric"):
        iterators.metric_of(reply, "x")
    assert iterators.named_metric(search_base(metric_type="L2")) == "L2"


# --- servers that make iterators -------------------------------------------------------------------------------------
def token_pages(batch_size: int = 2, limit: int | None = None, page_filter: Any = None, **base: Any) -> TokenPages:
    return TokenPages(search_base(**base), Allowance(batch_size, limit), page_filter, -1, result())


def test_the_probe_asks_for_one_hit() -> None:
    probe = texts(iterators.build_probe(search_base()))
    assert (probe["topk"], probe["search_iter_v2"], probe["search_iter_batch_size"]) == ("1", "True", "1")


def test_pages_say_where_the_last_one_ended() -> None:
    pages = token_pages()
    first = pages.next_request()
    assert (texts(first)["topk"], texts(first)["search_iter_batch_size"]) == ("2", "2")
    assert "search_iter_id" not in texts(first)
    assert first.guarantee_timestamp == PINNED
    pages.receive(result((1, 0.1), (2, 0.2), token="abc", bound=0.5))
    assert not pages.wants_more
    assert pages.take().ids == [1, 2]
    second = pages.next_request()
    assert (texts(second)["search_iter_id"], texts(second)["search_iter_last_bound"]) == ("abc", "0.5")


def test_a_given_guarantee_timestamp_is_kept() -> None:
    assert token_pages(timestamp=7).next_request().guarantee_timestamp == 7


def test_a_short_page_is_handed_out_as_it_is() -> None:
    pages = token_pages(batch_size=10)
    assert drain(pages, [result((1, 0.1)), result((2, 0.2)), result()]) == [[1], [2]]


def test_the_limit_cuts_the_last_page() -> None:
    pages = token_pages(batch_size=2, limit=3)
    assert drain(pages, [result((1, 0.1), (2, 0.2)), result((3, 0.3), (4, 0.4))]) == [[1, 2], [3]]
    assert not pages.wants_more


def test_a_limit_of_nothing_asks_for_nothing() -> None:
    assert not token_pages(limit=0).wants_more


def test_pages_are_filled_up_after_filtering() -> None:
    pages = token_pages(page_filter=lambda hits: [hit for hit in hits if hit.id % 2 == 0])
    replies = [result((1, 0.1), (2, 0.2)), result((3, 0.3), (4, 0.4)), result((6, 0.6)), result(), result()]
    assert drain(pages, replies) == [[2, 4], [6]]


def test_distances_are_rounded_in_the_end() -> None:
    pages = TokenPages(search_base(), Allowance(2, None), None, 1, result())
    pages.receive(result((1, 0.16)))
    assert pages.take().distances == [0.2]


def drain(pages: SearchPages, replies: list[SearchResult]) -> list[list[Any]]:
    found: list[list[Any]] = []
    while True:
        while pages.wants_more:
            pages.next_request()
            pages.receive(replies.pop(0))
        page = pages.take()
        if not page:
            assert not replies
            return found
        found.append(page.ids)


# --- servers that do not ---------------------------------------------------------------------------------------------
def band_pages(
    batch_size: int = 4, metric: str = "L2", primary: FieldInfo = NUMBER, round_decimal: int = -1, **base: Any
) -> BandPages:
    return BandPages(
        search_base(**base), Allowance(batch_size, None), None, round_decimal, primary, "v", metric
    )  # fmt: skip


def test_bands_of_distances() -> None:
    pages = band_pages(dsl="a > 1")
    first = pages.next_request()
    assert (first.guarantee_timestamp, first.dsl, texts(first)["topk"]) == (0, "a > 1", "4")
    assert (texts(first)["metric_type"], texts(first)["anns_field"], texts(first)["params"]) == (
        "L2", "v", '{"metric_type":"L2"}',
    )  # fmt: skip
    pages.receive(result((1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)))
    second = pages.next_request()
    assert (second.guarantee_timestamp, second.dsl) == (PINNED, "(a > 1) and id not in [4]")
    assert texts(second)["topk"] == "40"
    assert json.loads(texts(second)["params"]) == {"metric_type": "L2", "radius": 1.75, "range_filter": 1.0}


def test_str_keys_are_quoted() -> None:
    pages = band_pages(primary=TEXT)
    pages.receive(SearchResult([Hits([Hit({"id": 'a"b', "distance": 1.0})])]))
    assert pages.next_request().dsl == r'pk not in ["a\"b"]'


def test_surplus_hits_of_a_band_go_to_the_next_pages() -> None:
    pages = band_pages(batch_size=2)
    pages.receive(result((1, 0.1), (2, 0.2)))
    assert pages.take().ids == [1, 2]
    pages.receive(result((3, 0.3), (4, 0.4), (5, 0.5)))
    assert pages.take().ids == [3, 4]
    assert pages.wants_more


def test_bands_begin_at_exact_distances() -> None:
    pages = band_pages(batch_size=1, round_decimal=0)
    assert texts(pages.next_request())["round_decimal"] == "-1"
    pages.receive(result((1, 0.6)))
    assert pages.take().distances == [1.0]
    assert json.loads(texts(pages.next_request())["params"])["range_filter"] == 0.6


def test_the_programs_own_range_and_ef_are_kept() -> None:
    pages = band_pages(params='{"radius":1.2,"ef":6}')
    assert json.loads(texts(pages.next_request())["params"])["radius"] == 1.2
    pages.receive(result((1, 0.0), (2, 1.0)))
    request = texts(pages.next_request())
    assert (request["topk"], json.loads(request["params"])["radius"]) == ("6", 1.2)
    with pytest.raises(ParamError, match=r"ef must be at least batch_size \(4\), got 3"):
        band_pages(params='{"ef":3}')


def test_no_hits_at_all() -> None:
    pages = band_pages()
    pages.receive(result())
    assert not pages.wants_more
    assert pages.take() == []


# --- query -----------------------------------------------------------------------------------------------------------
def query_pages(
    batch_size: int = 3, limit: int | None = None, offset: int | None = None, primary: FieldInfo = NUMBER,
    expr: str = "", resumed: tuple[int, int | str] | None = None,
) -> QueryPages:  # fmt: skip
    base = milvus_pb2.QueryRequest(
        collection_name="c", expr=expr, output_fields=["a"], partition_names=["p"],
        query_params=key_value_pairs({"iterator": "True", "reduce_stop_for_best": "True"}),
    )  # fmt: skip
    return QueryPages(base, primary, Allowance(batch_size, limit), offset, resumed)


def rows(*keys: int | str, name: str = "id", timestamp: int = PINNED) -> QueryResult:
    return QueryResult([{name: key} for key in keys], extra={"iterator_session_ts": timestamp})


def test_the_snapshot_is_requested_before_the_pages() -> None:
    pages = query_pages(expr="a or b")
    first = pages.next_request()
    assert (texts(first)["limit"], texts(first)["offset"], first.expr) == ("1", "0", "a or b")
    assert not first.output_fields
    assert not first.partition_names
    pages.receive(rows(1))
    assert not pages.prepares
    second = pages.next_request()
    assert (second.guarantee_timestamp, texts(second)["limit"], second.expr) == (PINNED, "3", "a or b")
    assert (list(second.output_fields), list(second.partition_names)) == (["a"], ["p"])
    pages.receive(rows(1, 2, 3))
    assert pages.take() == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert pages.next_request().expr == "id > 3 and (a or b)"
    pages.receive(rows())
    assert not pages.wants_more


def test_rows_are_skipped_without_their_fields() -> None:
    pages = query_pages(offset=20_000)
    pages.receive(rows(1))
    skip = pages.next_request()
    assert texts(skip).items() >= {"limit": "16384", "iterator": "False", "reduce_stop_for_best": "False"}.items()
    assert not skip.output_fields
    pages.receive(rows(*range(16_384)))
    assert texts(pages.next_request())["limit"] == "3616"
    assert pages.next_request().expr == "id > 16383"
    pages.receive(rows())
    assert not pages.prepares


def test_rows_beyond_the_limit_are_cut() -> None:
    pages = query_pages(limit=4)
    pages.receive(rows(1))
    pages.receive(rows(1, 2, 3))
    pages.take()
    pages.receive(rows(4, 5, 6))
    assert pages.take() == [{"id": 4}]
    assert pages.last_taken == 4
    assert not pages.wants_more


def test_str_keys_are_quoted_in_the_next_filter() -> None:
    pages = query_pages(primary=TEXT)
    pages.receive(rows("a", name="pk"))
    pages.receive(rows('say "hi"', name="pk"))
    assert pages.next_request().expr == r'pk > "say \"hi\""'


def test_a_server_that_does_not_return_a_snapshot_timestamp() -> None:
    pages = query_pages()
    pages.receive(rows(1, timestamp=0))
    assert pages.next_request().guarantee_timestamp == 0


def test_an_iterator_continues_from_a_checkpoint() -> None:
    pages = query_pages(offset=5, resumed=(444, 7))
    assert not pages.prepares
    assert (pages.next_request().guarantee_timestamp, pages.next_request().expr) == (444, "id > 7")


# --- checkpoints -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("key", "primary"), [(7, NUMBER), ("it's\n\"", TEXT)])
def test_a_checkpoint_is_read_as_it_was_written(key: int | str, primary: FieldInfo) -> None:
    assert parse_checkpoint(write_checkpoint(445, key), primary, "f") == (445, key)


def test_checkpoints_of_the_reference_client_hold_every_page() -> None:
    assert parse_checkpoint("445\n3\n6\n", NUMBER, "f") == (445, 6)
    assert parse_checkpoint("445\npk3\n", TEXT, "f") == (445, "pk3")


@pytest.mark.parametrize("text", ["", "445\n"])
def test_a_checkpoint_without_a_key_is_ignored(text: str) -> None:
    assert parse_checkpoint(text, NUMBER, "f") is None


@pytest.mark.parametrize("text", ["445\npk3\n", "x\n3\n"])
def test_invalid_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(ParamError, match="f is not a checkpoint of an iterator over keys of type INT64"):
        parse_checkpoint(text, NUMBER, "f")
