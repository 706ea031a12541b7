"""Client methods for databases, which separate the collections of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import databases
from milvusclient.runtime import schema_cache

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AsyncDatabases"]


class AsyncDatabases(AsyncFamily):
    """Methods for databases. The constructor or ``use_database`` sets the one that a client works in."""

    async def create_database(
        self, db_name: str, properties: Mapping[str, object] | None = None, timeout: float | None = None
    ) -> None:
        """Create a database.

        Args:
            db_name: name of the new database, unique on the server.
            properties: property values by name. An example is ``{"database.replica.number": 2}``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str, or the properties are not a dict.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.create_database("library")
        """
        request = databases.build_create_database(db_name, properties)
        await self._call(rpc.CREATE_DATABASE, request, self._deadline(timeout))

    async def drop_database(self, db_name: str, *, timeout: float | None = None) -> None:
        """Drop a database; its collections must be dropped before.

        Args:
            db_name: name of the database. The default database cannot be dropped.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the server refuses the request, for instance because it still has collections.

        Example:
            >>> await client.drop_database("library")
        """
        request = databases.build_drop_database(db_name)
        await self._call(rpc.DROP_DATABASE, request, self._deadline(timeout))
        schema_cache.forget_database(self._key("").address, db_name)

    async def list_databases(self, timeout: float | None = None) -> list[str]:
        """Return the names of the server's databases that the user may see.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> names = await client.list_databases()
        """
        reply = await self._call(rpc.LIST_DATABASES, databases.build_list_databases(), self._deadline(timeout))
        return databases.parse_list_databases(reply)

    async def describe_database(self, db_name: str, *, timeout: float | None = None) -> dict[str, str]:
        """Return the properties of a database.

        Args:
            db_name: name of the database.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``name`` and the properties by name, as str.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the database does not exist.

        Example:
            >>> properties = await client.describe_database("library")
        """
        request = databases.build_describe_database(db_name)
        reply = await self._call(rpc.DESCRIBE_DATABASE, request, self._deadline(timeout))
        return databases.parse_describe_database(reply)

    async def alter_database_properties(
        self, db_name: str, properties: Mapping[str, object], *, timeout: float | None = None
    ) -> None:
        """Set properties of a database.

        Args:
            db_name: name of the database.
            properties: property values by name. An example is ``{"database.max.collections": 10}``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str, or the properties are not a dict.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.alter_database_properties("library", {"database.max.collections": 10})
        """
        request = databases.build_alter_database(db_name, properties)
        await self._call(rpc.ALTER_DATABASE, request, self._deadline(timeout))

    async def drop_database_properties(
        self, db_name: str, property_keys: list[str], *, timeout: float | None = None
    ) -> None:
        """Reset properties of a database to the server's defaults.

        Args:
            db_name: name of the database.
            property_keys: names of the properties.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str, or the keys are not a list of str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.drop_database_properties("library", ["database.max.collections"])
        """
        request = databases.build_drop_database_properties(db_name, property_keys)
        await self._call(rpc.ALTER_DATABASE, request, self._deadline(timeout))
