"""Encode Arrow arrays as columns of a request.

A column whose memory has the layout of the wire is sent from its buffers: vectors and floats as they are, booleans from
their bits, and with numpy loaded also integers and strings. Anything else becomes Python values, column by column, and
goes the way of rows (:func:`encode_column`), which also refuses what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from milvusclient._proto import schema_pb2
from milvusclient.codec.refusal import Refusal
from milvusclient.codec.wire import field_number, prefix
from milvusclient.codec.write.arrow_array import (
    CODES,
    INTEGERS,
    Array,
    UnsupportedArrowType,
    bit_bytes,
    list_bounds,
    list_span,
    type_name,
    valid_bits,
    values,
)
from milvusclient.codec.write.columns import dense_prefix, encode_column
from milvusclient.codec.write.nonfinite import first_nonfinite, loaded_numpy
from milvusclient.codec.write.packed_numbers import packed_integers, packed_strings
from milvusclient.codec.write.request import Column
from milvusclient.exceptions import DataNotMatchException
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS, PLAIN_STRINGS, TypeFacts

__all__ = ["column_values", "encode_arrays"]

Buffers = list[Any]  # anything with a buffer

_FLOATS: Final = {"f": "<f4", "g": "<f8", "e": "<f2"}
#: The formats of lists, and of the numbers in them whose memory may be that of a vector.
_LISTS: Final = ("+w:", "+l", "+L")
_ELEMENTS: Final = {"f": "<f4", "e": "<f2", "c": "|i1", "C": "|u1"}


#: Length of the shortest moment with an offset is more than that of one without a fraction.
_WITHOUT_OFFSET: Final = 19


class _Chunk(NamedTuple):
    """An array, the row of its first value, and its validity bits (None if all values are valid)."""

    array: Array
    row: int
    bits: bytes | None


def encode_arrays(field: FieldInfo, arrays: Sequence[Array], first_row: int = 0) -> Column:
    """Encode the arrays of one column, one after the other.

    Args:
        field: what the schema says.
        arrays: the arrays, of one type.
        first_row: index of the first row, for messages.

    Raises:
        DataNotMatchException: a value does not fit, or a row has none and must; or the type cannot be written.
        ParamError: a vector of a wrong facts.
    """
    row, chunks = first_row, []
    for array in arrays:
        chunks.append(_Chunk(array, row, valid_bits(array)))
        row += array.length
    _refuse_nulls(field, chunks)
    facts = FACTS[field.data_type]
    column = _vectors(field, facts, chunks) if facts.family == "dense" else _scalars(field, facts, chunks)
    if column is not None:
        return column
    items = column_values(field.name, arrays)
    if field.data_type is DataType.SPARSE_FLOAT_VECTOR:
        items = [_sparse_vector(value, row, field.name) for row, value in enumerate(items, first_row)]
    elif field.data_type is DataType.TIMESTAMPTZ and any(chunk.array.format.startswith("ts") for chunk in chunks):
        items = list(map(_timestamptz, items))
    return encode_column(field, items, first_row)


def _timestamptz(value: object) -> object:
    """Return a moment in the shortest form; one without a time zone is taken to be UTC."""
    if not isinstance(value, str):
        return value
    moment, offset = (value, "") if len(value) <= _WITHOUT_OFFSET or value[-6] not in "+-" else (value[:-6], value[-6:])
    if "." in moment:
        moment = moment.rstrip("0")
    return moment + ("Z" if offset in ("", "+00:00") else offset)


def _sparse_vector(value: object, row: int, name: str) -> object:
    """Return a struct of indices and values as the pairs; anything else as it is.

    Raises:
        DataNotMatchException: there is not one value for each index.
    """
    if not isinstance(value, dict) or value.keys() != {"indices", "values"}:
        return value
    indices, numbers = value["indices"], value["values"]
    if not (isinstance(indices, list) and isinstance(numbers, list)) or len(indices) != len(numbers):
        counts = ["none" if part is None else str(len(part)) for part in (indices, numbers)]
        raise Refusal("as many values as indices", f"{counts[0]} indices and {counts[1]} values").at(row, name)
    vector = dict(zip(indices, numbers, strict=True))
    # An index that occurs twice must not vanish in a dict: as a pair it is refused.
    return vector if len(vector) == len(indices) else list(zip(indices, numbers, strict=True))


def column_values(name: str, arrays: Sequence[Array]) -> list[object]:
    """Return the Python values of a column.

    Raises:
        DataNotMatchException: values of the column's type cannot be written.
    """
    made: list[object] = []
    for array in arrays:
        try:
            made += values(array)
        except UnsupportedArrowType as error:
            raise DataNotMatchException(
                message=f"column {name!r} has the Arrow type {error}, which cannot be written; cast the column"
            ) from None
    return made


def _refuse_nulls(field: FieldInfo, chunks: Sequence[_Chunk]) -> None:
    if field.may_be_missing:
        return
    for chunk in chunks:
        if chunk.bits is not None:
            row = chunk.row + chunk.bits.index(0)
            refusal = Refusal(f"a value ({field.data_type.name})", "None; the field is not nullable")
            raise refusal.at(row, field.name)


def _head(field: FieldInfo, chunks: Sequence[_Chunk]) -> bytes:
    """Serialize the name, the type and the validity of a column."""
    target = schema_pb2.FieldData(field_name=field.name)
    target.type = int(field.data_type)  # type: ignore[assignment]  # the same numbers
    head = target.SerializeToString()
    if field.may_be_missing:
        # A packed bool takes one byte, 0 or 1, as the bits here do.
        valid = b"".join([b"\1" * chunk.array.length if chunk.bits is None else chunk.bits for chunk in chunks])
        head += prefix(field_number(schema_pb2.FieldData, "valid_data"), len(valid)) + valid
    return head


# --- scalars ---------------------------------------------------------------------------------------------------------
def _scalars(field: FieldInfo, facts: TypeFacts, chunks: Sequence[_Chunk]) -> Column | None:
    """Encode scalars from their buffers; None if that is not possible."""
    encode = _encoder(field, facts)
    if encode is None:
        return None
    parts: Buffers = []
    for chunk in chunks:
        part = encode(chunk)
        if part is None:
            return None
        parts += part
    size = sum(memoryview(part).nbytes for part in parts)
    if not size:
        return None
    around = partial(_scalar_prefix, field, facts)
    return Column(_head(field, chunks) + around(size), size, parts, around=around)


def _scalar_prefix(field: FieldInfo, facts: TypeFacts, size: int) -> bytes:
    # Packed numbers are one field; each string brings a tag of its own.
    inner = b"" if field.data_type in PLAIN_STRINGS else prefix(1, size)
    member = prefix(field_number(schema_pb2.ScalarField, facts.member), len(inner) + size)
    scalars = prefix(field_number(schema_pb2.FieldData, "scalars"), len(member) + len(inner) + size)
    return scalars + member + inner


def _encoder(field: FieldInfo, facts: TypeFacts) -> Callable[[_Chunk], Buffers | None] | None:
    if facts.family == "integer":
        return partial(_integers, facts.bounds)
    if facts.family == "float":
        return partial(_floats, facts.dtype)
    if field.data_type in PLAIN_STRINGS:
        return partial(_texts, field.max_length)
    return _booleans if facts.family == "bool" else None


def _booleans(chunk: _Chunk) -> Buffers | None:
    if chunk.array.format != "b" or chunk.array.dictionary is not None:
        return None
    numpy, array = loaded_numpy(), chunk.array
    buffer = array.buffers[1]
    if numpy is not None and buffer is not None:
        first = array.offset // 8
        used = numpy.frombuffer(buffer, "u1")[first : (array.offset + array.length + 7) // 8]
        bits = numpy.unpackbits(used, bitorder="little")[array.offset - 8 * first :][: array.length]
        return [_compact(numpy, bits, chunk.bits)]
    made = bit_bytes(array)
    return [made if chunk.bits is None else bytes(bit for bit, valid in zip(made, chunk.bits, strict=True) if valid)]


def _integers(bounds: tuple[int, int], chunk: _Chunk) -> Buffers | None:
    numpy = loaded_numpy()
    array = chunk.array
    if numpy is None or array.format not in INTEGERS or array.dictionary is not None:
        return None
    code = CODES[array.format]
    numbers = _compact(numpy, numpy.frombuffer(array.numbers(code), f"={code}"), chunk.bits)
    low, high = bounds
    kind = numpy.iinfo(numbers.dtype)
    # Most columns have the type of their field, and need no look.
    may_be_outside = len(numbers) and not (low <= kind.min and kind.max <= high)
    if may_be_outside and not (low <= int(numbers.min()) and int(numbers.max()) <= high):
        return None
    return packed_integers(numpy, numbers)


def _floats(dtype: str, chunk: _Chunk) -> Buffers | None:
    array = chunk.array
    if array.dictionary is not None:
        return None
    if _FLOATS.get(array.format) == dtype and chunk.bits is None:
        return [array.numbers(CODES[array.format])]
    numpy = loaded_numpy()
    if numpy is None or array.format not in _FLOATS:
        return None
    numbers = numpy.frombuffer(array.numbers(CODES[array.format]), _FLOATS[array.format])
    numbers = _compact(numpy, numbers, chunk.bits)
    with numpy.errstate(over="ignore"):
        made = numbers.astype(dtype)
    # A number too large for the type becomes infinite; the way of rows names it.
    return None if bool((numpy.isinf(made) != numpy.isinf(numbers)).any()) else [made]


def _texts(max_length: int | None, chunk: _Chunk) -> Buffers | None:
    numpy = loaded_numpy()
    array = chunk.array
    if numpy is None or array.format not in ("u", "U") or array.dictionary is not None:
        return None
    buffer, data = array.buffers[1:3] if len(array.buffers) == 3 else (None, None)
    if buffer is None or data is None:
        return None
    offsets = numpy.frombuffer(buffer, "=i4" if array.format == "u" else "=i8")
    offsets = offsets[array.offset : array.offset + array.length + 1]
    return packed_strings(numpy, offsets, data, max_length, chunk.bits)


def _compact(numpy: Any, numbers: Any, bits: bytes | None) -> Any:
    return numbers if bits is None else numbers[numpy.frombuffer(bits, "?")]


# --- dense vectors ---------------------------------------------------------------------------------------------------
def _vectors(field: FieldInfo, facts: TypeFacts, chunks: Sequence[_Chunk]) -> Column | None:
    """Encode vectors from their buffers; None if that is not possible."""
    parts: Buffers = []
    for chunk in chunks:
        body = _vector_bytes(field, facts, chunk)
        if body is None:
            return None
        if chunk.bits is None:
            parts.append(body)
        else:
            size = facts.size(field.dim)
            filled = memoryview(body).cast("B")
            parts += [filled[row * size : (row + 1) * size] for row, bit in enumerate(chunk.bits) if bit]
    size = sum(memoryview(part).nbytes for part in parts)
    if not size:
        return None
    check = partial(_check_finite, field, facts, chunks) if facts.floats else None
    around = partial(dense_prefix, field)
    return Column(_head(field, chunks) + around(size), size, parts, check=check, around=around)


def _vector_bytes(field: FieldInfo, facts: TypeFacts, chunk: _Chunk) -> Any | None:
    """Return the bytes of a chunk's vectors, with anything in place of a null; None if its values must be looked at."""
    array = chunk.array
    size = facts.size(field.dim)
    if array.dictionary is not None:
        return None
    if array.format.startswith("w:"):
        if int(array.format[2:]) != size:
            _refuse_width(field, facts, chunk, f"{array.format[2:]} bytes")
        buffer = array.buffers[1]
        return None if buffer is None else buffer[array.offset * size : (array.offset + array.length) * size]
    if not array.format.startswith(_LISTS):
        return None
    elements = _elements(field, facts, chunk)
    if elements is None or elements.dictionary is not None or _has_nulls(elements, chunk):
        return None
    if _ELEMENTS.get(elements.format) == facts.dtype:
        return elements.numbers(CODES[elements.format])
    return _converted(facts, elements)


