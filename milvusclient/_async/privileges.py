"""Client methods that grant and revoke privileges, one by one or in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import privileges as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from milvusclient.models.descriptions import PrivilegeGroupDescription

__all__ = ["AsyncPrivileges"]


class AsyncPrivileges(AsyncFamily):
    """Methods for privileges and privilege groups. The server must have authorization enabled."""

    async def grant_privilege(
        self,
        role_name: str,
        object_type: str,
        privilege: str,
        object_name: str,
        db_name: str | None = "",
        timeout: float | None = None,
    ) -> None:
        """Grant a role a privilege. It takes effect after some seconds.

        Args:
            role_name: name of the role.
            object_type: ``"Collection"``, ``"Global"`` or ``"User"``.
            privilege: name of the privilege, such as ``"Insert"``; ``"*"`` means all of the type.
            object_name: name of the collection or user; ``"*"`` means all.
            db_name: name of the database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.grant_privilege("reader", "Collection", "Search", "books")
        """
        request = operations.build_grant_privilege(role_name, object_type, privilege, object_name, db_name)
        await self._call(rpc.OPERATE_PRIVILEGE, request, self._deadline(timeout))

    async def revoke_privilege(
        self,
        role_name: str,
        object_type: str,
        privilege: str,
        object_name: str,
        db_name: str | None = "",
        timeout: float | None = None,
    ) -> None:
        """Revoke a privilege from a role.

        Args:
            role_name: name of the role.
            object_type: ``"Collection"``, ``"Global"`` or ``"User"``.
            privilege: name of the privilege, such as ``"Insert"``; ``"*"`` means all of the type.
            object_name: name of the collection or user; ``"*"`` means all.
            db_name: name of the database, if it is not the client's.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.revoke_privilege("reader", "Collection", "Search", "books")
        """
        request = operations.build_revoke_privilege(role_name, object_type, privilege, object_name, db_name)
        await self._call(rpc.OPERATE_PRIVILEGE, request, self._deadline(timeout))

    async def grant_privilege_v2(
        self,
        role_name: str,
        privilege: str,
        collection_name: str,
        db_name: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Grant a role a privilege, or a privilege group. Servers support it from 2.5 on.

        Args:
            role_name: name of the role.
            privilege: name of the privilege, such as ``"Search"``, or of a privilege group, such as
                ``"CollectionReadOnly"``.
            collection_name: name of the collection; ``"*"`` means all collections.
            db_name: name of the database, if it is not the client's. ``"*"`` means all databases.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.grant_privilege_v2("reader", "CollectionReadOnly", "books")
        """
        request = operations.build_grant_privilege_v2(role_name, privilege, collection_name, db_name)
        await self._call(rpc.OPERATE_PRIVILEGE_V2, request, self._deadline(timeout))

    async def revoke_privilege_v2(
        self,
        role_name: str,
        privilege: str,
        collection_name: str,
        db_name: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Revoke a privilege, or a privilege group, from a role. Servers support it from 2.5 on.

        Args:
            role_name: name of the role.
            privilege: name of the privilege, such as ``"Search"``, or of a privilege group, such as
                ``"CollectionReadOnly"``.
            collection_name: name of the collection; ``"*"`` means all collections.
            db_name: name of the database, if it is not the client's. ``"*"`` means all databases.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.revoke_privilege_v2("reader", "CollectionReadOnly", "books")
        """
        request = operations.build_revoke_privilege_v2(role_name, privilege, collection_name, db_name)
        await self._call(rpc.OPERATE_PRIVILEGE_V2, request, self._deadline(timeout))

    async def create_privilege_group(self, group_name: str, timeout: float | None = None) -> None:
        """Create a privilege group, which is empty at first.

        Args:
            group_name: name of the new privilege group, unique on the server.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.create_privilege_group("reading")
        """
        request = operations.build_create_privilege_group(group_name)
        await self._call(rpc.CREATE_PRIVILEGE_GROUP, request, self._deadline(timeout))

    async def drop_privilege_group(self, group_name: str, timeout: float | None = None) -> None:
        """Drop a privilege group.

        Args:
            group_name: name of the privilege group. No role may have it.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because a role has the group.

        Example:
            >>> await client.drop_privilege_group("reading")
        """
        request = operations.build_drop_privilege_group(group_name)
        await self._call(rpc.DROP_PRIVILEGE_GROUP, request, self._deadline(timeout))

    async def list_privilege_groups(self, timeout: float | None = None) -> list[PrivilegeGroupDescription]:
        """Return the privilege groups, including the server's built-in ones.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            One dict for each group, with ``privilege_group`` and the list ``privileges``.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> groups = await client.list_privilege_groups()
        """
        request = operations.build_list_privilege_groups()
        reply = await self._call(rpc.LIST_PRIVILEGE_GROUPS, request, self._deadline(timeout))
        return operations.parse_list_privilege_groups(reply)

    async def add_privileges_to_group(
        self, group_name: str, privileges: Sequence[str], timeout: float | None = None
    ) -> None:
        """Add privileges to a privilege group.

        Args:
            group_name: name of the privilege group. The server's built-in groups cannot be changed.
            privileges: names of the privileges, such as ``["Search", "Query"]``; at least one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str, or the privileges are not a list of str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.add_privileges_to_group("reading", ["Search", "Query"])
        """
        request = operations.build_add_privileges(group_name, privileges)
        await self._call(rpc.OPERATE_PRIVILEGE_GROUP, request, self._deadline(timeout))

    async def remove_privileges_from_group(
        self, group_name: str, privileges: Sequence[str], timeout: float | None = None
    ) -> None:
        """Remove privileges from a privilege group.

        Args:
            group_name: name of the privilege group. The server's built-in groups cannot be changed.
            privileges: names of the privileges, such as ``["Search", "Query"]``; at least one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str, or the privileges are not a list of str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.remove_privileges_from_group("reading", ["Query"])
        """
        request = operations.build_remove_privileges(group_name, privileges)
        await self._call(rpc.OPERATE_PRIVILEGE_GROUP, request, self._deadline(timeout))
