"""The file of a checkpoint: JSON lines."""

from __future__ import annotations

from pathlib import Path

from milvusclient.exceptions import ParamError

__all__ = ["CheckpointFile"]

#: Above this size, the file is replaced by one with a line that tells everything, unless that is half of it.
_MOST_BYTES = 1 << 20


class CheckpointFile:
    """The file of a checkpoint.

    Args:
        path: its path.

    Raises:
        ParamError: its folder does not exist.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        if not self._path.parent.is_dir():
            raise ParamError(message=f"checkpoint: the folder of {path!r} does not exist; create it first")
        self._size = self._most = _MOST_BYTES  # what an earlier run left is replaced by the first line

    def read(self) -> str:
        """Return the content of the file; empty if there is none.

        Raises:
            ParamError: its content cannot be read.
        """
        try:
            return self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        except (IsADirectoryError, UnicodeDecodeError) as error:
            raise ParamError(message=f"{self._path} is not a checkpoint of a bulk write; give another file") from error

    @property
    def is_full(self) -> bool:
        """Whether the file is to be replaced: it has grown, or has what an earlier run left."""
        return self._size >= self._most

    def replace(self, line: str) -> None:
        """Write a file with this line alone."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_text(line, encoding="utf-8")
        fresh.replace(self._path)
        self._size = len(line)
        self._most = max(_MOST_BYTES, 2 * len(line))

    def append(self, line: str) -> None:
        """Add a line; one that a crash cuts short leaves those before it."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line)
        self._size += len(line)
