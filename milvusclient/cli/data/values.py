"""Words of a command line as values: settings, vectors, fields, keys. All pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from milvusclient import CollectionSchema, DataType, FieldSchema, ParamError

__all__ = ["parse_field", "parse_json", "parse_keys", "parse_setting", "parse_settings", "parse_vectors", "schema_of"]


def parse_setting(text: str) -> tuple[str, object]:
    """``k:v`` or ``k=v`` as a pair; the value is a number, a bool or a structure if it reads as JSON, else text.

    Example:
        >>> parse_setting("nlist:128"), parse_setting("metric=L2")
        (('nlist', 128), ('metric', 'L2'))
    """
    cut = min((at for at in (text.find(":"), text.find("=")) if at > 0), default=-1)
    if cut < 0:
        raise ParamError(message=f"{text!r} is not NAME:VALUE or NAME=VALUE")
    value = text[cut + 1 :].strip()
    try:
        return text[:cut].strip(), json.loads(value)
    except ValueError:
        return text[:cut].strip(), value


def parse_settings(texts: Iterable[str]) -> dict[str, object]:
    """Several of them."""
    return dict(parse_setting(text) for text in texts)


def parse_json(text: str, what: str) -> object:
    """The value of a JSON text.

    Raises:
        ParamError: it is none; the message says where it goes wrong.
    """
    try:
        value: object = json.loads(text)
    except ValueError as error:
        raise ParamError(message=f"{what} must be JSON: {error}") from error
    return value


def parse_vectors(text: str) -> list[object]:
    """What to search for: one vector ``[0.1, 0.2]``, several ``[[...], [...]]``, a sparse one ``{"7": 0.5}``, or words.

    Example:
        >>> parse_vectors("[1, 2]"), parse_vectors('{"7": 0.5}'), parse_vectors("red shoes")
        ([[1, 2]], [{7: 0.5}], ['red shoes'])
    """
    if not text.lstrip().startswith(("[", "{")):
        return [text]
    value = parse_json(text, "the vector")
    if isinstance(value, list) and value and not isinstance(value[0], int | float):
        return [_vector(each) for each in value]
    return [_vector(value)]


def _vector(value: object) -> object:
    """JSON has only text as keys; the positions of a sparse vector are numbers."""
    if isinstance(value, Mapping):
        try:
            return {int(key): number for key, number in value.items()}
        except ValueError as error:
            raise ParamError(message=f"the positions of a sparse vector are whole numbers: {error}") from error
    return value


def parse_number(text: str, what: str) -> float:
    """A number.

    Raises:
        ParamError: it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise ParamError(message=f"{what} must be a number, got {text!r}") from None


def parse_whole(text: str, what: str) -> int:
    """A whole number.

    Raises:
        ParamError: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise ParamError(message=f"{what} must be a whole number, got {text!r}") from None


def schema_from_json(raw: object, where: str) -> CollectionSchema:
    """The schema in a JSON file: what ``show collection -o json`` writes; types are names or numbers.

    Raises:
        ParamError: it has none.
    """
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


def parse_keys(text: str) -> list[int | str]:
    """Primary keys, separated by commas; as a JSON list if they hold commas. Numbers are numbers.

    Example:
        >>> parse_keys("1, 2"), parse_keys("a,b"), parse_keys('["1"]')
        ([1, 2], ['a', 'b'], ['1'])
    """
    if text.lstrip().startswith("["):
        keys = parse_json(text, "the ids")
        if isinstance(keys, list) and all(isinstance(key, int | str) for key in keys):
            return keys
        raise ParamError(message=f"the ids must be numbers or texts, got {text!r}")
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ParamError(message="no id is given; use 1,2,3")
    try:
        return [int(part) for part in parts]
    except ValueError:
        return [*parts]


def parse_field(text: str, primary: str = "", auto_id: bool = False) -> FieldSchema:
    """``NAME:TYPE[:NUMBER][:DESCRIPTION]``, as older tools write it.

    The number is the dimension of a vector or the greatest length of a VARCHAR. ``ARRAY<TYPE>`` has its capacity there.

    Args:
        text: the field.
        primary: the name of the primary key.
        auto_id: the server makes that key.

    Example:
        >>> parse_field("v:FLOAT_VECTOR:8"), parse_field("title:VARCHAR:200:what it says").max_length
        ({'name': 'v', 'description': '', 'type': <DataType.FLOAT_VECTOR: 101>, 'params': {'dim': 8}}, 200)
    """
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
        max_length=((size if data_type is DataType.VARCHAR else None) or 65535) if is_text else None,
    )


def _data_type(word: str, text: str) -> DataType:
    try:
        return DataType[word]
    except KeyError:
        known = ", ".join(each.name for each in DataType if each and not each.name.startswith("_"))
        raise ParamError(
            message=f"field {text!r} has no type; use NAME:TYPE[:NUMBER][:DESCRIPTION] with one of {known}"
        ) from None


def schema_of(
    fields: Iterable[str], primary: str, *, auto_id: bool = False, dynamic: bool = False, description: str = ""
) -> CollectionSchema:
    """The schema that fields on a command line make."""
    schemas = [parse_field(text, primary, auto_id) for text in fields]
    if primary not in [schema.name for schema in schemas]:
        raise ParamError(message=f"there is no field {primary!r} that could be the primary key; name it with -p")
    return CollectionSchema(schemas, description, enable_dynamic_field=dynamic)
