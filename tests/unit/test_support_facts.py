"""The messages that the tests' servers are built on say what the facts say."""

from __future__ import annotations

import struct

import pytest

from tests.support import facts, readable


def test_every_message_of_the_facts_can_be_made() -> None:
    for row in facts.rows("message"):
        made = facts.message(row["name"])()
        assert made.DESCRIPTOR.full_name == row["name"]


def test_every_field_has_the_number_and_the_type_of_the_facts() -> None:
    for row in facts.rows("field"):
        field = facts.message(row["parent"]).DESCRIPTOR.fields_by_name[row["name"]]
        assert field.number == int(row["number"])
        assert facts.is_repeated(field) == (row["label"] in ("repeated", "map"))
        if row["label"] != "map":
            assert field.type == getattr(field, f"TYPE_{row['type'].upper()}")
        else:
            assert field.message_type.GetOptions().map_entry
        if row["oneof"]:
            assert field.containing_oneof.name.lstrip("_") == row["oneof"].lstrip("_")


def test_a_message_survives_the_wire() -> None:
    request = facts.message("InsertRequest")(
        collection_name="books",
        num_rows=2,
        fields_data=[{"field_name": "id", "type": "Int64", "scalars": {"long_data": {"data": [1, -2]}}}],
    )
    again = facts.message("InsertRequest").FromString(request.SerializeToString())
    assert again == request
    assert facts.to_json(again)["fields_data"][0]["scalars"] == {"long_data": {"data": ["1", "-2"]}}


def test_short_names_prefer_the_packages_in_order() -> None:
    assert facts.message("FieldData").DESCRIPTOR.full_name == "milvus.proto.schema.FieldData"
    assert facts.message("Status").DESCRIPTOR.full_name == "milvus.proto.common.Status"
    assert facts.enum_value("DataType", "FloatVector") == 101
    assert facts.enum_name("DataType", 101) == "FloatVector"
    assert facts.enum_name("DataType", 12345) == "12345"
    with pytest.raises(KeyError, match="NoSuchMessage"):
        facts.message("NoSuchMessage")


def test_methods_know_their_messages() -> None:
    search = facts.method("Search")
    assert search.path == "/milvus.proto.milvus.MilvusService/Search"
    assert facts.message(search.request) is facts.message("SearchRequest")
    assert not search.streams_response
    assert facts.method("DumpMessages").streams_response


def test_the_facts_do_not_touch_the_default_pool() -> None:
    from google.protobuf import descriptor_pool

    facts.pool()
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindFileByName("no_such_milvus.proto")
    assert facts.pool() is not descriptor_pool.Default()


def test_opaque_bytes_are_readable() -> None:
    group = facts.message("PlaceholderGroup")(
        placeholders=[
            {"tag": "$0", "type": 101, "values": [struct.pack("<2f", 1.0, 0.5)]},
            {"tag": "$0", "type": 104, "values": [struct.pack("<If", 7, 0.25)]},
            {"tag": "$0", "type": 21, "values": [b"text"]},
        ]
    )
    request = facts.message("SearchRequest")(placeholder_group=group.SerializeToString())
    values = [each["values"] for each in readable.decoded(request)["placeholder_group"]["placeholders"]]
    assert values == [[{"float32": [1.0, 0.5]}], [{"sparse": [[7, 0.25]]}], [{"text": "text"}]]


def test_the_wall_clock_is_not_recorded() -> None:
    connect = facts.message("ConnectRequest")(client_info={"local_time": "now", "host": "here", "sdk_type": "Python"})
    assert readable.body(connect) == {"client_info": {"sdk_type": "Python"}}
    assert connect.client_info.local_time == "now"
    assert readable.headers([("Client-Request-Unixmsec", "1"), ("grpc-timeout", "1S"), ("dbname", "x")]) == {
        "client-request-unixmsec": "<stripped>",
        "dbname": "x",
    }
