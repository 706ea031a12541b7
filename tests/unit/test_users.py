"""Users and roles: requests and replies."""

from __future__ import annotations

import base64

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import users


def test_passwords_are_sent_in_base64() -> None:
    request = users.build_create_user("alice", "пароль", None)
    assert (request.username, base64.b64decode(request.password).decode()) == ("alice", "пароль")
    changed = users.build_update_password("alice", "old", "new", None)
    assert (base64.b64decode(changed.oldPassword), base64.b64decode(changed.newPassword)) == (b"old", b"new")


@pytest.mark.parametrize("password", [b"s3cret", 123456789, None, ["s3cret"]])
def test_a_password_that_is_not_a_str_is_refused_and_not_shown(password: object) -> None:
    with pytest.raises(ParamError, match="password must be a str, got") as caught:
        users.build_create_user("alice", password, None)  # type: ignore[arg-type]
    assert "s3cret" not in caught.value.message
    assert "123456789" not in caught.value.message


def test_a_password_that_cannot_be_encoded_is_not_shown() -> None:
    with pytest.raises(ParamError, match="contains a character") as caught:
        users.build_create_user("alice", "s3cret\ud800", None)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_description_is_sent_only_when_it_is_given() -> None:
    assert not users.build_create_user("alice", "p", None).HasField("description")
    assert users.build_create_user("alice", "p", "").HasField("description")
    assert not users.build_update_user("alice", None).HasField("description")
    with pytest.raises(ParamError, match="description must be a str"):
        users.build_update_user("alice", 5)  # type: ignore[arg-type]


def test_a_described_user_has_roles_or_is_empty() -> None:
    found = milvus_pb2.UserResult(
        user=milvus_pb2.UserEntity(name="alice"),
        roles=[milvus_pb2.RoleEntity(name="admin"), milvus_pb2.RoleEntity(name="public")],
        description="d",
    )
    reply = milvus_pb2.SelectUserResponse(results=[found])
    assert users.parse_describe_user(reply, "alice") == {
        "user_name": "alice",
        "roles": ["admin", "public"],
        "description": "d",
    }
    assert users.parse_describe_user(milvus_pb2.SelectUserResponse(), "alice") == {}
    assert users.build_describe_user("alice").include_role_info
    assert users.parse_list_users(milvus_pb2.ListCredUsersResponse(usernames=["root"])) == ["root"]


def test_a_described_role_has_its_privileges() -> None:
    role = milvus_pb2.RoleEntity(name="reader", description="reads")
    grant = milvus_pb2.GrantEntity(
        role=role,
        object=milvus_pb2.ObjectEntity(name="Collection"),
        object_name="books",
        grantor=milvus_pb2.GrantorEntity(
            user=milvus_pb2.UserEntity(name="root"), privilege=milvus_pb2.PrivilegeEntity(name="Search")
        ),
        db_name="default",
    )
    reply = milvus_pb2.SelectRoleResponse(results=[milvus_pb2.RoleResult(role=role)])
    assert users.parse_describe_role(reply, milvus_pb2.SelectGrantResponse(entities=[grant]), "reader") == {
        "role": "reader",
        "description": "reads",
        "privileges": [
            {
                "object_type": "Collection",
                "object_name": "books",
                "db_name": "default",
                "role_name": "reader",
                "privilege": "Search",
                "grantor_name": "root",
            }
        ],
    }
    assert users.parse_list_roles(reply) == ["reader"]
    assert users.build_role_grants("reader", None).entity.db_name == ""
    empty: object = users.parse_describe_role(
        milvus_pb2.SelectRoleResponse(), milvus_pb2.SelectGrantResponse(), "reader"
    )
    assert empty == {"role": "reader", "description": "", "privileges": []}


def test_invalid_role_arguments_are_refused() -> None:
    assert users.build_create_role("reader", "d").entity.description == "d"
    assert users.build_drop_role("reader", True).force_drop
    assert users.build_alter_role("reader", "").role_name == "reader"
    with pytest.raises(ParamError, match="role_name must be a non-empty str, got ''"):
        users.build_create_role("", "")
    with pytest.raises(ParamError, match="force_drop must be True or False"):
        users.build_drop_role("reader", 1)  # type: ignore[arg-type]


def test_a_role_is_granted_and_revoked() -> None:
    given, taken = users.build_grant_role("alice", "reader"), users.build_revoke_role("alice", "reader")
    assert given.type == milvus_pb2.OperateUserRoleType.AddUserToRole
    assert taken.type == milvus_pb2.OperateUserRoleType.RemoveUserFromRole
    assert (given.username, given.role_name) == (taken.username, taken.role_name) == ("alice", "reader")
