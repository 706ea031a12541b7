"""Advice on failed steps of ``doctor``: what they mean, and what to do about them. Pure: findings in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Step", "failed_step", "latency_words", "percentile"]

State = Literal["ok", "failed", "skipped"]

#: What the reasons of a ConnectError mean: (step, meaning, what to do).
_REASONS: dict[str, tuple[str, str, str]] = {
    "name_not_resolved": (
        "name",
        "the host's name cannot be resolved",
        "check its spelling, /etc/hosts and the DNS of this machine; in containers use the service's name",
    ),
    "refused": (
        "tcp",
        "nothing listens on this port",
        "start Milvus, or check the port: gRPC is 19530, and 9091 is only for health and metrics",
    ),
    "unreachable": (
        "tcp",
        "no route leads from this machine to that address",
        "check the address, the network of this machine (VPN, container network), and its firewall",
    ),
    "tls": (
        "tls",
        "client and server do not agree on TLS",
        "use https:// for a server with TLS and http:// for one without; give its CA with --ca",
    ),
    "not_milvus": (
        "grpc",
        "what listens there is not the gRPC port of Milvus",
        "use the gRPC port, 19530 unless it was changed; 9091 and port 80 of an ingress are HTTP",
    ),
    "proxy": (
        "grpc",
        "the connection goes through an HTTP proxy",
        "unset http_proxy and https_proxy, or add the host to no_proxy",
    ),
    "authentication": (
        "authentication",
        "the server refused the credentials, or requires some",
        "give the user with -u USER, or a token in MILVUS_TOKEN; root's first password is Milvus",
    ),
    "embedded": (
        "file",
        "the embedded server cannot open the file",
        "check that the folder exists and that no other process has the file open",
    ),
    "timeout": (
        "grpc",
        "the server accepts connections but does not answer",
        "it may still be starting, or be overloaded; look at its log, and try a longer --timeout",
    ),
    "not_ready": ("grpc", "the server is starting", "wait some seconds and try again; look at its log if it stays so"),
    "unavailable": (
        "grpc",
        "the server does not answer calls",
        "look at its log, and at load balancers and firewalls in between",
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a diagnosis.

    Attributes:
        name: which one.
        state: how it went.
        detail: what was seen.
        meaning: what a failure means.
        advice: what to do about it.
    """

    name: str
    state: State
    detail: str
    meaning: str = ""
    advice: str = ""


def failed_step(reason: str, detail: str) -> Step:
    """Return the failed step for a reason of :class:`milvusclient.ConnectError`."""
    step, words, advice = _REASONS.get(reason, _REASONS["unavailable"])
    return Step(step, "failed", detail, words, advice)


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that at least this fraction of the values does not exceed.

    Example:
        >>> percentile([3, 1, 2, 4], 0.5)
        2
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(part * 100) // 100) - 1)]


def latency_words(seconds: Sequence[float]) -> str:
    """Write how long calls take."""
    p50, p99 = percentile(seconds, 0.5) * 1000, percentile(seconds, 0.99) * 1000
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms of {len(seconds)} calls"
