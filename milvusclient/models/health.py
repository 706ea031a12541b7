"""What a server says of its health, over gRPC and over its REST port."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RestHealth", "ServerHealth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """What ``check_health`` returns; it is true when the server is healthy.

    Attributes:
        healthy: whether the server says so.
        reasons: why not.
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
    """What ``milvusclient.health`` returns; it is true when the server is healthy.

    Attributes:
        healthy: whether all that answered say so, and at least one did.
        url: the address that was asked.
        api: what ``/api/v1/health`` answered; empty if it is not there.
        healthz: what ``/healthz`` answered; empty if it is not there.
        reason: why it is not healthy; empty when it is.
    """

    healthy: bool
    url: str
    api: str = ""
    healthz: str = ""
    reason: str = ""

    def __bool__(self) -> bool:
        return self.healthy
