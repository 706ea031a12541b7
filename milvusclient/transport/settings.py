"""The channel arguments and TLS credentials that channels are opened with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import grpc

from milvusclient._version import __version__
from milvusclient.config.settings import ConnectionConfig
from milvusclient.exceptions import ConnectionConfigException
from milvusclient.policy import tls_diagnosis

if TYPE_CHECKING:
    from milvusclient.config.tls import PemSource

__all__ = ["GRACE", "channel_credentials", "channel_options"]

#: Bytes; the most that gRPC takes.
_MOST_METADATA = 1 << 24

_DEFAULT_OPTIONS: dict[str, str | int] = {
    "grpc.max_send_message_length": -1,
    "grpc.max_receive_message_length": -1,
    # The details of a status are metadata. Above these limits (8 and 16 kB by default) gRPC replaces the whole status
    # by an error about their size, which hides what went wrong.
    "grpc.max_metadata_size": _MOST_METADATA,
    "grpc.absolute_max_metadata_size": _MOST_METADATA,
    # gRPC shares one TCP connection between all channels to one address unless it is told otherwise; here two aliases
    # are two connections.
    "grpc.use_local_subchannel_pool": 1,
    # gRPC servers answer too_many_pings to keepalive pings that come more often than every 300 s without data. A
    # connection that was cut silently is noticed sooner all the same: keepalive also sets TCP_USER_TIMEOUT to the
    # keepalive timeout, after which a request that is not acknowledged fails.
    "grpc.keepalive_time_ms": 330_000,
    "grpc.keepalive_timeout_ms": 20_000,
    "grpc.keepalive_permit_without_calls": 0,
    # A restarted server is found within a second.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 500,
    # Retries are decided in policy/retry.py, not by a service config that a DNS record may contain.
    "grpc.service_config_disable_resolution": 1,
    "grpc.primary_user_agent": f"milvusclient/{__version__}",
}


#: gRPC reports the end of a call only after its request is written, even if the deadline or close() ends it, and a peer
#: that stopped reading may keep it from that. A call with a large request is given up this many seconds after its
#: deadline.
GRACE = 0.1


#: Milliseconds that gRPC gives an attempt to connect, at least and at most (an int of 32 bits).
_SHORTEST_CONNECT_MS = 5_000
_LONGEST_CONNECT_MS = 2**31 - 1


def channel_options(config: ConnectionConfig, connect_timeout: float) -> list[tuple[str, str | int]]:
    """Return the channel arguments: the defaults, what the target needs, then the user's own.

    Args:
        config: settings of the connection.
        connect_timeout: seconds that opening the connection may take.
    """
    options = dict(_DEFAULT_OPTIONS)
    # Despite its name, this is the time that gRPC gives each attempt to connect. If an attempt ended earlier than the
    # connect timeout, a slow server would fail, with an error that names a time which has not passed. A second more, so
    # that the deadline of the handshake ends first.
    longest = min(int((connect_timeout + 1) * 1000), _LONGEST_CONNECT_MS)
    options["grpc.min_reconnect_backoff_ms"] = max(_SHORTEST_CONNECT_MS, longest)
    if config.target.is_loopback:
        options["grpc.enable_http_proxy"] = 0
    authority = config.target.authority
    if authority and (config.tls is None or not config.tls.server_name):
        # The address was looked up, and the certificate is for the name.
        options["grpc.default_authority"] = authority
        if config.target.secure:
            options["grpc.ssl_target_name_override"] = authority.rpartition(":")[0]
    if config.tls is not None and config.tls.server_name:
        options["grpc.ssl_target_name_override"] = config.tls.server_name
    options.update(config.grpc_options)
    # gRPC waits a minute for the answer to a keepalive ping, unless this is set to the keepalive timeout as well.
    options.setdefault("grpc.http2.ping_timeout_ms", options["grpc.keepalive_timeout_ms"])
    return list(options.items())


def channel_credentials(config: ConnectionConfig) -> grpc.ChannelCredentials | None:
    """Return the TLS credentials, or None for a connection without TLS.

    Raises:
        ConnectionConfigException: a certificate file cannot be read or is invalid.
    """
    if not config.target.secure:
        return None
    from milvusclient.config.tls import TlsConfig

    given = config.tls or TlsConfig()
    return grpc.ssl_channel_credentials(
        root_certificates=_pem(given.ca, "certificate authority", "server_pem_path", "CERTIFICATE"),
        private_key=_pem(given.client_key, "client key", "client_key_path", "PRIVATE KEY"),
        certificate_chain=_pem(given.client_certificate, "client certificate", "client_pem_path", "CERTIFICATE"),
    )


def _pem(source: PemSource | None, what: str, setting: str, wanted: str) -> bytes | None:
    if source is None:
        return None
    if isinstance(source, bytes):
        data, name = source, f"the {what} ({setting}, given as bytes)"
    else:
        path = os.fspath(source)
        name = f"the {what} file {path!r} ({setting})"
        try:
            with open(path, "rb") as file:
                data = file.read()
        except (OSError, ValueError) as error:  # a ValueError for a path with a null character
            why = getattr(error, "strerror", None) or error
            raise ConnectionConfigException(message=f"{name} cannot be read: {why}") from error
    fault = tls_diagnosis.find_pem_fault(data, wanted)
    if fault:
        raise ConnectionConfigException(message=f"{name} is invalid: {fault}")
    return data
