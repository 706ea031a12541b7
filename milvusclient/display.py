"""Display of values where a program is interactive: the base class of what users build and receive."""

from __future__ import annotations

from milvusclient.notebook import views

__all__ = ["ShownInNotebooks"]


class ShownInNotebooks:
    """Gives a class a table in notebooks; :func:`milvusclient.notebook.views.html_of` chooses which one.

    The views load when a table is shown, so that programs outside notebooks never pay for them.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return views.html_of(self)
