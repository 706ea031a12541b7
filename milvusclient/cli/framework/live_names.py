"""The names that a server has, for completion: asked for quickly, silently, and only once if no server answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.session import Session
from milvusclient.exceptions import MilvusException

if TYPE_CHECKING:
    from milvusclient import MilvusClient

__all__ = ["live_names"]

#: Seconds that Tab waits for names, and for the connection; an embedded server takes some to start.
_NAMES_TIMEOUT = 2
_CONNECT_TIMEOUT = 5

_LISTS: dict[str, Callable[[MilvusClient, str], Iterable[str]]] = {
    "collections": lambda client, _: client.list_collections(_NAMES_TIMEOUT),
    "databases": lambda client, _: client.list_databases(_NAMES_TIMEOUT),
    "users": lambda client, _: client.list_users(_NAMES_TIMEOUT),
    "roles": lambda client, _: client.list_roles(_NAMES_TIMEOUT),
    "resource_groups": lambda client, _: client.list_resource_groups(_NAMES_TIMEOUT),
    "privilege_groups": lambda client, _: [
        str(group["privilege_group"]) for group in client.list_privilege_groups(_NAMES_TIMEOUT)
    ],
    "partitions": lambda client, name: client.list_partitions(name, _NAMES_TIMEOUT),
    "indexes": lambda client, name: client.list_indexes(name, timeout=_NAMES_TIMEOUT),
    "aliases": lambda client, name: client.list_aliases(name, _NAMES_TIMEOUT)["aliases"],
    "fields": lambda client, name: [
        field["name"] for field in client.describe_collection(name, _NAMES_TIMEOUT)["fields"]
    ],
}


def live_names(session: Session, kind: str, collection: str) -> list[str]:
    """Return the names of one kind; none if the server does not answer, or if a secret would have to be asked for."""
    if kind in ("partitions", "indexes", "fields") and not collection:
        return []
    # A session of its own with the same clients: this runs in a thread, beside the next command if one does not wait.
    session = replace(session, options=replace(session.base, timeout=_CONNECT_TIMEOUT))
    try:
        if kind == "connections":
            return sorted(session.connection_file.read())
        client = session.silent_client()
        return sorted(_LISTS[kind](client, collection)) if client is not None else []
    except (MilvusException, Failure):
        return []
