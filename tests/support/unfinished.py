"""What a bulk write has left."""

from __future__ import annotations

from typing import Any

from milvusclient.policy.bulk import BulkScheduler

__all__ = ["unfinished"]


def unfinished(scheduler: BulkScheduler[Any]) -> tuple[list[range], list[range]]:
    """The positions of the rows that are not stored, and of those that may be; the others are stored."""
    unwritten, unknown = scheduler.under_way()
    rejected = [range(index, index + 1) for index in scheduler.rejected_indices]
    return rejected + unwritten, scheduler.uncertain_ranges() + unknown
