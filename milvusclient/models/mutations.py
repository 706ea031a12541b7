"""The result of a delete on servers that report the deleted keys."""

from __future__ import annotations

from typing import SupportsIndex, overload

__all__ = ["DeletedKeys"]


class DeletedKeys(list[int | str]):
    """The primary keys of deleted rows, from servers that report them: Milvus Lite, and Milvus before 2.3.2.

    It is a list, as programs for such servers expect. Other servers report only the number of rows, which ``delete``
    returns in a dict; the keys of that dict work here too, so that one program runs on both.

    Example:
        >>> from milvusclient.models.mutations import DeletedKeys
        >>> deleted = DeletedKeys([1, 2], cost=3)
        >>> deleted, deleted[0], deleted["delete_count"], deleted["cost"]
        ([1, 2], 1, 2, 3)
    """

    __slots__ = ("_cost",)

    def __init__(self, keys: list[int] | list[str], cost: int = 0) -> None:
        super().__init__(keys)
        self._cost = cost

    @overload
    def __getitem__(self, index: str, /) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> int | str: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[int | str]: ...
    def __getitem__(self, index: str | SupportsIndex | slice, /) -> int | str | list[int | str]:
        if not isinstance(index, str):
            return super().__getitem__(index)
        if index == "delete_count":
            return len(self)
        if index == "cost":
            return self._cost
        raise KeyError(index)
