"""Replies to what users receive: rows, hits, and replies that do not hold together."""

from __future__ import annotations

import json
import math
import struct
import sys
from typing import Any

import pytest

from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec import json_text
from milvusclient.codec.ids import decode_ids, encode_ids
from milvusclient.codec.read import columns, packed_floats
from milvusclient.codec.read.columns import decode_column, decode_columns
from milvusclient.codec.read.results import decode_query, decode_search, extra_info
from milvusclient.exceptions import ParamError, ReplyError
from tests.support import facts


@pytest.fixture(params=["orjson", "json"], autouse=True)
def json_library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both JSON libraries."""
    if request.param == "orjson":
        pytest.importorskip("orjson")
    else:
        monkeypatch.setattr(json_text, "_orjson", lambda: None)


def field(name: str, member: str, values: list[Any], **others: Any) -> schema_pb2.FieldData:
    made = schema_pb2.FieldData(field_name=name, **others)
    getattr(made.scalars, member).data.extend(values)
    return made


def floats(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}f", *numbers)


def keys(count: int = 3) -> schema_pb2.FieldData:
    return field("id", "long_data", list(range(count)))


def rows(*fields: schema_pb2.FieldData, **others: Any) -> Any:
    reply = milvus_pb2.QueryResults(fields_data=fields, **others)
    return decode_query(milvus_pb2.QueryResults.FromString(reply.SerializeToString()))


# --- rows ------------------------------------------------------------------------------------------------------------
def test_rows() -> None:
    found = rows(keys(), field("t", "string_data", ["a", "b", "c"]), session_ts=9)
    assert found == [{"id": 0, "t": "a"}, {"id": 1, "t": "b"}, {"id": 2, "t": "c"}]
    assert found.extra == {"cost": 0, "iterator_session_ts": 9}
    assert rows() == []
    assert rows(keys(0)) == []
    assert rows(field("count(*)", "long_data", [7])) == [{"count(*)": 7}]


def test_odd_names() -> None:
    name = "a'b\"\\\n{}"
    assert rows(field(name, "long_data", [1])) == [{name: 1}]


META = [b'{"color":"r","t":"dynamic","n":1}', b"{}", b'{"n":2}']


@pytest.mark.parametrize(
    ("output_fields", "expected"),
    [
        ([], [{"color": "r", "n": 1}, {}, {"n": 2}]),
        (["*"], [{"color": "r", "n": 1}, {}, {"n": 2}]),
        (["id", "$meta"], [{"color": "r", "n": 1}, {}, {"n": 2}]),
        (["t", "color"], [{"color": "r"}, {}, {}]),
        (["n", "missing"], [{"n": 1}, {}, {"n": 2}]),
        (["t"], [{}, {}, {}]),
    ],
)
def test_dynamic_fields_that_were_asked_for(output_fields: list[str], expected: list[dict[str, Any]]) -> None:
    """A field of the schema wins over a dynamic one of the same name."""
    found = rows(
        keys(),
        field("t", "string_data", ["a", "b", "c"]),
        field("$meta", "json_data", META, is_dynamic=True),
        output_fields=output_fields,
    )
    assert found == [{"id": i, "t": "abc"[i], **extra} for i, extra in enumerate(expected)]


def test_dynamic_fields_that_are_no_objects() -> None:
    assert rows(keys(), field("$meta", "json_data", [b"5", b"", b"null"], is_dynamic=True)) == [
        {"id": 0},
        {"id": 1},
        {"id": 2},
    ]


@pytest.mark.parametrize("odd", [None, 0, 63, 64, 199])
@pytest.mark.parametrize("cell", [b"", b"5", b'{"n":NaN}', b'{"id":-1,"t":-1}'])
def test_dynamic_fields_of_many_rows(odd: int | None, cell: bytes) -> None:
    """They are read some rows at a time; a row that is unlike the others changes nothing for them."""
    cells = [b'{"n":%d}' % row for row in range(200)]
    expected: list[dict[str, Any]] = [{"id": row, "t": str(row), "n": row} for row in range(200)]
    if odd is not None:
        cells[odd] = cell
        expected[odd] = {"id": odd, "t": str(odd)}
    found = rows(
        keys(200),
        field("t", "string_data", list(map(str, range(200)))),
        field("$meta", "json_data", cells, is_dynamic=True),
    )
    if odd is not None and b"NaN" in cell:
        assert math.isnan(found[odd].pop("n"))
    assert found == expected
    assert list(found[1]) == ["id", "t", "n"]


def test_dynamic_fields_that_cannot_be_read() -> None:
    for meta in (
        field("$meta", "json_data", [b"{}"] * 2, is_dynamic=True),
        field("$meta", "json_data", [b"{}", b"{", b"{}"], is_dynamic=True),
        field("$meta", "json_data", [b"{}"] * 3, is_dynamic=True, valid_data=[True] * 2),
    ):
        with pytest.raises(ReplyError):
            rows(keys(), meta)


def test_dynamic_fields_with_nulls() -> None:
    meta = field("$meta", "json_data", [b'{"a":1}', b"", b"{}"], is_dynamic=True, valid_data=[True, False, True])
    assert rows(keys(), meta) == [{"id": 0, "a": 1}, {"id": 1}, {"id": 2}]


def test_dynamic_fields_in_two_columns() -> None:
    more = field("more", "json_data", [b'{"a":2,"b":2}'] * 3, is_dynamic=True)
    found = rows(keys(), field("$meta", "json_data", [b'{"a":1}', b"{}", b"{}"], is_dynamic=True), more)
    assert found == [{"id": 0, "a": 1, "b": 2}, {"id": 1, "a": 2, "b": 2}, {"id": 2, "a": 2, "b": 2}]


def test_dynamic_fields_alone() -> None:
    assert rows(field("$meta", "json_data", [b'{"a":1}'], is_dynamic=True)) == [{"a": 1}]


def test_rows_for_elements() -> None:
    reply = milvus_pb2.QueryResults(fields_data=[keys(2)])
    reply.element_indices.add().indices.data.extend([0, 2])
    reply.element_indices.add().indices.data.extend([1])
    assert decode_query(reply) == [{"id": 0, "offset": 0}, {"id": 0, "offset": 2}, {"id": 1, "offset": 1}]
    reply.element_indices.add()
    with pytest.raises(ReplyError, match="the reply cannot be read: element indices for 3 of 2 rows"):
        decode_query(reply)


def test_extra() -> None:
    reply = milvus_pb2.QueryResults()
    figures = {"report_value": "4", "scanned_remote_bytes": "1", "scanned_total_bytes": "2", "cache_hit_ratio": "0.5"}
    for name, figure in figures.items():
        reply.status.extra_info[name] = figure
    expected = {"cost": 4, "scanned_remote_bytes": 1, "scanned_total_bytes": 2, "cache_hit_ratio": 0.5}
    assert extra_info(reply.status) == expected
    reply.status.extra_info["report_value"] = reply.status.extra_info["cache_hit_ratio"] = "?"
    assert extra_info(reply.status) == {**expected, "cost": 0, "cache_hit_ratio": 0.0}
    del reply.status.extra_info["report_value"]
    assert extra_info(reply.status) == {**expected, "cost": 0, "cache_hit_ratio": 0.0}


# --- columns ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("bool_data", [True, False]),
        ("int_data", [1, -1]),
        ("long_data", [2**63 - 1, -(2**63)]),
        ("string_data", ["", "日本"]),
        ("bytes_data", [b"a", b""]),
        ("geometry_wkt_data", ["POINT (1 2)", ""]),
        ("geometry_data", [b"\x01", b""]),
        ("timestamptz_data", [1, 2]),
        ("mol_smiles_data", ["C", "O"]),
        ("date_data", [1, 2]),
        ("time_data", [1, 2]),
    ],
)
def test_scalar_members(member: str, values: list[Any]) -> None:
    assert decode_column(field("x", member, values)) == values


@pytest.mark.parametrize(("cells", "expected"), [([1, 0, 3], [1, None, 3]), ([1, 3], [1, None, 3])])
def test_nulls_with_and_without_a_cell(cells: list[int], expected: list[Any]) -> None:
    assert decode_column(field("x", "int_data", cells, valid_data=[True, False, True]), 3) == expected


def test_null_vectors() -> None:
    made = schema_pb2.FieldData(field_name="v", valid_data=[True, False, True])
    made.vectors.dim = 2
    made.vectors.float_vector.data.append(floats(1, 2, 3, 4))
    assert decode_column(made) == [[1.0, 2.0], None, [3.0, 4.0]]
    made.vectors.float_vector.data.append(floats(5, 6))
    assert decode_column(made) == [[1.0, 2.0], None, [5.0, 6.0]]
    empty = schema_pb2.FieldData(field_name="v", valid_data=[False, False])
    assert decode_column(empty) == [None, None]


def test_json_cells() -> None:
    cells = [b'{"a":1}', b"", b"null", b'"x"', b"[1,2]", b"5"]
    assert decode_column(field("j", "json_data", cells)) == [{"a": 1}, None, None, "x", [1, 2], 5]
    assert math.isnan(decode_column(field("j", "json_data", [b"NaN"]))[0])
    for wrong in ([b"{", b"}"], [b"1,2"], [b"bad"], [b'{"a":[1', b"2]}"]):
        with pytest.raises(ReplyError, match="not JSON"):
            decode_column(field("j", "json_data", wrong))


def test_struct_names_with_the_name_of_their_array() -> None:
    made = schema_pb2.FieldData(field_name="s")
    for name in ("s[a]", "b"):
        sub = made.struct_arrays.fields.add(field_name=name)
        sub.scalars.array_data.data.add().long_data.data.extend([1, 2])
    assert decode_column(made) == [[{"a": 1, "b": 1}, {"a": 2, "b": 2}]]
    made.struct_arrays.fields[0].scalars.array_data.data[0].long_data.data.append(3)
    with pytest.raises(ReplyError):
        decode_column(made)


# --- packed floats, whoever sends them -------------------------------------------------------------------------------
def unpacked(number: int, values: list[float]) -> bytes:
    """A repeated float that a sender does not pack: a tag before each number."""
    return b"".join(bytes([number << 3 | 5]) + struct.pack("<f", value) for value in values)


def test_floats_in_several_chunks() -> None:
    made = field("x", "float_data", [floats(1, 2)[:3], floats(1, 2)[3:], floats(3)])
    assert decode_column(made) == [1.0, 2.0, 3.0]
    double = field("x", "double_data", [struct.pack("<d", 0.1), struct.pack("<dd", 1, 2)])
    assert decode_column(double) == [0.1, 1.0, 2.0]


def test_floats_that_are_not_packed() -> None:
    array = schema_pb2.FloatArray.FromString(unpacked(2, [7.0]) + unpacked(1, [1.0, -2.0, 0.5]) + unpacked(2, [8.0]))
    made = schema_pb2.FieldData(field_name="x")
    made.scalars.float_data.CopyFrom(array)
    assert decode_column(made) == [1.0, -2.0, 0.5]
    doubles = b"".join(b"\x09" + struct.pack("<d", value) for value in (0.1, -0.1))
    double = schema_pb2.FieldData(field_name="x")
    double.scalars.double_data.CopyFrom(schema_pb2.DoubleArray.FromString(doubles))
    assert decode_column(double) == [0.1, -0.1]
    vector = schema_pb2.FieldData(field_name="v")
    vector.vectors.dim = 3
    vector.vectors.float_vector.CopyFrom(array)
    assert decode_column(vector) == [[1.0, -2.0, 0.5]]
    result = schema_pb2.SearchResultData.FromString(unpacked(4, [0.5, 0.25]))
    result.ids.int_id.data.extend([1, 2])
    result.topks.append(2)
    found = decode_search(milvus_pb2.SearchResults(results=result))
    assert found[0].distances == [0.5, 0.25]


def test_floats_that_come_both_ways_are_refused() -> None:
    array = schema_pb2.FloatArray(data=[floats(1)])
    mixed = schema_pb2.FloatArray.FromString(array.SerializeToString() + unpacked(1, [2.0]))
    made = schema_pb2.FieldData(field_name="x")
    made.scalars.float_data.CopyFrom(mixed)
    with pytest.raises(ReplyError, match="some numbers are packed and some are not"):
        decode_column(made)


@pytest.mark.skipif(sys.byteorder == "big", reason="the machine is one of those already")
def test_big_endian_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the numbers of the wire are swapped; here, swapped numbers look as those of the wire look there."""
    monkeypatch.setattr(packed_floats, "_LITTLE", False)
    swapped = struct.pack(">2f", 1.5, -2.0)
    assert packed_floats.floats_of(swapped, "f") == [1.5, -2.0]
    assert packed_floats.vectors_as_lists(swapped, 1) == [[1.5], [-2.0]]
    assert packed_floats.vectors_as_lists(swapped, 2) == [[1.5, -2.0]]


