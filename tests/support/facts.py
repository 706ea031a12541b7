"""Message classes of the Milvus protocol as a server sees them, built from milvusclient/_proto/protocol.tsv.

The classes live in a private descriptor pool under the ORIGINAL names (``milvus.proto.milvus.SearchRequest``) and
clash neither with milvusclient's own messages nor with those of the reference client when Milvus Lite has
loaded it into the same process. Nothing here reads milvusclient: what the client puts on the wire is judged by a
description that it had no part in.

Example:
    >>> from tests.support import facts
    >>> facts.message("SearchRequest")(collection_name="books").collection_name
    'books'
    >>> facts.enum_value("DataType", "FloatVector")
    101
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2, json_format, message_factory
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool

FACTS = Path(__file__).resolve().parents[2] / "milvusclient" / "_proto" / "protocol.tsv"
SERVICE = "milvus.proto.milvus.MilvusService"
PACKAGES = ("milvus", "schema", "common", "msg", "rg", "feder")
"""The last words of the protocol's packages, in the order in which a short name is looked up."""

Dynamic: TypeAlias = Any
"""A message of a class that exists only at run time: its fields are known to no type checker."""

_SCALARS = {
    name: descriptor_pb2.FieldDescriptorProto.Type.Value(f"TYPE_{name.upper()}")
    for name in ("bool", "bytes", "double", "enum", "float", "int32", "int64", "message", "string", "uint32", "uint64")
}
_OPTIONAL = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
_REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC of the protocol."""

    name: str
    path: str
    request: str
    response: str
    streams_request: bool
    streams_response: bool


# --- reading the facts -----------------------------------------------------------------------------------------------
@functools.cache
def rows(kind: str) -> tuple[dict[str, str], ...]:
    """All facts of one kind (``field``, ``enum_value``, ``message``, ``method`` ...), each as column -> text."""
    return _all_rows().get(kind, ())


@functools.cache
def _all_rows() -> dict[str, tuple[dict[str, str], ...]]:
    lines = FACTS.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    found: dict[str, list[dict[str, str]]] = {}
    for line in lines[1:]:
        row = dict(zip(header, line.split("\t"), strict=True))
        found.setdefault(row["kind"], []).append(row)
    return {kind: tuple(members) for kind, members in found.items()}


class _Builder:
    """Collects the facts into file descriptors; nested types are found by their dotted names."""

    def __init__(self) -> None:
        self.files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
        self.messages: dict[str, descriptor_pb2.DescriptorProto] = {}
        self.enums: dict[str, descriptor_pb2.EnumDescriptorProto] = {}

    def build(self) -> list[descriptor_pb2.FileDescriptorProto]:
        for row in rows("file"):
            # "package" stands in column parent, the file's own name in column name.
            self.files[row["name"]] = descriptor_pb2.FileDescriptorProto(
                name=row["name"], package=row["parent"], syntax="proto3"
            )
        for row in rows("import"):
            if not row["name"].startswith("google/"):  # only custom options need it, and those say nothing on the wire
                self.files[row["parent"]].dependency.append(row["name"])
        for row in sorted(rows("message"), key=lambda row: row["name"].count(".")):
            self._add_message(row)
        for row in rows("enum"):
            self._add_enum(row)
        for row in rows("enum_value"):
            self.enums[row["parent"]].value.add(name=row["name"], number=int(row["number"]))
        for row in rows("field"):
            self._add_field(self.messages[row["parent"]], row)
        for message in self.messages.values():
            _name_optional_oneofs(message)
        return list(self._in_order())

    def _add_message(self, row: dict[str, str]) -> None:
        full_name = row["name"]
        outer, _, short = full_name.rpartition(".")
        if outer in self.messages:
            message = self.messages[outer].nested_type.add(name=short)
        else:
            message = self.files[row["file"]].message_type.add(name=short)
        self.messages[full_name] = message

    def _add_enum(self, row: dict[str, str]) -> None:
        full_name = row["name"]
        outer, _, short = full_name.rpartition(".")
        if outer in self.messages:
            enum = self.messages[outer].enum_type.add(name=short)
        else:
            enum = self.files[row["file"]].enum_type.add(name=short)
        self.enums[full_name] = enum

    def _add_field(self, message: descriptor_pb2.DescriptorProto, row: dict[str, str]) -> None:
        if row["label"] == "map":
            self._add_map(message, row)
            return
        field = message.field.add(
            name=row["name"],
            number=int(row["number"]),
            type=_SCALARS[row["type"]],
            label=_REPEATED if row["label"] == "repeated" else _OPTIONAL,
        )
        if row["type_name"]:
            field.type_name = "." + row["type_name"]
        if row["oneof"] and row["proto3_optional"] != "1":
            field.oneof_index = _oneof_index(message, row["oneof"])
        if row["proto3_optional"] == "1":
            field.proto3_optional = True

    @staticmethod
    def _add_map(message: descriptor_pb2.DescriptorProto, row: dict[str, str]) -> None:
        """A map is a repeated nested message with a key and a value: that is how protobuf itself declares it."""
        key, _, value = row["type"].removeprefix("map<").removesuffix(">").partition(",")
        kind, _, type_name = value.partition(":")
        entry_name = "".join(part[:1].upper() + part[1:] for part in row["name"].split("_")) + "Entry"
        entry = message.nested_type.add(name=entry_name)
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type=_SCALARS[key], label=_OPTIONAL)
        held = entry.field.add(name="value", number=2, type=_SCALARS[kind], label=_OPTIONAL)
        if type_name:
            held.type_name = "." + type_name
        message.field.add(
            name=row["name"],
            number=int(row["number"]),
            type=_SCALARS["message"],
            label=_REPEATED,
            type_name=f".{row['parent']}.{entry_name}",
        )

    def _in_order(self) -> Iterator[descriptor_pb2.FileDescriptorProto]:
        """The files, each after those that it imports."""
        done: set[str] = set()

        def visit(name: str) -> Iterator[descriptor_pb2.FileDescriptorProto]:
            if name in done:
                return
            done.add(name)
            for dependency in self.files[name].dependency:
                yield from visit(dependency)
            yield self.files[name]

        for name in sorted(self.files):
            yield from visit(name)


def _oneof_index(message: descriptor_pb2.DescriptorProto, name: str) -> int:
    for index, oneof in enumerate(message.oneof_decl):
        if oneof.name == name:
            return index
    message.oneof_decl.add(name=name)
    return len(message.oneof_decl) - 1


def _name_optional_oneofs(message: descriptor_pb2.DescriptorProto) -> None:
    """Give each ``optional`` field its synthetic oneof; protobuf wants those after all real ones."""
    for field in message.field:
        if field.proto3_optional:
            message.oneof_decl.add(name=f"_{field.name}")
            field.oneof_index = len(message.oneof_decl) - 1


# --- the classes -----------------------------------------------------------------------------------------------------
@functools.cache
def pool() -> DescriptorPool:
    """The private pool that holds every message and enum of the facts (built once per process, about 20 ms)."""
    private = DescriptorPool()
    for file in _Builder().build():
        private.AddSerializedFile(file.SerializeToString())
    return private


@functools.cache
def message(name: str) -> Dynamic:
    """The message class of that name; ``SearchRequest`` is enough where one package has it first.

    Args:
        name: full name (``milvus.proto.schema.FieldData``) or its last part (packages in the order of PACKAGES).

    Returns:
        A generated message class. Its fields are those of the facts, its parent pool is private.

    Raises:
        KeyError: no message has that name.
    """
    return message_factory.GetMessageClass(pool().FindMessageTypeByName(_full_name("message", name)))


@functools.cache
def enum(name: str) -> EnumDescriptor:
    """The descriptor of an enum, by full or short name."""
    return pool().FindEnumTypeByName(_full_name("enum", name))


def enum_value(name: str, member: str) -> int:
    """The number of an enum's member, such as ``enum_value("DataType", "Int64") == 5``."""
    return int(enum(name).values_by_name[member].number)


