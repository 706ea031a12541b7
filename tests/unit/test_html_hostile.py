"""Data is text in a notebook, whatever it holds: markup in it is not markup, and it breaks no table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milvusclient import CollectionSchema, DataType, FieldSchema, Function, FunctionType, IndexParams, MilvusClient
from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.codec.read.reply import QueryReply
from milvusclient.codec.read.table import query_columns
from milvusclient.models.connection import ConnectionInfo, OperationStats
from milvusclient.models.results import AggregationBucket, AggregationHit, Hits, QueryResult, SearchResult, hit_class
from tests.support.notebook import Page, read

MARKUP = [
    "<script>document.title='ran'</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><iframe srcdoc='<script>alert(1)</script>'>",
    "</td></tr></table><b>free</b>",
    "</title><style>*{display:none}</style>",
    "<!-- ",
    "<![CDATA[",
    "&lt;b&gt; &amp; &#60; &quot",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "`${alert(1)}`",
    "$x$ and \\(y\\)",
]
texts = st.one_of(
    st.sampled_from(MARKUP),
    st.text(max_size=30),
    st.text("<>&\"'/= abs;#x0!-[]", max_size=30),
    st.text(st.characters(categories=["Cc", "Cs", "Zl", "Cf"]), max_size=10),
)
#: What a message can carry as a name.
unicode_texts = texts.filter(lambda text: not any("\ud800" <= each <= "\udfff" for each in text))


def seen(text: str) -> str:
    """How a text looks: characters that cannot be seen are written as Python writes them."""
    unseen = {*range(32), *range(127, 160), 0x2028, 0x2029, *range(0xD800, 0xE000)}
    return "".join(each.encode("unicode_escape").decode() if ord(each) in unseen else each for each in text)


def assert_found(text: str, html: str, times: int) -> Page:
    """The text is there so many times, and the page is made of our elements only, as :func:`read` checks."""
    page = read(html)
    assert sum(seen(text) in each for each in page.texts()) >= times, page.texts()
    return page


@settings(deadline=None, max_examples=60)
@given(name=texts, value=texts, other=texts)
def test_rows_show_any_text_as_it_is(name: str, value: str, other: str) -> None:
    rows = QueryResult([{name: value}], extra={other: 1})
    page = read(rows._repr_html_())
    assert page.table.head == ["", seen(name)]
    assert page.table.rows == [["0", seen(value) or "''"]]
    assert page.table.caption == f"QueryResult 1 row · {seen(other) or chr(39) * 2} 1"


@settings(deadline=None, max_examples=60)
@given(text=texts.map(lambda text: text[:9]))  # the whole repr fits into a cell, whatever has to be escaped
def test_texts_inside_of_values_are_written_as_python_writes_them(text: str) -> None:
    for value in ([text], (text,), {"a": text}, {text: 1}, {"a": [{"b": text}]}):
        (cell,) = read(QueryResult([{"x": value}])._repr_html_()).table.column("x")
        assert seen(repr(text)) in cell


@settings(deadline=None, max_examples=60)
@given(key=texts, name=texts, value=texts)
def test_hits_and_buckets_show_any_text_as_it_is(key: str, name: str, value: str) -> None:
    hit = hit_class(key)({key: value, "distance": 0.5, "entity": {name: value}, "highlight": {name: [value]}})
    bucket = AggregationBucket(
        [{"field_name": name, "field_id": 1, "value": value}], 1, {name: value},
        [AggregationHit(value, 0.5, {name: value})],
    )  # fmt: skip
    found = SearchResult([Hits([hit])], extra={name: 1}, agg_buckets=[[bucket]])
    for each in (found, found[0], hit, hit.entity, bucket, bucket.hits[0]):
        page = assert_found(value, each._repr_html_(), 1)
        assert any(seen(name) in text for text in page.texts())


@settings(deadline=None, max_examples=60)
@given(name=unicode_texts, value=unicode_texts)
def test_columns_show_any_text_as_it_is(name: str, value: str) -> None:
    field = schema_pb2.FieldData(field_name=name, type=schema_pb2.VarChar)
    field.scalars.string_data.data.append(value)
    page = read(query_columns(QueryReply(milvus_pb2.QueryResults(fields_data=[field])))._repr_html_())
    assert (page.table.head, page.table.rows) == (["", seen(name)], [["0", seen(value) or "''"]])


@settings(deadline=None, max_examples=60)
@given(text=unicode_texts.filter(bool))
def test_schemas_and_indexes_show_any_text_as_it_is(text: str) -> None:
    field = FieldSchema(
        text, DataType.VARCHAR, text, is_primary=True, default_value=text, external_field=text,
        params={"x": text, text: 1}, max_length=65535,
    )  # fmt: skip
    struct = MilvusClient.create_struct_field_schema(description=text)
    struct = struct.add_field(text, DataType.INT64, description=text).named(text, 3)
    function = Function(text, FunctionType.RERANK, [], [], text, {"x": text})
    schema = CollectionSchema([field], text, [struct], [function])
    indexes = IndexParams()
    indexes.add_index(text, text, text, metric_type=text, params={"x": text})
    assert_found(text, schema._repr_html_(), 10)
    assert_found(text, field._repr_html_(), 4)
    assert_found(text, struct._repr_html_(), 4)
    assert_found(text, indexes._repr_html_(), 5)
    assert_found(text, indexes[0]._repr_html_(), 5)


@settings(deadline=None, max_examples=60)
@given(text=texts)
def test_connections_show_any_text_as_it_is(text: str) -> None:
    info = ConnectionInfo(
        alias=text, address=text, database=text, user=text, server_version=text, connected_since=0.0, calls=0,
        errors=0, retries=0, in_flight=0, bytes_sent=0, bytes_received=0, operations={text: OperationStats()},
    )  # fmt: skip
    assert_found(text, info._repr_html_(), 6)


# --- values with code of their own -----------------------------------------------------------------------------------
class Liar(str):
    """A text that says that it needs no escaping."""

    __slots__ = ()

    def _itself(self, *_: object) -> Liar:
        return self

    replace = translate = encode = __str__ = __format__ = __getitem__ = _itself  # type: ignore[assignment]  # on purpose


class Markup:
    def __repr__(self) -> str:
        return Liar("<script>1</script>")


class NoText:
    def __repr__(self) -> str:
        raise ValueError("<script>no</script>")


class NoClass:
    @property  # type: ignore[misc]  # it can be written elsewhere; here it cannot even be read
    def __class__(self) -> Any:
        raise RuntimeError("no")


class NoLength(list[int]):
    def __len__(self) -> int:
        raise RuntimeError("no")


class NoItems(dict[str, int]):
    def items(self) -> Any:
        raise RuntimeError("no")


class Endless(dict[str, int]):
    """Says that it is short, and is not."""

    def __len__(self) -> int:
        return 3

    def items(self) -> Any:
        def pairs() -> Iterator[tuple[int, int]]:
            while True:
                yield 1, 1

        return pairs()


class Scalar:
    """An array of no dimensions, in which there is one more."""

    shape: tuple[int, ...] = ()
    dtype = "<b>"

    def item(self) -> object:
        return [self]

    def __getitem__(self, part: slice) -> list[object]:
        raise RuntimeError("no")

    def __repr__(self) -> str:
        return "<b>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Liar("<b>"), "<b>"),
        (Markup(), "<script>1</script>"),
        (NoText(), "(cannot be shown)"),
        (NoClass(), "(cannot be shown)"),
        (NoLength(), "(cannot be shown)"),
        (NoItems(a=1), "(cannot be shown)"),
        (Endless(), "{1: 1, 1: 1, 1: 1}"),
        (Scalar(), "[[[[…] (1)]]]"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_with_code_of_its_own_harms_neither_the_table_nor_its_neighbours(value: object, text: str) -> None:
    table = read(QueryResult([{"x": value, "y": 1}])._repr_html_()).table
    assert table.rows == [["0", text, "1"]]
    assert (
        read(Hits([hit_class("")({"id": value, "entity": {"f": value}})])._repr_html_()).table.rows[0][1:] == [text] * 2
    )


def test_values_that_contain_themselves_are_cut() -> None:
    rows: list[object] = [1]
    rows.append(rows)
    known: dict[str, object] = {}
    known["known"] = known
    table = read(QueryResult([{"list": rows, "dict": known}])._repr_html_()).table
    assert table.rows == [["0", "[1, [1, [1, […] (2)]]]", "{'known': {'known': {'known': {…} (1)}}}"]]
