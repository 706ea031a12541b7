"""Results as columns, for numpy, Arrow, pandas and polars; they share the memory of the reply where possible."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from milvusclient.display import ShownInNotebooks
from milvusclient.exceptions import ParamError

__all__ = ["Column", "Columns", "SearchColumns", "import_library"]


def import_library(name: str) -> Any:
    """Import an optional library.

    Args:
        name: name of the library, which is also the name of its package.

    Returns:
        The module.

    Raises:
        ParamError: the library is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ParamError(message=f"this call needs {name}, which is not installed; run: pip install {name}") from None


class Column(Protocol):
    """The source of the values of one column."""

    def values(self) -> list[Any]:
        """Return the values as Python objects, None for nulls."""

    def some(self, parts: Sequence[range]) -> list[Any]:
        """Return the values of some rows, without decoding the vectors of others."""

    def numpy(self) -> Any:
        """Return the values as a numpy array."""

    def arrow(self) -> Any:
        """Return the values as a pyarrow array."""


class Columns(ShownInNotebooks, Mapping[str, list[Any]]):
    """The rows that a query found, as columns: a mapping from a field name to the list of its values.

    Values are converted when they are read: ``columns["title"]`` makes a list, :meth:`to_numpy` makes an array, which
    for numbers and dense vectors is a view of the memory of the reply (read-only, and possibly not aligned). Libraries
    that read the Arrow C stream interface take the object itself: ``polars.DataFrame(columns)``,
    ``pyarrow.table(columns)``, ``duckdb.from_arrow(columns)``.

    Attributes:
        row_count: number of rows.
        extra: what the server reports about the call, such as ``cost``.

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
        """Return the number of columns."""
        return len(self._columns)

    def to_numpy(self, field: str) -> Any:
        """Return one column as a numpy array.

        Args:
            field: name of the column.

        Returns:
            For dense vectors, an array of shape (rows, dim); binary vectors stay packed, as uint8 of shape
            (rows, dim / 8), and bfloat16 becomes float32. For numbers without nulls, an array of shape (rows,) of their
            type. For all other columns, an array of Python objects of shape (rows,), None for nulls.

        Raises:
            ParamError: there is no such column, or numpy is not installed.
        """
        column = self._columns.get(field)
        if column is None:
            known = ", ".join(self._columns) or "none"
            raise ParamError(message=f"there is no column {field!r}; the columns are {known}")
        return column.numpy()

    def to_arrow(self) -> Any:
        """Return all columns as a pyarrow.Table.

        Returns:
            The table. Dense vectors are lists of fixed size, JSON and struct arrays are nested values.

        Raises:
            ParamError: pyarrow is not installed.
        """
        return import_library("pyarrow").table({name: column.arrow() for name, column in self._columns.items()})

    def to_pandas(self) -> Any:
        """Return all columns as a pandas.DataFrame.

        Returns:
            The data frame. Each vector is an array in a cell.

        Raises:
            ParamError: pandas or numpy is not installed.
        """
        pandas = import_library("pandas")
        columns = {name: column.numpy() for name, column in self._columns.items()}
        return pandas.DataFrame({name: list(cells) if cells.ndim > 1 else cells for name, cells in columns.items()})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        stream: object = self.to_arrow().__arrow_c_stream__(requested_schema)
        return stream

    def _some(self, name: str, parts: Sequence[range]) -> list[Any]:
        """Return some values of a column. Of vectors only they are decoded, unless the column is decoded already."""
        found = self._lists.get(name)
        if found is None:
            return self._columns[name].some(parts)
        return [value for part in parts for value in found[part.start : part.stop]]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row_count} rows: {', '.join(self._columns)})"


class SearchColumns(Columns):
    """The hits of a search as columns: those of the first query vector, then those of the second, and so on.

    Beside the output fields there are the columns ``query`` (the index of the query vector), the primary key under its
    own name, and ``distance``. An output field with one of these names replaces that column.

    Attributes:
        counts: number of hits of each query vector.
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
