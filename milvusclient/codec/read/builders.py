"""Functions compiled for one tuple of names: a dict literal costs a quarter of what any loop does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from milvusclient.models.results import Hit

__all__ = ["hit_builder", "merger", "picker", "row_builder"]

Rows = list[dict[str, Any]]


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that are not str: the source below holds the repr of each, which is safe for a real str only."""
    for name in names:
        if type(name) is not str:
            raise TypeError(f"a name must be a str, not {type(name).__name__}")


def _items(names: Iterable[str], cells: Iterable[str]) -> str:
    """Return the source of the items of a dict literal."""
    return ", ".join(f"{name!r}: {cell}" for name, cell in zip(names, cells, strict=True))


@lru_cache(maxsize=512)
def row_builder(names: tuple[str, ...]) -> Callable[..., Rows]:
    """Compile a function that makes dicts from columns.

    Args:
        names: the keys of each dict, in their order.

    Returns:
        A function of as many columns as there are names.
    """
    _check_names(names)
    if not names:
        return list
    cells = [f"c{index}" for index in range(len(names))]
    source = f"lambda *columns: [{{{_items(names, cells)}}} for {', '.join(cells)}, in zip(*columns)]"
    made: Callable[..., Rows] = eval(source)  # noqa: S307 - names are reprs
    return made


@lru_cache(maxsize=512)
def merger(names: tuple[str, ...]) -> Callable[..., Rows]:
    """Compile a function that makes dicts from columns and from dicts whose items follow those of the columns.

    Args:
        names: the keys of the columns; each wins over the same key of a dict.

    Returns:
        A function of the dicts and of as many columns as there are names. It raises TypeError for what is not a dict.
    """
    _check_names(names)
    cells = [f"c{index}" for index in range(len(names))]
    own = _items(names, cells)
    # The first occurrence gives them their place, the second one lets them win.
    items = f"{own}, **document, {own}" if names else "**document"
    source = f"lambda *columns: [{{{items}}} for {', '.join(['document', *cells])}, in zip(*columns)]"
    made: Callable[..., Rows] = eval(source)  # noqa: S307 - names are reprs
    return made


@lru_cache(maxsize=512)
def picker(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Rows]:
    """Compile a function that reduces each of many dicts to the named keys, which all of them must have."""
    _check_names(names)
    items = ", ".join(f"{name!r}: row[{name!r}]" for name in names)
    made: Callable[[Iterable[Any]], Rows] = eval(f"lambda rows: [{{{items}}} for row in rows]")  # noqa: S307 - as above
    return made


@lru_cache(maxsize=256)
def hit_builder(made_of: type[Hit], names: tuple[str, ...] | None = None) -> Callable[..., list[Hit]]:
    """Compile a function that makes hits of a class.

    Args:
        made_of: the class.
        names: the keys of the entities to make; None if the entities exist already.

    Returns:
        A function of the keys and the distances, and of the entities or, for each of the names, of a column.
    """
    name = made_of.primary_key
    _check_names([name, *(names or ())])
    cells = ["entity"] if names is None else [f"c{index}" for index in range(len(names))]
    entity = "entity" if names is None else f"{{{_items(names, cells)}}}"
    source = (
        f"lambda *columns: [hit({{{name!r}: key, 'distance': distance, 'entity': {entity}}})"
        f" for {', '.join(['key', 'distance', *cells])} in zip(*columns)]"
    )
    made: Callable[..., list[Hit]] = eval(source, {"hit": made_of})  # noqa: S307 - names are reprs
    return made
