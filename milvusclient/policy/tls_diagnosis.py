"""Explain TLS failures: what is wrong with a PEM, and which file or setting a failed handshake is about."""

from __future__ import annotations

import base64
import binascii
import os
import re
from enum import Enum
from typing import TYPE_CHECKING

from milvusclient.config.uri import Kind
from milvusclient.policy.failure import Failure, connect_reason

if TYPE_CHECKING:
    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.config.tls import PemSource, TlsConfig

__all__ = ["ProbeResult", "explain_tls_failure", "find_pem_fault", "needs_probe"]


class ProbeResult(Enum):
    """The result of probing a server that gRPC could not connect to."""

    NOTHING = "nothing"
    TLS = "tls"  #: it speaks TLS
    WANTS_CERTIFICATE = "wants certificate"  #: it speaks TLS, and only to clients with a certificate


_BLOCK = rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----"


def find_pem_fault(data: bytes, wanted: str) -> str:
    """Return why a PEM is invalid, without showing its contents; empty if no fault is found.

    Args:
        data: the PEM.
        wanted: what it must contain, ``CERTIFICATE`` or ``PRIVATE KEY``.
    """
    if b"-----BEGIN" not in data:
        return "it is not in PEM form: no '-----BEGIN' line in it"
    blocks = re.findall(_BLOCK, data, re.DOTALL)
    found = [label.decode("ascii") for label, _ in blocks]
    matching = [body for label, body in blocks if label.decode("ascii").endswith(wanted)]
    if not matching:
        return f"it does not contain a {wanted}, but {', '.join(found) or 'an unfinished block'}"
    if any("ENCRYPTED" in label for label in found) or any(b"ENCRYPTED" in body for body in matching):
        return "it is encrypted, and gRPC cannot ask for a passphrase; decrypt it first"
    if not all(_is_whole(body) for body in matching):
        return f"a {wanted} in it is damaged or cut off"
    return ""


def _is_whole(body: bytes) -> bool:
    """Return whether the base64 is one complete DER sequence, as certificates and keys are."""
    try:
        der = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        return False
    if len(der) < 2 or der[0] != 0x30:
        return False
    if der[1] < 0x80:
        return len(der) == 2 + der[1]
    count = der[1] & 0x7F
    return len(der) == 2 + count + int.from_bytes(der[2 : 2 + count], "big")


def needs_probe(failure: Failure, config: ConnectionConfig) -> bool:
    """Return whether the words of gRPC leave open if TLS is the reason: the server just closed the connection."""
    if config.target.kind is not Kind.NETWORK or failure.status != "UNAVAILABLE":
        return False
    details = failure.details.lower()
    if "goaway" in details or "too many open files" in details:
        return False  # the server spoke HTTP/2 already, or was not reached
    return connect_reason(failure) == "unavailable" or "unwrap failed" in details


def explain_tls_failure(failure: Failure, config: ConnectionConfig, probed: ProbeResult) -> tuple[str, str] | None:
    """Return what went wrong with TLS and what to do about it; None if TLS is not the reason."""
    if not config.target.secure:
        if probed is ProbeResult.NOTHING:
            return None
        certificate = " with client_pem_path and client_key_path" if probed is ProbeResult.WANTS_CERTIFICATE else ""
        return "the server expects TLS", f"use https:// in the uri, or secure=True{certificate}"
    from milvusclient.config.tls import TlsConfig

    tls = config.tls or TlsConfig()
    if probed is ProbeResult.WANTS_CERTIFICATE:
        return _client_certificate_words(tls)
    details = failure.details.lower()
    return _certificate_words(details, config, tls) or _handshake_words(details, tls)


def _client_certificate_words(tls: TlsConfig) -> tuple[str, str]:
    if tls.client_certificate is None:
        return (
            "the server asks for a client certificate (mutual TLS), and none is given",
            "give client_pem_path and client_key_path",
        )
    return (
        f"the server refused the client certificate, {_given('client_pem_path', tls.client_certificate)}",
        "give one that the authority of the server issued and that has not expired",
    )


def _certificate_words(details: str, config: ConnectionConfig, tls: TlsConfig) -> tuple[str, str] | None:
    """Explain a fault of the server's certificate."""
    if "certificate has expired" in details:
        return "the server's certificate has expired", "renew it on the server, or check the clock of this machine"
    if "certificate is not yet valid" in details:
        return "the server's certificate is not valid yet", "check the clocks of the server and of this machine"
    if "hostname verification" in details:
        if tls.server_name:
            return (
                f"the server's certificate is not for {tls.server_name!r}, the server_name that is given",
                "give a name that the certificate contains",
            )
        host = config.target.authority.rpartition(":")[0] or config.target.host
        return (
            f"the server's certificate is not for {host!r}, the host of the uri",
            "give a name that the certificate contains as server_name",
        )
    if "certificate_verify_failed" in details:
        if tls.ca is None:
            return (
                "the server's certificate was not issued by an authority that gRPC knows",
                "give the certificate of its authority as server_pem_path",
            )
        return (
            f"the server's certificate was not issued by the authority in {_given('server_pem_path', tls.ca)}",
            "give the certificate of the authority that issued it",
        )
    return None


def _handshake_words(details: str, tls: TlsConfig) -> tuple[str, str] | None:
    if "wrong_version_number" in details:
        return (
            "the server does not speak TLS at this port",
            "use http:// in the uri, without secure and without certificates, or the server's TLS port",
        )
    if "security handshaker" in details:
        used = [
            _given(setting, source)
            for setting, source in (
                ("server_pem_path", tls.ca), ("client_pem_path", tls.client_certificate),
                ("client_key_path", tls.client_key),
            )
            if source is not None
        ]  # fmt: skip
        return (
            f"gRPC cannot use {', '.join(used) or 'its own certificates'}",
            "give certificates and keys that belong together"
            if tls.client_key is not None
            else "give the certificate of the authority that issued the server's",
        )
    return None


def _given(setting: str, source: PemSource) -> str:
    return f"{setting} (given as bytes)" if isinstance(source, bytes) else f"{setting} {os.fspath(source)!r}"
