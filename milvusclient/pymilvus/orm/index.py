"""Indexes as objects."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from milvusclient.exceptions import AmbiguousIndexName, CollectionNotExistException, MilvusException
from milvusclient.pymilvus._names import module_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from milvusclient.pymilvus.orm.collection import Collection
    from milvusclient.pymilvus.orm.connections import OrmClient

__all__ = ["Index"]

__getattr__, __dir__ = module_names(__name__)

_FACTS = ("field_name", "index_name", "total_rows", "indexed_rows", "pending_index_rows", "state")


class Index:
    """An index on a field; making the object builds the index.

    Args:
        collection: the collection.
        field_name: the field.
        index_params: ``index_type``, ``metric_type`` and ``params``.
        **kwargs: ``index_name``, and options of ``MilvusClient.create_index``; with ``construct_only=True`` nothing is
            built.

    Raises:
        CollectionNotExistException: ``collection`` is not a Collection.
        MilvusException: the server refuses, or cannot be reached.
    """

    def __init__(
        self, collection: Collection, field_name: str, index_params: Mapping[str, Any] | None, **kwargs: Any
    ) -> None:
        from milvusclient.pymilvus.orm.collection import Collection

        if not isinstance(collection, Collection):
            raise CollectionNotExistException(message=f"collection must be a Collection, got {collection!r}")
        self._collection = collection
        self._field_name = field_name
        self._index_params = dict(index_params or {})
        self._index_name: str = kwargs.pop("index_name", "")
        if kwargs.pop("construct_only", False):
            return
        collection.create_index(field_name, self._index_params, index_name=self._index_name, **kwargs)
        names = collection._client.list_indexes(collection.name, field_name)
        if not self._index_name and names:
            self._index_name = names[0]

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the index; a copy."""
        return copy.deepcopy(self._index_params)

    @property
    def collection_name(self) -> str:
        """Name of the collection."""
        return self._collection.name

    @property
    def field_name(self) -> str:
        """Name of the field."""
        return self._field_name

    @property
    def index_name(self) -> str:
        """Name of the index."""
        return self._index_name

    def to_dict(self) -> dict[str, Any]:
        """Return the index as a dict."""
        return {
            "collection": self._collection.name,
            "field": self._field_name,
            "index_name": self._index_name,
            "index_param": self.params,
        }

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Index) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its parameters are a dict

    def __repr__(self) -> str:
        return f"Index({self.to_dict()})"

    def drop(self, timeout: float | None = None, **_: Any) -> None:
        """Remove the index.

        Args:
            timeout: seconds for the call; None means no limit.
        """
        self._collection._client.drop_index(self._collection.name, self._index_name, timeout)


def find_index(
    client: OrmClient, collection_name: str, index_name: str, timeout: float | None
) -> dict[str, Any] | None:
    """Describe the index of a name, or with an empty name the only one of a collection.

    Returns:
        What ``MilvusClient.describe_index`` returns; None when there is no such index.

    Raises:
        AmbiguousIndexName: the name is empty and there are several indexes.
    """
    names = client.list_indexes(collection_name, timeout=timeout)
    if not index_name and len(names) > 1:
        raise AmbiguousIndexName(
            message=f"collection {collection_name!r} has the indexes {', '.join(map(repr, names))}; pass index_name"
        )
    if not names or (index_name and index_name not in names):
        return None
    found = client.describe_index(collection_name, index_name or names[0], timeout)
    return None if found is None else dict(found)


def index_object(collection: Collection, described: Mapping[str, Any]) -> Index:
    """Make the object of an index that exists."""
    params = {name: value for name, value in described.items() if name not in _FACTS}
    return Index(collection, described["field_name"], params, index_name=described["index_name"], construct_only=True)


def no_index(collection_name: str, index_name: str) -> MilvusException:
    """Make the error for an index that does not exist."""
    from milvusclient.exceptions import IndexNotExistException

    which = f"no index {index_name!r}" if index_name else "no index"
    return IndexNotExistException(message=f"collection {collection_name!r} has {which}; create_index() builds one")
