"""JSON cells: Python values to JSON texts, and many texts back at once.

orjson is used where it is installed; it is looked for when the first JSON value comes by, not on import. Both ways
accept the same values and refuse the same: keys that are not str, NaN and infinity, and what JSON has no form for.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

from milvusclient.codec.refusal import Refusal
from milvusclient.codec.write.cells import Cells
from milvusclient.exceptions import ReplyError

__all__ = ["decode_json", "encode_json", "encode_json_values", "parse_json"]

# A key that the standard library may have made of something that was no str. False hits are looked at closely.
_ODD_KEY = re.compile(r'"(?:-?[\d.]+(?:e[+-]?\d+)?|true|false|null)":')
_PLAIN = (str, int, float, bool, type(None))
_SCALARS = set(_PLAIN)


@cache
def _orjson() -> Any | None:
    """The module orjson, or None."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson


# --- encoding --------------------------------------------------------------------------------------------------------
def _default(value: object) -> object:
    """What JSON has no form for by itself, as something that it has a form for; as orjson has it."""
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return value.tolist()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: getattr(value, entry.name) for entry in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


@cache
def _marker() -> str:
    """A text that nobody's data holds."""
    return os.urandom(16).hex()


def _encode_with_orjson(module: Any, values: Sequence[object]) -> list[bytes]:
    """Each value as JSON, all by one call: each call of its own would get a kilobyte and give most of it back."""
    dumps, option = module.dumps, module.OPT_SERIALIZE_NUMPY
    marked: list[object] = [_marker()] * (2 * len(values) - 1)
    marked[::2] = values
    joined: bytes = dumps(marked, _default, option)
    encoded = joined[1:-1].split(f',"{_marker()}",'.encode())
    if b"null" in joined:  # orjson writes NaN as null
        for value, cell in zip(values, encoded, strict=True):
            if b"null" in cell:
                _look_for_trouble(value, "")
    return encoded


def _standard_encoder() -> Callable[[object], str]:
    """The fastest encoder that the standard library has; a new one each time, as a failure may spoil it."""
    try:
        # What JSONEncoder.encode makes anew for each value, made once.
        make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # left out of the stubs, absent from PyPy
        text = json.encoder.encode_basestring
        chunks = make({}, _default, text, None, ":", ",", False, False, False)
    except (AttributeError, TypeError):
        return json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default).encode

    def encode(value: object) -> str:
        return "".join(chunks(value, 0))

    return encode


def encode_json_values(values: Sequence[object]) -> list[bytes]:
    """Each value as JSON.

    Raises:
        Refusal: a value has no form in JSON; it does not say which.
    """
    module = _orjson()
    try:
        if module is not None:
            return _encode_with_orjson(module, values) if values else []
        written = list(map(_standard_encoder(), values))
        if not _keys_are_texts(values) and _ODD_KEY.search("".join(written)):
            for value, text in zip(values, written, strict=True):
                if _ODD_KEY.search(text):
                    _look_for_trouble(value, "")
        return [text.encode() for text in written]
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        for value in values:
            _look_for_trouble(value, "")
        raise Refusal("JSON", f"a value that has no form in JSON: {error}") from None


def _keys_are_texts(values: Sequence[Any]) -> bool:
    """Whether all keys in there are str; no if that cannot be told without looking at each value."""
    types = set(map(type, values))
    if types <= _SCALARS:
        return True
    if types == {dict}:
        shapes = set(map(tuple, values))
        if not set(map(type, chain.from_iterable(shapes))) <= {str}:
            return False
        if len(shapes) > 1:
            return _keys_are_texts(list(chain.from_iterable(map(dict.values, values))))
        return all(_keys_are_texts([value[key] for value in values]) for key in shapes.pop())
    if types <= {list, tuple}:
        return _keys_are_texts(list(chain.from_iterable(values)))
    if not types <= _SCALARS | {dict, list, tuple}:
        return False
    dicts = [value for value in values if type(value) is dict]
    return _keys_are_texts(dicts) and _keys_are_texts([value for value in values if type(value) in (list, tuple)])


def _look_for_trouble(value: object, place: str) -> None:
    """Raise a Refusal for the first thing inside a value that has no form in JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        raise Refusal("JSON", f"{value}, which JSON cannot hold", inside=place)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Refusal("JSON", f"a str that UTF-8 cannot encode: {value!r}", inside=place) from None
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _look_at_key(key, place)
            _look_for_trouble(item, f"{place}[{key!r}]")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _look_for_trouble(item, f"{place}[{index}]")
    elif not isinstance(value, _PLAIN):
        try:
            plain = _default(value)
        except TypeError:
            raise Refusal.of("JSON", value, hint="JSON has no form for it", inside=place) from None
        _look_for_trouble(plain, place)


def _look_at_key(key: object, place: str) -> None:
    if not isinstance(key, str):
        raise Refusal.of("JSON, whose keys are str", key, inside=place)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _checked_text(text: str) -> bytes:
    """A str given for a JSON value is the JSON itself, and goes as it is."""
    module = _orjson()
    try:
        encoded = text.encode()
        if module is not None:
            module.loads(encoded)
        else:
            json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        shown = text if len(text) <= 60 else text[:57] + "..."
        hint = "a str must be JSON text: write json.dumps(...) for a plain string"
        raise Refusal("JSON", f"the str {shown!r}, which is not JSON ({error}); {hint}") from None
    return encoded


def _encode_cells(values: Sequence[object]) -> list[bytes]:
    if not any(issubclass(kind, str) for kind in set(map(type, values))):
        return encode_json_values(values)
    return [_checked_text(value) if isinstance(value, str) else encode_json_values([value])[0] for value in values]


def encode_json(cells: Cells) -> list[bytes]:
    """The cells of a JSON column.

    Raises:
        DataNotMatchException: a value has no form in JSON, or a str is not JSON.
    """
    try:
        return _encode_cells(cells.values)
    except Refusal as refusal:
        cells.each(lambda value: _encode_cells([value]))
        raise cells.error(refusal, None) from None


# --- decoding --------------------------------------------------------------------------------------------------------
def parse_json(text: bytes) -> Any:
    """One JSON text of a server; NaN and infinity, which some write, are read too.

    Raises:
        ReplyError: it is not JSON.
    """
    module = _orjson()
    if module is not None:
        try:
            return module.loads(text)
        except ValueError:
            pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        shown = text if len(text) <= 60 else text[:57] + b"..."
        raise ReplyError(message=f"the reply cannot be read: {shown!r} is not JSON ({error})") from error


def decode_json(cells: Sequence[bytes]) -> list[Any]:
    """Many JSON texts at once; an empty one is None.

    Raises:
        ReplyError: one of them is not JSON.
    """
    if not cells:
        return []
    module = _orjson()
    if b"" not in cells:
        # One parse of a list of all of them costs less than half of one parse for each.
        joined = b"[" + b",".join(cells) + b"]"
        try:
            values: list[Any] = json.loads(joined) if module is None else module.loads(joined)
        except (ValueError, RecursionError):
            values = []
        if len(values) == len(cells):
            return values
    return [parse_json(cell) if cell else None for cell in cells]
