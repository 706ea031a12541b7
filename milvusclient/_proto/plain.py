"""The messages with plain repeated numbers, for code that was written against messages made by protoc.

The client's own messages hold vectors and scores as packed bytes. Milvus Lite's server, and programs that import
``pymilvus.grpc_gen``, read and write them number by number. Both are the same on the wire. These live in a pool of
their own, and are made when they are first asked for.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Final

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from milvusclient._proto._pool import lazy_module, serialized_files

__all__ = ["FAMILIES", "plain_module"]

FAMILIES: Final = ("common", "feder", "milvus", "msg", "rg", "schema")

#: The fields that the client's own messages have as packed bytes.
_NUMBERS: Final = {
    ("FloatArray", "data"): FieldDescriptorProto.TYPE_FLOAT,
    ("DoubleArray", "data"): FieldDescriptorProto.TYPE_DOUBLE,
    ("SearchResultData", "scores"): FieldDescriptorProto.TYPE_FLOAT,
}


@cache
def _pool() -> DescriptorPool:
    pool = DescriptorPool()
    for serialized in serialized_files():
        file = FileDescriptorProto.FromString(serialized)
        for message in file.message_type if file.name.endswith("/schema.proto") else ():
            for field in message.field:
                number = _NUMBERS.get((message.name, field.name))
                if number is not None:
                    field.type = number
        pool.AddSerializedFile(file.SerializeToString())
    return pool


@cache
def plain_module(family: str) -> ModuleType:
    """Return the module of one .proto file: its messages, its enums and their values.

    Args:
        family: one of :data:`FAMILIES`.
    """
    module = ModuleType(f"milvusclient._proto.plain.{family}_pb2", f"Messages and enums of {family}.proto.")
    names = vars(module)
    names["__getattr__"], names["__dir__"] = lazy_module(family, names, _pool())
    return module
