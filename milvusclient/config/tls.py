"""TLS settings, in a module of their own because most connections do without."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from milvusclient._keywords import suggest_keywords
from milvusclient.exceptions import ConnectionConfigException

__all__ = ["PemSource", "TlsConfig", "make_tls", "tls_differences"]

#: The path of a PEM file, or the PEM bytes themselves.
PemSource = str | bytes | os.PathLike[str]

#: Parameters of the clients, and the attributes of TlsConfig that they set.
_PARAMETERS = (
    ("server_pem_path", "ca"), ("client_pem_path", "client_certificate"), ("client_key_path", "client_key"),
    ("server_name", "server_name"),
)  # fmt: skip


@suggest_keywords
@dataclass(frozen=True, slots=True, kw_only=True)
class TlsConfig:
    """The certificates of a TLS connection: paths of PEM files, or the PEM bytes themselves.

    Args:
        ca: certificates that the server's certificate is verified against; None means those of gRPC.
        client_certificate: this client's certificate chain, for mutual TLS.
        client_key: the private key of that certificate.
        server_name: name that the server's certificate must carry, if it is not the host of the uri.

    Example:
        >>> from milvusclient import TlsConfig
        >>> TlsConfig(ca="ca.pem", server_name="milvus.example.com")  # only the name is shown
        TlsConfig(server_name='milvus.example.com')
    """

    ca: PemSource | None = field(default=None, repr=False)
    client_certificate: PemSource | None = field(default=None, repr=False)
    client_key: PemSource | None = field(default=None, repr=False)
    server_name: str = ""


def make_tls(
    server_pem_path: PemSource | None,
    ca_pem_path: PemSource | None,
    client_pem_path: PemSource | None,
    client_key_path: PemSource | None,
    server_name: str,
) -> TlsConfig | None:
    """Build the TLS settings from the parameters of a client; None if none is given.

    Raises:
        ConnectionConfigException: a setting has the wrong type, or a certificate is given without its key.
    """
    server_ca = _normalize_pem("server_pem_path", server_pem_path)
    ca = _normalize_pem("ca_pem_path", ca_pem_path)
    client_certificate = _normalize_pem("client_pem_path", client_pem_path)
    client_key = _normalize_pem("client_key_path", client_key_path)
    if server_ca is not None and ca is not None and server_ca != ca:
        raise ConnectionConfigException(
            message="server_pem_path and ca_pem_path are two names of one setting, and differ; give one of them"
        )
    ca = server_ca if ca is None else ca
    if (client_certificate is None) != (client_key is None):
        present, missing = (
            ("client_pem_path", "client_key_path") if client_key is None else ("client_key_path", "client_pem_path")
        )
        raise ConnectionConfigException(
            message=f"{present} is given without {missing}; mutual TLS needs the client's certificate and its key"
        )
    if ca is None and client_certificate is None and not server_name:
        return None
    return TlsConfig(ca=ca, client_certificate=client_certificate, client_key=client_key, server_name=server_name)


def _normalize_pem(name: str, source: object) -> str | bytes | None:
    """Return a path as a str, so that equal paths are equal settings."""
    if isinstance(source, os.PathLike):
        source = os.fspath(source)
    if source is None or isinstance(source, (str, bytes)):
        return source
    raise ConnectionConfigException(
        message=f"{name} must be the path of a PEM file (str or os.PathLike) or its bytes, got {type(source).__name__}"
    )


def tls_differences(one: TlsConfig | None, other: TlsConfig | None) -> list[str]:
    """Return the parameters in which two TLS settings differ."""
    first, second = one or TlsConfig(), other or TlsConfig()
    return [parameter for parameter, name in _PARAMETERS if getattr(first, name) != getattr(second, name)]
