"""Results of inserts, upserts and deletes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from milvusclient.pymilvus._names import module_names

__all__ = ["MutationResult"]

__getattr__, __dir__ = module_names(__name__)


class MutationResult:
    """Number of rows that were written or removed, and their primary keys.

    Args:
        counts: what a method of MilvusClient returned: ``insert_count``, ``upsert_count`` or ``delete_count``, with
            ``ids`` and ``cost``; or the keys of the deleted rows.
        timestamp: when the server did it, as a hybrid timestamp.
    """

    def __init__(self, counts: Any = None, timestamp: int = 0) -> None:
        known = counts if isinstance(counts, dict) else {}
        deleted = list(counts) if isinstance(counts, list) else []
        self._primary_keys: list[Any] = list(known.get("ids", deleted))
        self._insert_count = int(known.get("insert_count", 0))
        self._upsert_count = int(known.get("upsert_count", 0))
        self._delete_count = int(known.get("delete_count", len(deleted)))
        self._cost = int(known.get("cost", 0))
        self._timestamp = timestamp

    @property
    def primary_keys(self) -> list[Any]:
        """The keys of the rows, as far as the server names them."""
        return self._primary_keys

    @property
    def insert_count(self) -> int:
        """Number of inserted rows."""
        return self._insert_count

    @property
    def delete_count(self) -> int:
        """Number of removed rows."""
        return self._delete_count

    @property
    def upsert_count(self) -> int:
        """Number of inserted or replaced rows."""
        return self._upsert_count

    @property
    def timestamp(self) -> int:
        """Timestamp of the server, for reads with ``guarantee_timestamp``."""
        return self._timestamp

    @property
    def succ_index(self) -> Sequence[int]:
        """The positions of the rows that were written; a call that fails for a row raises. Deletes name none."""
        return list(range(self._insert_count or self._upsert_count))

    @property
    def succ_count(self) -> int:
        """Number of those rows."""
        return len(self.succ_index)

    @property
    def err_index(self) -> Sequence[int]:
        """The positions of the rows that were not written: none."""
        return []

    @property
    def err_count(self) -> int:
        """Number of failed rows: none."""
        return 0

    @property
    def cost(self) -> int:
        """Cost of the call, as the server counts it."""
        return self._cost

    def __str__(self) -> str:
        shown = {
            "insert count": self._insert_count,
            "delete count": self._delete_count,
            "upsert count": self._upsert_count,
            "timestamp": self._timestamp,
            "success count": self.succ_count,
            "err count": self.err_count,
            **({"cost": self._cost} if self._cost else {}),
        }
        # The reference client closes the bracket only behind a cost.
        return f"({', '.join(f'{name}: {value}' for name, value in shown.items())}{')' if self._cost else ''}"

    __repr__ = __str__