def test_columns_that_do_not_fit() -> None:
    wrong: list[schema_pb2.FieldData] = [
        field("x", "float_data", [b"123"]),
        field("x", "int_data", [1, 2], valid_data=[True, False, False, False]),
        field("x", "int_data", [1], valid_data=[True, True]),
    ]
    for member, data in (("float_vector", None), ("int8_vector", b"123"), ("float16_vector", b"123")):
        made = schema_pb2.FieldData(field_name="x")
        made.vectors.dim = 2
        if data is None:
            made.vectors.float_vector.data.append(floats(1, 2, 3))
        else:
            setattr(made.vectors, member, data)
        wrong.append(made)
    sparse = schema_pb2.FieldData(field_name="x")
    sparse.vectors.sparse_float_vector.contents.append(b"123")
    wrong.append(sparse)
    for made in wrong:
        with pytest.raises(ReplyError, match="the reply cannot be read"):
            decode_column(made)
    with pytest.raises(ReplyError, match="it has 2 rows, and other columns have 3"):
        decode_columns([keys(3), field("x", "int_data", [1, 2])])
    assert decode_columns([keys(1)]) == {"id": [0]}
    assert columns.decode_column(schema_pb2.FieldData()) == []


# --- hits ------------------------------------------------------------------------------------------------------------
def search_data(topks: list[int], *fields: schema_pb2.FieldData, **others: Any) -> schema_pb2.SearchResultData:
    count = sum(topks)
    data = schema_pb2.SearchResultData(num_queries=len(topks), topks=topks, fields_data=fields, **others)
    data.ids.int_id.data.extend(range(1, count + 1))
    if count:
        data.scores.append(floats(*[0.123456 * (number + 1) for number in range(count)]))
    return data


