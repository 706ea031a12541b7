"""The comparison rules: what counts as equal does, and a wrong field is found."""

from __future__ import annotations

import asyncio
import copy
import math
from typing import Any

import numpy as np
import pytest

from tests.support import arguments, scenario
from tests.support.compare import compare_raises, compare_request, compare_requests, compare_returns, describe, diff
from tests.support.recorder import Recorded, Recorder
from tests.support.returned import encode, encode_exception, encode_return

SERVICE = "/milvus.proto.milvus.MilvusService/"
BY_ID = {each["id"]: each for each in scenario.load()}


def request(rpc: str = "Search", **body: Any) -> Recorded:
    return {"rpc": SERVICE + rpc, "headers": {"dbname": "", "identifier": "4242"}, "body": body}


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


# --- requests --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("want", "got"),
    [
        (request(search_params=pairs(a="1", b="2")), request(search_params=pairs(b="2", a="1"))),
        (request(search_params=pairs(params='{"x": 1, "y": 2}')), request(search_params=pairs(params='{"y":2,"x":1}'))),
        (request(radius=0.1), request(radius=0.1000000001)),
        (
            request(fields_data=[{"field_name": "a"}, {"field_name": "b"}]),
            request(fields_data=[{"field_name": "b"}, {"field_name": "a"}]),
        ),
        (
            {**request(), "headers": {"dbname": "", "client-request-unixmsec": "<stripped>"}},
            {**request(), "headers": {}},
        ),
        ({**request(), "timeout_s": 10}, {**request(), "timeout_s": 9}),
    ],
)
def test_equal_requests(want: Recorded, got: Recorded) -> None:
    assert compare_request(want, got) == []


@pytest.mark.parametrize(
    ("want", "got", "path"),
    [
        (request(nq="1"), request(nq="2"), "body.nq"),
        (request(nq="1"), request(), "body.nq"),
        (request(search_params=pairs(a="True")), request(search_params=pairs(a="true")), "body.search_params"),
        (request(dsl='["a"]'), request(dsl='[ "a" ]'), "body.dsl"),
        (request(output_fields=["a", "b"]), request(output_fields=["b", "a"]), "body.output_fields"),
        ({**request(), "headers": {"authorization": "x"}}, request(), "header authorization"),
        ({**request(), "timeout_s": 10}, request(), "deadline"),
        (request(), {**request(), "timeout_s": 10}, "deadline"),
        ({**request(), "timeout_s": 10}, {**request(), "timeout_s": 12}, "deadline"),
    ],
)
def test_a_wrong_field_is_found(want: Recorded, got: Recorded, path: str) -> None:
    found = compare_requests("search", [want], [got])
    assert path in describe(found)


def test_extra_lookups_do_not_count_unless_they_are_the_subject() -> None:
    describe_call, search = request("DescribeCollection", collection_name="x"), request()
    assert compare_requests("search", [search], [describe_call, search, describe_call]) == []
    assert compare_requests("describe_collection", [describe_call], [describe_call, describe_call]) == []
    assert compare_requests("describe_collection", [describe_call], []) != []
    assert compare_requests("__init__", [request("Connect")], [request("Connect"), request("Connect")]) == []
    assert compare_requests("search", [search], [search, search]) == [("sequence", ["Search"], ["Search", "Search"])]


@pytest.mark.parametrize("scenario_id", [key for key, each in BY_ID.items() if each["requests"]][::40])
def test_each_value_of_a_recorded_request_counts(scenario_id: str) -> None:
    """Change any one value inside a recorded request, and the comparison sees it."""
    recorded = BY_ID[scenario_id]
    original: Recorded = recorded["requests"][-1]
    assert compare_request(original, copy.deepcopy(original)) == []
    for path in leaves(original["body"]):
        if path[-1] in ("sdk_type", "sdk_version") or covered_by_decoded(original, path):
            continue
        changed = copy.deepcopy(original)
        holder: Any = changed["body"]
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = "something else"
        assert compare_request(original, changed), path


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        return [path]
    return [leaf for key, item in items for leaf in leaves(item, (*path, key))]


def covered_by_decoded(recorded: Recorded, path: tuple[Any, ...]) -> bool:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return any(text.startswith(decoded) for decoded in recorded.get("decoded", {}))


# --- exceptions and values -------------------------------------------------------------------------------------------
class MilvusException(Exception):  # the name is the subject
    pass


class ParamError(MilvusException):
    pass


class RpcError(MilvusException):
    pass


