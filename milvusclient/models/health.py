"""The health that a server reports, over gRPC and over its REST port."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RestHealth", "ServerHealth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """The result of ``check_health``. ``bool(health)`` is ``health.healthy``.

    Attributes:
        healthy: whether the server reports that it is healthy.
        reasons: why it is not healthy.
        quota_states: what the server limits or refuses now: ``ReadLimited``, ``WriteLimited``, ``DenyToRead``,
            ``DenyToWrite``, ``DenyToDDL``.
    """

    healthy: bool
    reasons: tuple[str, ...] = ()
    quota_states: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.healthy


@dataclass(frozen=True, slots=True, kw_only=True)
class RestHealth:
    """The result of ``milvusclient.health``. ``bool(health)`` is ``health.healthy``.

    Attributes:
        healthy: whether at least one address answered, and all that answered report that the server is healthy.
        url: address of the REST port.
        api: reply of ``/api/v1/health``; empty if the server does not have it.
        healthz: reply of ``/healthz``; empty if the server does not have it.
        reason: why the server is not healthy; empty if it is.
    """

    healthy: bool
    url: str
    api: str = ""
    healthz: str = ""
    reason: str = ""

    def __bool__(self) -> bool:
        return self.healthy
