"""Our messages are those of the protocol: checked against the table of facts, and on the wire."""

from __future__ import annotations

import csv
import importlib.util
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

import milvusclient._proto
from milvusclient._proto import common_pb2, milvus_pb2, msg_pb2, schema_pb2

FACTS = Path(milvusclient._proto.__file__).with_name("protocol.tsv")
FILE_SET = Path(milvusclient._proto.__file__).with_name("milvus.binpb")
#: The only fields whose type differs from the facts: a packed repeated number declared as repeated bytes.
PACKED = {
    "schema.FloatArray.data": "float",
    "schema.DoubleArray.data": "double",
    "schema.SearchResultData.scores": "float",
}

#: (number, type, label, oneof, proto3 optional), type names without package
FieldFact = tuple[int, str, str, str, bool]


def bare(text: str) -> str:
    """Strip the package, theirs or ours, from every type name in ``text``."""
    return re.sub(r"\.?\b(milvus|milvusclient)\.proto\.", "", text)


def rows(kind: str) -> Iterator[dict[str, str]]:
    with FACTS.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        yield from (row for row in table if row["kind"] == kind)


def wanted_messages() -> dict[str, dict[str, FieldFact]]:
    messages: dict[str, dict[str, FieldFact]] = {bare(row["name"]): {} for row in rows("message")}
    for row in rows("field"):
        in_map = re.sub(r"(message|enum):", "", bare(row["type"]))
        type_ = in_map if row["label"] == "map" else bare(row["type_name"]) or row["type"]
        fact = (int(row["number"]), type_, row["label"], row["oneof"], row["proto3_optional"] == "1")
        messages[bare(row["parent"])][row["name"]] = fact
    return messages


def wanted_enums() -> dict[str, dict[str, int]]:
    enums: dict[str, dict[str, int]] = {bare(row["name"]): {} for row in rows("enum")}
    for row in rows("enum_value"):
        enums[bare(row["parent"])][row["name"]] = int(row["number"])
    return enums


def type_of(field: FieldDescriptorProto) -> str:
    return bare(field.type_name) or FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def field_fact(message: DescriptorProto, field: FieldDescriptorProto) -> FieldFact:
    """Describe a declared field as the facts do: map entries folded into one type, no synthetic oneofs."""
    type_ = type_of(field)
    label = FieldDescriptorProto.Label.Name(field.label).removeprefix("LABEL_").lower()
    for entry in message.nested_type:
        if entry.options.map_entry and field.type_name.endswith(f".{message.name}.{entry.name}"):
            label, type_ = "map", f"map<{type_of(entry.field[0])},{type_of(entry.field[1])}>"
    in_oneof = field.HasField("oneof_index") and not field.proto3_optional
    oneof = message.oneof_decl[field.oneof_index].name if in_oneof else ""
    return field.number, type_, label, oneof, field.proto3_optional


