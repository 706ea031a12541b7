"""A request as data that people and comparison rules can read: headers, protobuf JSON, opaque bytes decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from tests.support import facts
from tests.support.facts import Dynamic

GRPC_HEADERS = frozenset({"user-agent", "te", "content-type", "accept-encoding"})
"""Headers of the transport's own; those that begin with ``grpc-`` or ``:`` go as well."""
WALL_CLOCK_HEADERS = frozenset({"client-request-unixmsec"})
"""Headers whose presence says something and whose value does not."""
_WALL_CLOCK_FIELDS = {"milvus.proto.milvus.ConnectRequest": ("client_info", ("local_time", "host"))}

BFLOAT16_OR_BINARY = frozenset({"binary_vector", "bfloat16_vector"})


def headers(metadata: Iterable[tuple[str, str | bytes]]) -> dict[str, str]:
    """The headers that a client set on a call, sorted by name, without those of gRPC itself."""
    kept: dict[str, str] = {}
    for key, value in metadata:
        name = key.lower()
        if name in GRPC_HEADERS or name.startswith((":", "grpc-")):
            continue
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        kept[name] = "<stripped>" if name in WALL_CLOCK_HEADERS else text
    return dict(sorted(kept.items()))


def body(request: Dynamic) -> dict[str, Any]:
    """A request as protobuf JSON, without what changes from run to run (local time, message ids)."""
    return facts.to_json(_without_wall_clock(request))


def _without_wall_clock(request: Dynamic) -> Dynamic:
    descriptor = request.DESCRIPTOR
    outer, fields = _WALL_CLOCK_FIELDS.get(descriptor.full_name, ("", ()))
    has_base = "base" in descriptor.fields_by_name and request.HasField("base")
    if not has_base and not (outer and request.HasField(outer)):
        return request
    copy = type(request)()
    copy.CopyFrom(request)
    for field in fields:
        getattr(copy, outer).ClearField(field)
    if has_base:
        copy.base.ClearField("timestamp")
        copy.base.ClearField("msgID")
    return copy


# --- opaque bytes ----------------------------------------------------------------------------------------------------
def decoded(request: Dynamic) -> dict[str, Any]:
    """The readable form of every bytes value inside a request, by its path (``fields_data[0].vectors.int8_vector``)."""
    found: dict[str, Any] = {}
    _walk(request, "", found)
    return found


def _walk(value: Dynamic, prefix: str, found: dict[str, Any]) -> None:
    for field, content in value.ListFields():
        path = f"{prefix}.{field.name}" if prefix else field.name
        if field.type == field.TYPE_MESSAGE:
            _walk_message(field, content, path, found)
        elif field.type == field.TYPE_BYTES:
            readable = _readable(value.DESCRIPTOR.full_name, field.name, content)
            if readable is not None:
                found[path] = readable


def _walk_message(field: Dynamic, content: Dynamic, path: str, found: dict[str, Any]) -> None:
    if field.message_type.GetOptions().map_entry:
        if field.message_type.fields_by_name["value"].message_type is not None:
            for key in sorted(content):
                _walk(content[key], f"{path}[{key!r}]", found)
    elif facts.is_repeated(field):
        for index, item in enumerate(content):
            _walk(item, f"{path}[{index}]", found)
    else:
        _walk(content, path, found)


def _readable(owner: str, field: str, content: Dynamic) -> Any:
    """The readable form of one bytes field, None where there is none; by the message that owns it and its name."""
    match (owner.rpartition(".")[2], field):
        case ("CreateCollectionRequest", "schema"):
            return facts.to_json(facts.message("CollectionSchema").FromString(content))
        case ("AddCollectionFieldRequest", "schema"):
            return facts.to_json(facts.message("FieldSchema").FromString(content))
        case (_, "placeholder_group"):
            return placeholder_group(content)
        case ("JSONArray", _) | ("RunAnalyzerRequest", _):
            return [item.decode("utf-8", "replace") for item in content]
        case ("SparseFloatArray", _):
            return [sparse_row(item) for item in content]
        case (_, "float16_vector"):
            return numbers("e", content)
        case (_, "int8_vector"):
            return numbers("b", content)
        case (_, name) if name in BFLOAT16_OR_BINARY:
            return content.hex()
        case _:
            return None


def numbers(code: str, raw: bytes) -> list[float]:
    """Little-endian numbers of one struct code; bytes that do not fill a last number are left out."""
    count = len(raw) // struct.calcsize(f"<{code}")
    return list(struct.unpack_from(f"<{count}{code}", raw))


def sparse_row(raw: bytes) -> list[list[float]]:
    """One sparse row as ``[[index, value], ...]``."""
    flat = struct.unpack_from("<" + "If" * (len(raw) // 8), raw)
    return [[flat[at], flat[at + 1]] for at in range(0, len(flat), 2)]


def placeholder_group(raw: bytes) -> dict[str, Any]:
    """A serialized PlaceholderGroup: tag, type and values of each placeholder."""
    group = facts.message("PlaceholderGroup").FromString(raw)
    return {
        "placeholders": [
            {
                "tag": placeholder.tag,
                "type": facts.enum_name("PlaceholderType", placeholder.type),
                "type_value": int(placeholder.type),
                "values": [placeholder_value(placeholder.type, value) for value in placeholder.values],
            }
            for placeholder in group.placeholders
        ]
    }


def placeholder_value(kind: int, raw: bytes) -> dict[str, Any]:
    """One query vector or text by its placeholder type; 300 and more are embedding lists of the same element types."""
    match kind:
        case 101 | 301:
            return {"float32": numbers("f", raw)}
        case 102 | 302:
            return {"float16": numbers("e", raw)}
        case 105 | 305:
            return {"int8": numbers("b", raw)}
        case 104 | 304:
            return {"sparse": sparse_row(raw)}
        case 21:
            return {"text": raw.decode("utf-8", "replace")}
        case _:
            return {"hex": raw.hex()}


def pairs(key_values: Sequence[Dynamic]) -> dict[str, str]:
    """A list of KeyValuePair messages as a dict."""
    return {pair.key: pair.value for pair in key_values}
