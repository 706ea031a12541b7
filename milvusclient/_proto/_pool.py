"""Message classes and enums from ``milvus.binpb``, made when they are first asked for.

The pool is private, so another package may register Milvus messages in the same process, before or after us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message_factory import GetMessageClass

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FileDescriptor
    from google.protobuf.message import Message

_FILE_SET = Path(__file__).with_name("milvus.binpb")
_FILE_TAG = 0x0A  # field 1 of FileDescriptorSet, length-delimited


def _split(file_set: bytes) -> Iterator[bytes]:
    """Yield each serialized file of a FileDescriptorSet.

    A set is nothing but one length-delimited field, repeated; taking it apart here saves importing descriptor_pb2
    and parsing everything twice.
    """
    position = 0
    while position < len(file_set):
        if file_set[position] != _FILE_TAG:
            raise ImportError(f"{_FILE_SET} is damaged: no file starts at byte {position}. Reinstall milvusclient.")
        position += 1
        length = shift = 0
        while True:
            byte = file_set[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield file_set[position : position + length]
        position += length


def serialized_files() -> Iterator[bytes]:
    """Yield the description of each .proto file, in the order of their imports."""
    return _split(_FILE_SET.read_bytes())


def _load() -> DescriptorPool:
    pool = DescriptorPool()
    for file in serialized_files():
        pool.AddSerializedFile(file)
    return pool


_POOL = _load()
#: protobuf in pure Python would make two classes of one message for two threads that ask at the same time.
_MAKING = Lock()


def _message_class(descriptor: Descriptor) -> type[Message]:
    made = GetMessageClass(descriptor)
    # The factory leaves it empty, which confuses what asks where the class of an object comes from.
    made.__module__ = descriptor.file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
    for nested in descriptor.nested_types:
        if not hasattr(made, nested.name):  # protobuf in pure Python leaves this to generated code
            setattr(made, nested.name, _message_class(nested))
    return made


def _lookup(file: FileDescriptor, name: str) -> object:
    """Return what module-level ``name`` stands for in a module made from ``file``; KeyError if nothing does."""
    if name == "DESCRIPTOR":
        return file
    if name in file.message_types_by_name:
        return _message_class(file.message_types_by_name[name])
    if name in file.enum_types_by_name:
        return EnumTypeWrapper(file.enum_types_by_name[name])
    for enum in file.enum_types_by_name.values():
        if name in enum.values_by_name:
            return enum.values_by_name[name].number
    raise KeyError(name)


def lazy_module(
    family: str, namespace: dict[str, object], pool: DescriptorPool | None = None
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make ``__getattr__`` and ``__dir__`` (PEP 562) of the module for one .proto file.

    Args:
        family: name of the file without folder and suffix, such as ``"schema"``.
        namespace: ``globals()`` of the module; what has been made is kept there, so that each name is made once.
        pool: where the file is described; None means the client's own messages.

    Returns:
        The two functions, in that order.
    """
    file = (pool or _POOL).FindFileByName(f"milvusclient/_proto/{family}.proto")

    def get(name: str) -> object:
        try:
            with _MAKING:
                return namespace.setdefault(name, _lookup(file, name))
        except KeyError:
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}") from None

    def names() -> list[str]:
        values = [value for enum in file.enum_types_by_name.values() for value in enum.values_by_name]
        return sorted({*namespace, *file.message_types_by_name, *file.enum_types_by_name, *values})

    return get, names
