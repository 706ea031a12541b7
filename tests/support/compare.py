"""When two recordings of a call count as equal: the rules of the wire recordings, one function for each kind.

Each ``compare_*`` function takes what the reference did first and what was done now second, and returns the
differences as ``(path, wanted, got)``; an empty list means equal.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from tests.support.recorder import Recorded

Json: TypeAlias = Any
"""What json.loads gives."""
Difference: TypeAlias = tuple[str, Json, Json]

SERVICE = "/milvus.proto.milvus.MilvusService/"
IGNORABLE = frozenset({SERVICE + "DescribeCollection", SERVICE + "Connect", SERVICE + "GetVersion"})
"""RPCs that a client may send more or less often than the reference."""
SUBJECTS = {
    "__init__": SERVICE + "Connect",
    "describe_collection": SERVICE + "DescribeCollection",
    "has_collection": SERVICE + "DescribeCollection",
    "get_server_version": SERVICE + "GetVersion",
}
"""Methods whose very subject is one of the ignorable RPCs: there it must be sent, once or more."""
ABSENT_EQUALS_EMPTY = frozenset({"dbname", "client-request-id"})
NEVER_COMPARED = frozenset({"client-request-unixmsec"})
FILTER_EXPRESSIONS = frozenset({"expr", "dsl"})
WRAPPED_ACCIDENT = "Unexpected error, message=<"
"""How a message of the reference begins when a Python error inside it was wrapped: an accident rather than a rule."""

_LIMIT = 6
"""Differences that are listed before the comparison of one value gives up."""
_PATH = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\[('(?:[^'\\]|\\.)*')\]")


# --- values ----------------------------------------------------------------------------------------------------------
def diff(want: Json, got: Json, path: str = "") -> list[Difference]:
    """The first differences between two JSON values; numbers are compared with relative tolerance 1e-6."""
    found: list[Difference] = []
    _diff(want, got, path, found)
    return found


def _diff(want: Json, got: Json, path: str, found: list[Difference]) -> None:
    if len(found) >= _LIMIT:
        return
    if _is_number(want) and _is_number(got):
        if not _close(want, got):
            found.append((path, want, got))
    elif isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(want.keys() | got.keys()):
            if key in want and key in got:
                _diff(want[key], got[key], f"{path}.{key}", found)
            else:
                found.append((f"{path}.{key}", want.get(key, "<absent>"), got.get(key, "<absent>")))
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            _diff(one, other, f"{path}[{index}]", found)
    elif want != got or type(want) is not type(got):
        found.append((path, want, got))


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _close(want: float, got: float) -> bool:
    if math.isnan(want) and math.isnan(got):
        return True
    return want == got or math.isclose(want, got, rel_tol=1e-6, abs_tol=1e-9)


def describe(differences: Sequence[Difference]) -> str:
    """Differences as one line of text."""
    return "; ".join(f"{path or '.'}: want {_short(want)} got {_short(got)}" for path, want, got in differences)


def _short(value: Json, limit: int = 160) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    return text if len(text) <= limit else text[: limit - 3] + "..."


# --- requests --------------------------------------------------------------------------------------------------------
def compare_requests(method: str, want: Sequence[Recorded], got: Sequence[Recorded]) -> list[Difference]:
    """Compare the requests of one call.

    Args:
        method: the method of MilvusClient that was called; it decides which RPCs are the call's subject.
        want: what the reference sent.
        got: what was sent now.

    Returns:
        The differences; when the sequences of RPCs differ, only that.
    """
    subject = SUBJECTS.get(method)
    wanted, sent = _that_count(method, subject, want), _that_count(method, subject, got)
    names = [_rpc_name(request) for request in wanted]
    sent_names = [_rpc_name(request) for request in sent]
    if names != sent_names:
        return [("sequence", names, sent_names)]
    return [
        (f"[{index}:{names[index]}] {path}", one, other)
        for index, pair in enumerate(zip(wanted, sent, strict=True))
        for path, one, other in compare_request(*pair)
    ]


def _rpc_name(request: Recorded) -> str:
    return request["rpc"].rpartition("/")[2]


def _that_count(method: str, subject: str | None, requests: Sequence[Recorded]) -> list[Recorded]:
    """Leave out the ignorable RPCs, and the repetitions of the one that is the call's subject."""
    kept: list[Recorded] = []
    for request in requests:
        rpc = request["rpc"]
        if rpc == subject:
            if method == "__init__":
                repeated = any(earlier["rpc"] == rpc for earlier in kept)
            else:
                repeated = bool(kept) and kept[-1]["rpc"] == rpc and not compare_request(kept[-1], request)
            if repeated:
                continue
        elif rpc in IGNORABLE:
            continue
        kept.append(request)
    return kept


def compare_request(want: Recorded, got: Recorded) -> list[Difference]:
    """Compare two requests of the same RPC: headers, body and deadline."""
    if want["rpc"] != got["rpc"]:
        return [("rpc", want["rpc"], got["rpc"])]
    found = _compare_headers(want["headers"], got["headers"])
    found += diff(normal(_comparable_body(want)), normal(_comparable_body(got)), "body")
    one, other = want.get("timeout_s"), got.get("timeout_s")
    if want["rpc"] not in IGNORABLE and one != other and (one is None or other is None or abs(one - other) > 1):
        found.append(("deadline", one, other))
    return found


