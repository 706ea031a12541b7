"""What a connection tells about itself."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ConnectionInfo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo:
    """The figures of one connection at one moment.

    Attributes:
        alias: its name.
        address: where it leads, ``HOST:PORT``, ``unix:/PATH`` or the path of an embedded file.
        database: the database of the client that asked.
        user: the user's name, empty for an API key or without credentials.
        server_version: what the server said of itself in the handshake.
        connected_since: seconds since the epoch.
        calls: requests sent, repeated ones included.
        errors: requests that failed.
        retries: requests that were sent again.
        in_flight: requests that wait for their reply now.
        bytes_sent: bytes of the requests.
        bytes_received: bytes of the replies.
    """

    alias: str
    address: str
    database: str
    user: str
    server_version: str
    connected_since: float
    calls: int
    errors: int
    retries: int
    in_flight: int
    bytes_sent: int
    bytes_received: int
