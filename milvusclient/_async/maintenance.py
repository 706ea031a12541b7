"""Client methods that flush and compact collections."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.waiting import AsyncWaiting
from milvusclient.operations import maintenance

if TYPE_CHECKING:
    from milvusclient.models.infos import CompactionPlans

__all__ = ["AsyncMaintenance"]


class AsyncMaintenance(AsyncWaiting):
    """Methods that start now what the server would do later by itself."""

    async def flush(self, collection_name: str, timeout: float | None = None, *, _async: bool = False) -> None:
        """Write the rows of a collection to disk, and wait until they are written.

        The server also does so by itself. Rows can be found without a flush; frequent flushes produce many small
        segments, which slow the server down.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            _async: return at once instead of waiting for the end.

        Raises:
            ParamError: the name is not a non-empty str.
            WaitTimeoutError: the timeout ended before it was done; the server continues.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.flush("books", timeout=60)
        """
        deadline = self._deadline(timeout)
        reply = await self._call(rpc.FLUSH, maintenance.build_flush(collection_name), deadline)
        if _async:
            return
        request = maintenance.build_flush_state(reply, collection_name)
        what = f"the flush of collection {collection_name!r}"
        for polls in itertools.count():
            if (await self._poll(rpc.GET_FLUSH_STATE, request, deadline, polls=polls, waiting_for=what)).flushed:
                return

    async def flush_all(self, timeout: float | None = None, *, db: str | None = "", _async: bool = False) -> None:
        """Write the rows of all collections to disk, and wait until they are written.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            db: name of the database; empty or None means all databases.
            _async: return at once instead of waiting for the end.

        Raises:
            ParamError: the database's name is not a str.
            WaitTimeoutError: the timeout ended before it was done; the server continues.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.flush_all(timeout=60)
        """
        deadline = self._deadline(timeout)
        reply = await self._call(rpc.FLUSH_ALL, maintenance.build_flush_all(db), deadline)
        if _async:
            return
        request = maintenance.build_flush_all_state(reply.flush_all_ts, db)
        what = "the flush of all collections"
        for polls in itertools.count():
            if (await self._poll(rpc.GET_FLUSH_ALL_STATE, request, deadline, polls=polls, waiting_for=what)).flushed:
                return

    async def get_flush_all_state(
        self, timeout: float | None = None, *, flush_all_ts: int, db: str | None = ""
    ) -> bool:
        """Return whether everything that was written before a timestamp is on disk.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            flush_all_ts: timestamp of the server, up to which rows must be on disk.
            db: name of the database; empty or None means all databases.

        Returns:
            True if all of it is on disk.

        Raises:
            ParamError: the timestamp is not an int, or the database's name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> done = await client.get_flush_all_state(flush_all_ts=450000000000000001)
        """
        request = maintenance.build_flush_all_state(flush_all_ts, db)
        return (await self._call(rpc.GET_FLUSH_ALL_STATE, request, self._deadline(timeout))).flushed

    async def compact(
        self,
        collection_name: str,
        is_clustering: bool = False,
        is_l0: bool = False,
        target_size: int | None = None,
        target_size_unit: str = "mb",
        timeout: float | None = None,
    ) -> int:
        """Start to merge small segments and to remove deleted rows, which the server also does by itself, later.

        The request gives the name of the collection. Milvus 2.3 expects its identifier instead and, as that is not set,
        compacts all collections.

        Args:
            collection_name: name or alias of the collection.
            is_clustering: also sort the rows by the clustering key.
            is_l0: only apply deletions.
            target_size: size of the new segments; None lets the server choose.
            target_size_unit: unit of ``target_size``: ``"b"``, ``"kb"``, ``"mb"``, ``"gb"``, ``"tb"`` or ``"pb"``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit. The compaction
                itself is not waited for.

        Returns:
            The identifier of the job, for ``get_compaction_state``.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request.

        Example:
            >>> job_id = await client.compact("books")
        """
        request = maintenance.build_compact(
            collection_name,
            is_clustering=is_clustering,
            is_l0=is_l0,
            target_size=target_size,
            target_size_unit=target_size_unit,
        )
        return maintenance.parse_compact(await self._call(rpc.MANUAL_COMPACTION, request, self._deadline(timeout)))

    async def get_compaction_state(self, job_id: int, timeout: float | None = None) -> str:
        """Return the state of a compaction.

        Args:
            job_id: identifier of the job, as returned by ``compact``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            ``"Executing"`` or ``"Completed"``; ``"UndefiedState"`` if the job does not exist.

        Raises:
            ParamError: the identifier is not an int.
            MilvusException: the server refuses the request.

        Example:
            >>> state = await client.get_compaction_state(await client.compact("books"))
        """
        request = maintenance.build_compaction_state(job_id)
        return maintenance.parse_compaction_state(
            await self._call(rpc.GET_COMPACTION_STATE, request, self._deadline(timeout))
        ).name

    async def get_compaction_plans(self, job_id: int, timeout: float | None = None) -> CompactionPlans:
        """Return which segments a compaction merges into which.

        Args:
            job_id: identifier of the job, as returned by ``compact``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The state and the plans, each with its source and target segments.

        Raises:
            ParamError: the identifier is not an int.
            MilvusException: the server refuses the request.

        Example:
            >>> plans = (await client.get_compaction_plans(await client.compact("books"))).plans
        """
        request = maintenance.build_compaction_plans(job_id)
        reply = await self._call(rpc.GET_COMPACTION_STATE_WITH_PLANS, request, self._deadline(timeout))
        return maintenance.parse_compaction_plans(reply, job_id=job_id)

    async def list_compaction_tasks(self, collection_name: str, timeout: float | None = None) -> CompactionPlans:
        """Return the compactions of a collection, regardless of which client started them.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The state and the plans, each with its source and target segments.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> plans = (await client.list_compaction_tasks("books")).plans
        """
        request = maintenance.build_compaction_tasks(collection_name)
        reply = await self._call(rpc.GET_COMPACTION_STATE_WITH_PLANS, request, self._deadline(timeout))
        return maintenance.parse_compaction_plans(reply, collection_name=collection_name)