def test_exceptions_count_by_class_name() -> None:
    assert compare_raises(encode_exception(ParamError("a")), encode_exception(ParamError("b"))) == []
    assert compare_raises(encode_exception(ParamError("a")), encode_exception(MilvusException("a"))) != []
    assert compare_raises(encode_exception(ParamError("a")), None) != []
    assert compare_raises(None, encode_exception(ParamError("a"))) != []
    assert compare_raises(None, None) == []


def test_private_and_accidental_classes_of_the_reference() -> None:
    private = {"type": "_InactiveRpcError", "message": "", "mro": ["_InactiveRpcError", "RpcError", "Exception"]}
    assert compare_raises(private, encode_exception(RpcError("a"))) == []
    assert compare_raises(private, encode_exception(ParamError("a"))) != []
    accident = {"type": "MilvusException", "message": "Unexpected error, message=<oops>", "mro": ["MilvusException"]}
    assert compare_raises(accident, encode_exception(ParamError("a"))) == []
    assert compare_raises(accident, encode_exception(TypeError("a"))) == []
    assert compare_raises(accident, encode_exception(ValueError("a"))) != []


def test_values_count_without_their_classes() -> None:
    want = encode_return([{"id": 1, "vector": np.array([0.5, 1.5], dtype=np.float32)}])
    assert compare_returns(want, encode_return(({"id": 1, "vector": [0.5, 1.5]},))) == []
    assert compare_returns(want, encode_return([{"id": 1, "vector": [0.5, 1.6]}])) != []
    assert compare_returns(want, None) != []
    assert compare_returns(None, None) == []


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (None, None),
        (True, True),
        (math.nan, {"$float": "nan"}),
        (b"\x01", {"$bytes": "01"}),
        ({1: "a"}, {"$dict": [[1, "a"]]}),
        ({"b", "a"}, {"$set": ["a", "b"]}),
        (np.float32(0.5), {"$npscalar": "float32", "value": 0.5}),
        ("http://127.1.2.3:19530/x", "http://{addr}/x"),
    ],
)
def test_encoding(value: object, encoded: object) -> None:
    assert encode(value) == encoded


def test_numbers_are_close_and_types_differ() -> None:
    assert diff({"a": [1.0, math.nan]}, {"a": [1.0000001, math.nan]}) == []
    assert diff({"a": 1}, {"a": True}) == [(".a", 1, True)]
    assert diff([1], [1, 2]) == [("", [1], [1, 2])]


# --- scenarios -------------------------------------------------------------------------------------------------------
class FakeClient:
    """The smallest client: it sends nothing and raises what it is told."""

    def __init__(self, uri: str, error: str = "") -> None:
        self.uri, self.error = uri, error

    def echo(self, value: object) -> object:
        if self.error:
            raise ParamError(self.error)
        return value

    def close(self) -> None:
        pass


class AsyncFakeClient(FakeClient):
    async def echo(self, value: object) -> object:
        return super().echo(value)


def test_sync_and_async_clients_run_the_same_scenario() -> None:
    call = {"method": "echo", "args": [{"$tuple": [1, {"$float": "inf"}]}], "then": []}
    with Recorder() as recorder:
        for client_class in (FakeClient, AsyncFakeClient):
            run = scenario.Run(arguments, client_class, recorder, f"127.0.0.1:{recorder.port}")
            outcome = asyncio.run(run.run(call))
            assert outcome.returns == {"type": "tuple", "value": [1, {"$float": "inf"}]}
            assert (outcome.requests, outcome.raises) == ([], None)
        run = scenario.Run(arguments, FakeClient, recorder, f"127.0.0.1:{recorder.port}")
        failed = scenario.run_to_end(run.run({**call, "client": {"error": "at {host}"}}))
        assert failed.raises is not None
        assert (failed.raises["type"], failed.raises["message"], failed.raises["stage"]) == (
            "ParamError",
            "at {addr}",
            "call",
        )


def test_a_sync_client_must_not_wait() -> None:
    async def waits() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="wait"):
        scenario.run_to_end(waits())


def test_what_a_scenario_needs() -> None:
    needed = scenario.needs(
        {
            "method": "search",
            "setup": [{"method": "insert", "args": [{"$RRFRanker": {}}]}],
            "then": [{"method": "client.flush"}, {"method": "next"}],
            "args": [{"$schema": {"steps": [{"add_field": [[{"$DataType": "INT64"}], {}]}]}}],
        }
    )
    assert needed == {"search", "insert", "flush", "create_schema", "module.RRFRanker", "module.DataType"}


def test_a_missing_name_is_said() -> None:
    with pytest.raises(arguments.MissingNameError, match="NoSuchRanker"):
        arguments.find(arguments, "NoSuchRanker")
    assert not scenario.exists(arguments, FakeClient, "module.NoSuchRanker")
    assert scenario.exists(arguments, FakeClient, "echo")
