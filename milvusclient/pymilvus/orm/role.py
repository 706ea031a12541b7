"""Roles as objects."""

from __future__ import annotations

from typing import Any

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.types import GrantInfo, PrivilegeGroupInfo, PrivilegeGroupItem
from milvusclient.pymilvus.orm import _calls
from milvusclient.pymilvus.orm.connections import OrmClient, connections

__all__ = ["INCLUDE_USER_INFO", "NOT_INCLUDE_USER_INFO", "Role"]

__getattr__, __dir__ = module_names(__name__)

INCLUDE_USER_INFO = True
NOT_INCLUDE_USER_INFO = False


class Role:
    """A role: what some users may do. It is made on the server by :meth:`create`.

    Args:
        name: name of the role.
        using: alias of the connection.
        **kwargs: ignored, as the reference client ignores them.
    """

    def __init__(self, name: str, using: str = "default", **kwargs: Any) -> None:
        self._name = name
        self._using = using
        self._kwargs = kwargs

    @property
    def _client(self) -> OrmClient:
        return connections._fetch_handler(self._using)

    @property
    def name(self) -> str:
        """Name of the role."""
        return self._name

    def create(self) -> None:
        """Create the role on the server."""
        self._client.create_role(self._name)

    def drop(self) -> None:
        """Remove the role from the server."""
        self._client.drop_role(self._name)

    def add_user(self, username: str) -> None:
        """Give the role to a user.

        Args:
            username: name of the user.
        """
        self._client.grant_role(username, self._name)

    def remove_user(self, username: str) -> None:
        """Take the role from a user.

        Args:
            username: name of the user.
        """
        self._client.revoke_role(username, self._name)

    def get_users(self) -> tuple[str, ...] | list[str]:
        """Return the names of the users who have the role."""
        found = _calls.roles(self._client, self._name, INCLUDE_USER_INFO).groups
        return found[0].users if found else []

    def is_exist(self) -> bool:
        """Return whether the server knows the role."""
        return self._name in self._client.list_roles()

    def grant(self, object: str, object_name: str, privilege: str, db_name: str = "") -> None:  # noqa: A002
        """Allow something on an object.

        Args:
            object: type of the object: ``"Collection"``, ``"Global"`` or ``"User"``.
            object_name: name of the object; ``"*"`` means all of its type.
            privilege: such as ``"Insert"``.
            db_name: database of the object; empty means the connection's.
        """
        self._client.grant_privilege(self._name, object, privilege, object_name, db_name)

    def revoke(self, object: str, object_name: str, privilege: str, db_name: str = "") -> None:  # noqa: A002
        """Stop allowing something on an object.

        Args:
            object: type of the object.
            object_name: name of the object.
            privilege: such as ``"Insert"``.
            db_name: database of the object; empty means the connection's.
        """
        self._client.revoke_privilege(self._name, object, privilege, object_name, db_name)

    def grant_v2(self, privilege: str, collection_name: str, db_name: str | None = None) -> None:
        """Allow a privilege, or a group of them, on a collection.

        Args:
            privilege: name of the privilege or of the group.
            collection_name: name of the collection; ``"*"`` means all.
            db_name: its database; None means the connection's.
        """
        self._client.grant_privilege_v2(self._name, privilege, collection_name, db_name)

    def revoke_v2(self, privilege: str, collection_name: str, db_name: str | None = None) -> None:
        """Stop allowing a privilege, or a group of them, on a collection.

        Args:
            privilege: name of the privilege or of the group.
            collection_name: name of the collection.
            db_name: its database; None means the connection's.
        """
        self._client.revoke_privilege_v2(self._name, privilege, collection_name, db_name)

    def list_grant(self, object: str, object_name: str, db_name: str = "") -> GrantInfo:  # noqa: A002
        """Return what the role may do on one object.

        Args:
            object: type of the object.
            object_name: name of the object.
            db_name: database of the object; empty means the connection's.
        """
        return _calls.grants(self._client, self._name, object, object_name, db_name)

    def list_grants(self, db_name: str = "") -> GrantInfo:
        """Return what the role may do.

        Args:
            db_name: the database; empty means the connection's.
        """
        return _calls.grants(self._client, self._name, "", "", db_name)

    def create_privilege_group(self, privilege_group: str) -> None:
        """Create a group of privileges.

        Args:
            privilege_group: name of the group.
        """
        self._client.create_privilege_group(privilege_group)

    def drop_privilege_group(self, privilege_group: str) -> None:
        """Remove a group of privileges.

        Args:
            privilege_group: name of the group.
        """
        self._client.drop_privilege_group(privilege_group)

    def list_privilege_groups(self) -> PrivilegeGroupInfo:
        """Return the groups of privileges that the server knows."""
        groups = self._client.list_privilege_groups()
        return PrivilegeGroupInfo(
            PrivilegeGroupItem(group["privilege_group"], tuple(group["privileges"])) for group in groups
        )

    def add_privileges_to_group(self, privilege_group: str, privileges: list[str]) -> None:
        """Add privileges to a group.

        Args:
            privilege_group: name of the group.
            privileges: names of the privileges.
        """
        self._client.add_privileges_to_group(privilege_group, privileges)

    def remove_privileges_from_group(self, privilege_group: str, privileges: list[str]) -> None:
        """Remove privileges from a group.

        Args:
            privilege_group: name of the group.
            privileges: names of the privileges.
        """
        self._client.remove_privileges_from_group(privilege_group, privileges)
