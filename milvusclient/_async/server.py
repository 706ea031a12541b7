"""Client methods about the server itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import server

if TYPE_CHECKING:
    from milvusclient.models.descriptions import ServerDescription

__all__ = ["AsyncServer"]


class AsyncServer(AsyncFamily):
    """Methods about the server."""

    @overload
    async def get_server_version(self, timeout: float | None = None, detail: Literal[False] = False) -> str: ...

    @overload
    async def get_server_version(self, timeout: float | None = None, *, detail: Literal[True]) -> ServerDescription: ...

    @overload
    async def get_server_version(self, timeout: float | None, detail: Literal[True]) -> ServerDescription: ...

    @overload
    async def get_server_version(
        self, timeout: float | None = None, detail: bool = False
    ) -> str | ServerDescription: ...

    async def get_server_version(self, timeout: float | None = None, detail: bool = False) -> str | ServerDescription:
        """Return the version of the server.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            detail: also return the build time, the commit and the like.

        Returns:
            The version, such as ``"v2.5.4"``; with ``detail`` a dict with ``version``, ``build_time``, ``git_commit``,
            ``go_version`` and ``deploy_mode``.

        Raises:
            MilvusException: the server does not answer.

        Example:
            >>> version = await client.get_server_version()
        """
        if detail:
            return server.parse_server_info(
                await self._call(rpc.CONNECT, server.build_server_info(), self._deadline(timeout))
            )
        return server.parse_version(
            await self._call(rpc.GET_VERSION, server.build_get_version(), self._deadline(timeout))
        )

    def get_server_type(self) -> str:
        """Return whether the server is the managed service, as far as its address tells.

        Returns:
            ``"zilliz"`` for the managed service, else ``"milvus"``.

        Example:
            >>> client.get_server_type()
            'milvus'
        """
        return server.server_type(self._caller.binding.config.target.address)
