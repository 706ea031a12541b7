"""Bad input of bulk writes: each source is refused with the column and the row, and a report of what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.models.bulk import BulkError, BulkReport
from tests.support.scripted import ScriptedServer

VECTOR = [0.5] * 4
GOOD: dict[str, list[Any]] = {"id": [0, 1, 2, 3], "vector": [VECTOR] * 4}


def as_pyarrow(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("pyarrow").table(columns)


def as_polars(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("polars").DataFrame(columns, strict=False)


def as_pandas(columns: dict[str, list[Any]]) -> Any:
    pytest.importorskip("pyarrow")
    return pytest.importorskip("pandas").DataFrame(columns)


def as_rows(columns: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    count = max(map(len, columns.values()), default=0)
    return ({name: column[place] for name, column in columns.items()} for place in range(count))


Form = Callable[[dict[str, list[Any]]], Any]
FORMS = [
    pytest.param(as_pyarrow, id="pyarrow"),
    pytest.param(as_polars, id="polars"),
    pytest.param(as_pandas, id="pandas"),
    pytest.param(dict, id="columns"),
    pytest.param(as_rows, id="generator"),
]


def refusal(server: ScriptedServer, source: object, **options: Any) -> MilvusException:
    with MilvusClient(server.uri, dedicated=True) as client:
        with pytest.raises(MilvusException) as caught:
            client.insert_many("strict", source, **options)  # type: ignore[arg-type]  # that is what is tried
    return caught.value


def report(error: BaseException) -> BulkReport:
    found = getattr(error, "report", None)
    assert isinstance(found, BulkReport)
    return found


@pytest.fixture
def strict(scripted_server: ScriptedServer) -> ScriptedServer:
    """A server with a collection that has no dynamic field."""
    fields = [
        {"name": "id", "type": "Int64", "is_primary_key": True},
        {"name": "vector", "type": "FloatVector", "type_params": {"dim": "4"}},
    ]
    scripted_server.state.collections = {"strict": {"fields": fields}}
    return scripted_server


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_width_names_row_and_column(strict: ScriptedServer, form: Form) -> None:
    error = refusal(strict, form({**GOOD, "vector": [VECTOR, VECTOR, [0.5], VECTOR]}))
    assert "row 2, field 'vector': expected a FLOAT_VECTOR of 4 elements, got" in error.message
    assert report(error).written == 2


@pytest.mark.parametrize("form", FORMS)
def test_a_type_that_does_not_fit_names_row_and_column(strict: ScriptedServer, form: Form) -> None:
    error = refusal(strict, form({**GOOD, "id": ["a", "b", "c", "d"]}))
    assert "row 0, field 'id': expected an INT64" in error.message
    assert report(error).written == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_column_is_named(strict: ScriptedServer, form: Form) -> None:
    error = refusal(strict, form({"id": [0, 1]}))
    assert "'vector'" in error.message
    assert report(error).written == 0


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_column_is_named(strict: ScriptedServer, form: Form) -> None:
    error = refusal(strict, form({**GOOD, "colour": ["red"] * 4}))
    assert "'colour'" in error.message
    assert report(error).written == 0


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_source_writes_nothing(strict: ScriptedServer, form: Form) -> None:
    with MilvusClient(strict.uri, dedicated=True) as client:
        done = client.insert_many("strict", form({"id": [], "vector": []}))
    assert (done.written, done.rejected) == (0, [])
    assert not strict.calls("Insert")


def test_columns_of_different_lengths_are_refused_with_both(strict: ScriptedServer) -> None:
    error = refusal(strict, {"id": [0, 1, 2], "vector": [VECTOR, VECTOR]})
    assert isinstance(error, ParamError)
    for word in ("'id'", "'vector'", "3", "2"):
        assert word in error.message


@pytest.mark.parametrize("is_table", [False, True])
def test_a_source_that_fails_half_way_says_what_was_written(strict: ScriptedServer, is_table: bool) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from as_rows(GOOD)
        raise ParamError(message="the disk is gone")

    source: Any = rows()
    if is_table:
        arrow = pytest.importorskip("pyarrow")
        table = arrow.table(GOOD)

        def batches() -> Iterator[Any]:
            yield from table.to_batches()
            raise OSError("the disk is gone")

        source = arrow.RecordBatchReader.from_batches(table.schema, batches())
    error = refusal(strict, source, batch_rows=2)
    assert "the disk is gone" in error.message
    assert report(error).written == 4
    if is_table:
        assert "data: the Arrow stream failed after 4 rows" in error.message


def test_an_error_at_the_first_row_has_a_report_too(strict: ScriptedServer) -> None:
    error = refusal(strict, [5])
    assert isinstance(error, BulkError)
    assert "row 0: expected a dict of field name to value" in error.message
