"""What an analyzer makes of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

__all__ = ["AnalyzeResult", "AnalyzeToken", "TokenDescription"]


class TokenDescription(TypedDict, total=False):
    """A token as a dict; what was not asked for is not in it."""

    token: str
    start_offset: int
    end_offset: int
    position: int
    position_length: int
    hash: int


class AnalyzeToken:
    """A token with what was asked for: where it is (``with_detail=True``) and its hash (``with_hash=True``).

    What was not asked for is an AttributeError.

    Attributes:
        dict: all of it.
    """

    __slots__ = ("dict",)

    def __init__(self, description: TokenDescription) -> None:
        self.dict = description

    @property
    def token(self) -> str:
        """The text."""
        return self.dict["token"]

    @property
    def start_offset(self) -> int:
        """Where it begins, in bytes."""
        return self._known("start_offset", "with_detail")

    @property
    def end_offset(self) -> int:
        """Where it ends, in bytes."""
        return self._known("end_offset", "with_detail")

    @property
    def position(self) -> int:
        """The how manieth it is, from 0."""
        return self._known("position", "with_detail")

    @property
    def position_length(self) -> int:
        """How many positions it takes."""
        return self._known("position_length", "with_detail")

    @property
    def hash(self) -> int:
        """The number that stands for it in sparse vectors."""
        return self._known("hash", "with_hash")

    def _known(self, name: str, option: str) -> int:
        value = self.dict.get(name)
        if not isinstance(value, int):
            raise AttributeError(f"{name} was not asked for; run the analyzer with {option}=True")
        return value

    def __getitem__(self, key: str) -> str | int:
        value = self.dict.get(key)
        if not isinstance(value, str | int):
            raise KeyError(key)
        return value

    def __eq__(self, other: object) -> bool:
        return self.dict == other.dict if isinstance(other, AnalyzeToken) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.dict.items(), key=str)))

    def __repr__(self) -> str:
        return str(self.dict)


class AnalyzeResult:
    """What an analyzer made of one text.

    Attributes:
        tokens: the tokens, as :class:`AnalyzeToken` where details or hashes were asked for, else as str.
    """

    __slots__ = ("tokens",)

    def __init__(self, tokens: Sequence[AnalyzeToken] | Sequence[str]) -> None:
        self.tokens: list[AnalyzeToken] | list[str] = list(tokens)  # type: ignore[assignment]  # of one kind

    def __eq__(self, other: object) -> bool:
        return self.tokens == other.tokens if isinstance(other, AnalyzeResult) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it holds a list

    def __repr__(self) -> str:
        return str(self.tokens)