def _compare_headers(want: Mapping[str, str], got: Mapping[str, str]) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted((want.keys() | got.keys()) - NEVER_COMPARED):
        one, other = want.get(name), got.get(name)
        if name in ABSENT_EQUALS_EMPTY:
            one, other = one or "", other or ""
        if name == "identifier" and (one is None or other is None):
            continue
        if one != other:
            found.append((f"header {name}", one, other))
    return found


def _comparable_body(request: Recorded) -> Json:
    """The body with every opaque bytes value replaced by its decoded view, without the client's own name."""
    body = copy.deepcopy(request["body"])
    for path, value in request.get("decoded", {}).items():
        parts = _path_parts(path)
        holder: Json = body
        for part in parts[:-1]:
            holder = holder[part]
        if "json_data" in parts and isinstance(value, list):
            holder[parts[-1]] = [{"json": _parsed(cell)} for cell in value]
        else:
            holder[parts[-1]] = value
    if request["rpc"] == SERVICE + "Connect":
        for own in ("sdk_type", "sdk_version"):
            body.get("client_info", {}).pop(own, None)
    return body


def _path_parts(path: str) -> list[str | int]:
    parts: list[str | int] = []
    for match in _PATH.finditer(path):
        name, index, key = match.groups()
        parts.append(name if name is not None else int(index) if index is not None else key[1:-1])
    return parts


def normal(value: Json, key: str = "") -> Json:
    """A body in a form in which equal requests are equal values.

    Key-value pairs are sorted, text that is JSON is parsed (but not in filter expressions), columns are sorted by
    name; the order of everything else counts.
    """
    if isinstance(value, dict):
        return {name: normal(item, name) for name, item in value.items()}
    if isinstance(value, list):
        if _is_key_values(value):
            pairs = ([pair["key"], _normal_text(pair.get("value", ""))] for pair in value)
            return {"kv": sorted(pairs, key=lambda pair: (pair[0], json.dumps(pair[1], sort_keys=True)))}
        items = [normal(item) for item in value]
        if key == "fields_data" or (key == "fields" and _are_columns(items)):
            items.sort(key=lambda item: str(item.get("field_name", "")))
        return items
    if isinstance(value, str) and key not in FILTER_EXPRESSIONS and value[:1] in ("{", "["):
        return _normal_text(value)
    return value


def _is_key_values(items: list[Json]) -> bool:
    return bool(items) and all(
        isinstance(item, dict) and "key" in item and item.keys() <= {"key", "value"} for item in items
    )


def _are_columns(items: list[Json]) -> bool:
    return bool(items) and all(isinstance(item, dict) and "field_name" in item for item in items)


def _normal_text(value: Json) -> Json:
    """A text of a key-value pair: as JSON when it is a container or a fraction. ``True`` and ``true`` differ."""
    parsed = _parsed(value)
    if isinstance(parsed, dict | list):
        return {"json": parsed}
    return {"number": parsed} if isinstance(parsed, float) else value


def _parsed(text: Json) -> Json:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return text


# --- exceptions and return values ------------------------------------------------------------------------------------
def compare_raises(want: Mapping[str, Json] | None, got: Mapping[str, Json] | None) -> list[Difference]:
    """Compare what was raised, by class name.

    Two classes of the reference need no equal by name. A private one (grpc's ``_InactiveRpcError``) is matched by any
    class with its first public base among its own bases. A wrapped accident (``Unexpected error, message=<``) is
    matched by any exception of the client's own tree, or TypeError: what matters is that the call was refused.
    """
    wanted = want["type"] if want else None
    raised = got["type"] if got else None
    if wanted == raised:
        return []
    if want and got:
        bases = got.get("mro") or []
        if want["type"].startswith("_"):
            public = next((name for name in want.get("mro", []) if not name.startswith("_")), None)
            if public in bases:
                return []
        if want["message"].startswith(WRAPPED_ACCIDENT) and ("MilvusException" in bases or raised == "TypeError"):
            return []
    message = f": {got['message'][:200]}" if got else ""
    return [("raises", wanted, f"{raised}{message}")]


def compare_returns(want: Mapping[str, Json] | None, got: Mapping[str, Json] | None) -> list[Difference]:
    """Compare what was returned, by value; also of the follow-up steps."""
    if want is None:
        return []
    if got is None:
        return [("returns", want, got)]
    found: list[Difference] = []
    if "value" in want:
        found += diff(plain(want["value"]), plain(got.get("value")), "value")
    if want.get("attrs"):
        found += diff(plain(want["attrs"]), plain(got.get("attrs")), "attrs")
    steps = got.get("then", [])
    for index, step in enumerate(want.get("then", [])):
        other = steps[index] if index < len(steps) else None
        found += [(f"then[{index}].{path}", one, two) for path, one, two in compare_returns(step, other)]
    return found


def plain(value: Json) -> Json:
    """A return value in a form that depends neither on class names nor on the kind of array."""
    match value:
        case {"$object": _}:
            return plain(value.get("to_dict", value.get("attrs")))
        case {"$ndarray": _, "data": data}:
            return plain(data)
        case {"$npscalar": _, "value": scalar}:
            return plain(scalar)
        case {"$ndarray": _} | {"$npscalar": _}:
            return {"hex": value["hex"]}
        case {"$enum": member}:
            return member.rpartition(".")[2]
        case {"$callable": _}:
            return "<callable>"
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case _:
            return value