def search(data: schema_pb2.SearchResultData, round_decimal: int = -1, **others: Any) -> Any:
    wire = milvus_pb2.SearchResults(results=data, **others).SerializeToString()
    return decode_search(milvus_pb2.SearchResults.FromString(wire), round_decimal)


def test_hits() -> None:
    titles = field("title", "string_data", ["a", "b", "c"])
    found = search(search_data([1, 0, 2], titles, primary_field_name="pk"), 2, session_ts=5)
    assert found == [
        [{"pk": 1, "distance": 0.12, "entity": {"title": "a"}}],
        [],
        [
            {"pk": 2, "distance": 0.25, "entity": {"title": "b"}},
            {"pk": 3, "distance": 0.37, "entity": {"title": "c"}},
        ],
    ]
    assert found[2].ids == [2, 3]
    assert found[2].distances == [0.25, 0.37]
    assert (found.session_ts, found.recalls, found.agg_buckets, found.extra) == (5, [], [], {"cost": 0})
    assert (found.iterator_token, found.iterator_last_bound) == ("", 0.0)
    whole = search(search_data([1]), 0)
    assert whole[0].distances == [0.0], "no decimals is not all decimals"


def test_hits_with_dynamic_fields() -> None:
    titles = field("title", "string_data", ["a", "b", "c"])
    meta = field("$meta", "json_data", [b'{"n":1,"title":"x"}', b"{}", b'{"m":2}'], is_dynamic=True)
    found = search(search_data([2, 1], titles, meta))
    entities = [{"title": "a", "n": 1}, {"title": "b"}, {"title": "c", "m": 2}]
    assert [hit["entity"] for hits in found for hit in hits] == entities
    only = search(search_data([2, 1], titles, meta, output_fields=["title", "m"]))
    assert [hit["entity"] for hits in only for hit in hits] == [{"title": "a"}, {"title": "b"}, {"title": "c", "m": 2}]


