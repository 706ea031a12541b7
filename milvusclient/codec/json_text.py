"""JSON cells: Python values to JSON, and many cells of JSON back at once.

orjson is used where it is installed; it is looked for when the first JSON value occurs, not on import. It must not
change what is stored, so one set of rules holds with and without it; :func:`_plain` defines them:

* str, int, float and bool are what they are, of subclasses too; integers fit in 64 bits, signed or unsigned;
* mappings are objects, whose keys are str; lists and all tuples are arrays; at most 253 are in each other;
* an enum is its value, a dataclass an object, a UUID its usual form, a date or a time its ISO 8601 form;
* numbers and arrays of numpy are what ``tolist`` makes of them, but ``datetime64`` is in ISO 8601;
* anything else is refused, and so are NaN, infinity, NaT and NA: a missing value is None.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

from milvusclient.checks import given
from milvusclient.codec.refusal import Refusal, is_missing
from milvusclient.codec.write.cells import Cells
from milvusclient.exceptions import ReplyError

__all__ = ["decode_json", "encode_json", "encode_json_values", "parse_json"]

_SCALARS = {str, int, float, bool, type(None)}
_CONTAINERS = {dict, list, tuple}
#: The bounds of integers that other programs can be expected to read.
_LEAST, _MOST = -(1 << 63), (1 << 64) - 1
#: How many arrays and objects can be in each other: what orjson writes.
_DEEPEST = 253


@cache
def _orjson() -> Any | None:
    """Return the module orjson, or None."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson


# --- the rules -------------------------------------------------------------------------------------------------------
def _plain(value: object, depth: int = 0) -> object:
    """Convert a value to None, bool, int, float, str, lists and dicts of exactly these types.

    Raises:
        Refusal: something in the value has no form in JSON; the refusal says where in the value.
    """
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _plain_str(value)
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1)
    if isinstance(value, int | float):
        return _plain_number(value)
    if depth >= _DEEPEST:
        raise Refusal("JSON", f"a value with more than {_DEEPEST} arrays and objects in each other")
    if isinstance(value, Mapping):
        return _plain_dict(value, depth)
    if isinstance(value, list | tuple):
        return _plain_list(value, depth)
    try:
        return _plain(_default(value), depth)
    except TypeError:
        raise Refusal.of("JSON", value, hint="" if is_missing(value) else "JSON has no form for it") from None


