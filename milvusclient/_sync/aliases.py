"""Client methods for aliases, which are further names of collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.base import Family
from milvusclient.operations import aliases

if TYPE_CHECKING:
    from milvusclient.models.descriptions import AliasDescription, AliasList

__all__ = ["Aliases"]


class Aliases(Family):
    """Methods for aliases of collections."""

    def create_alias(self, collection_name: str, alias: str, timeout: float | None = None) -> None:
        """Create an alias of a collection, which can be used wherever the name of the collection can.

        Args:
            collection_name: name of the collection.
            alias: name of the new alias, unique in its database.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the name is taken.

        Example:
            >>> client.create_alias("books_2024", "books")
        """
        request = aliases.build_create_alias(collection_name, alias)
        self._call(rpc.CREATE_ALIAS, request, self._deadline(timeout))
        self._forget(alias)

    def alter_alias(self, collection_name: str, alias: str, timeout: float | None = None) -> None:
        """Point an alias to another collection, at once and for all clients.

        Args:
            collection_name: name of the collection. The alias stands for it from now on.
            alias: name of the alias.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the collection or the alias does not
                exist.

        Example:
            >>> client.alter_alias("books_2025", "books")
        """
        request = aliases.build_alter_alias(collection_name, alias)
        self._call(rpc.ALTER_ALIAS, request, self._deadline(timeout))
        self._forget(alias)

    def drop_alias(self, alias: str, timeout: float | None = None) -> None:
        """Drop an alias; the collection stays.

        Args:
            alias: name of the alias.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> client.drop_alias("books")
        """
        request = aliases.build_drop_alias(alias)
        self._call(rpc.DROP_ALIAS, request, self._deadline(timeout))
        self._forget(alias)

    def describe_alias(self, alias: str, timeout: float | None = None) -> AliasDescription:
        """Return the collection that an alias stands for.

        Args:
            alias: name of the alias.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``alias``, ``collection_name`` and ``db_name``.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the alias does not exist.

        Example:
            >>> collection = (client.describe_alias("books"))["collection_name"]
        """
        request = aliases.build_describe_alias(alias)
        reply = self._call(rpc.DESCRIBE_ALIAS, request, self._deadline(timeout))
        return aliases.parse_describe_alias(reply, alias)

    def list_aliases(
        self, collection_name: str | None = "", timeout: float | None = None, *, db_name: str = ""
    ) -> AliasList:
        """Return the aliases of a collection, or of all collections.

        Args:
            collection_name: name of the collection; empty or None means all collections.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            db_name: name of the database, if it is not the client's.

        Returns:
            A dict with the list ``aliases``, and with ``collection_name`` and ``db_name`` if the server returns them.

        Raises:
            ParamError: a name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> names = (client.list_aliases("books_2024"))["aliases"]
        """
        request = aliases.build_list_aliases(collection_name, db_name)
        reply = self._call(rpc.LIST_ALIASES, request, self._deadline(timeout))
        return aliases.parse_list_aliases(reply)
