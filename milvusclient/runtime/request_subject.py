"""The subject of a request for traces, metrics and the log of slow calls: never its data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from milvusclient.codec.write.request import Assembled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message

__all__ = ["Subject", "subject_of"]

Req = TypeVar("Req", bound="Message")

#: Fields that name the collection, the usual one first.
_COLLECTION = ("collection_name", "collectionName", "oldName", "target_collection_name")
#: Fields that name a database other than the client's.
_DATABASE = ("db_name", "dbName")
#: Fields with the number of rows, or of query vectors.
_BATCH = ("num_rows", "nq")


class Subject(NamedTuple):
    """Collection, database and batch size of a request.

    Attributes:
        collection: name of the collection; empty if the request has none, or several.
        database: the database that the request names; empty means the client's.
        batch: number of rows that it writes, or of vectors that it searches for; 0 if it does neither.
    """

    collection: str
    database: str
    batch: int


def subject_of(request: Req | Assembled[Req]) -> Subject:
    """Return what a request is about.

    Args:
        request: any request; of one that exists as bytes, the rows or vectors are not read.
    """
    if isinstance(request, Assembled):
        return subject_of(request.envelope())
    collections, databases, batches = _places(request.DESCRIPTOR)
    return Subject(
        str(_first(request, collections) or _only(getattr(request, "collection_names", ()))),
        str(_first(request, databases) or ""),
        int(_first(request, batches) or _vectors(getattr(request, "requests", ()))),
    )


@cache
def _places(kind: Descriptor) -> tuple[tuple[str, ...], ...]:
    """Return the fields that requests of this kind have, because asking a message for a missing field is slow."""
    known = kind.fields_by_name
    return tuple(tuple(name for name in names if name in known) for names in (_COLLECTION, _DATABASE, _BATCH))


def _first(request: Message, names: tuple[str, ...]) -> str | int | None:
    """Return the first of these fields that is set."""
    return next((value for name in names if (value := getattr(request, name))), None)


def _only(names: Sequence[str]) -> str:
    """Return the name if there is exactly one."""
    return names[0] if len(names) == 1 else ""


def _vectors(searches: Sequence[Message]) -> int:
    """Return the number of query vectors of a hybrid search; all of its searches have the same number."""
    return getattr(searches[0], "nq", 0) if searches else 0
