"""Functions made for one tuple of names: building a dict by a literal costs a quarter of what any loop does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from milvusclient.models.results import Hit

__all__ = ["hit_builder", "picker", "row_builder"]

Rows = list[dict[str, Any]]


def _text_only(names: Iterable[str]) -> None:
    """The source below holds the repr of each name, which is only safe for a real str."""
    for name in names:
        if type(name) is not str:
            raise TypeError(f"a name must be a str, not {type(name).__name__}")


@lru_cache(maxsize=512)
def row_builder(names: tuple[str, ...]) -> Callable[..., Rows]:
    """A function that makes dicts of columns.

    Args:
        names: the keys of each dict, in their order.

    Returns:
        A function of as many columns as there are names.
    """
    _text_only(names)
    if not names:
        return list
    cells = [f"c{index}" for index in range(len(names))]
    items = ", ".join(f"{name!r}: {cell}" for name, cell in zip(names, cells, strict=True))
    parameters = ", ".join(f"k{index}" for index in range(len(names)))
    loop = f"for {', '.join(cells)}, in zip({parameters})"
    made: Callable[..., Rows] = eval(f"lambda {parameters}: [{{{items}}} {loop}]")  # noqa: S307 - names are reprs
    return made


@lru_cache(maxsize=512)
def picker(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Rows]:
    """A function that takes dicts and returns, for each, a dict of the named keys alone; all must be there."""
    _text_only(names)
    items = ", ".join(f"{name!r}: row[{name!r}]" for name in names)
    made: Callable[[Iterable[Any]], Rows] = eval(f"lambda rows: [{{{items}}} for row in rows]")  # noqa: S307 - as above
    return made


@lru_cache(maxsize=256)
def hit_builder(made_of: type[Hit]) -> Callable[[list[Any], list[float], Rows], list[Hit]]:
    """A function of keys, distances and entities that makes hits of a class."""
    name = made_of.primary_key
    _text_only([name])
    source = (
        f"lambda keys, distances, entities: [hit({{{name!r}: key, 'distance': distance, 'entity': entity}})"
        " for key, distance, entity in zip(keys, distances, entities)]"
    )
    made: Callable[[list[Any], list[float], Rows], list[Hit]] = eval(source, {"hit": made_of, "zip": zip})  # noqa: S307
    return made
