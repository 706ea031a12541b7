"""Very many rows are encoded in steps, into the same message as any rows."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.codec.write import row_steps
from milvusclient.codec.write.request import Assembled
from milvusclient.exceptions import DataNotMatchException
from milvusclient.exceptions import TypeError as MilvusTypeError
from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.operations import mutations
from milvusclient.schema.enums import DataType

ID = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
AUTO_ID = FieldInfo("id", data_type=DataType.INT64, is_primary=True, auto_id=True)
VECTOR = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=3)
ROWS = 11


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_steps, "_STEP", 4)


def in_steps(built: Any) -> tuple[Assembled[Any], int]:
    """Finish a request that may be built in steps; returns their number, too."""
    steps = 0
    while not isinstance(built, Assembled):
        try:
            next(built)
            steps += 1
        except StopIteration as done:
            built = done.value
    return built, steps


def encoded(
    rows: list[Any], collection: CollectionInfo, monkeypatch: pytest.MonkeyPatch, **options: Any
) -> list[milvus_pb2.UpsertRequest | milvus_pb2.InsertRequest]:
    """The request when it is encoded at once, and in steps."""
    made = []
    for many in (1 << 60, 1):
        monkeypatch.setattr(row_steps, "_MANY", many)
        build = mutations.build_upsert if options else mutations.build_insert
        built, steps = in_steps(cast("Any", build)("c", mutations.read_data(rows), collection, **options))
        assert steps == 0 if many > 1 else steps >= 3
        made.append(built.message())
    return made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (FieldInfo("x", data_type=DataType.BOOL), lambda row: row % 2 == 0),
        (FieldInfo("x", data_type=DataType.INT8), lambda row: -row),
        (FieldInfo("x", data_type=DataType.INT64, nullable=True), lambda row: None if row % 3 else row),
        (FieldInfo("x", data_type=DataType.INT64, nullable=True), lambda _: None),
        (FieldInfo("x", data_type=DataType.FLOAT), lambda row: row / 4),
        (FieldInfo("x", data_type=DataType.DOUBLE, nullable=True), lambda row: None if row < 5 else row / 4),
        (FieldInfo("x", data_type=DataType.VARCHAR, max_length=100), lambda row: "é" * row),
        (FieldInfo("x", data_type=DataType.JSON), lambda row: {"a": [row]}),
        (FieldInfo("x", data_type=DataType.ARRAY, element_type=DataType.INT32, max_capacity=20),
         lambda row: [row] * row),
        (FieldInfo("x", data_type=DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=9, max_length=9,
                   nullable=True),
         lambda row: None if row % 2 else ["a", "b"]),
        (FieldInfo("x", data_type=DataType.FLOAT_VECTOR, dim=2), lambda row: np.array([row, 1], "f4")),
        (FieldInfo("x", data_type=DataType.FLOAT_VECTOR, dim=2, nullable=True),
         lambda row: None if row < 6 else [row, 1]),
        (FieldInfo("x", data_type=DataType.FLOAT_VECTOR, dim=2, nullable=True), lambda _: None),
        (FieldInfo("x", data_type=DataType.BINARY_VECTOR, dim=16), lambda row: bytes([row, 1])),
        (FieldInfo("x", data_type=DataType.FLOAT16_VECTOR, dim=2), lambda row: [row, 0.5]),
        (FieldInfo("x", data_type=DataType.INT8_VECTOR, dim=2), lambda row: [row, -1]),
        (FieldInfo("x", data_type=DataType.SPARSE_FLOAT_VECTOR), lambda row: {row: 1.5}),
    ],
)  # fmt: skip
def test_the_message_is_the_same(field: FieldInfo, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = CollectionInfo("c", fields=(ID, VECTOR, field), enable_dynamic_field=True)
    rows = [
        {"id": row, "v": [row, 1.0, 2.0], "x": value(row), **({"more": row} if row % 2 else {})} for row in range(ROWS)
    ]
    whole, steps = encoded(rows, collection, monkeypatch)
    assert steps == whole
    assert len(whole.fields_data) == 4


def test_what_may_be_left_out_is_judged_over_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    collection = CollectionInfo("c", fields=(AUTO_ID, VECTOR, FieldInfo("x", data_type=DataType.INT64, nullable=True)))
    rows: list[dict[str, Any]] = [{"v": [row, 1.0, 2.0]} for row in range(ROWS)]
    rows[9]["x"] = 5
    whole, steps = encoded(rows, collection, monkeypatch)
    assert steps == whole
    keys: list[dict[str, Any]] = [{"id": row, "x": row} for row in range(ROWS)]
    whole, steps = encoded(keys, collection, monkeypatch, partial_update=True)
    assert steps == whole
    assert [column.field_name for column in whole.fields_data] == ["id", "x"]


@pytest.mark.parametrize("nullable", [False, True])
def test_structs_are_joined_by_sub_field(monkeypatch: pytest.MonkeyPatch, nullable: bool) -> None:
    inner = (
        FieldInfo("a", data_type=DataType.ARRAY, element_type=DataType.INT64, max_capacity=4),
        FieldInfo("t", data_type=DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4, max_length=9),
        FieldInfo("e", data_type=DataType._ARRAY_OF_VECTOR, element_type=DataType.FLOAT_VECTOR, dim=2, max_capacity=4),
    )
    collection = CollectionInfo("c", fields=(ID,), struct_fields=(StructFieldInfo("s", 0, inner, 4, nullable),))
    rows: list[dict[str, Any]] = [
        {"id": row, "s": [{"a": row, "t": f"t{row}", "e": [row, 0.5]}] * (row % 4)} for row in range(ROWS)
    ]
    if nullable:
        for row in (0, 1, 2, 3, 7):
            rows[row]["s"] = None
    whole, steps = encoded(rows, collection, monkeypatch)
    assert steps == whole
    whole, steps = encoded(rows[:1] + rows[4:], collection, monkeypatch, partial_update=True)
    assert steps == whole
    whole, steps = encoded([{"id": row} for row in range(ROWS)], collection, monkeypatch, partial_update=True)
    assert steps == whole
    assert len(whole.fields_data) == 1


@pytest.mark.parametrize("nulls", [False, True])
def test_tables_are_sliced(monkeypatch: pytest.MonkeyPatch, nulls: bool) -> None:
    pa = pytest.importorskip("pyarrow")
    collection = CollectionInfo(
        "c",
        fields=(
            ID,
            VECTOR,
            FieldInfo("i", data_type=DataType.INT8, nullable=True),
            FieldInfo("b", data_type=DataType.BOOL, nullable=True),
            FieldInfo("f", data_type=DataType.FLOAT, nullable=True),
            FieldInfo("d", data_type=DataType.DOUBLE, nullable=True),
            FieldInfo("s", data_type=DataType.VARCHAR, max_length=9, nullable=True),
            FieldInfo("j", data_type=DataType.JSON, nullable=True),
        ),
        enable_dynamic_field=True,
    )
    gaps = {row for row in range(ROWS) if row < 5 or row % 3 == 0} if nulls else set()

    def column(make: Any, kind: Any) -> Any:
        return pa.array([None if row in gaps else make(row) for row in range(ROWS)], kind)

    table = pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "v": pa.array([[row, 1.0, 2.0] for row in range(ROWS)], pa.list_(pa.float32(), 3)),
            "i": column(lambda row: -row, pa.int8()),
            "b": column(lambda row: row % 2 == 0, pa.bool_()),
            "f": column(lambda row: row / 4, pa.float32()),
            "d": column(lambda row: row / 4, pa.float64()),
            "s": column(lambda row: "é" * (row % 5), pa.string()),
            "j": column(lambda row: {"a": row}, pa.struct([("a", pa.int64())])),
            "more": column(lambda row: row, pa.int32()),
        }
    )
    made = []
    for many in (1 << 60, 1):
        monkeypatch.setattr(row_steps, "_MANY", many)
        monkeypatch.setattr(row_steps, "_MANY_OF_TABLE", many)
        built, steps = in_steps(mutations.build_insert("c", mutations.read_data(table), collection))
        assert steps >= 3 if many == 1 else steps == 0
        made.append(built)
    assert made[0].message() == made[1].message()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": 7, "v": [1.0, 2.0]}, r"row 9, field 'v'"),
        ({"id": "x", "v": [1.0, 2.0, 3.0]}, r"row 9, field 'id'"),
        ({"id": 7}, r"row 9, field 'v'"),
        ({"id": 7, "v": [1.0, 2.0, 3.0], "other": 1}, r"row 9, field 'other'"),
        ({"id": 7, "v": [1.0, float("nan"), 3.0]}, r"row 9, field 'v'\[1\]: .* got NaN"),
        (7, r"row 9: expected a dict"),
    ],
)
def test_a_refusal_names_the_row(row: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = CollectionInfo("c", fields=(ID, VECTOR))
    rows: list[Any] = [{"id": number, "v": [1.0, 2.0, 3.0]} for number in range(ROWS)]
    rows[9] = row
    monkeypatch.setattr(row_steps, "_MANY", 1)
    built = mutations.build_insert("c", mutations.read_data(rows), collection)
    with pytest.raises(DataNotMatchException, match=message):
        list(cast("Any", built))


def test_a_row_of_the_dynamic_field_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    collection = CollectionInfo("c", fields=(ID,), enable_dynamic_field=True)
    rows: list[Any] = [{"id": number, "x": object() if number == 9 else 1} for number in range(ROWS)]
    monkeypatch.setattr(row_steps, "_MANY", 1)
    with pytest.raises(DataNotMatchException, match="row 9, field 'x'"):
        list(cast("Any", mutations.build_insert("c", mutations.read_data(rows), collection)))


@pytest.mark.parametrize(
    ("count", "row", "takes"),
    [
        (20_000, {"id": 1}, True),
        (19_999, {"id": 1}, False),
        (3_000, {"id": 1, "v": [0.5] * 768}, True),
        (300, {"id": 1, "v": [0.5] * 768}, False),
        (3_000, {"id": 1, "s": [{"v": [0.5] * 100}] * 8}, True),
        (3_000, {"id": 1, "j": {"a": {"b": [1.5] * 600}}}, True),
        (10_000, {"id": 1, "v": np.zeros(768, "f4")}, False),
        (3_000, 7, False),
        (0, {}, False),
    ],
)
def test_steps_go_by_the_work(count: int, row: Any, takes: bool) -> None:
    assert row_steps.takes_steps([row] * count) is takes


def test_a_step_has_few_rows_where_each_is_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_steps, "_STEP", 4_000)
    collection = CollectionInfo("c", fields=(ID, FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=1000)))
    rows: list[Any] = [{"id": row, "v": [0.5] * 1000} for row in range(2_000)]
    turns = len(list(cast("Any", mutations.build_insert("c", rows, collection))))
    assert turns > 24, "eight steps of rows, and their joining"


def test_a_large_request_is_encoded_and_joined_in_turns() -> None:
    collection = CollectionInfo("c", fields=(ID, FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=1000)))
    vector = np.zeros(1000, "f4")
    built = cast("Any", mutations.build_insert("c", [{"id": 1, "v": vector}] * 300, collection))
    assert len(list(built)) == 3, "after encoding, after joining, after the check"
    assert isinstance(mutations.build_insert("c", [{"id": 1, "v": vector}] * 200, collection), Assembled)


def test_text_is_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_steps, "_MANY", 1)
    with pytest.raises(MilvusTypeError):
        mutations.read_data("many characters")
