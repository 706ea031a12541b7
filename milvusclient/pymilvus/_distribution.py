"""The metadata of the stand-in among those of installed packages: libraries ask there for the version of pymilvus."""

from __future__ import annotations

import os
from importlib.metadata import Distribution
from typing import NoReturn

from milvusclient.pymilvus._version import __version__

__all__ = ["StandInDistribution"]


class StandInDistribution(Distribution):
    """A distribution of the name and the version of pymilvus, without files."""

    def read_text(self, filename: str) -> str | None:
        """Return the metadata; there is no other file."""
        if filename != "METADATA":
            return None
        return f"Metadata-Version: 2.1\nName: pymilvus\nVersion: {__version__}\n"

    def locate_file(self, path: str | os.PathLike[str]) -> NoReturn:
        """Refuse: there are no files."""
        raise FileNotFoundError(f"the stand-in for pymilvus has no files, so none is at {os.fspath(path)!r}")