def test_hits_without_fields_and_without_hits() -> None:
    assert search(search_data([1])) == [[{"id": 1, "distance": pytest.approx(0.123456), "entity": {}}]]
    assert search(search_data([0])) == [[]]
    assert search(schema_pb2.SearchResultData(num_queries=2)) == [[], []]
    assert search(schema_pb2.SearchResultData()) == []
    first, second = search(search_data([2]))[0]
    assert first["entity"] is not second["entity"]


def test_hits_with_text_keys() -> None:
    data = schema_pb2.SearchResultData(topks=[1], scores=[floats(1)])
    data.ids.str_id.data.append("k")
    assert search(data)[0][0].id == "k"


def test_hits_with_all_that_can_be_on_them() -> None:
    data = search_data(
        [2], field("$meta", "json_data", [b'{"n":1,"m":2}', b"{}"], is_dynamic=True), output_fields=["n"]
    )
    data.element_indices.data.extend([3, 4])
    data.recalls.append(0.5)
    data.highlight_results.add(field_name="t").datas.add(fragments=["<em>x</em>"], scores=[0.5])
    data.search_iterator_v2_results.token = "token"
    data.search_iterator_v2_results.last_bound = 0.5
    found = search(data)
    first, second = found[0]
    assert (first["offset"], second["offset"]) == (3, 4)
    assert (first["entity"], second["entity"]) == ({"n": 1}, {})
    assert first.highlight == {"t": {"fragments": ["<em>x</em>"], "scores": [0.5]}}
    assert second.highlight is None
    assert (found.iterator_token, found.iterator_last_bound, found.recalls) == ("token", 0.5, [0.5])


