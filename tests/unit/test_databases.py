"""Databases: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import databases


def test_properties_are_written_as_python_writes_them() -> None:
    request = databases.build_create_database("db", {"a": 1, "b": True, "c": None})
    assert {pair.key: pair.value for pair in request.properties} == {"a": "1", "b": "True", "c": "None"}
    assert databases.build_create_database("db", None) == milvus_pb2.CreateDatabaseRequest(db_name="db")
    assert databases.build_alter_database("db", {}) == milvus_pb2.AlterDatabaseRequest(db_name="db")


def test_properties_are_a_dict() -> None:
    with pytest.raises(ParamError, match="properties must be a dict, got 'x'"):
        databases.build_alter_database("db", "x")  # type: ignore[arg-type]


def test_one_key_is_not_taken_letter_by_letter() -> None:
    with pytest.raises(ParamError, match=r"property_keys must be a list of str.*write \['ab'\]"):
        databases.build_drop_database_properties("db", "ab")  # type: ignore[arg-type]
    assert list(databases.build_drop_database_properties("db", ["ab"]).delete_keys) == ["ab"]


@pytest.mark.parametrize("name", [None, 5])
def test_a_database_has_a_name(name: object) -> None:
    with pytest.raises(ParamError, match="db_name must be a str"):
        databases.build_drop_database(name)  # type: ignore[arg-type]


def test_a_described_database_is_a_dict_of_texts() -> None:
    pairs = [common_pb2.KeyValuePair(key="database.replica.number", value="2")]
    reply = milvus_pb2.DescribeDatabaseResponse(db_name="db", properties=pairs)
    assert databases.parse_describe_database(reply) == {"name": "db", "database.replica.number": "2"}
    assert databases.parse_list_databases(milvus_pb2.ListDatabasesResponse(db_names=["default"])) == ["default"]
