"""Interpret failed calls: whether the request may have been carried out, and why a connection failed."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Failure", "RpcFailure", "Safety", "connect_reason", "hides_status", "may_have_happened", "never_sent"]


class Safety(Enum):
    """Classes of requests by what happens when they are carried out twice."""

    READ = "read"  #: nothing
    IDEMPOTENT = "idempotent"  #: the second time changes nothing more
    UNSAFE = "unsafe"  #: it takes effect twice; it is retried only if it surely was not carried out


class Failure(NamedTuple):
    """A failed call as gRPC reports it: status name (``UNAVAILABLE``) and details.

    ``sent`` is false when the request surely never left this process.
    """

    status: str
    details: str
    sent: bool = True


class RpcFailure(Exception):
    """The exception by which transports report a failed call to the caller; it never leaves the package."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.status}: {failure.details}")
        self.failure = failure


#: Parts of the details that gRPC itself writes when there was no connection, so that nothing was sent.
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
    """Return whether the request surely did not reach a server."""
    details = failure.details.lower()
    return not failure.sent or (failure.status == "UNAVAILABLE" and any(text in details for text in _NEVER_SENT))


#: Statuses after which a request may have been carried out although no reply arrived.
_OUTCOME_UNKNOWN = frozenset({"UNAVAILABLE", "INTERNAL", "UNKNOWN", "CANCELLED", "DEADLINE_EXCEEDED", "DATA_LOSS"})


def may_have_happened(failure: Failure, safety: Safety) -> bool:
    """Return whether a request that changes something may have been carried out although it failed."""
    if safety is Safety.READ or never_sent(failure):
        return False
    return failure.status in _OUTCOME_UNKNOWN or hides_status(failure)


def hides_status(failure: Failure) -> bool:
    """Return whether the server's own status is not known, because gRPC does not read details that are so long."""
    return "metadata size exceeds" in failure.details


#: (part of the details, reason); the first match counts.
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
    ("no route to host", "unreachable"),
    ("network is unreachable", "unreachable"),
    ("network is down", "unreachable"),
    ("host is down", "unreachable"),
    # The system refuses to send anything there: a rule of the routing table or of a firewall.
    ("too many open files", "unavailable"),
    ("connect failed: addr: ip", "unreachable"),
    ("no such file or directory", "refused"),
    ("timed out", "timeout"),
    ("timeout", "timeout"),
)


def connect_reason(failure: Failure) -> str:
    """Return why a connection failed, as one of the reasons of :class:`milvusclient.exceptions.ConnectError`."""
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
