"""Build requests about users and their roles, and parse the replies."""

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
    """Build the request that creates a user."""
    return milvus_pb2.CreateCredentialRequest(
        username=require_str("user_name", user_name),
        password=_encoded("password", password),
        description=_description(description),
    )


def build_update_password(
    user_name: str, old_password: str, new_password: str, description: str | None
) -> milvus_pb2.UpdateCredentialRequest:
    """Build the request that changes the password of a user."""
    return milvus_pb2.UpdateCredentialRequest(
        username=require_str("user_name", user_name),
        oldPassword=_encoded("old_password", old_password),
        newPassword=_encoded("new_password", new_password),
        description=_description(description),
    )


def build_update_user(user_name: str, description: str | None) -> milvus_pb2.UpdateCredentialRequest:
    """Build the request that changes the description of a user."""
    return milvus_pb2.UpdateCredentialRequest(
        username=require_str("user_name", user_name), description=_description(description)
    )


def _description(value: str | None) -> str | None:
    """Return a description as it is sent. None is left out, so that the server keeps what it has; ``""`` clears it."""
    return None if value is None else require_str("description", value)


def _encoded(name: str, password: object) -> str:
    """Return a password in Base64, as it is sent. Errors do not show the password."""
    if not isinstance(password, str):
        raise ParamError(message=f"{name} must be a str, got {type(password).__name__}")
    try:
        return base64.b64encode(password.encode()).decode("ascii")
    except UnicodeEncodeError:
        raise ParamError(message=f"{name} contains a character that cannot be encoded in UTF-8") from None


def build_drop_user(user_name: str) -> milvus_pb2.DeleteCredentialRequest:
    """Build the request that drops a user."""
    return milvus_pb2.DeleteCredentialRequest(username=require_str("user_name", user_name))


def build_list_users() -> milvus_pb2.ListCredUsersRequest:
    """Build the request that lists the users."""
    return milvus_pb2.ListCredUsersRequest()


def parse_list_users(reply: milvus_pb2.ListCredUsersResponse) -> list[str]:
    """Parse the reply into the names of the users."""
    return list(reply.usernames)


def build_describe_user(user_name: str) -> milvus_pb2.SelectUserRequest:
    """Build the request that asks which roles a user has."""
    user = milvus_pb2.UserEntity(name=require_str("user_name", user_name))
    return milvus_pb2.SelectUserRequest(user=user, include_role_info=True)


def parse_describe_user(reply: milvus_pb2.SelectUserResponse, user_name: str) -> UserDescription:
    """Parse the reply into the description of the user, which is empty for a user that does not exist."""
    if not reply.results:
        return {}
    found = reply.results[0]
    roles = [role.name for role in found.roles]
    return {"user_name": user_name, "roles": roles, "description": found.description}


def build_create_role(role_name: str, description: str) -> milvus_pb2.CreateRoleRequest:
    """Build the request that creates a role."""
    entity = milvus_pb2.RoleEntity(
        name=require_name("role_name", role_name), description=require_str("description", description)
    )
    return milvus_pb2.CreateRoleRequest(entity=entity)


def build_alter_role(role_name: str, description: str) -> milvus_pb2.AlterRoleRequest:
    """Build the request that changes the description of a role."""
    return milvus_pb2.AlterRoleRequest(
        role_name=require_name("role_name", role_name), description=require_str("description", description)
    )


def build_drop_role(role_name: str, force_drop: bool) -> milvus_pb2.DropRoleRequest:
    """Build the request that drops a role."""
    return milvus_pb2.DropRoleRequest(
        role_name=require_name("role_name", role_name), force_drop=require_bool("force_drop", force_drop)
    )


def build_list_roles() -> milvus_pb2.SelectRoleRequest:
    """Build the request that lists the roles."""
    return milvus_pb2.SelectRoleRequest()


def parse_list_roles(reply: milvus_pb2.SelectRoleResponse) -> list[str]:
    """Parse the reply into the names of the roles."""
    return [found.role.name for found in reply.results]


def build_describe_role(role_name: str) -> milvus_pb2.SelectRoleRequest:
    """Build the request that describes a role."""
    return milvus_pb2.SelectRoleRequest(role=milvus_pb2.RoleEntity(name=require_name("role_name", role_name)))


def build_role_grants(role_name: str, db_name: str | None) -> milvus_pb2.SelectGrantRequest:
    """Build the request that lists the privileges of a role."""
    role = milvus_pb2.RoleEntity(name=require_name("role_name", role_name))
    entity = milvus_pb2.GrantEntity(role=role, db_name=optional_str("db_name", db_name))
    return milvus_pb2.SelectGrantRequest(entity=entity)


def parse_describe_role(
    reply: milvus_pb2.SelectRoleResponse, grants: milvus_pb2.SelectGrantResponse, role_name: str
) -> RoleDescription:
    """Parse both replies into the description and the privileges of the role."""
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
    """Build the request that grants a user a role."""
    return milvus_pb2.OperateUserRoleRequest(
        username=require_str("user_name", user_name),
        role_name=require_name("role_name", role_name),
        type=milvus_pb2.OperateUserRoleType.AddUserToRole,
    )


def build_revoke_role(user_name: str, role_name: str) -> milvus_pb2.OperateUserRoleRequest:
    """Build the request that revokes a role from a user."""
    return milvus_pb2.OperateUserRoleRequest(
        username=require_str("user_name", user_name),
        role_name=require_name("role_name", role_name),
        type=milvus_pb2.OperateUserRoleType.RemoveUserFromRole,
    )
