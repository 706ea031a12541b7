"""The sources of bulk writes and the meaning of errors."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from typing import Any

import pytest

from milvusclient.exceptions import (
    DataNotMatchException,
    MilvusException,
    MilvusUnavailableException,
    ParamError,
    RpcError,
)
from milvusclient.models.bulk import BulkReport, RejectedRow
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations import bulk
from milvusclient.policy.bulk import Fault
from milvusclient.schema.enums import DataType

BOOKS = CollectionInfo(
    "books",
    collection_id=7,
    fields=(
        FieldInfo("id", data_type=DataType.INT64, is_primary=True),
        FieldInfo("title", data_type=DataType.VARCHAR, max_length=64),
        FieldInfo("vector", data_type=DataType.FLOAT_VECTOR, dim=768),
        FieldInfo("sparse", data_type=DataType.SPARSE_FLOAT_VECTOR, is_function_output=True),
    ),
)


@dataclasses.dataclass
class Book:
    id: int
    title: str


# --- rows ------------------------------------------------------------------------------------------------------------
def test_mappings_are_rows_as_they_are() -> None:
    for row in ({"id": 1}, OrderedDict(id=1)):
        assert bulk.as_row(row) is row


def test_a_dataclass_is_a_row_of_its_fields() -> None:
    assert bulk.as_row(Book(1, "Dune")) == {"id": 1, "title": "Dune"}


def test_a_structured_array_is_a_table() -> None:
    numpy = pytest.importorskip("numpy")
    (table,) = bulk.tables_of(numpy.array([(1, "Dune"), (2, "Emma")], [("id", "i8"), ("title", "U9")])) or []
    assert [dict(table.row(index)) for index in range(len(table))] == [
        {"id": 1, "title": "Dune"}, {"id": 2, "title": "Emma"},
    ]  # fmt: skip


def test_a_pydantic_object_is_a_row_of_its_fields() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Model", id=(int, ...), title=(str, "?"))
    assert bulk.as_row(model(id=1)) == {"id": 1, "title": "?"}


def test_extra_values_of_a_pydantic_object_are_in_its_row() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Model", __config__=pydantic.ConfigDict(extra="allow"), id=(int, ...))
    assert bulk.as_row(model(id=1, color="red", sizes=[1])) == {"id": 1, "color": "red", "sizes": [1]}
    assert bulk.as_row(model(id=2)) == {"id": 2}
    ignoring = pydantic.create_model("Ignoring", __config__=pydantic.ConfigDict(extra="ignore"), id=(int, ...))
    assert bulk.as_row(ignoring(id=3, color="red")) == {"id": 3}


def test_an_object_that_only_looks_like_a_pydantic_model_is_a_row_too() -> None:
    class Model:
        model_fields = ("id",)
        id = 5

    assert bulk.as_row(Model()) == {"id": 5}


def test_an_attrs_object_is_a_row_of_its_fields() -> None:
    attr = pytest.importorskip("attr")
    made = attr.make_class("Made", ["id", "title"])
    assert bulk.as_row(made(1, "Dune")) == {"id": 1, "title": "Dune"}


@pytest.mark.parametrize("value", [5, "text", [1, 2], None, Book])
def test_other_objects_are_refused(value: object) -> None:
    with pytest.raises(DataNotMatchException, match="expected a dict of field name to value"):
        bulk.as_row(value)


def test_columns_are_a_table_of_which_only_single_rows_become_python_values() -> None:
    columns = {"id": list(range(5)), "title": tuple("abcde")}
    (table,) = bulk.tables_of(columns) or ()
    rows = bulk.TableRows(table)
    assert (len(rows), rows[1], len(rows[2:4]), rows[2:4][0]) == (
        5,
        {"id": 1, "title": "b"},
        2,
        {"id": 2, "title": "c"},
    )
    assert isinstance(rows[2:4], bulk.TableRows)


def test_a_table_knows_its_positions_in_the_source() -> None:
    (table,) = bulk.tables_of({"id": list(range(9))}) or ()
    part = bulk.TableRows(table)[4:8]
    refused = DataNotMatchException(message="row 6, field 'id': wanted an INT64")
    assert bulk.position_of(refused, part) == 2
    assert bulk.position_of(refused, bulk.TableRows(table)[0:4]) is None


def test_tables_are_joined_without_copying_arrays() -> None:
    numpy = pytest.importorskip("numpy")
    first, second = (next(iter(bulk.tables_of({"id": numpy.arange(3), "t": ["a"] * 3}) or ())) for _ in range(2))
    joined = first.join(second.slice(0, 2))
    assert (joined.num_rows, joined.row(4), len(joined.columns["id"])) == (5, {"id": 1, "t": "a"}, 2)


def test_rows_are_not_tables() -> None:
    assert bulk.tables_of([{"id": 1}]) is None


@pytest.mark.parametrize(("source", "length"), [([1, 2], 2), (iter([1]), None), ({}, 0), ({"id": [1, 2, 3]}, 3)])
def test_the_length_of_a_source(source: object, length: int | None) -> None:
    assert bulk.length_of(source) == length


def test_the_size_of_a_row_is_estimated_from_the_schema() -> None:
    assert bulk.row_bytes(BOOKS) == 768 * 4 + 32 + 8 + 1


def test_keys_are_needed_to_look_rows_up() -> None:
    assert bulk.keys_of([{"id": 5}, {"id": 6}], BOOKS) == [5, 6]
    generated = dataclasses.replace(BOOKS, fields=(FieldInfo("id", is_primary=True, auto_id=True),))
    with pytest.raises(ParamError, match="on_uncertain='verify' needs rows with primary keys"):
        bulk.keys_of([], generated)


# --- errors ----------------------------------------------------------------------------------------------------------
def error(code: int = 0, message: str = "", legacy: int = 0, **known: Any) -> MilvusException:
    made = MilvusException(code, message, legacy, known.pop("is_input_error", False))
    vars(made).update(known)
    return made


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (error(8), Fault.RATE_LIMIT),
        (error(0, "", 49), Fault.RATE_LIMIT),
        (error(1100), Fault.CONTENT),
        (error(1701), Fault.CONTENT),
        (error(0, "", 5), Fault.CONTENT),
        (error(65535, is_input_error=True), Fault.CONTENT),
        (error(65535), Fault.FATAL),
        (error(9), Fault.FATAL),
        (error(109), Fault.OUTDATED),
        (error(2200, "", 62), Fault.OUTDATED),
        (DataNotMatchException(message="row 1: bad"), Fault.BAD_ROW),
        (RpcError(10_008, "grpc: received message larger than max (9 vs. 4)"), Fault.TOO_LARGE),
        (RpcError(10_008, "too many requests"), Fault.FATAL),
        (MilvusUnavailableException(10_014, "no answer"), Fault.FATAL),
        (error(2, "no answer", ambiguous=True), Fault.LOST),
    ],
)
def test_what_an_error_means_for_its_batch(given: MilvusException, fault: Fault) -> None:
    assert bulk.fault_of(given) is fault


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("trying to send message larger than max (76958575 vs. 67108864)", 67_108_864),
        ("Received message larger than max (9 vs. 4); use insert_many", 4),
        ("larger than max", None),
        ("anything", None),
    ],
)
def test_the_limit_of_a_message_is_in_its_error(message: str, limit: int | None) -> None:
    assert bulk.message_limit(error(1, message)) == limit


def test_the_encoder_names_the_position_in_the_batch_and_users_see_that_in_the_source() -> None:
    refused = DataNotMatchException(message="row 3, field 'id': wanted an INT64, got row 3")
    assert bulk.position_of(refused, [{}] * 4) == 3
    assert bulk.position_of(refused, [{}] * 3) is None
    assert bulk.position_of(error(1, "field 'id' of row 3"), [{}] * 4) is None
    assert bulk.moved(refused, 1_003).message == "row 1003, field 'id': wanted an INT64, got row 3"


@pytest.mark.parametrize(
    ("given", "denied"), [(error(9), True), (error(0, "", 53), True), (error(8), False), (None, False)]
)
def test_denied_writes(given: MilvusException | None, denied: bool) -> None:
    assert bulk.is_denied(given) is denied


def test_a_report_of_many_refused_rows_prints_few_of_them() -> None:
    rejected = [RejectedRow(index, {"id": index, "v": [0.5] * 768}, ValueError("x")) for index in range(1_000)]
    printed = repr(BulkReport(written=2, rejected=rejected, uncertain=[range(3, 5)]))
    assert printed.startswith("BulkReport(written=2, rejected=[RejectedRow(index=0, row={'id': 0, 'v': [0.5, ")
    assert "(768)" in printed
    assert "(1,000)" in printed
    assert "uncertain=[range(3, 5)]" in printed
    assert len(printed) < 1_000
