"""Display of values where a program is interactive: the base class of what users build and receive."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["ShownInNotebooks", "show_with"]


class ShownInNotebooks:
    """Gives a class a table in notebooks.

    The views of :mod:`milvusclient.notebook` know every class that shows itself, so the classes must not know them: the
    package hands the views in.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return _html_of(self)


def _not_handed_in(value: object) -> str:
    raise NotImplementedError(type(value))


_html_of: Callable[[object], str] = _not_handed_in


def show_with(html_of: Callable[[object], str]) -> None:
    """Set the function that makes the HTML of a value."""
    global _html_of  # noqa: PLW0603 - there is one way to show values in a process
    _html_of = html_of
