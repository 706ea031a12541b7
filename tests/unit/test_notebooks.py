"""Notebooks look for methods by name: which objects have them, and that data cannot pass for them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from milvusclient import DataType, FieldSchema, IndexParams, MilvusClient, schema
from milvusclient._proto import milvus_pb2
from milvusclient.codec.read.reply import QueryReply
from milvusclient.codec.read.table import query_columns
from milvusclient.display import ShownInNotebooks
from milvusclient.models import columns, connection, results
from milvusclient.models.connection import ConnectionInfo, OperationStats
from milvusclient.models.results import AggregationBucket, AggregationHit, Hit, Hits, QueryResult, SearchResult
from milvusclient.notebook.views import VIEWS, html_of
from tests.support.notebook import read

HIT = Hit({"id": 7, "distance": 0.5, "entity": {"title": "a"}})
FIELD = FieldSchema("id", DataType.INT64, is_primary=True)
INDEXES = IndexParams()
INDEXES.add_index("v", "HNSW")
CONNECTION = ConnectionInfo(
    alias="a", address="h:1", database="", user="", server_version="", connected_since=0.0, calls=0, errors=0,
    retries=0, in_flight=0, bytes_sent=0, bytes_received=0,
)  # fmt: skip
SHOWN = [
    QueryResult([{"id": 1}]), SearchResult([Hits([HIT])]), Hits([HIT]), HIT, HIT.entity, AggregationBucket([], 5),
    AggregationHit(1, 0.5), query_columns(QueryReply(milvus_pb2.QueryResults())),
    MilvusClient.create_schema().add_field("id", DataType.INT64, is_primary=True), FIELD,
    MilvusClient.create_struct_field_schema(), INDEXES, INDEXES[0], CONNECTION,
]  # fmt: skip
#: The classes of milvusclient.pymilvus are shown as those that they extend.
IS_OURS = re.compile(r"milvusclient\.(?!pymilvus\.)")
LOOKED_FOR = ("_ipython_canary_method_should_not_exist_", "_ipython_display_", "_repr_mimebundle_", "_repr_html_")


@pytest.mark.parametrize("value", SHOWN, ids=lambda value: type(value).__name__)
def test_notebooks_show_a_table_and_a_text(value: object) -> None:
    formatters = pytest.importorskip("IPython.core.formatters")
    found, _ = formatters.DisplayFormatter().format(value)
    assert set(found) == {"text/plain", "text/html"}
    page = read(found["text/html"])
    assert type(value).__name__ in page.texts()[0]


def test_each_class_that_can_be_shown_has_a_table_and_each_table_a_class() -> None:
    for name in [*schema.__all__, *(name for module in (columns, connection, results) for name in module.__all__)]:
        getattr(schema, name, None)  # its module is loaded
    todo, found = [ShownInNotebooks], set[str]()
    while todo:
        subclasses = [each for each in todo.pop().__subclasses__() if IS_OURS.match(each.__module__)]
        todo += subclasses
        found.update(f"{each.__module__}.{each.__qualname__}" for each in subclasses)
    bases = {f"milvusclient.models.short_text.{name}" for name in ("ShortDict", "ShortList")}
    assert found - bases - {"milvusclient.models.columns.SearchColumns"} == set(VIEWS), "a subclass may share a table"


def test_a_class_of_a_program_is_shown_as_the_class_that_it_extends() -> None:
    class Hits(QueryResult):
        """It has the name of another class."""

    assert html_of(Hits([{"id": 1}])) == html_of(QueryResult([{"id": 1}])).replace("QueryResult", "Hits")


def test_a_field_is_not_taken_for_a_method_that_notebooks_call() -> None:
    formatters = pytest.importorskip("IPython.core.formatters")
    hit = Hit({"id": 1, "distance": 0.5, "entity": dict.fromkeys(LOOKED_FOR, print)})
    for value in (hit, hit.entity):
        found, _ = formatters.DisplayFormatter().format(value)
        assert set(found) == {"text/plain", "text/html"}
        for name in LOOKED_FOR:
            assert getattr(value, name, None) is not print
            assert value[name] is print, "by key it is there"


@pytest.mark.parametrize(
    "name", ["_ipython_display_", "_ipython_canary_method_should_not_exist_", "_repr_png_", "__x__"]
)
def test_a_hit_has_no_attributes_that_notebooks_probe_for(name: str) -> None:
    assert not hasattr(HIT, name)
    assert not hasattr(HIT.entity, name)
    assert not hasattr(type(HIT), name)


def pretty(value: object) -> str:
    text: str = pytest.importorskip("IPython.lib.pretty").pretty(value)
    return text


def test_ten_rows_with_vectors_are_ten_lines_in_ipython_and_short_in_the_interpreter() -> None:
    rows = QueryResult([{"id": row, "vector": [0.5] * 64} for row in range(10)])
    lines = pretty(rows).splitlines()
    assert len(lines) == 10
    assert lines[0] == "[{'id': 0, 'vector': [0.5, 0.5, 0.5, ...] (64)},"
    assert lines[9] == " {'id': 9, 'vector': [0.5, 0.5, 0.5, ...] (64)}]"
    assert repr(rows) == pretty(rows).replace("\n", "")
    assert str(rows) == str([dict(row) for row in rows]), "a program that writes it gets all of it"


def test_of_many_rows_the_first_are_written() -> None:
    rows = QueryResult([{"id": row} for row in range(1000)])
    assert repr(rows) == f"[{', '.join(str(row) for row in rows[:10])}, ... 990 more]"
    assert pretty(rows).splitlines()[-2:] == [" {'id': 9},", " ... 990 more]"]
    assert pretty(QueryResult()) == repr(QueryResult()) == "[]"


def test_hits_are_a_line_each_and_str_has_everything() -> None:
    hits = [Hit({"id": number, "distance": 0.5, "entity": {"vector": [1.0] * 9}}) for number in range(2)]
    found = SearchResult([Hits(hits), Hits()])
    line = "{'id': %d, 'distance': 0.5, 'entity': {'vector': [1.0, 1.0, 1.0, ...] (9)}}"
    assert pretty(found).splitlines() == [f"[[{line % 0},", f"  {line % 1}],", " []]"]
    assert repr(found) == f"[[{line % 0}, {line % 1}], []]"
    plain = [[dict(hit) for hit in each] for each in found]
    assert (str(found), str(found[0]), str(hits[0])) == (str(plain), str(plain[0]), str(plain[0][0]))
    assert (repr(hits[0]), repr(hits[0].entity)) == (line % 0, "{'vector': [1.0, 1.0, 1.0, ...] (9)}")
    assert "..." not in str(hits[0].entity)
    assert "..." in repr(AggregationHit(1, 0.5, {"vector": [1.0] * 9}))


def test_a_wide_hit_has_a_line_for_each_entry() -> None:
    hit = Hit({"id": 1, "distance": 0.5, "entity": {"title": "t" * 90}})
    assert pretty(hit).splitlines() == ["{'id': 1,", " 'distance': 0.5,", f" 'entity': {{'title': '{'t' * 90}'}}}}"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], "[1, 2, 3, 4, 5, 6, 7, 8]"),
        ((1,), "(1,)"),
        ("x" * 500, f"'{'x' * 100}'... (500 characters)"),
        (b"x" * 500, f"b'{'x' * 100}'... (500 bytes)"),
        ({"a": {"b": [0] * 9}}, "{'a': {'b': [0, 0, 0, ...] (9)}}"),
        ({str(key): 0 for key in range(60)}, "... 10 more}"),
        (None, "None"),
    ],
)
def test_values_are_written_as_python_writes_them_up_to_a_length(value: object, text: str) -> None:
    assert repr(QueryResult([{"v": value}])).endswith(text + "}]")


def test_arrays_are_written_with_their_size() -> None:
    numpy = pytest.importorskip("numpy")
    row = {"long": numpy.zeros(64, "f2"), "short": numpy.array([1, 2]), "number": numpy.float32(0.5)}
    assert repr(QueryResult([row])) == (
        f"[{{'long': ndarray(64, float16), 'short': {row['short']!r}, 'number': {row['number']!r}}}]"
    )


def test_results_that_contain_themselves_come_to_an_end() -> None:
    rows = QueryResult([{"id": 1}])
    rows.append(rows)  # type: ignore[arg-type]  # that is the point
    assert (repr(rows), str(rows)) == ("[{'id': 1}, [...]]", "[{'id': 1}, [...]]")
    assert pretty(rows).startswith("[{'id': 1},")


def test_a_connection_is_short_without_its_histograms() -> None:
    stats = OperationStats(3, 1, 0.5, 0.25, (1,) * len(OperationStats().buckets))
    info = replace(CONNECTION, operations={"Search": stats, "Query": stats})
    assert repr(stats) == "OperationStats(calls=3, errors=1, seconds=0.5, longest=0.25)"
    assert len(repr(info)) < 500
    lines = pretty(info).splitlines()
    assert lines[:2] == ["ConnectionInfo(", "    alias='a',"]
    assert f"        'Search': {stats!r}," in lines
    assert pretty(CONNECTION).splitlines()[-2:] == ["    operations={},", ")"]


def test_the_repr_of_small_results_is_that_of_lists_and_dicts() -> None:
    assert repr(QueryResult([{"id": 1}])) == "[{'id': 1}]"
    assert repr(SearchResult([Hits([Hit({"id": 1})])])) == "[[{'id': 1}]]"


def test_tables_are_loaded_when_a_notebook_shows_one() -> None:
    program = (
        "import sys, milvusclient; milvusclient.MilvusClient; milvusclient.FieldSchema('id', 5);"
        "from milvusclient.models.results import QueryResult; rows = QueryResult([{'id': 1}]);"
        "before = [name for name in sys.modules if name.startswith('milvusclient.notebook.tables')];"
        "rows._repr_html_(); print(before, 'milvusclient.notebook.tables' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[] True"