class Declared:
    """What the descriptor set that we ship declares."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, FieldFact]] = {}
        self.enums: dict[str, dict[str, int]] = {}
        self.files = FileDescriptorSet.FromString(FILE_SET.read_bytes()).file
        for file in self.files:
            package = bare(file.package)
            for message in file.message_type:
                self._add_message(package, message)
            for enum in file.enum_type:
                self._add_enum(package, enum)

    def _add_message(self, parent: str, message: DescriptorProto) -> None:
        name = f"{parent}.{message.name}"
        self.messages[name] = {field.name: field_fact(message, field) for field in message.field}
        for nested in message.nested_type:
            if not nested.options.map_entry:
                self._add_message(name, nested)
        for enum in message.enum_type:
            self._add_enum(name, enum)

    def _add_enum(self, parent: str, enum: EnumDescriptorProto) -> None:
        self.enums[f"{parent}.{enum.name}"] = {value.name: value.number for value in enum.value}


@pytest.fixture
def declared() -> Declared:
    return Declared()


def test_messages_are_those_of_the_facts(declared: Declared) -> None:
    """Every declared message has exactly the fields of the facts, the packed numbers excepted."""
    facts = wanted_messages()
    assert declared.messages.keys() <= facts.keys()
    for name, packed in PACKED.items():
        message, _, field = name.rpartition(".")
        number, type_, label, oneof, optional = declared.messages[message][field]
        assert (type_, label) == ("bytes", "repeated"), name
        declared.messages[message][field] = (number, packed, label, oneof, optional)
    for message, fields in declared.messages.items():
        assert fields == facts[message], message


def test_enums_are_those_of_the_facts(declared: Declared) -> None:
    facts = wanted_enums()
    assert declared.enums == {name: facts[name] for name in declared.enums}


def test_every_call_has_its_messages(declared: Declared) -> None:
    methods = [row for row in rows("method") if row["parent"] == "milvus.proto.milvus.MilvusService"]
    needed = {bare(row[side]) for row in methods for side in ("request_type", "response_type")}
    assert len(methods) > 100
    assert needed <= declared.messages.keys()


def test_every_type_that_travels_in_bytes_is_declared(declared: Declared) -> None:
    serialized = {"common.PlaceholderGroup", "common.PlaceholderValue", "common.MsgBase", "schema.ClusteringInfo"}
    assert serialized | {"schema.CollectionSchema", "schema.FieldSchema"} <= declared.messages.keys()
    assert {"common.PlaceholderType", "common.LoadPriority"} <= declared.enums.keys()


def test_names_are_our_own(declared: Declared) -> None:
    """Names that another package registers as well would collide; extensions would too."""
    for file in declared.files:
        assert file.name.startswith("milvusclient/")
        assert file.package.startswith("milvusclient.proto.")
        assert file.syntax == "proto3"
        assert not file.extension
        assert not file.service
        assert not any(message.extension or message.extension_range for message in file.message_type)
        assert all(name.startswith("milvusclient/") for name in file.dependency)


def truthful(number: int, type_: FieldDescriptorProto.Type.ValueType, *, packed: bool = True) -> type[Message]:
    """Make a message whose only field, ``data``, is what the facts say: repeated float or double."""
    files = FileDescriptorSet()
    file = files.file.add(name="truthful.proto", package="truthful", syntax="proto3")
    field = file.message_type.add(name="Numbers").field.add(name="data", number=number, type=type_)
    field.label = FieldDescriptorProto.LABEL_REPEATED
    if not packed:
        field.options.packed = False
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("truthful.Numbers"))


FLOATS = struct.pack("<4f", 1.5, -2.0, 0.0, 3.25)
DOUBLES = struct.pack("<3d", 1.5, -2.0, 1e300)


@pytest.mark.parametrize("count", [1, 4, 400])
def test_packed_bytes_are_repeated_floats_on_the_wire(count: int) -> None:
    values = [0.5 * i for i in range(count)]
    truth = truthful(1, FieldDescriptorProto.TYPE_FLOAT)(data=values).SerializeToString()
    ours = schema_pb2.FloatArray(data=[struct.pack(f"<{count}f", *values)])
    assert ours.SerializeToString() == truth
    assert schema_pb2.FloatArray.FromString(truth) == ours


def test_packed_bytes_are_repeated_doubles_on_the_wire() -> None:
    truth = truthful(1, FieldDescriptorProto.TYPE_DOUBLE)(data=struct.unpack("<3d", DOUBLES)).SerializeToString()
    assert schema_pb2.DoubleArray(data=[DOUBLES]).SerializeToString() == truth


def test_scores_are_repeated_floats_on_the_wire() -> None:
    number = schema_pb2.SearchResultData.DESCRIPTOR.fields_by_name["scores"].number
    message = truthful(number, FieldDescriptorProto.TYPE_FLOAT)(data=struct.unpack("<4f", FLOATS))
    assert b"".join(schema_pb2.SearchResultData.FromString(message.SerializeToString()).scores) == FLOATS


def test_a_split_packing_is_joined() -> None:
    """A sender may pack one field in several pieces; the pieces are the elements of our field."""
    wire = b"".join(schema_pb2.FloatArray(data=[FLOATS[i : i + 8]]).SerializeToString() for i in (0, 8))
    assert b"".join(schema_pb2.FloatArray.FromString(wire).data) == FLOATS
    assert list(truthful(1, FieldDescriptorProto.TYPE_FLOAT).FromString(wire).data) == [1.5, -2.0, 0.0, 3.25]  # type: ignore[attr-defined] # a class made at run time


def test_unpacked_numbers_are_not_taken_for_bytes() -> None:
    """Nobody sends them; if somebody does, the reader must notice that elements are missing."""
    message = truthful(1, FieldDescriptorProto.TYPE_FLOAT, packed=False)(data=[1.0, 2.0])
    assert list(schema_pb2.FloatArray.FromString(message.SerializeToString()).data) == []


def test_modules_make_each_name_once() -> None:
    assert milvus_pb2.SearchRequest is milvus_pb2.SearchRequest
    assert type(milvus_pb2.SearchResults().status) is common_pb2.Status
    assert type(milvus_pb2.AlterCollectionSchemaRequest().action) is milvus_pb2.AlterCollectionSchemaRequest.Action
    assert msg_pb2.MsgPosition(msgID=b"x").msgID == b"x"


def test_enums_work_by_name_and_by_number() -> None:
    assert schema_pb2.DataType.Value("FloatVector") == schema_pb2.FloatVector == 101
    assert schema_pb2.DataType.Name(schema_pb2.DataType.FloatVector) == "FloatVector"
    assert schema_pb2.FieldPartialUpdateOp.OpType.keys()


def test_modules_say_what_they_have() -> None:
    assert {"DataType", "FloatVector", "CollectionSchema"} <= set(dir(schema_pb2))
    with pytest.raises(AttributeError, match=r"milvusclient\._proto\.schema_pb2.*'NoSuchMessage'"):
        getattr(schema_pb2, "NoSuchMessage")  # noqa: B009 # a plain access would be refused by mypy


_USE_OURS = """
from milvusclient._proto import schema_pb2 as ours, milvus_pb2
request = milvus_pb2.SearchRequest(collection_name="c", nq=2)
"""
_USE_THEIRS = """
import pymilvus
from pymilvus.grpc_gen import milvus_pb2 as theirs
"""
_COMPARE = """
message = theirs.SearchRequest.FromString(request.SerializeToString())
assert (message.collection_name, message.nq) == ("c", 2)
assert ours.CollectionSchema.DESCRIPTOR.full_name == "milvusclient.proto.schema.CollectionSchema"
"""


@pytest.mark.skipif(importlib.util.find_spec("pymilvus") is None, reason="the reference client is not installed")
@pytest.mark.parametrize("order", [[_USE_OURS, _USE_THEIRS], [_USE_THEIRS, _USE_OURS]], ids=["before", "after"])
def test_the_reference_client_may_be_in_the_same_process(order: list[str]) -> None:
    root = Path(milvusclient._proto.__file__).parents[2]
    program = "".join([*order, _COMPARE])
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
