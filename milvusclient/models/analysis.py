"""The tokens into which an analyzer splits a str."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

__all__ = ["AnalyzeResult", "AnalyzeToken", "TokenDescription"]


class TokenDescription(TypedDict, total=False):
    """A token as a dict, with the keys that were asked for."""

    token: str
    start_offset: int
    end_offset: int
    position: int
    position_length: int
    hash: int


class AnalyzeToken:
    """A token: its str, its place in the text (with ``with_detail=True``) and its hash (with ``with_hash=True``).

    Reading what was not asked for raises an AttributeError.

    Attributes:
        dict: the token as a dict.
    """

    __slots__ = ("dict",)

    def __init__(self, description: TokenDescription) -> None:
        self.dict = description

    @property
    def token(self) -> str:
        """The token itself."""
        return self.dict["token"]

    @property
    def start_offset(self) -> int:
        """Offset of the start of the token in the text, in bytes."""
        return self._known("start_offset", "with_detail")

    @property
    def end_offset(self) -> int:
        """Offset of the end of the token in the text, in bytes."""
        return self._known("end_offset", "with_detail")

    @property
    def position(self) -> int:
        """Position of the token in the text, counted from 0."""
        return self._known("position", "with_detail")

    @property
    def position_length(self) -> int:
        """Number of positions that the token spans."""
        return self._known("position_length", "with_detail")

    @property
    def hash(self) -> int:
        """Hash of the token, which is its index in sparse vectors."""
        return self._known("hash", "with_hash")

    def _known(self, name: str, option: str) -> int:
        value = self.dict.get(name)
        if not isinstance(value, int):
            raise AttributeError(f"this token has no {name}; call run_analyzer with {option}=True to get it")
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
    """The tokens into which an analyzer split one text.

    Attributes:
        tokens: the tokens, as :class:`AnalyzeToken` if details or hashes were asked for, else as str.
    """

    __slots__ = ("tokens",)

    def __init__(self, tokens: Sequence[AnalyzeToken] | Sequence[str]) -> None:
        self.tokens: list[AnalyzeToken] | list[str] = list(tokens)  # type: ignore[assignment]  # of one kind

    def __eq__(self, other: object) -> bool:
        return self.tokens == other.tokens if isinstance(other, AnalyzeResult) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it contains a list

    def __repr__(self) -> str:
        return str(self.tokens)
