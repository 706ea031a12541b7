"""The parameters of a search that are pairs of str on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from milvusclient.checks import given, is_time_array, require_bool, require_int, require_str, require_str_list
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType
from milvusclient.schema.type_facts import FACTS

__all__ = [
    "Frozen",
    "OrderBy",
    "SearchOptions",
    "frozen_params",
    "group_texts",
    "order_text",
    "require_count",
    "require_round_decimal",
    "search_texts",
    "thawed_params",
    "time_texts",
]

#: Order of results: ``"field:asc,other:desc"``, or a list of such pieces or of dicts with ``field`` and ``order``.
OrderBy = str | Sequence[Mapping[str, str] | str]

#: Search parameters in a hashable form: for each a tuple of its name, its type and its value.
Frozen = tuple[tuple[str, type, object], ...]

_MOST_DECIMALS = 6
_PLAIN_TYPES = (str, int, float, bool)
_JSON_TYPES = {data_type: facts.json_type for data_type, facts in FACTS.items() if facts.json_type}
#: Search parameters that are pairs of their own, beside ``params``.
_HOISTED = ("metric_type", "hints", "analyzer_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """The options of a search, as explained at :meth:`MilvusClient.search`.

    Args:
        cluster_id: name of the cluster that answers, for sessions.
    """

    round_decimal: int = -1
    offset: int | None = None
    ignore_growing: bool = False
    page_retain_order: bool | None = None
    group_by_field: str | None = None
    group_by_fields: Sequence[str] | None = None
    group_size: int | None = None
    strict_group_size: bool | None = None
    order_by_fields: OrderBy | None = None
    json_path: str | None = None
    json_type: DataType | int | None = None
    strict_cast: bool | None = None
    timezone: str | None = None
    time_fields: str | Sequence[str] | None = None
    cluster_id: str = ""


def search_texts(
    search_params: Mapping[str, object] | None, limit: int, anns_field: str, search_options: SearchOptions, name: str
) -> dict[str, str]:
    """Build the parameters of one search request.

    Args:
        search_params: the caller's parameters: ``metric_type`` and others beside a dict ``params``.
        limit: maximum number of hits for each query vector.
        anns_field: name of the vector field; empty means the only one.
        search_options: the options of the search.
        name: name of ``search_params`` in error messages.

    Raises:
        ParamError: a parameter is invalid, is given twice, or contradicts another one.
    """
    given_params = _mapping(search_params, name)
    texts = {
        "topk": str(limit),
        "round_decimal": str(require_round_decimal(search_options.round_decimal)),
        "ignore_growing": str(_ignore_growing(given_params, search_options, name)),
    }
    offset = _offset(given_params, search_options, name)
    if offset is not None:
        texts["offset"] = str(offset)
    if anns_field:
        texts["anns_field"] = anns_field
    for key in _HOISTED:
        value = given_params.get(key)
        if value is not None:
            named = value.name if isinstance(value, Enum) and not isinstance(value, str) else value
            texts[key] = require_str(f"{name}[{key!r}]", named)
    texts.update(group_texts(search_options))
    texts.update(_order_and_time_texts(search_options))
    texts.update(_json_texts(search_options))
    if search_options.cluster_id:
        texts["cluster_id"] = search_options.cluster_id
    texts["params"] = _params_text(given_params, search_options, name)
    return texts


def frozen_params(params: object) -> Frozen | None:
    """Return ``search_params`` in a hashable form, for a cache; None if they hold unusual values.

    The types are part of it: 1, 1.0 and True are equal, but are written differently.

    Example:
        >>> from milvusclient.operations.search_params import frozen_params, thawed_params
        >>> thawed_params(frozen_params({"metric_type": "L2", "params": {"ef": 64}}))
        {'metric_type': 'L2', 'params': {'ef': 64}}
    """
    if params is None:
        return ()
    if type(params) is not dict:
        return None
    frozen: list[tuple[str, type, object]] = []
    for key, value in params.items():
        kind = type(value)
        cell: object = frozen_params(value) if kind is dict else value
        if type(key) is not str or cell is None or (cell is value and kind not in _PLAIN_TYPES):
            return None
        frozen.append((key, kind, cell))
    return tuple(frozen)


def thawed_params(frozen: Frozen) -> dict[str, object]:
    """Return the search parameters that :func:`frozen_params` was given."""
    return {
        key: thawed_params(cell) if kind is dict else cell  # type: ignore[arg-type]  # a dict was frozen
        for key, kind, cell in frozen
    }


def group_texts(search_options: SearchOptions) -> dict[str, str]:
    """Build the parameters for groups of hits.

    Raises:
        ParamError: an option is invalid.
    """
    texts: dict[str, str] = {}
    if search_options.group_by_field is not None:
        texts["group_by_field"] = require_str("group_by_field", search_options.group_by_field)
    if search_options.group_by_fields:
        texts["group_by_fields"] = ",".join(require_str_list("group_by_fields", search_options.group_by_fields))
    if search_options.group_size is not None:
        texts["group_size"] = str(require_count("group_size", search_options.group_size))
    if search_options.strict_group_size is not None:
        texts["strict_group_size"] = str(require_bool("strict_group_size", search_options.strict_group_size))
    return texts


def order_text(name: str, order: OrderBy) -> str:
    """Return the order of results as servers read it: ``"age:desc,name:asc"``.

    Raises:
        ParamError: a field is missing, or an order is neither ``"asc"`` nor ``"desc"``.

    Example:
        >>> from milvusclient.operations.search_params import order_text
        >>> order_text("order_by_fields", [{"field": "age", "order": "desc"}, {"field": "name"}])
        'age:desc,name:asc'
    """
    if isinstance(order, str):
        return order
    if not isinstance(order, list | tuple):
        raise ParamError(
            message=f"{name} must be a list of dicts such as {{'field': 'age', 'order': 'desc'}}, got {given(order)}"
        )
    return ",".join(_order_piece(f"{name}[{index}]", piece) for index, piece in enumerate(order))


def _order_piece(name: str, piece: Mapping[str, object] | str) -> str:
    if isinstance(piece, str) and piece:
        return piece
    if not isinstance(piece, Mapping):
        wanted = "a dict such as {'field': 'age', 'order': 'desc'}"
        raise ParamError(message=f"{name} must be {wanted}, got {given(piece)}")
    field_name, direction = piece.get("field"), piece.get("order", "asc")
    if not isinstance(field_name, str) or not field_name:
        raise ParamError(message=f"{name} must have the name of a field as 'field', got {given(piece)}")
    if not isinstance(direction, str) or direction.lower() not in ("asc", "desc"):
        raise ParamError(message=f"{name}['order'] must be 'asc' or 'desc', got {given(direction)}")
    return f"{field_name}:{direction}"


def time_texts(timezone: str | None, time_fields: str | Sequence[str] | None) -> dict[str, str]:
    """Build the parameters for the time zone and the parts of TIMESTAMPTZ values.

    Raises:
        ParamError: one of them is not a str.
    """
    texts: dict[str, str] = {}
    if timezone is not None:
        texts["timezone"] = require_str("timezone", timezone)
    if time_fields is not None:
        parts = [time_fields] if isinstance(time_fields, str) else require_str_list("time_fields", time_fields)
        texts["time_fields"] = ",".join(parts)
    return texts


def require_count(name: str, value: object) -> int:
    """Return ``value`` if it is an int of at least 1."""
    return require_int(name, value, least=1)


def require_round_decimal(value: object) -> int:
    """Return ``value`` if it is a number of decimals, or -1 for all of them."""
    return require_int("round_decimal", value, least=-1, most=_MOST_DECIMALS)


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if value is None or value == []:
        return {}
    if not isinstance(value, Mapping):
        raise ParamError(
            message=f"{name} must be a dict such as {{'metric_type': 'L2', 'params': {{'ef': 64}}}}, got {given(value)}"
        )
    return value


def _ignore_growing(params: Mapping[str, object], search_options: SearchOptions, name: str) -> bool:
    within = params.get("ignore_growing")
    asked = within is not None and require_bool(f"{name}['ignore_growing']", within)
    return require_bool("ignore_growing", search_options.ignore_growing) or asked


def _offset(params: Mapping[str, object], search_options: SearchOptions, name: str) -> int | None:
    """Return the offset, which may be given in either place; None if it need not be sent."""
    within = params.get("offset")
    if search_options.offset is None:
        return None if within is None else require_int(f"{name}['offset']", within, least=0)
    if within is not None:
        raise ParamError(
            message=f"offset is given twice, as an argument ({search_options.offset!r}) and in {name} ({within!r}); "
            "give it once"
        )
    return require_int("offset", search_options.offset, least=0) or None


def _order_and_time_texts(search_options: SearchOptions) -> dict[str, str]:
    texts = time_texts(search_options.timezone, search_options.time_fields)
    if search_options.order_by_fields:
        texts["order_by_fields"] = order_text("order_by_fields", search_options.order_by_fields)
    return texts


def _json_texts(search_options: SearchOptions) -> dict[str, str]:
    texts: dict[str, str] = {}
    if search_options.json_path is not None:
        texts["json_path"] = require_str("json_path", search_options.json_path)
    if search_options.json_type is not None:
        if isinstance(search_options.json_type, bool) or search_options.json_type not in _JSON_TYPES:
            wanted = ", ".join(f"DataType.{member.name}" for member in _JSON_TYPES)
            raise ParamError(message=f"json_type must be one of {wanted}, got {given(search_options.json_type)}")
        texts["json_type"] = _JSON_TYPES[DataType(search_options.json_type)]
    if search_options.strict_cast is not None:
        texts["strict_cast"] = str(require_bool("strict_cast", search_options.strict_cast))
    return texts


def _params_text(params: Mapping[str, object], search_options: SearchOptions, name: str) -> str:
    """Return JSON of the nested ``params`` and all other search parameters: servers differ in where they look."""
    nested = params.get("params", {})
    if not isinstance(nested, Mapping):
        raise ParamError(message=f"{name}['params'] must be a dict such as {{'ef': 64}}, got {given(nested)}")
    merged = dict(nested)
    for key, value in params.items():
        if key == "params":
            continue
        if key in merged and merged[key] != value:
            raise ParamError(
                message=f"{key!r} is given twice, as {value!r} in {name} and as {merged[key]!r} in {name}['params']; "
                "give it once"
            )
        merged[key] = value
    if search_options.page_retain_order is not None:
        if "page_retain_order" in merged:
            raise ParamError(message=f"page_retain_order is given twice, as an argument and in {name}; give it once")
        merged["page_retain_order"] = require_bool("page_retain_order", search_options.page_retain_order)
    if not merged:
        return "{}"
    try:
        return json.dumps(merged, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise ParamError(
            message=f"{name} must have values that JSON can represent, got {given(merged)}: {error}"
        ) from error


def _plain(value: object) -> object:
    """Convert enums, and numbers and arrays of numpy and similar libraries, to what JSON can represent."""
    if isinstance(value, Enum):
        return value.name
    as_list = getattr(value, "tolist", None)
    if callable(as_list) and not is_time_array(value):
        return as_list()
    raise TypeError(f"JSON cannot represent {type(value).__name__}")
