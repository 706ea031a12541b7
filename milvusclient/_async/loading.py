"""Client methods that load collections and partitions into memory and release them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from milvusclient import rpc, schema
from milvusclient._async.core.waiting import AsyncWaiting
from milvusclient.operations import loading
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from milvusclient._proto import milvus_pb2
    from milvusclient.models.descriptions import LoadStateDescription
    from milvusclient.policy.deadline import Deadline

__all__ = ["AsyncLoading"]


class AsyncLoading(AsyncWaiting):
    """Methods for loading and releasing."""

    async def load_collection(
        self,
        collection_name: str,
        timeout: float | None = None,
        *,
        replica_number: int | None = None,
        resource_groups: Sequence[str] | None = None,
        refresh: bool = False,
        load_fields: Sequence[str] | None = None,
        skip_load_dynamic_field: bool = False,
        priority: str | None = None,
        _async: bool = False,
        retry_times: int | None = None,
        retry_on_rate_limit: bool | None = None,
        client_request_id: str = "",
    ) -> None:
        """Load a collection into memory, so that it can be searched, and wait until it is loaded.

        Args:
            collection_name: name or alias of the collection. Its vector fields must have an index.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            replica_number: number of replicas; None lets the server choose.
            resource_groups: names of the resource groups for the replicas; None lets the server choose.
            refresh: also load what a bulk import added since the last load.
            load_fields: names of the fields to load; None means all.
            skip_load_dynamic_field: do not load the dynamic field.
            priority: load priority, ``"high"`` or ``"low"``; None lets the server choose.
            _async: return at once instead of waiting for the end. ``get_load_state`` returns the progress.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            retry_on_rate_limit: whether to retry when the server refuses because of its rate limit; None means the
                client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Raises:
            ParamError: the name is not a non-empty str, or an option is invalid.
            WaitTimeoutError: the timeout ended before it was loaded; the server continues.
            MilvusException: the server refuses the request, for instance because a vector field has no index.

        Example:
            >>> await client.load_collection("books", timeout=60)
        """
        options = loading.LoadOptions(
            replica_number=replica_number,
            resource_groups=resource_groups,
            refresh=refresh,
            load_fields=load_fields,
            skip_load_dynamic_field=skip_load_dynamic_field,
            priority=priority,
        )
        request = loading.build_load_collection(collection_name, options)
        calls = CallOptions(client_request_id, retry_times, retry_on_rate_limit)
        await self._load_collection(request, self._deadline(timeout), not _async, calls)

    async def refresh_load(
        self,
        collection_name: str,
        timeout: float | None = None,
        *,
        partition_names: str | Sequence[str] | None = None,
        replica_number: int | None = None,
        resource_groups: Sequence[str] | None = None,
        load_fields: Sequence[str] | None = None,
        skip_load_dynamic_field: bool = False,
        priority: str | None = None,
        _async: bool = False,
    ) -> None:
        """Load what a bulk import added to a loaded collection, and wait until it is loaded.

        Args:
            collection_name: name or alias of the collection. It must be loaded.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: name of a partition, or a list of names. None means the whole collection.
            replica_number: number of replicas; None lets the server choose.
            resource_groups: names of the resource groups for the replicas; None lets the server choose.
            load_fields: names of the fields to load; None means all.
            skip_load_dynamic_field: do not load the dynamic field.
            priority: load priority, ``"high"`` or ``"low"``; None lets the server choose.
            _async: return at once instead of waiting for the end.

        Raises:
            ParamError: the name is not a non-empty str, or an option is invalid.
            WaitTimeoutError: the timeout ended before it was loaded; the server continues.
            MilvusException: the server refuses the request, for instance because the collection is not loaded.

        Example:
            >>> await client.refresh_load("books", timeout=60)
        """
        options = loading.LoadOptions(
            replica_number=replica_number,
            resource_groups=resource_groups,
            refresh=True,
            load_fields=load_fields,
            skip_load_dynamic_field=skip_load_dynamic_field,
            priority=priority,
        )
        deadline = self._deadline(timeout)
        if partition_names is None:
            await self._load_collection(loading.build_load_collection(collection_name, options), deadline, not _async)
        else:
            request = loading.build_load_partitions(collection_name, partition_names, options)
            await self._load_partitions(request, deadline, not _async)

    async def load_partitions(
        self,
        collection_name: str,
        partition_names: str | Sequence[str] | None,
        timeout: float | None = None,
        *,
        replica_number: int | None = None,
        resource_groups: Sequence[str] | None = None,
        refresh: bool = False,
        load_fields: Sequence[str] | None = None,
        skip_load_dynamic_field: bool = False,
        priority: str | None = None,
        sync: bool = True,
        _async: bool = False,
    ) -> None:
        """Load partitions into memory, so that they can be searched, and wait until they are loaded.

        Args:
            collection_name: name or alias of the collection. Its vector fields must have an index.
            partition_names: name of a partition, or a list of names.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            replica_number: number of replicas; None lets the server choose.
            resource_groups: names of the resource groups for the replicas; None lets the server choose.
            refresh: also load what a bulk import added since the last load.
            load_fields: names of the fields to load; None means all.
            skip_load_dynamic_field: do not load the dynamic field.
            priority: load priority, ``"high"`` or ``"low"``; None lets the server choose.
            sync: wait until the partitions are loaded. Only ``sync=False`` together with ``_async=True`` does not wait.
            _async: return at once instead of waiting for the end. It has an effect only with ``sync=False``.

        Raises:
            ParamError: a name is not a str, the collection's is empty, or an option is invalid.
            WaitTimeoutError: the timeout ended before they were loaded; the server continues.
            MilvusException: the server refuses the request, for instance because a vector field has no index.

        Example:
            >>> await client.load_partitions("books", ["novels", "poems"])
        """
        options = loading.LoadOptions(
            replica_number=replica_number,
            resource_groups=resource_groups,
            refresh=refresh,
            load_fields=load_fields,
            skip_load_dynamic_field=skip_load_dynamic_field,
            priority=priority,
        )
        request = loading.build_load_partitions(collection_name, partition_names, options)
        wait = sync or (not _async)
        await self._load_partitions(request, self._deadline(timeout), wait)

    async def _load_collection(
        self,
        request: milvus_pb2.LoadCollectionRequest,
        deadline: Deadline,
        wait: bool = True,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> None:
        await self._call(rpc.LOAD_COLLECTION, request, deadline, call_options)
        if wait:
            await self._wait_until_loaded(request, deadline, call_options)

    async def _load_partitions(self, request: milvus_pb2.LoadPartitionsRequest, deadline: Deadline, wait: bool) -> None:
        await self._call(rpc.LOAD_PARTITIONS, request, deadline)
        if wait:
            await self._wait_until_loaded(request, deadline)

    async def _wait_until_loaded(
        self,
        request: milvus_pb2.LoadCollectionRequest | milvus_pb2.LoadPartitionsRequest,
        deadline: Deadline,
        call_options: CallOptions = DEFAULT_CALL_OPTIONS,
    ) -> None:
        progress = loading.build_loading_progress(request)
        percent = 0
        for polls in itertools.count():
            what = f"the load of collection {request.collection_name!r} ({percent} % so far)"
            reply = await self._poll(
                rpc.GET_LOADING_PROGRESS, progress, deadline, polls=polls, waiting_for=what, call_options=call_options
            )
            percent = loading.load_progress(reply, request.refresh)
            if percent >= 100:
                return

    async def release_collection(self, collection_name: str, timeout: float | None = None) -> None:
        """Release a collection from memory; it can no longer be searched.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.release_collection("books")
        """
        request = loading.build_release_collection(collection_name)
        await self._call(rpc.RELEASE_COLLECTION, request, self._deadline(timeout))

    async def release_partitions(
        self, collection_name: str, partition_names: str | Sequence[str] | None, timeout: float | None = None
    ) -> None:
        """Release partitions from memory; they can no longer be searched.

        Args:
            collection_name: name or alias of the collection.
            partition_names: name of a partition, or a list of names.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            MilvusException: the server refuses the request.

        Example:
            >>> await client.release_partitions("books", "novels")
        """
        request = loading.build_release_partitions(collection_name, partition_names)
        await self._call(rpc.RELEASE_PARTITIONS, request, self._deadline(timeout))

    async def get_load_state(
        self,
        collection_name: str,
        partition_name: str | None = "",
        timeout: float | None = None,
        *,
        partition_names: Sequence[str] | None = None,
    ) -> LoadStateDescription:
        """Return whether a collection, or some of its partitions, are in memory.

        Args:
            collection_name: name or alias of the collection.
            partition_name: name of the partition; empty or None means the whole collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            partition_names: name of a partition, or a list of names.

        Returns:
            A dict with ``state``, a :class:`LoadState`, and ``progress`` in percent while it is loading.

        Raises:
            ParamError: a name is not a str, or the collection's name is empty.
            MilvusException: the server refuses the request.

        Example:
            >>> state = (await client.get_load_state("books"))["state"]
        """
        request = loading.build_get_load_state(collection_name, partition_name, partition_names)
        return await self._load_state(request, self._deadline(timeout))

    async def _load_state(self, request: milvus_pb2.GetLoadStateRequest, deadline: Deadline) -> LoadStateDescription:
        described = loading.parse_load_state(await self._call(rpc.GET_LOAD_STATE, request, deadline))
        if described["state"] is schema.LoadState.Loading:
            progress = loading.build_progress_of(request)
            described["progress"] = (await self._call(rpc.GET_LOADING_PROGRESS, progress, deadline)).progress
        return described