def test_buckets() -> None:
    data = search_data([1, 0])
    bucket = data.agg_buckets.add(count=3)
    bucket.key.add(field_name="s", field_id=1, string_val="x")
    bucket.key.add(field_name="none")
    bucket.metrics["mean"].double_val = 1.5
    hit = bucket.hits.add(int_pk=7, score=0.5)
    hit.fields.add(field_name="c", field_id=2, bytes_val=b"x")
    hit.fields.add(field_name="none")
    bucket.sub_groups.add(count=1)
    data.agg_topks.extend([1, 0])
    (found,), nothing = search(data).agg_buckets
    assert nothing == []
    assert found.key == [
        {"field_name": "s", "field_id": 1, "value": "x"},
        {"field_name": "none", "field_id": 0, "value": None},
    ]
    assert (found.count, found.metrics, found.sub_groups[0].count) == (3, {"mean": 1.5}, 1)
    assert (found.hits[0].pk, found.hits[0].score, found.hits[0].fields) == (7, 0.5, {"c": b"x"})
    assert found.hits[0].field_ids() == {"c": 2}


def test_each_query_has_its_own_buckets() -> None:
    data = search_data([0, 0, 0, 0])
    for count in range(1, 7):
        data.agg_buckets.add(count=count)
    data.agg_topks.extend([1, 2, 0, 3])
    assert [[bucket.count for bucket in query] for query in search(data).agg_buckets] == [[1], [2, 3], [], [4, 5, 6]]


@pytest.mark.parametrize(("buckets", "topks"), [(1, []), (0, [1]), (2, [1, 0]), (1, [1, 1])])
def test_buckets_that_belong_to_no_query_and_queries_without_theirs_are_refused(buckets: int, topks: list[int]) -> None:
    data = search_data([0, 0], agg_topks=topks)
    for _ in range(buckets):
        data.agg_buckets.add(count=1)
    message = f"the reply cannot be read: {buckets} buckets, of which the queries have {sum(topks)}"
    with pytest.raises(ReplyError, match=f"^{message}"):
        search(data)


def test_search_replies_that_do_not_hold_together() -> None:
    for change in ("scores", "ids", "topks", "offsets", "column"):
        data = search_data([2], field("t", "string_data", ["a", "b"]))
        match change:
            case "scores":
                data.scores.append(floats(1))
            case "ids":
                data.ids.int_id.data.append(9)
            case "topks":
                data.topks.append(1)
            case "offsets":
                data.element_indices.data.append(1)
            case "column":
                data.fields_data[0].scalars.string_data.data.append("c")
        with pytest.raises(ReplyError, match="the reply cannot be read"):
            search(data)


# --- primary keys ----------------------------------------------------------------------------------------------------
def test_ids() -> None:
    assert decode_ids(encode_ids(5)) == [5]
    assert decode_ids(encode_ids("a")) == ["a"]
    assert decode_ids(encode_ids([1, 2])) == [1, 2]
    assert decode_ids(encode_ids(("a", "b"))) == ["a", "b"]
    assert decode_ids(schema_pb2.IDs()) == []
    for wrong, message in (
        ([], "at least one"),
        (None, "got None"),
        ([1, "a"], r"ids\[1\]: expected an INT64"),
        (["a", 1], r"ids\[1\]: expected a str"),
        ([2**63], r"ids\[0\]"),
        ([1.5], r"ids\[0\]"),
    ):
        with pytest.raises(ParamError, match=message):
            encode_ids(wrong)


def test_results_can_be_written_as_json() -> None:
    assert json.loads(json.dumps(search(search_data([1])))) == [
        [{"id": 1, "distance": 0.12345600128173828, "entity": {}}]
    ]


def test_a_real_message_of_the_protocol() -> None:
    """A column written by the protocol's own messages, floats as numbers, is read right."""
    made = facts.message("FieldData")(type=10, field_name="x")
    made.scalars.float_data.data.extend([0.5, 1.5])
    assert decode_column(schema_pb2.FieldData.FromString(made.SerializeToString())) == [0.5, 1.5]
