"""What a user says about TLS, apart from the rest of the configuration: most connections do without."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from milvusclient._keywords import suggest_keywords

if TYPE_CHECKING:
    from milvusclient.config.settings import PemSource

__all__ = ["TlsConfig"]


@suggest_keywords
@dataclass(frozen=True, slots=True, kw_only=True)
class TlsConfig:
    """The certificates of a TLS connection: paths of PEM files, or the PEM bytes themselves.

    Args:
        ca: certificates that the server's certificate is checked against; None means those of gRPC.
        client_certificate: this client's certificate chain, for mutual TLS.
        client_key: the key of that certificate.
        server_name: name that the server's certificate must carry, when it is not the host of the uri.

    Example:
        >>> from milvusclient import TlsConfig
        >>> TlsConfig(ca="ca.pem", server_name="milvus.example.com")  # what it holds is not shown, but for the name
        TlsConfig(server_name='milvus.example.com')
    """

    ca: PemSource | None = field(default=None, repr=False)
    client_certificate: PemSource | None = field(default=None, repr=False)
    client_key: PemSource | None = field(default=None, repr=False)
    server_name: str = ""
