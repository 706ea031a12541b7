"""Privileges: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import privileges

ARGUMENTS = ("role_name", "object_type", "privilege", "object_name")


def test_a_privilege_on_an_object_is_granted_and_revoked() -> None:
    given = privileges.build_grant_privilege("reader", "Collection", "Search", "books", None)
    taken = privileges.build_revoke_privilege("reader", "Collection", "Search", "books", "db")
    assert (given.type, taken.type) == (milvus_pb2.OperatePrivilegeType.Grant, milvus_pb2.OperatePrivilegeType.Revoke)
    entity = given.entity
    assert (entity.role.name, entity.object.name, entity.object_name) == ("reader", "Collection", "books")
    assert entity.grantor.privilege.name == "Search"
    assert (entity.db_name, taken.entity.db_name) == ("", "db")


@pytest.mark.parametrize("position", range(4), ids=ARGUMENTS)
@pytest.mark.parametrize("value", [None, "", 5])
def test_an_empty_part_of_a_privilege_is_refused(position: int, value: object) -> None:
    arguments: list[object] = ["reader", "Collection", "Search", "books", ""]
    arguments[position] = value
    with pytest.raises(ParamError, match=f"{ARGUMENTS[position]} must be a non-empty str"):
        privileges.build_grant_privilege(*arguments)  # type: ignore[arg-type]


def test_a_privilege_on_a_collection_is_granted_and_revoked() -> None:
    given = privileges.build_grant_privilege_v2("reader", "CollectionReadOnly", "*", None)
    assert (given.role.name, given.grantor.privilege.name, given.collection_name) == (
        "reader",
        "CollectionReadOnly",
        "*",
    )
    taken = privileges.build_revoke_privilege_v2("reader", "Search", "books", "db")
    assert (taken.type, taken.db_name) == (milvus_pb2.OperatePrivilegeType.Revoke, "db")
    with pytest.raises(ParamError, match="db_name must be a str or None"):
        privileges.build_grant_privilege_v2("reader", "Search", "books", 5)  # type: ignore[arg-type]


def test_groups_have_privileges() -> None:
    added = privileges.build_add_privileges("reading", ["Search", "Query"])
    removed = privileges.build_remove_privileges("reading", ("Query",))
    assert [privilege.name for privilege in added.privileges] == ["Search", "Query"]
    assert added.type == milvus_pb2.OperatePrivilegeGroupType.AddPrivilegesToGroup
    assert removed.type == milvus_pb2.OperatePrivilegeGroupType.RemovePrivilegesFromGroup
    assert privileges.build_create_privilege_group("reading").group_name == "reading"
    assert privileges.build_drop_privilege_group("reading").group_name == "reading"
    group = milvus_pb2.PrivilegeGroupInfo(group_name="reading", privileges=[milvus_pb2.PrivilegeEntity(name="Search")])
    reply = milvus_pb2.ListPrivilegeGroupsResponse(privilege_groups=[group])
    assert privileges.parse_list_privilege_groups(reply) == [{"privilege_group": "reading", "privileges": ["Search"]}]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("Search", r"privileges must be a list of str, got 'Search' \(str\); write \['Search'\]"),
        ([], "privileges is empty"),
        (["Search", 5], r"privileges\[1\] must be a str, got 5"),
        (None, "privileges must be a list of str, got None"),
    ],
)
def test_privileges_that_are_not_a_list_of_names_are_refused(names: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        privileges.build_add_privileges("reading", names)  # type: ignore[arg-type]
