"""Filters that are written as Python, and into which no value can be injected.

    from milvusclient.filters import F

    client.search("books", [vector], filter=(F.year >= 1990) & F.genre.in_(["sf", "crime"]))

:data:`F` makes values (:class:`Value`) of rows, their comparisons make conditions (:class:`Predicate`). Every call that
takes a filter takes a condition. It is compared with the schema of the collection if that is known, and written for the
server at hand, in the lowest form that it reads; what it is too old for is refused before anything is sent.

A mapping is a filter, too: ``{"author": "Ada", "year": [1990, 1991]}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

if TYPE_CHECKING:
    from milvusclient.filters.predicates import Compiled, Predicate, all_of, any_of, raw, sample
    from milvusclient.filters.resolve import FilterLike
    from milvusclient.filters.values import F, Value
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        names={
            "predicates": ("Compiled", "Predicate", "all_of", "any_of", "raw", "sample"),
            "resolve": ("FilterLike",),
            "values": ("F", "Value"),
        },
        modules=("resolve",),
    )

__all__ = ["Compiled", "F", "FilterLike", "Predicate", "Value", "all_of", "any_of", "raw", "sample"]