def enum_name(name: str, number: int) -> str:
    """The member's name for a number of an enum; the number as text when the enum does not know it."""
    found = enum(name).values_by_number.get(number)
    return str(number) if found is None else str(found.name)


def _full_name(kind: str, name: str) -> str:
    if name.startswith("milvus.proto."):
        return name
    known = _names(kind)
    for package in PACKAGES:
        full = f"milvus.proto.{package}.{name}"
        if full in known:
            return full
    raise KeyError(f"the facts know no {kind} {name!r}")


@functools.cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(row["name"] for row in rows(kind))


@functools.cache
def methods() -> dict[str, Method]:
    """Every RPC of every service by its path, ``/milvus.proto.milvus.MilvusService/Search``."""
    return {
        row["path"]: Method(
            name=row["name"],
            path=row["path"],
            request=row["request_type"],
            response=row["response_type"],
            streams_request=row["client_streaming"] == "1",
            streams_response=row["server_streaming"] == "1",
        )
        for row in rows("method")
    }


def method(rpc: str) -> Method:
    """The RPC of the main service with that short name, such as ``Search``."""
    return methods()[f"/{SERVICE}/{rpc}"]


def is_repeated(field: FieldDescriptor) -> bool:
    """Whether a field is a list; ``label``, the older way to ask, warns in the newest protobuf."""
    repeated = getattr(field, "is_repeated", None)
    return bool(getattr(field, "label", None) == _REPEATED if repeated is None else repeated)


def to_json(value: Dynamic) -> dict[str, Any]:
    """A message as protobuf JSON with the proto's own field names; values that equal the default are left out."""
    return json_format.MessageToDict(value, preserving_proto_field_name=True)
