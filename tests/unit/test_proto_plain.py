"""The messages with plain numbers: the same on the wire as the client's own, and all that the service needs."""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import pytest

import milvusclient
from milvusclient._proto import schema_pb2
from milvusclient._proto.milvus_calls import CALLS, SERVICE
from milvusclient._proto.plain import FAMILIES, plain_module

FACTS = Path(milvusclient.__file__).parent / "_proto" / "protocol.tsv"
#: What a field of a repeated number is on the wire.
KINDS = {"float": "TYPE_FLOAT", "double": "TYPE_DOUBLE"}


def facts() -> list[dict[str, str]]:
    with FACTS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("family", FAMILIES)
def test_each_repeated_number_is_one_as_in_the_facts(family: str) -> None:
    module = plain_module(family)
    checked = 0
    for row in facts():
        message = row["parent"].removeprefix(f"milvus.proto.{family}.")
        if row["kind"] != "field" or row["type"] not in KINDS or row["label"] != "repeated" or "." in message:
            continue
        if hasattr(module, message):
            field = getattr(module, message).DESCRIPTOR.fields_by_name[row["name"]]
            assert field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED, field
            assert field.type == getattr(field, KINDS[row["type"]]), f"{message}.{row['name']}"
            checked += 1
    assert checked >= 3 or family != "schema"


def test_numbers_are_the_same_bytes_as_packed_ones() -> None:
    plain = plain_module("schema")
    values = [0.5, -1.0, 3.25]
    packed = schema_pb2.FloatArray(data=[struct.pack("<3f", *values)])
    assert plain.FloatArray(data=values).SerializeToString() == packed.SerializeToString()
    assert list(plain.FloatArray.FromString(packed.SerializeToString()).data) == values
    doubles = schema_pb2.DoubleArray(data=[struct.pack("<2d", 0.1, 2.5)])
    assert list(plain.DoubleArray.FromString(doubles.SerializeToString()).data) == [0.1, 2.5]


def test_a_name_that_the_protocol_does_not_have_is_not_there() -> None:
    with pytest.raises(AttributeError, match="Nonsense"):
        plain_module("schema").Nonsense  # noqa: B018 - that is the test
    assert "FloatArray" in dir(plain_module("schema"))


def test_every_call_of_the_service_is_in_the_table() -> None:
    wanted = {row["name"] for row in facts() if row["kind"] == "method" and row["parent"] == SERVICE}
    assert {name for name, *_ in CALLS} == wanted
    for _, request, reply, *_ in CALLS:
        for name in (request, reply):
            family, _, message = name.partition(".")
            assert getattr(plain_module(family), message).DESCRIPTOR.name == message