def _has_nulls(elements: Array, chunk: _Chunk) -> bool:
    """Return whether a number is null in a vector that is not; those of a null vector may be anything."""
    bits = valid_bits(elements)
    if bits is None or chunk.bits is None:
        return bits is not None
    width = len(bits) // len(chunk.bits)
    return any(valid and 0 in bits[row * width : (row + 1) * width] for row, valid in enumerate(chunk.bits))


def _elements(field: FieldInfo, facts: TypeFacts, chunk: _Chunk) -> Array | None:
    """Return the numbers of all lists as one array; None if lists are not one directly after the other."""
    array = chunk.array
    width = facts.length(field.dim)
    span = list_span(array, width) if chunk.bits is None or array.format.startswith("+w:") else None
    if span is not None:
        return array.children[0].slice(span[0], span[1] - span[0])
    if array.format.startswith("+w:"):
        _refuse_width(field, facts, chunk, f"a list of length {array.format[3:]}")
    elif chunk.bits is None:
        lengths = [end - start for start, end in list_bounds(array)]
        wrong = next((index for index, length in enumerate(lengths) if length != width), None)
        if wrong is not None:
            refusal = Refusal(facts.vector_words(field.dim), f"a list of length {lengths[wrong]}")
            raise refusal.at(chunk.row + wrong, field.name)
    return None


