"""Each data type of the protocol has its facts and its sample, or a reason why not. To add a type, add both."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import milvusclient
from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.cli.data.cells import row_from_file
from milvusclient.codec.read.reply import QueryReply
from milvusclient.codec.write.request import Assembled
from milvusclient.codec.write.rows import encode_rows
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.operations.queries import parse_columns, parse_query
from milvusclient.operations.schemas import encode_default
from milvusclient.schema.default_values import checked_default, plain_default
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS, UNSUPPORTED

PROTOCOL = Path(milvusclient.__file__).with_name("_proto") / "protocol.tsv"


class Sample(NamedTuple):
    """A value of a type: as a row has it, as CSV has it, and as a query returns it if that is different."""

    value: Any
    text: str
    returned: Any = None


SAMPLES = {
    DataType.BOOL: Sample(True, "true"),
    DataType.INT8: Sample(-128, "-128"),
    DataType.INT16: Sample(32_767, "32767"),
    DataType.INT32: Sample(-(2**31), "-2147483648"),
    DataType.INT64: Sample(2**63 - 1, "9223372036854775807"),
    DataType.FLOAT: Sample(0.5, "0.5"),
    DataType.DOUBLE: Sample(0.1, "0.1"),
    DataType.STRING: Sample("ü", "ü"),
    DataType.VARCHAR: Sample("日本", "日本"),
    DataType.ARRAY: Sample([1, 2], "[1, 2]"),
    DataType.JSON: Sample({"a": [1, None]}, '{"a": [1, null]}'),
    DataType.GEOMETRY: Sample("POINT (1 2)", "POINT (1 2)"),
    DataType.TEXT: Sample("long", "long"),
    DataType.TIMESTAMPTZ: Sample("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    DataType.BINARY_VECTOR: Sample(b"\x81", "81", [b"\x81"]),
    DataType.FLOAT_VECTOR: Sample([0.5] * 8, json.dumps([0.5] * 8)),
    DataType.FLOAT16_VECTOR: Sample(b"\x00\x3c" * 8, "003c" * 8, [b"\x00\x3c" * 8]),
    DataType.BFLOAT16_VECTOR: Sample(b"\x80\x3f" * 8, "803f" * 8, [b"\x80\x3f" * 8]),
    DataType.SPARSE_FLOAT_VECTOR: Sample({7: 0.5}, '{"7": 0.5}'),
    DataType.INT8_VECTOR: Sample(b"\x7f" * 8, "7f" * 8, [b"\x7f" * 8]),
}
#: Members of DataType that no field of a row has, and why.
NOT_FIELDS = {
    DataType.NONE: "the absence of a type",
    DataType._ARRAY_OF_VECTOR: "a sub-field of a struct array; test_codec_vectors.py has those",
    DataType._ARRAY_OF_STRUCT: "a struct array; test_codec_vectors.py has those",
    DataType.STRUCT: "what the elements of a struct array are called in a schema",
    DataType.UNKNOWN: "a type that this client does not know",
}
every_type = pytest.mark.parametrize("data_type", SAMPLES, ids=lambda data_type: str(data_type.name))


def protocol_types() -> dict[int, str]:
    """The data types of the protocol, by number."""
    with PROTOCOL.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            int(row["number"]): row["name"]
            for row in rows
            if (row["kind"], row["parent"]) == ("enum_value", "milvus.proto.schema.DataType")
        }


def stored(data_type: DataType, value: object) -> QueryReply:
    """What a server answers to a query for a row that was inserted."""
    key = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
    dim = 8 if data_type.needs_dim else 0
    field = FieldInfo("x", data_type=data_type, dim=dim, element_type=DataType.INT64)
    info = CollectionInfo("c", fields=(key, field))
    request = Assembled(milvus_pb2.InsertRequest(), encode_rows([{"id": 1, "x": value}], info)).message()
    reply = milvus_pb2.QueryResults(fields_data=request.fields_data, output_fields=["id", "x"])
    return QueryReply.FromString(reply.SerializeToString())


# --- nothing is missing ----------------------------------------------------------------------------------------------
def test_each_type_has_its_row() -> None:
    assert set(FACTS) == set(DataType)
    assert [facts.data_type for facts in FACTS.values()] == list(FACTS)


def test_each_type_has_its_sample_or_a_reason() -> None:
    assert set(SAMPLES) | set(NOT_FIELDS) == set(DataType)
    assert not set(SAMPLES) & set(NOT_FIELDS)


def test_each_type_of_the_protocol_is_supported_or_has_a_reason() -> None:
    found = protocol_types()
    known = {int(data_type) for data_type in DataType} - {DataType.UNKNOWN}
    assert known | set(UNSUPPORTED) == set(found)
    assert not known & set(UNSUPPORTED)
    assert {number: name for number, (name, reason) in UNSUPPORTED.items() if reason} == {
        number: found[number] for number in UNSUPPORTED
    }


@pytest.mark.parametrize("data_type", DataType, ids=lambda data_type: str(data_type.name))
def test_the_row_fits_the_protocol(data_type: DataType) -> None:
    facts = FACTS[data_type]
    assert facts.words
    assert data_type.is_vector == (facts.family in ("dense", "sparse"))
    vectors = data_type.is_vector or facts.family == "vector_array"
    holder = schema_pb2.VectorField if vectors else schema_pb2.ScalarField
    if facts.member:
        assert facts.member in holder.DESCRIPTOR.fields_by_name
    if facts.default_member:
        assert facts.default_member in schema_pb2.ValueField.DESCRIPTOR.fields_by_name


#: The ORM infers types from values of Python and numpy, as the reference client does.
INFERRED = "pymilvus/orm/"


def tables_of_types(path: Path) -> list[int]:
    """The lines of a module where three or more types of bools and numbers stand in one literal."""
    scalars = {data_type.name for data_type, facts in FACTS.items() if facts.family in ("bool", "integer", "float")}
    lines = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            items = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
            names = {ast.unparse(item).removeprefix("DataType.") for item in items if item is not None}
            if len(names & scalars) >= 3:
                lines.append(node.lineno)
    return lines


def test_no_other_module_has_a_table_of_types() -> None:
    """A type that is added to this one table is everywhere."""
    package = Path(milvusclient.__file__).parent
    found = {
        path.relative_to(package).as_posix(): lines
        for path in package.rglob("*.py")
        if path.name != "type_facts.py" and (lines := tables_of_types(path))
    }
    assert [name for name in found if not name.startswith(INFERRED)] == []


# --- there and back --------------------------------------------------------------------------------------------------
@every_type
def test_through_rows(data_type: DataType) -> None:
    sample = SAMPLES[data_type]
    (row,) = parse_query(stored(data_type, sample.value))
    assert row == {"id": 1, "x": sample.value if sample.returned is None else sample.returned}


@every_type
def test_through_columns(data_type: DataType) -> None:
    sample, facts = SAMPLES[data_type], FACTS[data_type]
    columns = parse_columns(stored(data_type, sample.value))
    assert columns["x"] == [sample.value if sample.returned is None else sample.returned]
    array = columns.to_numpy("x")
    assert len(array) == 1
    if facts.family in ("bool", "integer", "float"):
        assert (array.dtype, array[0]) == (facts.dtype, sample.value)
    elif facts.family == "dense" and facts.floats != "bf":
        assert (array.dtype, array.shape) == (facts.dtype, (1, facts.length(8)))


@every_type
def test_through_defaults(data_type: DataType) -> None:
    sample = SAMPLES[data_type]
    if not FACTS[data_type].default_member:
        with pytest.raises(milvusclient.ParamError, match="cannot have a default"):
            checked_default(sample.value, "x", data_type, None)
        return
    default = checked_default(sample.value, "x", data_type, None)
    message = encode_default(data_type, default)
    assert plain_default(message) == sample.value


@every_type
def test_through_arrays(data_type: DataType) -> None:
    key = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
    field = FieldInfo("x", data_type=DataType.ARRAY, element_type=data_type)
    info = CollectionInfo("c", fields=(key, field))
    value = [SAMPLES[data_type].value]
    if not FACTS[data_type].is_element:
        with pytest.raises(milvusclient.exceptions.DataTypeNotSupportException, match=f"an array of {data_type.name}"):
            encode_rows([{"id": 1, "x": value}], info)
        return
    request = Assembled(milvus_pb2.InsertRequest(), encode_rows([{"id": 1, "x": value}], info)).message()
    reply = milvus_pb2.QueryResults(fields_data=request.fields_data, output_fields=["id", "x"])
    assert list(parse_query(QueryReply.FromString(reply.SerializeToString()))) == [{"id": 1, "x": value}]


@every_type
def test_through_csv(data_type: DataType) -> None:
    sample = SAMPLES[data_type]
    field: Any = {"name": "x", "type": data_type, "nullable": True}
    assert row_from_file({"x": sample.text}, {"x": field}, ()) == {"x": sample.value}
    assert row_from_file({"x": ""}, {"x": field}, ()) == {}
    field["nullable"] = False
    empty = {"x": ""} if FACTS[data_type].allows_empty else {}
    assert row_from_file({"x": ""}, {"x": field}, ()) == empty
