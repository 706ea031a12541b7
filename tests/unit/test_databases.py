"""Databases: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import databases


def test_property_values_are_sent_as_str_of_the_value() -> None:
    request = databases.build_create_database("db", {"a": 1, "b": True, "c": None})
    assert {pair.key: pair.value for pair in request.properties} == {"a": "1", "b": "True", "c": "None"}
    assert databases.build_create_database("db", None) == milvus_pb2.CreateDatabaseRequest(db_name="db")
    assert databases.build_alter_database("db", {}) == milvus_pb2.AlterDatabaseRequest(db_name="db")


def test_properties_that_are_not_a_dict_are_refused() -> None:
    with pytest.raises(ParamError, match="properties must be a dict, got 'x'"):
        databases.build_alter_database("db", "x")  # type: ignore[arg-type]


def test_a_single_str_as_property_keys_is_refused() -> None:
    with pytest.raises(ParamError, match=r"property_keys must be a list of str.*write \['ab'\]"):
        databases.build_drop_database_properties("db", "ab")  # type: ignore[arg-type]
    assert list(databases.build_drop_database_properties("db", ["ab"]).delete_keys) == ["ab"]


@pytest.mark.parametrize("name", [None, 5])
def test_a_database_name_that_is_not_a_str_is_refused(name: object) -> None:
    with pytest.raises(ParamError, match="db_name must be a str"):
        databases.build_drop_database(name)  # type: ignore[arg-type]


def test_a_described_database_is_a_dict_of_str() -> None:
    pairs = [common_pb2.KeyValuePair(key="database.replica.number", value="2")]
    reply = milvus_pb2.DescribeDatabaseResponse(db_name="db", properties=pairs)
    assert databases.parse_describe_database(reply) == {"name": "db", "database.replica.number": "2"}
    assert databases.parse_list_databases(milvus_pb2.ListDatabasesResponse(db_names=["default"])) == ["default"]