def _refuse_width(field: FieldInfo, facts: TypeFacts, chunk: _Chunk, got: str) -> None:
    if 1 in (chunk.bits or b"\1") and chunk.array.length:
        row = chunk.row + (chunk.bits.index(1) if chunk.bits is not None else 0)
        raise Refusal(facts.vector_words(field.dim), f"{got} ({type_name(chunk.array)})").at(row, field.name)


def _converted(facts: TypeFacts, elements: Array) -> Any | None:
    """Convert floats of another width with numpy."""
    numpy = loaded_numpy()
    if numpy is None or facts.floats not in ("f", "e") or elements.format not in _FLOATS:
        return None
    numbers = numpy.frombuffer(elements.numbers(CODES[elements.format]), _FLOATS[elements.format])
    with numpy.errstate(over="ignore"):  # a number too large becomes infinite, and is refused as that
        return numbers.astype(facts.dtype)


def _check_finite(field: FieldInfo, facts: TypeFacts, chunks: Sequence[_Chunk], joined: memoryview) -> None:
    position = first_nonfinite(joined, facts.floats)
    if position is None:
        return
    index, element = divmod(position, field.dim)
    for chunk in chunks:
        present = chunk.array.length if chunk.bits is None else chunk.bits.count(1)
        if index < present:
            rows = [row for row, bit in enumerate(chunk.bits or b"\1" * chunk.array.length) if bit]
            expected = f"{facts.vector_words(field.dim)} of finite numbers"
            refusal = Refusal(expected, "NaN, infinity or a number that is too large", inside=f"[{element}]")
            raise refusal.at(chunk.row + rows[index], field.name)
        index -= present
