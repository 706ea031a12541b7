"""Search, on a collection that is only read."""

from __future__ import annotations

import array

import numpy
import pytest

from milvusclient import MilvusClient, MilvusException, ParamError
from milvusclient.exceptions import DataTypeNotMatchException
from tests.server.both import BOOK_ROWS, BOOKS, MILVUS_235, Server

ORIGIN = [0.0, 0.0]


def test_hits_are_sorted_by_distance(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        result = client.search(BOOKS, [ORIGIN], limit=3, output_fields=["color", "pages"])
    assert len(result) == 1
    assert result[0].ids == [0, 1, 2]
    assert result[0].distances == [0.0, 1.0, 4.0]
    assert result[0][1] == {"id": 1, "distance": 1.0, "entity": {"color": "blue", "pages": 100}}
    hit = result[0][1]
    assert (hit.id, hit["id"], hit.distance, hit.entity.color, hit["pages"]) == (1, 1, 1.0, "blue", 100)


@pytest.mark.parametrize(
    "data",
    [
        [[0.0, 0.0], [7.0, 0.0]],
        [(0, 0), (7, 0)],
        numpy.array([[0, 0], [7, 0]], "f4"),
        numpy.array([[0, 0], [7, 0]], "f8"),
        [numpy.array([0, 0], "f4"), numpy.array([7, 0], "f4")],
        [array.array("f", [0, 0]), array.array("d", [7, 0])],
        [numpy.array([0, 0], "<f4").tobytes(), numpy.array([7, 0], "<f4").tobytes()],
        [numpy.array([0, 0], "f4").data, numpy.array([7, 0], "f4").data],
    ],
    ids=["lists", "tuples", "float32", "float64", "list of arrays", "array.array", "bytes", "memoryview"],
)
def test_query_vectors_in_any_form(library: Server, data: object) -> None:
    with MilvusClient(library.uri) as client:
        result = client.search(BOOKS, data, limit=2)
    assert [hits.ids for hits in result] == [[0, 1], [7, 6]]


def test_filters_partitions_and_pages(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        assert (client.search(BOOKS, [ORIGIN], "color == 'blue' and pages > 100"))[0].ids == [3, 5, 7]
        assert (client.search(BOOKS, [ORIGIN], partition_names=["old"]))[0].ids == [100, 101, 102]
        assert (client.search(BOOKS, [ORIGIN], limit=2, offset=3))[0].ids == [3, 4]
        assert (client.search(BOOKS, [ORIGIN], limit=2, search_params={"offset": 1}))[0].ids == [1, 2]
        assert (client.search(BOOKS, [ORIGIN], "id == 12345")) == [[]]


def test_a_range_of_distances(library: Server) -> None:
    params = {"metric_type": "L2", "params": {"radius": 10.0, "range_filter": 1.0}}
    with MilvusClient(library.uri) as client:
        assert (client.search(BOOKS, [ORIGIN], search_params=params))[0].ids == [1, 2, 3]


def test_output_fields(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        ((everything,),) = client.search(BOOKS, [[7.0, 0.0]], limit=1, output_fields=["*"])
        assert everything["entity"] == BOOK_ROWS[7]
        ((vector,),) = client.search(BOOKS, [[7.0, 0.0]], limit=1, output_fields=["vector"])
        assert vector["entity"] == {"vector": [7.0, 0.0]}
        ((unasked,),) = client.search(BOOKS, [[7.0, 0.0]], limit=1)
        # Milvus Lite returns all fields but the key when none are asked for.
        assert set(unasked["entity"]) == ({"vector", "color", "year", "pages"} if library.is_lite else set())


def test_distances_are_rounded_on_request(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        (hits,) = client.search(BOOKS, [[0.123, 0.0]], limit=2, round_decimal=1)
    assert hits.distances == [0.0, 0.8]


def test_groups(library: Server) -> None:
    library.skip_on(MILVUS_235, "does not group")
    with MilvusClient(library.uri) as client:
        (hits,) = client.search(BOOKS, [ORIGIN], group_by_field="color", output_fields=["color"])
        assert [(hit.id, hit.color) for hit in hits] == [(0, "red"), (1, "blue"), (100, "green")]
        (hits,) = client.search(BOOKS, [ORIGIN], limit=2, group_by_field="color", group_size=2)
        assert hits.ids == [0, 2, 1, 3]


@pytest.mark.parametrize("level", ["Strong", "Session", "Bounded", "Eventually"])
def test_consistency_levels(library: Server, level: str) -> None:
    with MilvusClient(library.uri) as client:
        assert (client.search(BOOKS, [ORIGIN], limit=1, consistency_level=level))[0].ids == [0]


def test_what_the_server_refuses_is_told_in_its_words(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        with pytest.raises(MilvusException, match="what is this"):
            client.search(BOOKS, [ORIGIN], "what is this")
        with pytest.raises(MilvusException, match="nothing"):
            client.search(BOOKS, [ORIGIN], anns_field="nothing")


def test_what_cannot_be_is_refused_before(library: Server) -> None:
    with MilvusClient(library.uri) as client:
        calls = (client.connection_info()).calls
        with pytest.raises(ParamError, match="limit"):
            client.search(BOOKS, [ORIGIN], limit=0)
        with pytest.raises(ParamError, match="round_decimal"):
            client.search(BOOKS, [ORIGIN], round_decimal=7)
        with pytest.raises(ParamError, match="offset"):
            client.search(BOOKS, [ORIGIN], offset=1, search_params={"offset": 1})
        with pytest.raises(DataTypeNotMatchException, match="filter"):
            client.search(BOOKS, [ORIGIN], 5)  # type: ignore[arg-type]  # that is the point
        assert (client.connection_info()).calls == calls
