"""Client methods for users and their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient._async.core.password import with_password
from milvusclient.operations import users

if TYPE_CHECKING:
    from milvusclient.models.descriptions import RoleDescription, UserDescription

__all__ = ["AsyncUsers"]


class AsyncUsers(AsyncFamily):
    """Methods for users and roles. The server must have authorization enabled."""

    async def create_user(
        self, user_name: str, password: str, timeout: float | None = None, description: str | None = None
    ) -> None:
        """Create a user.

        Args:
            user_name: name of the new user, unique on the server.
            password: password of the new user. By default, servers ask for 6 to 72 characters.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            description: free text for human readers. Servers before 3.0 do not keep it.

        Raises:
            ParamError: an argument is not a str.
            MilvusException: the server refuses the request, for instance because the name is taken.

        Example:
            >>> await client.create_user("alice", "P@ssw0rd")
        """
        request = users.build_create_user(user_name, password, description)
        await self._call(rpc.CREATE_CREDENTIAL, request, self._deadline(timeout))

    async def update_password(
        self,
        user_name: str,
        old_password: str,
        new_password: str,
        reset_connection: bool = False,
        timeout: float | None = None,
        description: str | None = None,
    ) -> None:
        """Change a user's password.

        Clients that use the old password are refused from then on, this one too if it is the user's own, unless
        ``reset_connection`` is true.

        Args:
            user_name: name of the user.
            old_password: current password of the user.
            new_password: new password of the user.
            reset_connection: continue with the new password, if this client is connected as the user.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            description: free text for human readers. None keeps the current one.

        Raises:
            ParamError: an argument is not a str.
            MilvusException: the server refuses the request, for instance because the old password is wrong.

        Example:
            >>> await client.update_password("alice", "P@ssw0rd", "b3tter!")
        """
        request = users.build_update_password(user_name, old_password, new_password, description)
        deadline = self._deadline(timeout)
        await self._call(rpc.UPDATE_CREDENTIAL, request, deadline)
        if reset_connection and user_name == self._caller.binding.config.user:
            self._caller = await with_password(self._caller, new_password)
            await self._caller.binding.open(deadline)

    async def update_user(self, user_name: str, description: str | None, timeout: float | None = None) -> None:
        """Change the description of a user.

        Args:
            user_name: name of the user.
            description: free text for human readers. None keeps the current one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.update_user("alice", "writes the index")
        """
        request = users.build_update_user(user_name, description)
        await self._call(rpc.UPDATE_CREDENTIAL, request, self._deadline(timeout))

    async def drop_user(self, user_name: str, timeout: float | None = None) -> None:
        """Drop a user.

        Args:
            user_name: name of the user.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.drop_user("alice")
        """
        request = users.build_drop_user(user_name)
        await self._call(rpc.DELETE_CREDENTIAL, request, self._deadline(timeout))

    async def describe_user(self, user_name: str, timeout: float | None = None) -> UserDescription:
        """Return the roles and the description of a user.

        Args:
            user_name: name of the user.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``user_name``, ``roles`` and ``description``; empty if the user does not exist.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> description = await client.describe_user("alice")
        """
        request = users.build_describe_user(user_name)
        reply = await self._call(rpc.SELECT_USER, request, self._deadline(timeout))
        return users.parse_describe_user(reply, user_name)

    async def list_users(self, timeout: float | None = None) -> list[str]:
        """Return the names of the users.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> names = await client.list_users()
        """
        reply = await self._call(rpc.LIST_CRED_USERS, users.build_list_users(), self._deadline(timeout))
        return users.parse_list_users(reply)

    async def create_role(self, role_name: str, timeout: float | None = None, description: str = "") -> None:
        """Create a role.

        Args:
            role_name: name of the new role, unique on the server.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            description: free text for human readers. Servers before 3.0 do not keep it.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the name is taken.

        Example:
            >>> await client.create_role("reader")
        """
        request = users.build_create_role(role_name, description)
        await self._call(rpc.CREATE_ROLE, request, self._deadline(timeout))

    async def alter_role(self, role_name: str, description: str, timeout: float | None = None) -> None:
        """Change the description of a role.

        Args:
            role_name: name of the role.
            description: free text for human readers. It replaces the current one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str, or the description is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.alter_role("reader", "may search everything")
        """
        request = users.build_alter_role(role_name, description)
        await self._call(rpc.ALTER_ROLE, request, self._deadline(timeout))

    async def drop_role(self, role_name: str, force_drop: bool = False, timeout: float | None = None) -> None:
        """Drop a role.

        Args:
            role_name: name of the role.
            force_drop: drop the role even if it still has privileges.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the role has privileges.

        Example:
            >>> await client.drop_role("reader")
        """
        request = users.build_drop_role(role_name, force_drop)
        await self._call(rpc.DROP_ROLE, request, self._deadline(timeout))

    async def describe_role(
        self, role_name: str, timeout: float | None = None, *, db_name: str | None = ""
    ) -> RoleDescription:
        """Return the description and the privileges of a role.

        Args:
            role_name: name of the role.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            db_name: name of the database, if it is not the client's. Privileges in other databases are not listed.

        Returns:
            A dict with ``role``, ``description`` and the list ``privileges``.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the role does not exist.

        Example:
            >>> privileges = (await client.describe_role("reader"))["privileges"]
        """
        request = users.build_describe_role(role_name)
        grants_request = users.build_role_grants(role_name, db_name)
        deadline = self._deadline(timeout)
        reply = await self._call(rpc.SELECT_ROLE, request, deadline)
        grants = await self._call(rpc.SELECT_GRANT, grants_request, deadline)
        return users.parse_describe_role(reply, grants, role_name)

    async def list_roles(self, timeout: float | None = None) -> list[str]:
        """Return the names of the roles.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> names = await client.list_roles()
        """
        reply = await self._call(rpc.SELECT_ROLE, users.build_list_roles(), self._deadline(timeout))
        return users.parse_list_roles(reply)

    async def grant_role(self, user_name: str, role_name: str, timeout: float | None = None) -> None:
        """Grant a user a role.

        Args:
            user_name: name of the user.
            role_name: name of the role.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the role's name is empty.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.grant_role("alice", "reader")
        """
        request = users.build_grant_role(user_name, role_name)
        await self._call(rpc.OPERATE_USER_ROLE, request, self._deadline(timeout))

    async def revoke_role(self, user_name: str, role_name: str, timeout: float | None = None) -> None:
        """Revoke a role from a user.

        Args:
            user_name: name of the user.
            role_name: name of the role.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the role's name is empty.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.revoke_role("alice", "reader")
        """
        request = users.build_revoke_role(user_name, role_name)
        await self._call(rpc.OPERATE_USER_ROLE, request, self._deadline(timeout))
