"""Results as columns: for numpy, Arrow, pandas and polars, over the memory of the reply where that is possible."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from milvusclient.display import ShownInNotebooks
from milvusclient.exceptions import ParamError

__all__ = ["Column", "Columns", "SearchColumns", "import_library"]


def import_library(name: str) -> Any:
    """A library that is not installed with this package.

    Raises:
        ParamError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ParamError(message=f"this needs {name}, which is not installed: pip install {name}") from None


class Column(Protocol):
    """Where the values of one column come from."""

    def values(self) -> list[Any]:
        """The values as Python objects, None for nulls."""

    def first(self, count: int) -> list[Any]:
        """The values of the first rows, without those of the others."""

    def numpy(self) -> Any:
        """The values as a numpy array."""

    def arrow(self) -> Any:
        """The values as a pyarrow array."""


class Columns(ShownInNotebooks, Mapping[str, list[Any]]):
    """What a query found, as columns: a mapping of field name to values.

    Nothing is converted before it is asked for: ``columns["title"]`` makes a list, :meth:`to_numpy` an array, which for
    numbers and dense vectors is a view of the reply's own memory (read-only, and perhaps not aligned). Any library that
    reads the Arrow C stream interface takes the object itself: ``polars.DataFrame(columns)``,
    ``pyarrow.table(columns)``, ``duckdb.from_arrow(columns)``.

    Attributes:
        row_count: how many rows there are.
        extra: what the server says about the call, such as ``cost``.

    Example:
        >>> columns = client.query_columns("books", "id < 3", ["id", "vector"])  # doctest: +SKIP
        >>> columns.to_numpy("vector").shape  # doctest: +SKIP
        (2, 768)
    """

    __slots__ = ("_columns", "_lists", "extra", "row_count")

    def __init__(
        self, columns: Mapping[str, Column], row_count: int, extra: dict[str, int | float] | None = None
    ) -> None:
        self._columns = dict(columns)
        self._lists: dict[str, list[Any]] = {}
        self.row_count = row_count
        self.extra = {} if extra is None else extra

    def __getitem__(self, name: str) -> list[Any]:
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = self._columns[name].values()
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self._columns)

    def to_numpy(self, field: str) -> Any:
        """One column as a numpy array.

        Args:
            field: the name of the column.

        Returns:
            For dense vectors an array of two dimensions, a row for each vector; bits of binary vectors stay packed in
            uint8, bfloat16 becomes float32. For numbers without nulls an array of their type. For everything else an
            array of Python objects, None for nulls.

        Raises:
            ParamError: there is no such column, or numpy is not installed.
        """
        column = self._columns.get(field)
        if column is None:
            raise ParamError(message=f"there is no column {field!r}; there are {', '.join(self._columns) or 'none'}")
        return column.numpy()

    def to_arrow(self) -> Any:
        """All columns as a pyarrow.Table; dense vectors become lists of fixed size, JSON and structs nested values.

        Raises:
            ParamError: pyarrow is not installed.
        """
        return import_library("pyarrow").table({name: column.arrow() for name, column in self._columns.items()})

    def to_pandas(self) -> Any:
        """All columns as a pandas.DataFrame; a vector is one array in its cell.

        Raises:
            ParamError: pandas or numpy is not installed.
        """
        pandas = import_library("pandas")
        columns = {name: column.numpy() for name, column in self._columns.items()}
        return pandas.DataFrame({name: list(cells) if cells.ndim > 1 else cells for name, cells in columns.items()})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        stream: object = self.to_arrow().__arrow_c_stream__(requested_schema)
        return stream

    def _first(self, name: str, count: int) -> list[Any]:
        """The first values of a column; only they are decoded, if it is not yet."""
        found = self._lists.get(name)
        return self._columns[name].first(count) if found is None else found[:count]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row_count} rows: {', '.join(self._columns)})"


class SearchColumns(Columns):
    """What a search found, as columns: the hits of all query vectors, one after the other.

    Beside the output fields there are the columns ``query`` (the index of the query vector), the primary key under its
    own name, and ``distance``; an output field of one of these names wins.

    Attributes:
        counts: how many hits each query vector has.
    """

    __slots__ = ("counts",)

    def __init__(
        self,
        columns: Mapping[str, Column],
        row_count: int,
        extra: dict[str, int | float] | None = None,
        counts: list[int] | None = None,
    ) -> None:
        super().__init__(columns, row_count, extra)
        self.counts = [] if counts is None else counts
