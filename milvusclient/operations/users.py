"""Users and roles: who may log in, and what they are."""

from __future__ import annotations

import base64

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_bool, require_name, require_str
from milvusclient.exceptions import ParamError
from milvusclient.models.descriptions import GrantDescription, RoleDescription, UserDescription

__all__ = [
    "build_alter_role",
    "build_create_role",
    "build_create_user",
    "build_describe_role",
    "build_describe_user",
    "build_drop_role",
    "build_drop_user",
    "build_grant_role",
    "build_list_roles",
    "build_list_users",
    "build_revoke_role",
    "build_role_grants",
    "build_update_password",
    "build_update_user",
    "parse_describe_role",
    "parse_describe_user",
    "parse_list_roles",
    "parse_list_users",
]


def build_create_user(user_name: str, password: str, description: str | None) -> milvus_pb2.CreateCredentialRequest:
    """A new user."""
    return milvus_pb2.CreateCredentialRequest(
        username=require_str("user_name", user_name),
        password=_encoded("password", password),
        description=_description(description),
    )


def build_update_password(
    user_name: str, old_password: str, new_password: str, description: str | None
) -> milvus_pb2.UpdateCredentialRequest:
    """Another password for a user."""
    return milvus_pb2.UpdateCredentialRequest(
        username=require_str("user_name", user_name),
        oldPassword=_encoded("old_password", old_password),
        newPassword=_encoded("new_password", new_password),
        description=_description(description),
    )


def build_update_user(user_name: str, description: str | None) -> milvus_pb2.UpdateCredentialRequest:
    """Another description for a user."""
    return milvus_pb2.UpdateCredentialRequest(
        username=require_str("user_name", user_name), description=_description(description)
    )


def _description(value: str | None) -> str | None:
    """None is not sent, so that the server leaves what it has; an empty text is."""
    return None if value is None else require_str("description", value)


def _encoded(name: str, password: object) -> str:
    """A password as it travels. What is wrong with one is said without showing it."""
    if not isinstance(password, str):
        raise ParamError(message=f"{name} must be a str, got {type(password).__name__}")
    try:
        return base64.b64encode(password.encode()).decode("ascii")
    except UnicodeEncodeError:
        raise ParamError(message=f"{name} holds a character that cannot be encoded in UTF-8") from None


def build_drop_user(user_name: str) -> milvus_pb2.DeleteCredentialRequest:
    """The end of a user."""
    return milvus_pb2.DeleteCredentialRequest(username=require_str("user_name", user_name))


def build_list_users() -> milvus_pb2.ListCredUsersRequest:
    """All users."""
    return milvus_pb2.ListCredUsersRequest()


def parse_list_users(reply: milvus_pb2.ListCredUsersResponse) -> list[str]:
    """Their names."""
    return list(reply.usernames)


def build_describe_user(user_name: str) -> milvus_pb2.SelectUserRequest:
    """Which roles a user has."""
    user = milvus_pb2.UserEntity(name=require_str("user_name", user_name))
    return milvus_pb2.SelectUserRequest(user=user, include_role_info=True)


def parse_describe_user(reply: milvus_pb2.SelectUserResponse, user_name: str) -> UserDescription:
    """The user, or nothing."""
    if not reply.results:
        return {}
    found = reply.results[0]
    roles = [role.name for role in found.roles]
    return {"user_name": user_name, "roles": roles, "description": found.description}


def build_create_role(role_name: str, description: str) -> milvus_pb2.CreateRoleRequest:
    """A new role."""
    entity = milvus_pb2.RoleEntity(
        name=require_name("role_name", role_name), description=require_str("description", description)
    )
    return milvus_pb2.CreateRoleRequest(entity=entity)


def build_alter_role(role_name: str, description: str) -> milvus_pb2.AlterRoleRequest:
    """Another description for a role."""
    return milvus_pb2.AlterRoleRequest(
        role_name=require_name("role_name", role_name), description=require_str("description", description)
    )


def build_drop_role(role_name: str, force_drop: bool) -> milvus_pb2.DropRoleRequest:
    """The end of a role."""
    return milvus_pb2.DropRoleRequest(
        role_name=require_name("role_name", role_name), force_drop=require_bool("force_drop", force_drop)
    )


def build_list_roles() -> milvus_pb2.SelectRoleRequest:
    """All roles."""
    return milvus_pb2.SelectRoleRequest()


def parse_list_roles(reply: milvus_pb2.SelectRoleResponse) -> list[str]:
    """Their names."""
    return [found.role.name for found in reply.results]


def build_describe_role(role_name: str) -> milvus_pb2.SelectRoleRequest:
    """What a role is."""
    return milvus_pb2.SelectRoleRequest(role=milvus_pb2.RoleEntity(name=require_name("role_name", role_name)))


def build_role_grants(role_name: str, db_name: str | None) -> milvus_pb2.SelectGrantRequest:
    """What a role may do."""
    role = milvus_pb2.RoleEntity(name=require_name("role_name", role_name))
    entity = milvus_pb2.GrantEntity(role=role, db_name=optional_str("db_name", db_name))
    return milvus_pb2.SelectGrantRequest(entity=entity)


def parse_describe_role(
    reply: milvus_pb2.SelectRoleResponse, grants: milvus_pb2.SelectGrantResponse, role_name: str
) -> RoleDescription:
    """What it is and may do."""
    description = reply.results[0].role.description if reply.results else ""
    privileges = [_grant(entity) for entity in grants.entities]
    return {"role": role_name, "description": description, "privileges": privileges}


def _grant(entity: milvus_pb2.GrantEntity) -> GrantDescription:
    return {
        "object_type": entity.object.name,
        "object_name": entity.object_name,
        "db_name": entity.db_name,
        "role_name": entity.role.name,
        "privilege": entity.grantor.privilege.name,
        "grantor_name": entity.grantor.user.name,
    }


def build_grant_role(user_name: str, role_name: str) -> milvus_pb2.OperateUserRoleRequest:
    """A role for a user."""
    return milvus_pb2.OperateUserRoleRequest(
        username=require_str("user_name", user_name),
        role_name=require_name("role_name", role_name),
        type=milvus_pb2.OperateUserRoleType.AddUserToRole,
    )


def build_revoke_role(user_name: str, role_name: str) -> milvus_pb2.OperateUserRoleRequest:
    """A role no longer for a user."""
    return milvus_pb2.OperateUserRoleRequest(
        username=require_str("user_name", user_name),
        role_name=require_name("role_name", role_name),
        type=milvus_pb2.OperateUserRoleType.RemoveUserFromRole,
    )
