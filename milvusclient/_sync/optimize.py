"""The client method that optimizes a collection: segments of a good size, with their indexes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal, overload

from milvusclient import rpc, schema
from milvusclient._sync.indexes import Indexes
from milvusclient._sync.loading import Loading
from milvusclient.models import infos
from milvusclient.operations import indexes, loading, maintenance, optimize

if TYPE_CHECKING:
    from milvusclient._proto import milvus_pb2
    from milvusclient.policy.deadline import Deadline
    from milvusclient.runtime.optimize_task import OptimizeTask

__all__ = ["Optimize"]

Size = str | int | float


class Optimize(Indexes, Loading):
    """Method that optimizes a collection."""

    @overload
    def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        wait: Literal[True] = True,
        timeout: float | None = None,
    ) -> infos.OptimizeResult: ...

    @overload
    def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        *,
        wait: Literal[False],
        timeout: float | None = None,
    ) -> OptimizeTask: ...

    @overload
    def optimize(
        self,
        collection_name: str,
        target_size: Size | None,
        wait: Literal[False],
        timeout: float | None = None,
    ) -> OptimizeTask: ...

    @overload
    def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        wait: bool = True,
        timeout: float | None = None,
    ) -> infos.OptimizeResult | OptimizeTask: ...

    def optimize(
        self,
        collection_name: str,
        target_size: Size | None = None,
        wait: bool = True,
        timeout: float | None = None,
    ) -> infos.OptimizeResult | OptimizeTask:
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
            >>> result = client.optimize("books", target_size="512MB", timeout=600)
        """
        request = optimize.build_optimizing_compaction(collection_name, target_size)
        from milvusclient.runtime.optimize_task import OptimizeTask  # imported here, because few programs optimize

        task = OptimizeTask(collection_name)
        deadline = self._deadline(timeout)
        if wait:
            return self._optimize(task, request, target_size, deadline)
        task.start(lambda: self._optimize(task, request, target_size, deadline))
        return task

    def _optimize(
        self,
        task: OptimizeTask,
        request: milvus_pb2.ManualCompactionRequest,
        target_size: Size | None,
        deadline: Deadline,
    ) -> infos.OptimizeResult:
        name = request.collection_name
        awaited = self._vector_indexes(name, deadline)
        task.enter(infos.ProgressStage.WAITING_FOR_INDEXES)
        self._wait_for_all(task, awaited, deadline)
        task.enter(infos.ProgressStage.COMPACTING)
        job_id = maintenance.parse_compact(self._call(rpc.MANUAL_COMPACTION, request, deadline))
        task.enter(infos.ProgressStage.WAITING_FOR_COMPACTION)
        self._wait_for_compaction(task, job_id, deadline)
        task.enter(infos.ProgressStage.WAITING_FOR_INDEX_REBUILD)
        self._wait_for_all(task, awaited, deadline)
        task.check_cancelled()
        if (self._load_state(loading.build_get_load_state(name), deadline))["state"] is schema.LoadState.Loaded:
            task.enter(infos.ProgressStage.REFRESHING_LOAD)
            refresh = loading.build_load_collection(name, loading.LoadOptions(refresh=True))
            self._load_collection(refresh, deadline)
        return infos.OptimizeResult("success", name, job_id, target_size, task.progress_history())

    def _vector_indexes(self, collection_name: str, deadline: Deadline) -> list[indexes.AwaitedIndex]:
        vectors = optimize.vector_names(self._collection(collection_name, deadline, refresh=True))
        if not vectors:
            return []
        reply = self._describe_indexes(indexes.build_describe_index(collection_name), deadline)
        found = []
        for index_name in [] if reply is None else indexes.parse_list_indexes(reply, None):
            described = self._describe_indexes(
                indexes.build_describe_index(collection_name, index_name), deadline
            )
            if described is not None:
                field_name = indexes.parse_describe_index(described)["field_name"]
                if field_name in vectors:
                    found.append(indexes.AwaitedIndex(collection_name, field_name, index_name))
        return found

    def _wait_for_all(
        self, task: OptimizeTask, awaited: list[indexes.AwaitedIndex], deadline: Deadline
    ) -> None:
        for index in awaited:
            task.check_cancelled()
            self._wait_for_index(index, deadline)

    def _wait_for_compaction(self, task: OptimizeTask, job_id: int, deadline: Deadline) -> None:
        request = maintenance.build_compaction_state(job_id)
        what = f"compaction {job_id} of collection {task.collection_name!r}"
        for polls in itertools.count():
            task.check_cancelled()
            reply = self._poll(rpc.GET_COMPACTION_STATE, request, deadline, polls=polls, waiting_for=what)
            if maintenance.parse_compaction_state(reply) is schema.State.Completed:
                return
