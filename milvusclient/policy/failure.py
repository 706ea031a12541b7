"""What a failed call means: could it have been handled, may it be sent again, and why did the connection fail."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Failure", "RpcFailure", "Safety", "connect_reason", "may_have_happened", "never_sent"]


class Safety(Enum):
    """What happens when a request is carried out twice."""

    READ = "read"  #: nothing
    IDEMPOTENT = "idempotent"  #: the second time changes nothing more
    UNSAFE = "unsafe"  #: it happens twice, so it must not be repeated unless it surely was not handled


class Failure(NamedTuple):
    """A failed call as gRPC told it: status name (``UNAVAILABLE``) and detail text.

    ``sent`` is false when the request surely never left this process.
    """

    status: str
    details: str
    sent: bool = True


class RpcFailure(Exception):
    """How the transports report a failed call to the caller; never leaves the package."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.status}: {failure.details}")
        self.failure = failure


#: Beginnings of detail texts that gRPC itself writes when no connection came up, so that nothing was sent.
_NEVER_SENT = (
    "failed to connect to all addresses",
    "errors resolving",
    "dns resolution failed",
    "name resolution failure",
    "empty address list",
    "no healthy upstream",
    "failed to connect to remote host",
    "unable to resolve",
)


def never_sent(failure: Failure) -> bool:
    """Whether the request surely did not reach a server."""
    details = failure.details.lower()
    return not failure.sent or (failure.status == "UNAVAILABLE" and any(text in details for text in _NEVER_SENT))


#: After one of these a request may have been carried out although no reply arrived.
_OUTCOME_UNKNOWN = frozenset({"UNAVAILABLE", "INTERNAL", "UNKNOWN", "CANCELLED", "DEADLINE_EXCEEDED", "DATA_LOSS"})


def may_have_happened(failure: Failure, safety: Safety) -> bool:
    """Whether a request that changes something may have been carried out all the same."""
    return safety is not Safety.READ and failure.status in _OUTCOME_UNKNOWN and not never_sent(failure)


#: (text in the details, reason), the first match counts.
_CONNECT_REASONS = (
    ("name resolution", "name_not_resolved"),
    ("dns resolution", "name_not_resolved"),
    ("errors resolving", "name_not_resolved"),
    ("domain name not found", "name_not_resolved"),
    ("unable to resolve", "name_not_resolved"),
    ("address family", "name_not_resolved"),
    ("http proxy", "proxy"),
    ("connect proxy", "proxy"),
    ("proxy", "proxy"),
    ("http1.x server", "not_milvus"),
    ("failed parsing http/2", "not_milvus"),
    ("expected settings frame", "not_milvus"),
    ("tls handshake failed", "tls"),
    ("ssl_error", "tls"),
    ("certificate", "tls"),
    ("hostname verification", "tls"),
    ("unwrap failed", "tls"),
    ("handshake", "tls"),
    ("connection refused", "refused"),
    ("no such file or directory", "refused"),
    ("timed out", "timeout"),
    ("timeout", "timeout"),
)


def connect_reason(failure: Failure) -> str:
    """Why a connection failed, in the words of :class:`milvusclient.exceptions.ConnectError`."""
    if failure.status == "DEADLINE_EXCEEDED":
        return "timeout"
    if failure.status in ("UNAUTHENTICATED", "PERMISSION_DENIED"):
        return "authentication"
    if failure.status == "UNIMPLEMENTED":
        return "not_milvus"
    details = failure.details.lower()
    for text, reason in _CONNECT_REASONS:
        if text in details:
            return reason
    return "unavailable"
