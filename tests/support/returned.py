"""Return values and exceptions of recorded calls: Python objects to JSON with ``$`` tags."""

from __future__ import annotations

import dataclasses
import enum
import math
import re
from typing import Any

import numpy as np

from tests.support import facts

_ADDRESS = re.compile(r"127\.\d+\.\d+\.\d+:\d+")
_MAX_DEPTH = 12
_NOT_ENCODED = object()


def encode_return(value: Any, *, opaque: bool = False) -> dict[str, Any]:
    """A return value as the recordings have it: its type, its value, and what search results carry beside it.

    Args:
        value: what the call returned.
        opaque: only the type is of interest, as of an iterator that follow-up steps go on with.
    """
    encoded: dict[str, Any] = {"type": type(value).__name__}
    if opaque:
        return encoded
    try:
        encoded["value"] = encode(value)
    except Exception as error:  # noqa: BLE001  # an object that cannot show itself is no failure of the call that returned it
        encoded["unencodable"] = f"{type(error).__name__}: {error}"
    extras = {name: getattr(value, name, None) for name in ("extra", "recalls", "agg_buckets")}
    if isinstance(value, list) and any(extras.values()):
        encoded["attrs"] = {name: encode(extra) for name, extra in extras.items() if extra}
    return encoded


def encode_exception(error: BaseException) -> dict[str, Any]:
    """An exception as the recordings have it: class name, message, and the names of its bases."""
    message = getattr(error, "message", None)
    details = getattr(error, "details", None)
    if message is None and callable(details):
        message = details()
    return {
        "type": type(error).__name__,
        "message": _without_address(str(error if message is None else message)),
        "mro": [cls.__name__ for cls in type(error).__mro__ if cls not in (object, BaseException)],
    }


def _without_address(text: str) -> str:
    return _ADDRESS.sub("{addr}", text)


def encode(value: Any, depth: int = 0) -> Any:
    """The JSON form of any Python value that a client returns."""
    if depth > _MAX_DEPTH:
        return {"$truncated": type(value).__name__}
    for encoder in (_scalar, _array, _record, _container):
        encoded = encoder(value, depth + 1)
        if encoded is not _NOT_ENCODED:
            return encoded
    if callable(value):
        return {"$callable": getattr(value, "__name__", type(value).__name__)}
    return {"$object": type(value).__name__, "attrs": _attributes(value, depth + 1)}


def _scalar(value: Any, depth: int) -> Any:
    match value:
        case None | bool():
            return value
        case enum.Enum():
            content = value.value if isinstance(value.value, int | str | float) else repr(value.value)
            return {"$enum": f"{type(value).__name__}.{value.name}", "value": content}
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
        case str():
            return _without_address(str(value))
        case bytes() | bytearray():
            return {"$bytes": bytes(value).hex()}
    return _NOT_ENCODED


def _array(value: Any, depth: int) -> Any:
    """Arrays and scalars of numpy, and of ml_dtypes, whose bfloat16 numpy cannot turn into Python numbers."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biufUS":
            return {"$ndarray": str(value.dtype), "hex": value.tobytes().hex(), "shape": list(value.shape)}
        return {"$ndarray": str(value.dtype), "data": encode(value.tolist(), depth)}
    if isinstance(value, np.generic):
        return {"$npscalar": str(value.dtype), "value": encode(value.item(), depth)}
    return _NOT_ENCODED


def _record(value: Any, depth: int) -> Any:
    if hasattr(value, "DESCRIPTOR") and hasattr(value, "SerializeToString"):
        return {"$proto": value.DESCRIPTOR.full_name, "json": facts.to_json(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        attributes = {field.name: encode(getattr(value, field.name), depth) for field in fields}
        return {"$object": type(value).__name__, "attrs": attributes}
    return _NOT_ENCODED


def _container(value: Any, depth: int) -> Any:
    if hasattr(value, "keys") and hasattr(value, "__getitem__"):
        items = [(key, value[key]) for key in value.keys()]  # noqa: SIM118  # some are no mappings
        if all(isinstance(key, str) for key, _ in items):
            return {str(key): encode(item, depth) for key, item in items}
        return {"$dict": [[encode(key, depth), encode(item, depth)] for key, item in items]}
    if isinstance(value, set | frozenset):
        return {"$set": sorted((encode(item, depth) for item in value), key=repr)}
    if callable(getattr(value, "to_dict", None)):
        return {"$object": type(value).__name__, "to_dict": encode(value.to_dict(), depth)}
    if isinstance(value, list | tuple) or (hasattr(value, "__len__") and hasattr(value, "__getitem__")):
        return [encode(item, depth) for item in value]
    return _NOT_ENCODED


def _attributes(value: Any, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in dir(value):
        if name.startswith("_"):
            continue
        try:
            content = getattr(value, name)
        except Exception:  # noqa: BLE001  # a property that does not apply, or an awaited one: not part of the value
            continue
        if not callable(content):
            found[name] = encode(content, depth)
    return found
