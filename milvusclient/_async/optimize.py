"""The client method that optimizes a collection: segments of a good size, with their indexes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal, overload

from milvusclient import rpc, schema
from milvusclient._async.indexes import AsyncIndexes
from milvusclient._async.loading import AsyncLoading
from milvusclient.models import infos
from milvusclient.operations import indexes, loading, maintenance, optimize

if TYPE_CHECKING:
    from milvusclient._proto import milvus_pb2
    from milvusclient.policy.deadline import Deadline
    from milvusclient.runtime.optimize_task import AsyncOptimizeTask

__all__ = ["AsyncOptimize"]

Size = str | int | float


class AsyncOptimize(AsyncIndexes, AsyncLoading):
    """Method that optimizes a collection."""

    @overload
    async def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        wait: Literal[True] = True,
        timeout: float | None = None,
    ) -> infos.OptimizeResult: ...

    @overload
    async def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        *,
        wait: Literal[False],
        timeout: float | None = None,
    ) -> AsyncOptimizeTask: ...

    @overload
    async def optimize(
        self,
        collection_name: str,
        target_size: Size | None,
        wait: Literal[False],
        timeout: float | None = None,
    ) -> AsyncOptimizeTask: ...

    @overload
    async def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        wait: bool = True,
        timeout: float | None = None,
    ) -> infos.OptimizeResult | AsyncOptimizeTask: ...

    async def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        wait: bool = True,
        timeout: float | None = None,
    ) -> infos.OptimizeResult | AsyncOptimizeTask:
        """Make searches of a collection as fast as possible: merge its segments, and build their indexes again.

        The call waits for the indexes, compacts, waits for the compaction and for the indexes of the new segments, and
        loads these if the collection is loaded. It may take long, and loads the server heavily.

        Args:
            collection_name: name or alias of the collection.
            target_size: size of the new segments; None lets the server choose. Give a str such as ``"512MB"``, or a
                number of bytes.
            wait: wait until the collection is optimized. With False, a task is returned, which runs in the background.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The steps that were taken and how long each took; with ``wait=False`` a task with ``result()``,
            ``progress()``, ``done()`` and ``cancel()``.

        Raises:
            ParamError: the name is not a non-empty str, or the size is invalid.
            WaitTimeoutError: the timeout ended before it was done; the server continues with what it has begun.
            MilvusException: the server refuses the request, or a build failed.

        Example:
            >>> result = await client.optimize("books", target_size="512MB", timeout=600)
        """
        request = optimize.build_optimizing_compaction(collection_name, target_size)
        from milvusclient.runtime.optimize_task import AsyncOptimizeTask  # imported here, because few programs optimize

        task = AsyncOptimizeTask(collection_name)
        deadline = self._deadline(timeout)
        if wait:
            return await self._optimize(task, request, target_size, deadline)
        task.start(lambda: self._optimize(task, request, target_size, deadline))
        return task

    async def _optimize(
        self,
        task: AsyncOptimizeTask,
        request: milvus_pb2.ManualCompactionRequest,
        target_size: Size | None,
        deadline: Deadline,
    ) -> infos.OptimizeResult:
        name = request.collection_name
        awaited = await self._vector_indexes(name, deadline)
        task.enter(infos.ProgressStage.WAITING_FOR_INDEXES)
        await self._wait_for_all(task, awaited, deadline)
        task.enter(infos.ProgressStage.COMPACTING)
        job_id = maintenance.parse_compact(await self._call(rpc.MANUAL_COMPACTION, request, deadline))
        task.enter(infos.ProgressStage.WAITING_FOR_COMPACTION)
        await self._wait_for_compaction(task, job_id, deadline)
        task.enter(infos.ProgressStage.WAITING_FOR_INDEX_REBUILD)
        await self._wait_for_all(task, awaited, deadline)
        task.check_cancelled()
        if (await self._load_state(loading.build_get_load_state(name), deadline))["state"] is schema.LoadState.Loaded:
            task.enter(infos.ProgressStage.REFRESHING_LOAD)
            refresh = loading.build_load_collection(name, loading.LoadOptions(refresh=True))
            await self._load_collection(refresh, deadline)
        return infos.OptimizeResult("success", name, job_id, target_size, task.progress_history())

    async def _vector_indexes(self, collection_name: str, deadline: Deadline) -> list[indexes.AwaitedIndex]:
        vectors = optimize.vector_names(await self._collection(collection_name, deadline, refresh=True))
        if not vectors:
            return []
        reply = await self._describe_indexes(indexes.build_describe_index(collection_name), deadline)
        found = []
        for index_name in [] if reply is None else indexes.parse_list_indexes(reply, None):
            described = await self._describe_indexes(
                indexes.build_describe_index(collection_name, index_name), deadline
            )
            if described is not None:
                field_name = indexes.parse_describe_index(described)["field_name"]
                if field_name in vectors:
                    found.append(indexes.AwaitedIndex(collection_name, field_name, index_name))
        return found

    async def _wait_for_all(
        self, task: AsyncOptimizeTask, awaited: list[indexes.AwaitedIndex], deadline: Deadline
    ) -> None:
        for index in awaited:
            task.check_cancelled()
            await self._wait_for_index(index, deadline)

    async def _wait_for_compaction(self, task: AsyncOptimizeTask, job_id: int, deadline: Deadline) -> None:
        request = maintenance.build_compaction_state(job_id)
        what = f"compaction {job_id} of collection {task.collection_name!r}"
        for polls in itertools.count():
            task.check_cancelled()
            reply = await self._poll(rpc.GET_COMPACTION_STATE, request, deadline, polls=polls, waiting_for=what)
            if maintenance.parse_compaction_state(reply) is schema.State.Completed:
                return
