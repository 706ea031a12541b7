"""The users, roles and resource groups of a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from milvusclient.checks import require_int, require_name
from milvusclient.pymilvus.client.types import RoleInfo, UserInfo
from milvusclient.pymilvus.orm import _calls
from milvusclient.pymilvus.orm.connections import connections

if TYPE_CHECKING:
    from milvusclient.models.infos import ResourceGroupInfo
    from milvusclient.schema.resource_groups import ResourceGroupConfig

__all__ = [
    "create_resource_group",
    "create_user",
    "delete_user",
    "describe_resource_group",
    "drop_resource_group",
    "get_server_version",
    "list_resource_groups",
    "list_roles",
    "list_user",
    "list_usernames",
    "list_users",
    "reset_password",
    "transfer_node",
    "transfer_replica",
    "update_password",
    "update_resource_groups",
]

_client = connections._fetch_handler


def reset_password(
    user: str, old_password: str, new_password: str, using: str = "default", timeout: float | None = None
) -> None:
    """Change a password, and let the connection go on with the new one.

    Args:
        user: name of the user.
        old_password: the password that holds now.
        new_password: the password from now on.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).update_password(user, old_password, new_password, True, timeout)


def create_user(user: str, password: str, using: str = "default", timeout: float | None = None) -> None:
    """Create a user.

    Args:
        user: name of the user.
        password: the user's password.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).create_user(user, password, timeout)


def update_password(
    user: str, old_password: str, new_password: str, using: str = "default", timeout: float | None = None
) -> None:
    """Change a password; open connections go on with the old one.

    Args:
        user: name of the user.
        old_password: the password that holds now.
        new_password: the password from now on.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).update_password(user, old_password, new_password, timeout=timeout)


def delete_user(user: str, using: str = "default", timeout: float | None = None) -> None:
    """Remove a user.

    Args:
        user: name of the user.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).drop_user(user, timeout)


def list_usernames(using: str = "default", timeout: float | None = None) -> list[str]:
    """Return the names of all users.

    Args:
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _client(using).list_users(timeout)


def list_roles(include_user_info: bool, using: str = "default", timeout: float | None = None) -> RoleInfo:
    """Return all roles.

    Args:
        include_user_info: name the users who have them.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _calls.roles(_client(using), None, include_user_info, timeout)


def list_user(username: str, include_role_info: bool, using: str = "default", timeout: float | None = None) -> UserInfo:
    """Return one user.

    Args:
        username: name of the user.
        include_role_info: name the user's roles.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _calls.users(_client(using), username, include_role_info, timeout)


def list_users(include_role_info: bool, using: str = "default", timeout: float | None = None) -> UserInfo:
    """Return all users.

    Args:
        include_role_info: name their roles.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _calls.users(_client(using), None, include_role_info, timeout)


def get_server_version(using: str = "default", timeout: float | None = None) -> str:
    """Return the version of the server.

    Args:
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return str(_client(using).get_server_version(timeout))


def create_resource_group(name: str, using: str = "default", timeout: float | None = None, **kwargs: Any) -> None:
    """Create a resource group.

    Args:
        name: its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
        **kwargs: ``config``, a ResourceGroupConfig.
    """
    _client(using).create_resource_group(name, timeout, **kwargs)


def update_resource_groups(
    configs: Mapping[str, ResourceGroupConfig], using: str = "default", timeout: float | None = None
) -> None:
    """Change resource groups.

    Args:
        configs: what each group is to have, by its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).update_resource_groups(configs, timeout)


def drop_resource_group(name: str, using: str = "default", timeout: float | None = None) -> None:
    """Remove a resource group; it must be empty.

    Args:
        name: its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).drop_resource_group(name, timeout)


def describe_resource_group(name: str, using: str = "default", timeout: float | None = None) -> ResourceGroupInfo:
    """Return what a resource group has.

    Args:
        name: its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _client(using).describe_resource_group(name, timeout)


def list_resource_groups(using: str = "default", timeout: float | None = None) -> list[str]:
    """Return the names of all resource groups.

    Args:
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return _client(using).list_resource_groups(timeout)


def transfer_node(
    source_group: str, target_group: str, num_nodes: int, using: str = "default", timeout: float | None = None
) -> None:
    """Move query nodes from one resource group to another.

    Args:
        source_group: the group that they leave.
        target_group: the group that they go to.
        num_nodes: how many.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    source, target = require_name("source_group", source_group), require_name("target_group", target_group)
    _calls.transfer_node(_client(using), source, target, require_int("num_nodes", num_nodes), timeout)


def transfer_replica(
    source_group: str,
    target_group: str,
    collection_name: str,
    num_replicas: int,
    using: str = "default",
    timeout: float | None = None,
) -> None:
    """Move copies of a collection from one resource group to another.

    Args:
        source_group: the group that they leave.
        target_group: the group that they go to.
        collection_name: name or alias of the collection.
        num_replicas: how many.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    _client(using).transfer_replica(source_group, target_group, collection_name, num_replicas, timeout)
