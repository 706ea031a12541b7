"""TLS in words: what is wrong with a PEM, and which file or setting a refused handshake is about. Values only."""

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

__all__ = ["Seen", "pem_fault", "tls_words", "worth_a_look"]


class Seen(Enum):
    """What a look at a server told that gRPC could not connect to."""

    NOTHING = "nothing"
    TLS = "tls"  #: it speaks TLS
    WANTS_CERTIFICATE = "wants certificate"  #: it speaks TLS, and only to clients that show a certificate


_BLOCK = rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----"


def pem_fault(data: bytes, wanted: str) -> str:
    """Why a PEM cannot be used, without its contents; empty if nothing speaks against it.

    Args:
        data: the PEM.
        wanted: what it must hold, ``CERTIFICATE`` or ``PRIVATE KEY``.
    """
    if b"-----BEGIN" not in data:
        return "it is not in PEM form: no '-----BEGIN' line in it"
    blocks = re.findall(_BLOCK, data, re.DOTALL)
    found = [label.decode("ascii") for label, _ in blocks]
    matching = [body for label, body in blocks if label.decode("ascii").endswith(wanted)]
    if not matching:
        return f"it holds no {wanted}, but {', '.join(found) or 'an unfinished block'}"
    if any("ENCRYPTED" in label for label in found) or any(b"ENCRYPTED" in body for body in matching):
        return "it is encrypted; gRPC asks for no passphrase: decrypt it first"
    if not all(_is_whole(body) for body in matching):
        return f"a {wanted} in it is damaged or cut off"
    return ""


def _is_whole(body: bytes) -> bool:
    """Whether it is one DER sequence, as certificates and keys are, with all of its bytes."""
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


def worth_a_look(failure: Failure, config: ConnectionConfig) -> bool:
    """Whether gRPC's words leave open if TLS is what a connection failed of: the server just hung up."""
    if config.target.kind is not Kind.NETWORK or failure.status != "UNAVAILABLE":
        return False
    return connect_reason(failure) == "unavailable" or "unwrap failed" in failure.details.lower()


def tls_words(failure: Failure, config: ConnectionConfig, seen: Seen) -> tuple[str, str] | None:
    """What went wrong with TLS and what to do about it; None if TLS is not what it failed of."""
    if not config.target.secure:
        if seen is Seen.NOTHING:
            return None
        certificate = " with client_pem_path and client_key_path" if seen is Seen.WANTS_CERTIFICATE else ""
        return "the server expects TLS", f"use https:// in the uri, or secure=True{certificate}"
    from milvusclient.config.tls import TlsConfig

    tls = config.tls or TlsConfig()
    if seen is Seen.WANTS_CERTIFICATE:
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
    """About the server's certificate."""
    if "certificate has expired" in details:
        return "the server's certificate has expired", "renew it on the server, or check the clock of this machine"
    if "certificate is not yet valid" in details:
        return "the server's certificate is not valid yet", "check the clocks of the server and of this machine"
    if "hostname verification" in details:
        if tls.server_name:
            return (
                f"the server's certificate is not for {tls.server_name!r}, the server_name that is given",
                "give the name that stands in the certificate",
            )
        return (
            f"the server's certificate is not for {config.target.host!r}, the host of the uri",
            "give the name that stands in the certificate as server_name",
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
            "what listens there does not speak TLS",
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
