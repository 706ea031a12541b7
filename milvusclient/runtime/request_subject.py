"""What a request is about, for whoever watches calls: traces, metrics, the log of slow calls. Never what is in it."""

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

#: Where requests name their collection, the usual place first.
_COLLECTION = ("collection_name", "collectionName", "oldName", "target_collection_name")
#: Where requests name a database, if it is not that of the client.
_DATABASE = ("db_name", "dbName")
#: Where requests say how many rows they bring, or how many vectors they ask for.
_BATCH = ("num_rows", "nq")


class Subject(NamedTuple):
    """What a request is about.

    Attributes:
        collection: the collection; empty if it is about none, or about several.
        database: the database that the request names; empty means the client's.
        batch: how many rows it writes, or how many vectors it searches for; 0 if it does neither.
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
    """Which of the places requests of this kind have; it is slow to ask a message for what it does not have."""
    known = kind.fields_by_name
    return tuple(tuple(name for name in names if name in known) for names in (_COLLECTION, _DATABASE, _BATCH))


def _first(request: Message, names: tuple[str, ...]) -> str | int | None:
    """The first of these fields that is set."""
    return next((value for name in names if (value := getattr(request, name))), None)


def _only(names: Sequence[str]) -> str:
    """The name if there is one alone."""
    return names[0] if len(names) == 1 else ""


def _vectors(searches: Sequence[Message]) -> int:
    """How many vectors each search of a hybrid search is for; they all have the same number."""
    return getattr(searches[0], "nq", 0) if searches else 0
