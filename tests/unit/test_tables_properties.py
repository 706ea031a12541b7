"""Random tables: any table makes the request that its rows make, or is refused where they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milvusclient._proto import milvus_pb2
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import check_rows, encode_rows
from milvusclient.codec.write.tables import encode_table, read_table
from milvusclient.exceptions import MilvusException
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType
from tests.support.soak import scaled

pa = pytest.importorskip("pyarrow")

#: Types of integers, their bits, and whether they have a sign.
INTEGERS = [
    (pa.int8(), 7, True), (pa.int16(), 15, True), (pa.int32(), 31, True), (pa.int64(), 63, True),
    (pa.uint8(), 8, False), (pa.uint16(), 16, False), (pa.uint32(), 32, False), (pa.uint64(), 64, False),
]  # fmt: skip
STRINGS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()),
           pa.dictionary(pa.uint32(), pa.large_string())]  # fmt: skip
FLOATS = [pa.float16(), pa.float32(), pa.float64()]
LISTS = [pa.list_, pa.large_list, pa.list_view, pa.large_list_view]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


class Column(NamedTuple):
    """The field, the type of its column, and its values."""

    field: dict[str, Any]
    arrow_type: Any
    values: st.SearchStrategy[Any]


def integers(data_type: DataType) -> st.SearchStrategy[Column]:
    def column(case: Any) -> Column:
        arrow_type, bits, signed = case
        small = st.integers(0, 100)
        every = st.integers(-(2**bits) if signed else 0, 2**bits - 1)
        return Column({"data_type": data_type}, arrow_type, st.one_of(small, small, small, every))

    return st.sampled_from(INTEGERS).map(column)


def floats(width: int) -> st.SearchStrategy[float]:
    numbers = st.floats(-1000, 1000, width=width)  # type: ignore[arg-type]  # 16, 32 or 64
    return st.one_of(numbers, st.just(0.0), st.just(-0.0))


def float_columns(data_type: DataType) -> st.SearchStrategy[Column]:
    def column(arrow_type: Any) -> Column:
        return Column({"data_type": data_type}, arrow_type, floats(arrow_type.bit_width))

    return st.sampled_from(FLOATS).map(column)


def vectors(data_type: DataType) -> st.SearchStrategy[Column]:
    dim = 4

    def column(case: tuple[Any, Any, int]) -> Column:
        of_list, element, width = case
        numbers = floats(element.bit_width) if element in FLOATS else st.integers(-100, 100)
        sizes = st.sampled_from([dim] * 60 + [dim - 1]) if width < 0 else st.just(width)
        lists = sizes.flatmap(lambda size: st.lists(numbers, min_size=size, max_size=size))
        arrow_type = of_list(element) if width < 0 else pa.list_(element, width)
        return Column({"data_type": data_type, "dim": dim}, arrow_type, lists)

    elements = st.sampled_from([pa.int8(), pa.int64(), *FLOATS])
    return st.tuples(st.sampled_from(LISTS), elements, st.sampled_from([-1, dim, dim, dim, dim + 1])).map(column)


def bits() -> st.SearchStrategy[Column]:
    field = {"data_type": DataType.BINARY_VECTOR, "dim": 16}
    data = st.binary(min_size=2, max_size=2)
    types = [pa.binary(2), pa.binary(), pa.large_binary(), pa.binary_view()]
    of_bytes = st.sampled_from(types).map(lambda arrow_type: Column(field, arrow_type, data))
    lists = st.lists(st.integers(0, 255), min_size=2, max_size=2)
    return of_bytes | st.sampled_from([pa.list_(pa.uint8(), 2), pa.list_(pa.uint8())]).map(
        lambda arrow_type: Column(field, arrow_type, lists)
    )


def texts() -> st.SearchStrategy[Column]:
    field = {"data_type": DataType.VARCHAR, "max_length": 24}
    return st.sampled_from(STRINGS).map(lambda arrow_type: Column(field, arrow_type, TEXTS))


def nested() -> st.SearchStrategy[Column]:
    moments = st.integers(-(10**9), 10**9).map(
        lambda number: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    )
    inner = pa.struct({"a": pa.int32(), "b": pa.list_(pa.string()), "t": pa.timestamp("us", "UTC")})
    struct = st.fixed_dictionaries(
        {"a": st.none() | st.integers(0, 9), "b": st.none() | st.lists(st.none() | TEXTS, max_size=3), "t": moments}
    )
    return st.just(Column({"data_type": DataType.JSON}, inner, struct))


def arrays() -> st.SearchStrategy[Column]:
    def column(of_list: Any) -> Column:
        field = {"data_type": DataType.ARRAY, "element_type": DataType.INT16, "max_capacity": 5}
        return Column(field, of_list(pa.int32()), st.lists(st.integers(-9, 40_000), max_size=5))

    return st.sampled_from(LISTS).map(column)


def others() -> st.SearchStrategy[Column]:
    boolean = Column({"data_type": DataType.BOOL}, pa.bool_(), st.booleans())
    decimals = st.integers(-(10**6), 10**6).map(lambda number: Decimal(number) / 4)
    decimal = Column({"data_type": DataType.DOUBLE}, pa.decimal128(20, 2), decimals)
    return st.sampled_from([boolean, decimal])


COLUMNS = st.one_of(
    integers(DataType.INT8), integers(DataType.INT16), integers(DataType.INT32), integers(DataType.INT64),
    float_columns(DataType.FLOAT), float_columns(DataType.DOUBLE), vectors(DataType.FLOAT_VECTOR),
    vectors(DataType.FLOAT16_VECTOR), vectors(DataType.BFLOAT16_VECTOR), vectors(DataType.INT8_VECTOR), bits(), texts(),
    nested(), arrays(), others(),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[Any, CollectionInfo]:
    """A table in chunks, each a part of a larger array, and the schema of a collection."""
    count = draw(st.integers(1, 40))
    fields, columns = [], {}
    for number, column in enumerate(draw(st.lists(COLUMNS, min_size=1, max_size=4))):
        nullable, dynamic = draw(st.booleans()), draw(st.integers(0, 5)) == 0
        values = st.none() | column.values if nullable or draw(st.integers(0, 20)) == 0 else column.values
        whole = pa.array(draw(st.lists(values, min_size=count + 3, max_size=count + 3)), column.arrow_type)
        cuts = sorted(draw(st.lists(st.integers(0, count), max_size=3)))
        part = whole.slice(draw(st.integers(0, 3)), count)
        bounds = [0, *cuts, count]
        columns[f"c{number}"] = pa.chunked_array(
            [part.slice(start, end - start) for start, end in pairwise(bounds)], column.arrow_type
        )
        if not dynamic:
            fields.append(FieldInfo(f"c{number}", nullable=nullable, **column.field))
    return pa.table(columns), CollectionInfo("c", fields=tuple(fields), enable_dynamic_field=draw(st.booleans()))


def outcome(make: Any) -> Any:
    """The request; or the class of the refusal and the rows that it names."""
    try:
        columns, count = make()
        return Assembled(milvus_pb2.InsertRequest(num_rows=count), columns).message()
    except MilvusException as error:
        return type(error), re.findall(r"row (\d+), field '(\w+)'", error.message)


@pytest.mark.soak
@pytest.mark.parametrize("with_numpy", [True, False], ids=["with numpy", "without numpy"])
@settings(
    max_examples=scaled(1_000, 60), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(case=tables())
def test_a_table_makes_the_request_that_its_rows_make(
    monkeypatch: pytest.MonkeyPatch, with_numpy: bool, case: tuple[Any, CollectionInfo]
) -> None:
    if not with_numpy:
        for module in ("arrow_columns", "nonfinite", "vectors"):
            monkeypatch.setattr(f"milvusclient.codec.write.{module}.loaded_numpy", lambda: None)
    table, collection = case
    rows = table.to_pylist()
    of_table = outcome(lambda: (encode_table(read_table(table), collection), table.num_rows))
    of_rows = outcome(lambda: (encode_rows(check_rows(rows), collection), len(rows)))
    if isinstance(of_rows, tuple) and isinstance(of_table, tuple) and not of_table[1]:
        return  # an unknown column is refused as a column
    assert of_table == of_rows