def _plain_str(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refusal("JSON", f"a str that UTF-8 cannot encode: {given(value)}") from None
    return value if type(value) is str else str.__str__(value)


def _plain_number(value: float) -> float:
    if isinstance(value, int):
        integer = int.__int__(value)
        if not _LEAST <= integer <= _MOST:
            raise Refusal("JSON", f"{given(integer)}, which does not fit in 64 bits; a str can hold it")
        return integer
    number = float(value)
    if not math.isfinite(number):
        hint = "; use None for a missing value" if math.isnan(number) else ""
        raise Refusal("JSON", f"{number}, which JSON cannot represent{hint}")
    return number


def _plain_dict(value: Mapping[Any, Any], depth: int) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise Refusal.of("JSON, whose keys are str", key)
        try:
            plain[_plain_str(key)] = _plain(item, depth + 1)
        except Refusal as refusal:
            raise refusal.within(f"[{str.__str__(key)!r}]") from None
    return plain


def _plain_list(value: Sequence[object], depth: int) -> list[object]:
    plain: list[object] = []
    for index, item in enumerate(value):
        try:
            plain.append(_plain(item, depth + 1))
        except Refusal as refusal:
            raise refusal.within(f"[{index}]") from None
    return plain


def _default(value: object) -> object:
    """Convert what encoders have no form for to something that they, or this function again, have a form for.

    Raises:
        TypeError: JSON has no form for it.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):  # of a subclass; orjson takes the class itself only
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return list(value)
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return _from_numpy(value)
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "isoformat") and not is_missing(value):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: getattr(value, entry.name) for entry in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _from_numpy(value: Any) -> object:
    """Convert a number or an array of numpy."""
    kind = getattr(value.dtype, "kind", "")
    if kind == "M":  # tolist() gives dates, moments or a number of nanoseconds, depending on the unit
        if (value != value).any():
            raise TypeError("NaT has no form in JSON")
        return value.astype(str).tolist()
    if kind == "m" or getattr(value.dtype, "names", None):  # spans of time; records, which would lose their names
        raise TypeError(f"{value.dtype} has no form in JSON")
    return value.tolist()


# --- encoding --------------------------------------------------------------------------------------------------------
@cache
def _marker() -> str:
    """Return a str that does not occur in any data."""
    return os.urandom(16).hex()


def _encode_with_orjson(module: Any, values: Sequence[object]) -> list[bytes]:
    """Encode all values by one call: each call of its own would allocate a kilobyte and give most of it back.

    Raises:
        TypeError: a value is not one that orjson encodes by the rules above.
    """
    options = module.OPT_PASSTHROUGH_DATETIME | module.OPT_PASSTHROUGH_DATACLASS
    marked: list[object] = [_marker()] * (2 * len(values) - 1)
    marked[::2] = values
    joined: bytes = module.dumps(marked, _default, options)
    encoded = joined[1:-1].split(f',"{_marker()}",'.encode())
    if b"null" in joined:  # orjson writes NaN as null
        suspects = [value for value, cell in zip(values, encoded, strict=True) if b"null" in cell]
        if not _is_plain(suspects, check_floats=True):
            for value in suspects:
                _plain(value)
    return encoded


def _standard_encoder() -> Callable[[object], str]:
    """Return the fastest encoder that the standard library has; a new one each time, as a failure may spoil it."""
    try:
        # What JSONEncoder.encode makes again for each value, made once.
        make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # left out of the stubs, absent from PyPy
        chunks = make({}, _default, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    except (AttributeError, TypeError):
        return json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default).encode

    def encode(value: object) -> str:
        return "".join(chunks(value, 0))

    return encode


def _encode_with_json(values: Sequence[object]) -> list[bytes]:
    """Encode each value with the standard library.

    Raises:
        TypeError: a value is not one that the standard library surely encodes by the rules above.
    """
    encoded = [text.encode() for text in map(_standard_encoder(), values)]
    # Looked at afterwards: by then the encoder has refused NaN, and values that contain themselves.
    if not _is_plain(values, check_floats=False):
        raise TypeError("some value is not plain")
    return encoded


def _is_plain(values: Sequence[Any], *, check_floats: bool, depth: int = 0) -> bool:
    """Return whether values have only types and numbers that every encoder writes alike."""
    types = set(map(type, values))
    if not _numbers_are_plain(values, types, check_floats=check_floats):
        return False
    nested = types - _SCALARS
    if not nested:
        return True
    if depth == _DEEPEST or not nested <= _CONTAINERS:
        return False
    dicts = _of_type(dict, values, types)
    shapes = set(map(tuple, dicts))
    if not set(map(type, chain.from_iterable(shapes))) <= {str}:
        return False
    columns: list[list[Any]] = [[*chain(*_of_type(list, values, types), *_of_type(tuple, values, types))]]
    if len(shapes) == 1:  # a column has mostly one type, which takes one look
        columns += [[value[key] for value in dicts] for key in shapes.pop()]
    else:
        columns.append([*chain.from_iterable(map(dict.values, dicts))])
    return all(_is_plain(column, check_floats=check_floats, depth=depth + 1) for column in columns if column)


def _numbers_are_plain(level: Sequence[Any], types: set[type], *, check_floats: bool) -> bool:
    if int in types:
        numbers = _of_type(int, level, types)
        if min(numbers) < _LEAST or max(numbers) > _MOST:
            return False
    return not (check_floats and float in types) or all(map(math.isfinite, _of_type(float, level, types)))


def _of_type(kind: type, level: Sequence[Any], types: set[type]) -> Sequence[Any]:
    """Return the values of one type, given the types that occur."""
    if kind not in types:
        return ()
    return level if len(types) == 1 else [value for value in level if type(value) is kind]


def encode_json_values(values: Sequence[object]) -> list[bytes]:
    """Encode each value as JSON.

    Raises:
        Refusal: a value has no form in JSON; it does not say which value.
    """
    if not values:
        return []
    try:
        return _encode(values)
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass  # one of them is unusual, or wrong
    try:
        return _encode([_plain(value) for value in values])
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Refusal("JSON", f"a value that has no form in JSON: {error}") from None


def _encode(values: Sequence[object]) -> list[bytes]:
    module = _orjson()
    return _encode_with_json(values) if module is None else _encode_with_orjson(module, values)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large for a double")
    return number


def _checked_text(text: str) -> bytes:
    """Encode a str given for a JSON value, which is JSON already, after a check that it is."""
    module = _orjson()
    try:
        encoded = text.encode()
        if module is not None:
            try:
                module.loads(encoded)
            except ValueError:
                pass  # stricter than the standard library, which decides
            else:
                return encoded
        json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        shown = text if len(text) <= 60 else text[:57] + "..."
        hint = "a str must be JSON text: write json.dumps(...) for a plain string"
        raise Refusal("JSON", f"the str {shown!r}, which is not JSON ({error}); {hint}") from None
    return encoded


def _encode_cells(values: Sequence[object]) -> list[bytes]:
    if not any(issubclass(kind, str) for kind in set(map(type, values))):
        return encode_json_values(values)
    return [
        _checked_text(str.__str__(value)) if isinstance(value, str) else encode_json_values([value])[0]
        for value in values
    ]


def encode_json(cells: Cells) -> list[bytes]:
    """Encode the cells of a JSON column.

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
    """Parse one cell of a server's JSON; NaN and infinity, which some write, are accepted.

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
    """Parse many cells of JSON at once; an empty one is None.

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
