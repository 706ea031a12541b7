"""Filters on the wire: written for the server that the handshake told of, and compared with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from milvusclient import AnnSearchRequest, RRFRanker
from milvusclient._sync.client import MilvusClient
from milvusclient.exceptions import DataTypeNotMatchException, ParamError, ServerVersionIncompatibleException
from milvusclient.filters import F, FilterLike, any_of
from tests.support.canned_state import FALLBACK
from tests.support.scripted import ScriptedServer

CONDITION = (F.id >= 3) & F.id.in_([5, 7])
TEXT = "id >= 3 and id in [5, 7]"
LONG = list(range(70))
VECTOR = [0.5] * 4


def told(server: ScriptedServer, build: str) -> ScriptedServer:
    """The server, which says that it is of a version."""
    server.on("Connect").then({"identifier": 1, "server_info": {"build_tags": build}}).forever()
    return server


def send(
    client: MilvusClient, way: str, given: FilterLike | None, params: Mapping[str, object] | None = None
) -> None:
    """Make a call with a filter."""
    if way == "search":
        client.search("c", [VECTOR], given, anns_field="v", filter_params=params)
    elif way == "query":
        client.query("c", given, filter_params=params)
    elif way == "delete":
        client.delete("c", filter=given, filter_params=params)
    elif way == "query_columns":
        client.query_columns("c", given, filter_params=params)
    elif way == "search_columns":
        client.search_columns("c", [VECTOR], given, anns_field="v", filter_params=params)
    elif way == "query_iterator":
        client.query_iterator("c", filter=given, filter_params=params)
    elif way == "search_iterator":
        client.search_iterator("c", [VECTOR], filter=given, anns_field="v", filter_params=params)
    else:
        parts = [
            AnnSearchRequest([VECTOR], "v", {}, 3, given, params),
            AnnSearchRequest([VECTOR], "v", {}, 3, "id > 1"),
        ]
        client.hybrid_search("c", parts, RRFRanker(), 3)


WAYS = {
    "search": ("Search", "dsl"),
    "query": ("Query", "expr"),
    "delete": ("Delete", "expr"),
    "query_columns": ("Query", "expr"),
    "search_columns": ("Search", "dsl"),
    "query_iterator": ("Query", "expr"),
    "search_iterator": ("Search", "dsl"),
    "hybrid_search": ("HybridSearch", "dsl"),
}


def sent(server: ScriptedServer, way: str) -> tuple[str, Any]:
    """The expression and the values of placeholders that arrived."""
    rpc, member = WAYS[way]
    message = server.calls(rpc)[-1].message
    if way == "hybrid_search":
        message = message.requests[0]
    return getattr(message, member), message.expr_template_values


@pytest.mark.parametrize("way", WAYS)
def test_every_call_takes_a_condition_a_mapping_and_a_str(scripted_server: ScriptedServer, way: str) -> None:
    client = MilvusClient(told(scripted_server, "v2.6.4").uri)
    start = "" if way != "query_iterator" else "("
    for given, text in ((CONDITION, TEXT), ({"id": [5, 7]}, "id in [5, 7]"), (" id  >3 ", " id  >3 ")):
        send(client, way, given)
        expression, params = sent(scripted_server, way)
        assert expression == text or expression.startswith(start + text), expression
        assert not params


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("build", "templates"), [("v2.6.4", True), ("v2.4.9", False), ("v2.3.5-lite", False), ("milvus_lite", False)]
)
def test_values_of_placeholders_are_sent_or_written(
    scripted_server: ScriptedServer, way: str, build: str, templates: bool
) -> None:
    client = MilvusClient(told(scripted_server, build).uri)
    send(client, way, "id in {ids} and id != '{ids}'", {"ids": {3, 1, 2}})
    expression, params = sent(scripted_server, way)
    if templates:
        assert "id in {ids} and id != '{ids}'" in expression
        assert list(params["ids"].array_val.long_data.data) == [1, 2, 3]
    else:
        assert "id in [1, 2, 3] and id != '{ids}'" in expression
        assert not params


@pytest.mark.parametrize("way", ["search", "query", "hybrid_search"])
def test_a_long_list_is_sent_beside_the_expression(scripted_server: ScriptedServer, way: str) -> None:
    client = MilvusClient(told(scripted_server, "v2.5.0").uri)
    send(client, way, F.id.in_(LONG))
    expression, params = sent(scripted_server, way)
    assert expression == "id in {in_0}"
    assert list(params["in_0"].array_val.long_data.data) == LONG


@pytest.mark.parametrize("way", WAYS)
def test_what_the_server_is_too_old_for_is_not_sent(scripted_server: ScriptedServer, way: str) -> None:
    client = MilvusClient(told(scripted_server, "v2.4.9").uri)
    client.list_collections()
    with pytest.raises(ServerVersionIncompatibleException, match=r"needs Milvus 2\.5 or newer .* Milvus 2\.4\.9"):
        send(client, way, F.note.text_match("a"))
    assert not scripted_server.calls(WAYS[way][0])
    assert not scripted_server.calls("DescribeCollection")


@pytest.mark.parametrize("way", WAYS)
def test_what_does_not_fit_the_known_schema_causes_no_request(way: str) -> None:
    with ScriptedServer({"c": {**FALLBACK, "enable_dynamic_field": False}}) as server:
        client = MilvusClient(server.uri)
        if way not in ("query_iterator", "search_iterator"):  # which ask for the schema
            send(client, way, F.idd == 3)  # nothing is known, so nothing is checked
            assert "idd == 3" in sent(server, way)[0]
        client.describe_collection("c")
        before = len(server.requests)
        with pytest.raises(ParamError, match="no field 'idd' in 'c'; did you mean 'id'?"):
            send(client, way, F.idd == 3)
        with pytest.raises(ParamError, match="wanted an int"):
            send(client, way, {"id": "three"})
        assert len(server.requests) == before
        client.close()


def test_the_schema_is_asked_for_once_if_it_makes_a_difference(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    for _ in range(2):
        client.query("c", any_of())
        assert sent(scripted_server, "query")[0] == "id in []"
    assert len(scripted_server.calls("DescribeCollection")) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wrong", [5, F.id, [F.id == 1], True, b"id > 1"], ids=repr)
def test_what_is_no_filter_is_refused_before_anything(
    scripted_server: ScriptedServer, way: str, wrong: Any
) -> None:
    client = MilvusClient(scripted_server.uri)
    with pytest.raises(DataTypeNotMatchException, match="a str"):
        send(client, way, wrong)
    assert {request.rpc for request in scripted_server.requests} <= {"Connect"}


def test_a_delete_wants_to_know_which_rows(scripted_server: ScriptedServer) -> None:
    client = MilvusClient(scripted_server.uri)
    all_rows: list[FilterLike] = [{}, ~any_of(), ""]
    for everything in all_rows:
        with pytest.raises(ParamError, match="must not be empty"):
            client.delete("c", filter=everything)
    with pytest.raises(ParamError, match="either ids or filter"):
        client.delete("c", [1], filter=F.id == 1)
    with pytest.raises(ParamError, match="either ids or filter"):
        client.query("c", F.id == 1, ids=[1])
    assert not scripted_server.calls("Delete")


def test_a_str_asks_nobody(scripted_server: ScriptedServer) -> None:
    """Not even for the version: the handshake of the first call is the first thing that happens."""
    client = MilvusClient(scripted_server.uri)
    client.query("c", "id > 1")
    assert [call.rpc for call in scripted_server.requests] == ["Connect", "Query"]
