"""The codec against the recordings: the columns that were sent, and the values that were returned."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from google.protobuf import json_format

import milvusclient
from milvusclient import exceptions
from milvusclient._proto import milvus_pb2
from milvusclient.codec.read.results import decode_query, decode_search
from milvusclient.codec.write.filter_params import encode_filter_params
from milvusclient.codec.write.query_vectors import encode_vectors, needs_field
from milvusclient.codec.write.rows import check_rows
from milvusclient.operations.describing import parse_collection_info
from tests.support import canned_reads, facts, scenario
from tests.support.arguments import Decoder
from tests.support.canned_state import State
from tests.support.columns import encoded_columns
from tests.support.compare import diff
from tests.support.returned import encode_return

SCENARIOS = scenario.load()
MUTATIONS = ("Insert", "Upsert")
#: Recorded calls that the server refuses, or that never reach the codec.
SKIPPED = ("errors/", "upsert/op_", "insert/missing_collection", "upsert/missing_collection", "upsert/denied")
#: The reference reports an accident inside itself; ours is a class of its own.
ACCIDENTS = {"upsert/meta_in_row"}


def collection(line: dict[str, Any], name: str) -> Any:
    """What the recorded server says about a collection."""
    state = State((line.get("server") or {}).get("collections"))
    reply = facts.message("DescribeCollectionResponse")(schema=state.schema(name), collection_name=name)
    return parse_collection_info(milvus_pb2.DescribeCollectionResponse.FromString(reply.SerializeToString()))


def recorded(method: str) -> list[Any]:
    """The recorded calls of a method that end in the codec."""
    return [
        pytest.param(line, id=line["id"])
        for line in SCENARIOS
        if line["method"] == method and not line["id"].startswith(SKIPPED) and line["kwargs"].get("field_ops") is None
    ]


@pytest.mark.parametrize("line", [*recorded("insert"), *recorded("upsert")])
def test_recorded_rows(line: dict[str, Any]) -> None:
    """Recorded rows become the recorded columns, or are refused with the recorded class."""
    name, data = Decoder(milvusclient)(line["args"])
    info = collection(line, name)
    options = {"upsert": line["method"] == "upsert", "partial": line["kwargs"].get("partial_update", False)}
    if line["raises"] is not None:
        wanted = getattr(exceptions, line["raises"]["type"])
        with pytest.raises(exceptions.MilvusException) as caught:
            encoded_columns(check_rows(data), info, **options)
        assert type(caught.value) is wanted or line["id"] in ACCIDENTS
        return
    if line["id"] == "insert/vector_dim":  # the reference sends a vector of a wrong dimension
        with pytest.raises(exceptions.DataNotMatchException):
            encoded_columns(check_rows(data), info, **options)
        return
    if not data:
        assert check_rows(data) == []
        return
    columns = encoded_columns(check_rows(data), info, **options)
    request = next(sent for sent in line["requests"] if sent["rpc"].rsplit("/", 1)[1] in MUTATIONS)
    assert diff(by_name(request["body"]["fields_data"]), by_name([as_recorded(column) for column in columns])) == []


def as_recorded(column: Any) -> dict[str, Any]:
    """A column as the recordings write it."""
    parsed = facts.message("FieldData").FromString(column.SerializeToString())
    written: dict[str, Any] = json_format.MessageToDict(parsed, preserving_proto_field_name=True)
    return written


def by_name(columns: list[dict[str, Any]]) -> dict[str, Any]:
    """Columns without their order."""
    named = {column["field_name"]: dict(column) for column in columns}
    for column in named.values():
        if "struct_arrays" in column:
            column["struct_arrays"] = by_name(column["struct_arrays"]["fields"])
    return named


def replies(rpc: str) -> list[Any]:
    """The recorded calls that send one request of a kind and return what the reply holds."""
    return [
        pytest.param(line, id=line["id"])
        for line in SCENARIOS
        if line["method"] in ("query", "get", "search", "hybrid_search")
        and line["returns"] is not None
        and [sent["rpc"].rsplit("/", 1)[1] for sent in line["requests"]][-1:] == [rpc]
    ]


@pytest.mark.parametrize("line", [*replies("Query"), *replies("Search"), *replies("HybridSearch")])
def test_recorded_results(line: dict[str, Any]) -> None:
    """The replies that the recorded server gave become the recorded return values."""
    sent = line["requests"][-1]
    rpc = sent["rpc"].rsplit("/", 1)[1]
    request = json_format.ParseDict(sent["body"], facts.message(f"{rpc}Request")())
    state = State((line.get("server") or {}).get("collections"))
    reply = getattr(canned_reads, f"_reply_{'hybrid_search' if rpc == 'HybridSearch' else rpc.lower()}")(state, request)
    if isinstance(reply, tuple):
        reply = reply[0]
    wire = reply.SerializeToString()
    result: Any
    if rpc == "Query":
        result = decode_query(milvus_pb2.QueryResults.FromString(wire))
    else:
        decimals = line["kwargs"].get("round_decimal", -1)
        result = decode_search(milvus_pb2.SearchResults.FromString(wire), decimals)
    wanted = line["returns"]
    assert diff(wanted["value"], encode_return(result)["value"]) == []
    assert result.extra == wanted["attrs"]["extra"]


def placeholders() -> list[Any]:
    """Recorded searches that sent vectors or texts."""
    return [
        pytest.param(line, id=line["id"])
        for line in SCENARIOS
        if line["method"] == "search" and line["raises"] is None and "placeholder_group" in line["requests"][-1]["body"]
    ]


@pytest.mark.parametrize("line", placeholders())
def test_recorded_query_vectors(line: dict[str, Any]) -> None:
    """Recorded query vectors become the recorded placeholder group, byte for byte."""
    data = Decoder(milvusclient)(line["args"])[1]
    anns_field = line["kwargs"].get("anns_field")
    field = collection(line, line["args"][0]).anns_field(anns_field) if anns_field and needs_field(data) else None
    group, count = encode_vectors(data, field)
    body = line["requests"][-1]["body"]
    assert base64.b64encode(group).decode() == body["placeholder_group"]
    assert count == int(body["nq"])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, id=line["id"])
        for line in SCENARIOS
        if line["method"] in ("query", "search", "delete") and line["kwargs"].get("filter_params")
    ],
)
def test_recorded_templates(line: dict[str, Any]) -> None:
    """Recorded values for placeholders become the recorded messages, or are refused with the recorded class."""
    values = Decoder(milvusclient)(line["kwargs"]["filter_params"])
    if line["raises"] is not None:
        with pytest.raises(getattr(exceptions, line["raises"]["type"])) as caught:
            encode_filter_params(values)
        assert type(caught.value).__name__ == line["raises"]["type"]
        return
    sent = {
        name: json_format.MessageToDict(
            facts.message("TemplateValue").FromString(message.SerializeToString()), preserving_proto_field_name=True
        )
        for name, message in encode_filter_params(values).items()
    }
    assert diff(line["requests"][-1]["body"]["expr_template_values"], sent) == []
