"""Words of the command line as values: vectors, keys, fields, schemas. All pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS, LONGEST_STRING

if TYPE_CHECKING:
    from milvusclient.models.descriptions import FieldDescription
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.fields import FieldSchema

__all__ = [
    "check_field_spec",
    "parse_field",
    "parse_integer",
    "parse_json",
    "parse_keys",
    "parse_number",
    "parse_queries",
    "pick_vector_field",
    "schema_from_json",
    "schema_of",
]

_INTEGER = re.compile(r"-?[0-9]+")


def parse_json(text: str, what: str) -> object:
    """Parse a JSON text.

    Raises:
        ParamError: it is not JSON; the message says where it goes wrong.
    """
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParamError(message=f"{what} must be JSON; {where}: {error.msg}") from error
    except ValueError as error:  # a number with thousands of digits
        raise ParamError(message=f"{what} must be JSON; {error}") from error
    return value


def parse_number(text: str, what: str) -> float:
    """Parse a number.

    Raises:
        ParamError: the text is not one.
    """
    try:
        return float(text)
    except ValueError:
        raise ParamError(message=f"{what} must be a number, got {text!r}") from None


def parse_integer(text: str, what: str) -> int:
    """Parse an integer of plain digits.

    Raises:
        ParamError: the text is not one.

    Example:
        >>> parse_integer("-7", "the id")
        -7
    """
    if not _INTEGER.fullmatch(text.strip()):
        raise ParamError(message=f"{what} must be an integer, got {text!r}")
    return int(text)


# --- what to search for ----------------------------------------------------------------------------------------------
def pick_vector_field(fields: Sequence[FieldDescription], name: str | None, collection: str) -> FieldDescription:
    """Return the field that a search goes to: the one that is named, or the only vector field.

    Raises:
        ParamError: there is no such field, or there are several and none is named.
    """
    vectors = [field for field in fields if field["type"].is_vector]
    found = [field for field in vectors if name in (None, field["name"])]
    # A field of a struct array, such as clips[v], is not among the fields: the server knows it.
    if name and not found and "[" not in name:
        there = ", ".join(field["name"] for field in vectors) or "none"
        raise ParamError(message=f"collection {collection!r} has no vector field {name!r}; its vector fields: {there}")
    if not name and len(found) != 1:
        there = ", ".join(field["name"] for field in found)
        hint = f"has the vector fields {there}; choose one with -f" if found else "has no vector field"
        raise ParamError(message=f"collection {collection!r} {hint}")
    if found:
        return found[0]
    return {"field_id": 0, "name": name or "", "description": "", "type": DataType.NONE, "params": {}}


def parse_queries(text: str, field: FieldDescription) -> list[object]:
    """Parse what to search a field for.

    A field that a function fills, as for full-text search, is searched for the text as it stands. Others want JSON: a
    vector ``[0.1, 0.2]``, several ``[[...], [...]]``, or a sparse one ``{"7": 0.5}``.

    Raises:
        ParamError: the field cannot be searched for this.
    """
    if field.get("is_function_output"):
        return [text]
    if not text.lstrip().startswith(("[", "{")):
        if field["type"] is DataType.NONE:
            return [text]
        raise ParamError(
            message=f"field {field['name']!r} is a {field['type'].name} and is searched for a vector in JSON, such as "
            f"[0.1, 0.2]; got {text[:60]!r}"
        )
    value = parse_json(text, "the vector")
    several = isinstance(value, list) and bool(value) and not isinstance(value[0], int | float)
    vectors = [_vector(each) for each in value] if isinstance(value, list) and several else [_vector(value)]
    for number, vector in enumerate(vectors):
        check_length(vector, field, f"vector {number}" if several else "the vector")
    return vectors


def _vector(value: object) -> object:
    """JSON has only strings as keys; the positions of a sparse vector are numbers."""
    if isinstance(value, Mapping):
        try:
            return {int(key): number for key, number in value.items()}
        except ValueError as error:
            raise ParamError(message=f"the positions of a sparse vector must be integers: {error}") from error
    return value


def check_length(vector: object, field: FieldDescription, what: str) -> None:
    """Refuse a dense vector that does not have the dimension of its field.

    Raises:
        ParamError: it has not.
    """
    dim = field["params"].get("dim")
    facts = FACTS[field["type"]]
    # A binary vector has eight bits in a number; the client itself checks those.
    if facts.family != "dense" or facts.bits < 8 or not isinstance(vector, list) or not dim:
        return
    if len(vector) != int(str(dim)):
        raise ParamError(message=f"{what} has {len(vector)} numbers, but field {field['name']!r} has dimension {dim}")


# --- keys ------------------------------------------------------------------------------------------------------------
def parse_keys(words: Sequence[str], kind: DataType) -> list[int | str]:
    """Parse primary keys, as the type of the key says; a JSON list is for texts that hold commas.

    Args:
        words: texts of one key each, of several with commas between, or of a JSON list.
        kind: type of the primary key.

    Raises:
        ParamError: a word is not a key of that type.

    Example:
        >>> parse_keys(["1,2"], DataType.INT64), parse_keys(["007", "b"], DataType.VARCHAR)
        ([1, 2], ['007', 'b'])
    """
    keys: list[int | str] = []
    for word in words:
        if word.lstrip().startswith("["):
            keys += _keys_of_json(word, kind)
            continue
        for part in word.split(","):
            if text := part.strip():
                keys.append(text if kind is DataType.VARCHAR else parse_integer(text, "a key of this collection"))
    if not keys:
        raise ParamError(message="no key is given; write them with commas between: 1,2,3")
    return keys


def _keys_of_json(text: str, kind: DataType) -> list[int | str]:
    wanted, words = (str, "strings") if kind is DataType.VARCHAR else (int, "integers")
    keys = parse_json(text, "the list of keys")
    if isinstance(keys, list) and all(isinstance(key, wanted) and not isinstance(key, bool) for key in keys):
        return keys
    raise ParamError(message=f"the keys of this collection must be {words}, got {text!r}")


# --- fields and schemas ----------------------------------------------------------------------------------------------
def schema_from_json(raw: object, where: str) -> CollectionSchema:
    """Build the schema in a JSON file: what ``show collection -o json`` writes; types are names or numbers.

    Raises:
        ParamError: the file has no such schema.
    """
    from milvusclient.schema.collection import CollectionSchema

    fields = raw.get("fields") if isinstance(raw, Mapping) else None
    if (
        not isinstance(raw, Mapping)
        or not isinstance(fields, list)
        or not all(isinstance(each, dict) for each in fields)
    ):
        raise ParamError(message=f"{where} has no schema: it needs an object with a list of 'fields'")
    try:
        return CollectionSchema.construct_from_dict({**raw, "fields": [_with_types(each) for each in fields]})
    except KeyError as error:
        raise ParamError(message=f"{where}: a field has no {error}") from error


def _with_types(field: Mapping[str, object]) -> dict[str, object]:
    named = {key: field[key] for key in ("type", "element_type") if isinstance(field.get(key), str)}
    return {**field, **{key: _data_type(str(word).upper(), str(field.get("name"))) for key, word in named.items()}}


def check_field_spec(text: str) -> str:
    """Return a field's text if :func:`parse_field` can read it.

    Raises:
        ParamError: it cannot.
    """
    parse_field(text)
    return text


def parse_field(text: str, primary: str = "", auto_id: bool = False) -> FieldSchema:
    """Parse ``NAME:TYPE[:NUMBER][:DESCRIPTION]``, as older tools write it.

    The number is the dimension of a vector or the greatest length of a VARCHAR. ``ARRAY<TYPE>`` has its capacity there.

    Args:
        text: the field.
        primary: the name of the primary key.
        auto_id: whether the server makes that key.

    Raises:
        ParamError: the text is not a field.

    Example:
        >>> parse_field("v:FLOAT_VECTOR:8"), parse_field("title:VARCHAR:200:what it says").max_length
        ({'name': 'v', 'description': '', 'type': <DataType.FLOAT_VECTOR: 101>, 'params': {'dim': 8}}, 200)
    """
    from milvusclient.schema.fields import FieldSchema

    name, _, rest = text.partition(":")
    word, _, rest = rest.replace("/", ":").partition(":")
    number, _, description = rest.partition(":")
    if not number.strip().isdigit():
        number, description = "", rest
    type_name, _, element = word.strip().upper().rstrip(">").partition("<")
    data_type, element_type = _data_type(type_name, text), _data_type(element, text) if element else None
    size = int(number) if number else None
    is_text = DataType.VARCHAR in (data_type, element_type)
    is_key = name == primary
    return FieldSchema(
        name,
        data_type,
        description,
        is_primary=is_key,
        auto_id=is_key and auto_id,
        element_type=element_type,
        dim=size if data_type.is_vector else None,
        max_capacity=(size or 100) if data_type is DataType.ARRAY else None,
        max_length=((size if data_type is DataType.VARCHAR else None) or LONGEST_STRING) if is_text else None,
    )


def _data_type(word: str, text: str) -> DataType:
    try:
        return DataType[word]
    except KeyError:
        left_out = (DataType.NONE, DataType.STRING, DataType.STRUCT, DataType.UNKNOWN)
        known = ", ".join(each.name for each in DataType if each not in left_out and not each.name.startswith("_"))
        fault = f"{word!r} is not a type" if word else "it has no type"
        raise ParamError(
            message=f"field {text!r}: {fault}; write NAME:TYPE[:NUMBER][:DESCRIPTION] with one of {known}"
        ) from None


def schema_of(
    fields: Iterable[str], primary: str, *, auto_id: bool = False, dynamic: bool = False, description: str = ""
) -> CollectionSchema:
    """Build the schema of the fields on a command line.

    Raises:
        ParamError: a field is invalid, or none is the primary key.
    """
    from milvusclient.schema.collection import CollectionSchema

    schemas = [parse_field(text, primary, auto_id) for text in fields]
    if primary not in [schema.name for schema in schemas]:
        raise ParamError(message=f"no field is named {primary!r}; name the primary key with -p")
    return CollectionSchema(schemas, description, enable_dynamic_field=dynamic)
