"""Insert, upsert and delete: what is built, what is refused, what replies mean."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from google.protobuf.message import Message

from milvusclient._proto import milvus_pb2
from milvusclient.codec.write.request import Assembled
from milvusclient.exceptions import (
    DataNotMatchException,
    DataTypeNotMatchException,
    InvalidConsistencyLevel,
    MilvusException,
    ParamError,
    SchemaMismatchRetryableException,
)
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.models.mutations import DeletedKeys
from milvusclient.operations import mutations
from milvusclient.schema.enums import DataType
from milvusclient.schema.field_ops import FieldOp, FieldOpType

BOOKS = CollectionInfo(
    "books",
    fields=(
        FieldInfo("id", data_type=DataType.INT64, is_primary=True),
        FieldInfo("vector", data_type=DataType.FLOAT_VECTOR, dim=2),
        FieldInfo("tags", data_type=DataType.ARRAY, element_type=DataType.INT32, max_capacity=8),
    ),
    update_timestamp=448,
)
ROW: dict[str, object] = {"id": 1, "vector": [0.5, 1.5], "tags": [1]}

Req = TypeVar("Req", bound=Message)


def message(built: Assembled[Req] | mutations.InSteps[Req]) -> Req:
    """The message of a request of few rows."""
    assert isinstance(built, Assembled)
    return built.message()


def test_an_insert_carries_the_rows_their_number_and_the_schemas_timestamp() -> None:
    request = message(mutations.build_insert("books", [ROW, ROW], BOOKS, partition_name="p"))
    assert request.collection_name == "books"
    assert request.partition_name == "p"
    assert request.num_rows == 2
    assert request.schema_timestamp == 448
    assert [column.field_name for column in request.fields_data] == ["id", "vector", "tags"]
    assert not request.HasField("namespace")
    assert request.db_name == ""


@pytest.mark.parametrize("partition_name", [None, ""])
def test_no_partition_is_the_servers_choice(partition_name: str | None) -> None:
    assert message(mutations.build_insert("books", [ROW], BOOKS, partition_name=partition_name)).partition_name == ""


def test_a_namespace_may_be_empty() -> None:
    assert message(mutations.build_insert("books", [ROW], BOOKS, namespace="")).HasField("namespace")
    assert message(mutations.build_upsert("books", [ROW], BOOKS, namespace="n")).namespace == "n"


def test_the_rows_stay_as_they_are() -> None:
    row = {"id": 1, "vector": [0.5, 1.5], "tags": [1]}
    mutations.build_insert("books", [row], BOOKS)
    assert row == {"id": 1, "vector": [0.5, 1.5], "tags": [1]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"partition_name": 5}, "partition_name must be a str or None"),
        ({"namespace": 5}, "namespace must be a str"),
    ],
)
def test_a_write_refuses_invalid_names(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamError, match=message):
        mutations.build_insert("books", [ROW], BOOKS, **arguments)
    with pytest.raises(ParamError, match=message):
        mutations.build_upsert("books", [ROW], BOOKS, **arguments)


@pytest.mark.parametrize("name", ["", None, 5])
def test_a_write_needs_the_name_of_a_collection(name: Any) -> None:
    for refused in (
        lambda: mutations.build_insert(name, [ROW], BOOKS),
        lambda: mutations.build_upsert(name, [ROW], BOOKS),
        lambda: mutations.build_delete(name, "a > 1", None),
    ):
        with pytest.raises(ParamError, match="collection_name must be a non-empty str"):
            refused()


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(DataNotMatchException, match="row 1"):
        mutations.build_insert("books", [ROW, {"id": 2}], BOOKS)


def test_a_plain_upsert_is_not_a_partial_update() -> None:
    request = message(mutations.build_upsert("books", [ROW], BOOKS))
    assert not request.partial_update
    assert not request.field_ops


def test_a_partial_update_has_the_fields_of_its_rows() -> None:
    request = message(mutations.build_upsert("books", [{"id": 1, "tags": [2]}], BOOKS, partial_update=True))
    assert request.partial_update
    assert [column.field_name for column in request.fields_data] == ["id", "tags"]


@pytest.mark.parametrize("op", [FieldOp.array_append(), FieldOpType.ARRAY_APPEND, 1, "array_append"])
def test_an_operation_on_a_field_makes_it_partial(op: Any) -> None:
    request = message(mutations.build_upsert("books", [{"id": 1, "tags": [2]}], BOOKS, field_ops={"tags": op}))
    assert request.partial_update
    assert [(each.field_name, each.op) for each in request.field_ops] == [("tags", 1)]


def test_the_operation_replace_needs_no_partial_update() -> None:
    request = message(mutations.build_upsert("books", [ROW], BOOKS, field_ops={"tags": FieldOp.replace()}))
    assert not request.partial_update
    assert not request.field_ops


@pytest.mark.parametrize(
    ("name", "what"), [("vector", "is FLOAT_VECTOR"), ("missing", "does not exist")]
)  # fmt: skip
def test_an_operation_needs_an_array(name: str, what: str) -> None:
    with pytest.raises(DataNotMatchException, match=f"field {name!r} {what}"):
        mutations.build_upsert("books", [ROW], BOOKS, field_ops={name: "array_append"})


@pytest.mark.parametrize("partial_update", ["x", None, 1])
def test_partial_update_is_a_flag(partial_update: Any) -> None:
    with pytest.raises(ParamError, match="partial_update must be True or False"):
        mutations.build_upsert("books", [ROW], BOOKS, partial_update=partial_update)


def test_a_delete_by_filter() -> None:
    request = mutations.build_delete(
        "books", "id in {ids}", {"ids": [1, 2]}, partition_name="p", consistency_level="Eventually", namespace="n"
    )
    assert (request.expr, request.partition_name, request.consistency_level) == ("id in {ids}", "p", 3)
    assert request.namespace == "n"
    assert list(request.expr_template_values["ids"].array_val.long_data.data) == [1, 2]


@pytest.mark.parametrize(
    ("filter_text", "by_keys", "error", "message"),
    [
        ("a > 1", True, ParamError, "give either ids or filter"),
        (None, False, DataTypeNotMatchException, "ids and filter are missing"),
        (5, False, DataTypeNotMatchException, "filter must be a str"),
        ("", False, ParamError, "truncate_collection"),
    ],
)
def test_a_delete_needs_keys_or_a_filter(
    filter_text: Any, by_keys: bool, error: type[MilvusException], message: str
) -> None:
    with pytest.raises(error, match=message):
        mutations.build_delete("books", filter_text, None, by_keys=by_keys)


def test_a_delete_refuses_invalid_levels_and_filter_params() -> None:
    with pytest.raises(InvalidConsistencyLevel):
        mutations.build_delete("books", "a > 1", None, consistency_level="Weak")
    with pytest.raises(ParamError, match="filter_params"):
        mutations.build_delete("books", "a > {x}", {"x": None})
    with pytest.raises(ParamError, match="filter_params must be a dict"):
        mutations.build_delete("books", "a > {x}", [1])  # type: ignore[arg-type]


def _reply(**fields: Any) -> milvus_pb2.MutationResult:
    reply = milvus_pb2.MutationResult(**fields)
    reply.status.extra_info["report_value"] = "6"
    return reply


def test_what_a_write_returns() -> None:
    reply = _reply(insert_cnt=2, upsert_cnt=2)
    reply.IDs.int_id.data.extend([7, 8])
    assert mutations.parse_insert(reply) == {"insert_count": 2, "ids": [7, 8], "cost": 6}
    assert mutations.parse_upsert(reply) == {"upsert_count": 2, "ids": [7, 8], "cost": 6}


def test_what_a_delete_returns() -> None:
    assert mutations.parse_delete(_reply(delete_cnt=3)) == {"delete_count": 3, "cost": 6}


def test_deleted_keys_support_the_interface_of_a_count() -> None:
    reply = _reply(delete_cnt=2)
    reply.IDs.str_id.data.extend(["a", "b"])
    deleted = mutations.parse_delete(reply)
    assert deleted == ["a", "b"]
    assert isinstance(deleted, DeletedKeys)
    assert (deleted["delete_count"], deleted["cost"], deleted[0], deleted[1:]) == (2, 6, "a", ["b"])
    with pytest.raises(KeyError):
        deleted["rows"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MilvusException(109, "x", 0), True),
        (MilvusException(2200, "x", 62), True),
        (MilvusException(0, "x", 62), True),
        (MilvusException(1100, "x", 1), False),
    ],
)
def test_how_servers_say_that_the_schema_changed(error: MilvusException, expected: bool) -> None:
    assert mutations.is_schema_mismatch(error) is expected


def test_a_second_change_keeps_what_is_known_of_the_failure() -> None:
    error = MilvusException(109, "old schema", 62)
    error.operation, error.address = "Insert", "host:1"
    again = mutations.schema_changed_twice(error)
    assert isinstance(again, SchemaMismatchRetryableException)
    assert (again.code, again.operation, again.address) == (109, "Insert", "host:1")
    assert "old schema" in again.message


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ({"id": [1, 2, 3], "vector": [[0.5] * 4] * 3}, True),
        ({"id": array("q", [1, 2]), "vector": ([0.5] * 4, [0.5] * 4)}, True),
        ({"id": 1, "vector": [0.5]}, False),
        ({"id": "ab", "vector": [0.5, 0.5]}, False),
    ],
)
@pytest.mark.parametrize(
    ("build", "name"), [(mutations.build_insert, "insert_many"), (mutations.build_upsert, "upsert_many")]
)
def test_a_dict_of_columns_is_refused_with_the_method_that_takes_it(
    build: Callable[..., object], name: str, row: dict[str, object], hint: bool
) -> None:
    fields = (FieldInfo("id", data_type=DataType.INT64), FieldInfo("vector", data_type=DataType.FLOAT_VECTOR, dim=4))
    with pytest.raises(MilvusException, match="row 0, field '") as caught:
        build("books", mutations.read_data(row), CollectionInfo("books", fields=fields))
    assert (f"a dict is one row here, use {name}() for columns" in caught.value.message) is hint
