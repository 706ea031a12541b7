"""The client method that asks for the server's health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.base import Family
from milvusclient.operations import health

if TYPE_CHECKING:
    from milvusclient.models.health import ServerHealth

__all__ = ["Health"]


class Health(Family):
    """Method about the server's health."""

    def check_health(self, timeout: float | None = None) -> ServerHealth:
        """Return the server's health; ``milvusclient.health`` asks its REST port, without a client.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A value that is true when the server is healthy, with ``healthy``, the ``reasons`` if it is not, and
            ``quota_states``, the requests that it limits or refuses now.

        Raises:
            UnimplementedError: the server does not support the call; Milvus does from 2.2 on.
            MilvusException: the server does not answer.

        Example:
            >>> health = client.check_health()
            >>> health.healthy
            True
        """
        return health.parse_check_health(
            self._call(rpc.CHECK_HEALTH, health.build_check_health(), self._deadline(timeout))
        )
