"""What the server says of its own health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import health

if TYPE_CHECKING:
    from milvusclient.models.health import ServerHealth

__all__ = ["AsyncHealth"]


class AsyncHealth(AsyncFamily):
    """Methods about the server's health."""

    async def check_health(self, timeout: float | None = None) -> ServerHealth:
        """Whether the server says that it is healthy; ``milvusclient.health`` asks its REST port without a client.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            ``healthy``, the ``reasons`` if it is not, and ``quota_states``: what it limits or refuses now. It is true
            when the server is healthy.

        Raises:
            UnimplementedError: the server does not know the call, such as Milvus before 2.2.
            MilvusException: there is no answer.

        Example:
            >>> health = await client.check_health()
            >>> health.healthy
            True
        """
        return health.parse_check_health(
            await self._call(rpc.CHECK_HEALTH, health.build_check_health(), self._deadline(timeout))
        )
