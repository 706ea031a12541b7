"""Addresses of servers: what may be saved of them, and how they are written."""

from __future__ import annotations

from milvusclient.config.settings import make_config
from milvusclient.config.uri import Kind

__all__ = ["join_host_port", "split_uri"]


def split_uri(uri: str) -> tuple[str, str, str, str]:
    """Split a uri into what may be saved of it, and the user, the password or token, and the database in it."""
    config = make_config(uri)
    target = config.target
    address = target.address if target.kind is Kind.EMBEDDED else target.uri
    token = config.token.reveal()
    user, _, password = token.partition(":") if ":" in token else ("", "", token)
    return address, user, password, config.db_name


def join_host_port(host: str | None, port: int | None) -> str:
    """Join ``-h`` and ``-p`` into an address. Several hosts, separated by commas, have the port in common.

    Example:
        >>> join_host_port("::1", None)
        '[::1]:19530'
    """
    hosts = (host or "localhost").split(",")
    return ",".join(
        f"{f'[{each}]' if ':' in each and not each.startswith('[') else each}:{port or 19530}" for each in hosts
    )
