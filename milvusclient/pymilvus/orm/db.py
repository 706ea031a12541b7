"""Databases of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.orm.connections import connections

__all__ = [
    "create_database",
    "describe_database",
    "drop_database",
    "list_database",
    "set_properties",
    "using_database",
]

__getattr__, __dir__ = module_names(__name__)


def using_database(db_name: str, using: str = "default") -> None:
    """Let the ORM go on with another database of a connection.

    Args:
        db_name: an existing database.
        using: alias of the connection.
    """
    connections._update_db_name(using, db_name)


def create_database(db_name: str, using: str = "default", timeout: float | None = None, **kwargs: Any) -> None:
    """Create a database.

    Args:
        db_name: its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
        **kwargs: ``properties``, by name.
    """
    connections._fetch_handler(using).create_database(db_name, timeout=timeout, **kwargs)


def drop_database(db_name: str, using: str = "default", timeout: float | None = None) -> None:
    """Remove a database; it must be empty.

    Args:
        db_name: its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    connections._fetch_handler(using).drop_database(db_name, timeout=timeout)


def list_database(using: str = "default", timeout: float | None = None) -> list[str]:
    """Return the names of all databases.

    Args:
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return connections._fetch_handler(using).list_databases(timeout)


def set_properties(
    db_name: str, properties: Mapping[str, Any], using: str = "default", timeout: float | None = None
) -> None:
    """Change properties of a database.

    Args:
        db_name: its name.
        properties: the properties by name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    connections._fetch_handler(using).alter_database_properties(db_name, properties, timeout=timeout)


def describe_database(db_name: str, using: str = "default", timeout: float | None = None) -> dict[str, str]:
    """Return what the server knows of a database.

    Args:
        db_name: its name.
        using: alias of the connection.
        timeout: seconds for the call; None means no limit.
    """
    return connections._fetch_handler(using).describe_database(db_name, timeout=timeout)
