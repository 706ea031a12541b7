"""Build requests that grant and revoke privileges, one by one or in groups, and parse the replies."""

from __future__ import annotations

from collections.abc import Sequence

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_name, require_str_list
from milvusclient.exceptions import ParamError
from milvusclient.models.descriptions import PrivilegeGroupDescription

__all__ = [
    "build_add_privileges",
    "build_create_privilege_group",
    "build_drop_privilege_group",
    "build_grant_privilege",
    "build_grant_privilege_v2",
    "build_list_privilege_groups",
    "build_remove_privileges",
    "build_revoke_privilege",
    "build_revoke_privilege_v2",
    "parse_list_privilege_groups",
]


def build_grant_privilege(
    role_name: str, object_type: str, privilege: str, object_name: str, db_name: str | None
) -> milvus_pb2.OperatePrivilegeRequest:
    """Build the request that grants a role a privilege on an object."""
    entity = _grant_entity(role_name, object_type, privilege, object_name, db_name)
    return milvus_pb2.OperatePrivilegeRequest(entity=entity, type=milvus_pb2.OperatePrivilegeType.Grant)


def build_revoke_privilege(
    role_name: str, object_type: str, privilege: str, object_name: str, db_name: str | None
) -> milvus_pb2.OperatePrivilegeRequest:
    """Build the request that revokes a privilege on an object from a role."""
    entity = _grant_entity(role_name, object_type, privilege, object_name, db_name)
    return milvus_pb2.OperatePrivilegeRequest(entity=entity, type=milvus_pb2.OperatePrivilegeType.Revoke)


def _grant_entity(
    role_name: str, object_type: str, privilege: str, object_name: str, db_name: str | None
) -> milvus_pb2.GrantEntity:
    return milvus_pb2.GrantEntity(
        role=_role(role_name),
        object=milvus_pb2.ObjectEntity(name=require_name("object_type", object_type)),
        object_name=require_name("object_name", object_name),
        grantor=_grantor(privilege),
        db_name=optional_str("db_name", db_name),
    )


def build_grant_privilege_v2(
    role_name: str, privilege: str, collection_name: str, db_name: str | None
) -> milvus_pb2.OperatePrivilegeV2Request:
    """Build the request that grants a role a privilege, or a privilege group."""
    return _operate_v2(role_name, privilege, collection_name, db_name, milvus_pb2.OperatePrivilegeType.Grant)


def build_revoke_privilege_v2(
    role_name: str, privilege: str, collection_name: str, db_name: str | None
) -> milvus_pb2.OperatePrivilegeV2Request:
    """Build the request that revokes a privilege, or a privilege group, from a role."""
    return _operate_v2(role_name, privilege, collection_name, db_name, milvus_pb2.OperatePrivilegeType.Revoke)


def _operate_v2(
    role_name: str,
    privilege: str,
    collection_name: str,
    db_name: str | None,
    operation: milvus_pb2.OperatePrivilegeType.ValueType,
) -> milvus_pb2.OperatePrivilegeV2Request:
    return milvus_pb2.OperatePrivilegeV2Request(
        role=_role(role_name),
        grantor=_grantor(privilege),
        type=operation,
        db_name=optional_str("db_name", db_name),
        collection_name=require_name("collection_name", collection_name),
    )


def _role(role_name: str) -> milvus_pb2.RoleEntity:
    return milvus_pb2.RoleEntity(name=require_name("role_name", role_name))


def _grantor(privilege: str) -> milvus_pb2.GrantorEntity:
    return milvus_pb2.GrantorEntity(privilege=milvus_pb2.PrivilegeEntity(name=require_name("privilege", privilege)))


def build_create_privilege_group(group_name: str) -> milvus_pb2.CreatePrivilegeGroupRequest:
    """Build the request that creates a privilege group."""
    return milvus_pb2.CreatePrivilegeGroupRequest(group_name=require_name("group_name", group_name))


def build_drop_privilege_group(group_name: str) -> milvus_pb2.DropPrivilegeGroupRequest:
    """Build the request that drops a privilege group."""
    return milvus_pb2.DropPrivilegeGroupRequest(group_name=require_name("group_name", group_name))


def build_list_privilege_groups() -> milvus_pb2.ListPrivilegeGroupsRequest:
    """Build the request that lists the privilege groups."""
    return milvus_pb2.ListPrivilegeGroupsRequest()


def parse_list_privilege_groups(reply: milvus_pb2.ListPrivilegeGroupsResponse) -> list[PrivilegeGroupDescription]:
    """Parse the reply into the names and privileges of the groups."""
    return [
        {"privilege_group": group.group_name, "privileges": [privilege.name for privilege in group.privileges]}
        for group in reply.privilege_groups
    ]


def build_add_privileges(group_name: str, privileges: Sequence[str]) -> milvus_pb2.OperatePrivilegeGroupRequest:
    """Build the request that adds privileges to a group."""
    return _operate_group(group_name, privileges, milvus_pb2.OperatePrivilegeGroupType.AddPrivilegesToGroup)


def build_remove_privileges(group_name: str, privileges: Sequence[str]) -> milvus_pb2.OperatePrivilegeGroupRequest:
    """Build the request that removes privileges from a group."""
    return _operate_group(group_name, privileges, milvus_pb2.OperatePrivilegeGroupType.RemovePrivilegesFromGroup)


def _operate_group(
    group_name: str, privileges: Sequence[str], operation: milvus_pb2.OperatePrivilegeGroupType.ValueType
) -> milvus_pb2.OperatePrivilegeGroupRequest:
    names = require_str_list("privileges", privileges)
    if not names:
        raise ParamError(message="privileges is empty; give at least one privilege")
    return milvus_pb2.OperatePrivilegeGroupRequest(
        group_name=require_name("group_name", group_name),
        privileges=[milvus_pb2.PrivilegeEntity(name=name) for name in names],
        type=operation,
    )
