"""The requests of a bulk write: encode a batch, send it, and look up the rows of one whose reply is lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from milvusclient import rpc
from milvusclient.exceptions import DataNotMatchException, MilvusException
from milvusclient.operations import bulk, collections, keys, mutations
from milvusclient.operations.bulk_checkpoint import check_not_emptier, identity

if TYPE_CHECKING:
    from milvusclient._async.bulk import AsyncBulk
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.bulk import BulkOptions
    from milvusclient.operations.bulk_checkpoint import Checkpoint
    from milvusclient.policy.bulk import Batch
    from milvusclient.policy.deadline import Deadline
    from milvusclient.policy.options import CallOptions

__all__ = ["AsyncBulkSender", "Outcome", "TooLargeError"]

#: Rows that are looked up in one query.
_MOST_KEYS = 10_000


class Outcome(NamedTuple):
    """The end of one request."""

    batch: Batch[Any]
    size: int = 0
    error: Exception | None = None
    missing: list[int] | None = None


class TooLargeError(Exception):
    """A request is larger than batches may be, and is cut before it is sent."""


class AsyncBulkSender:
    """Sends the batches of a bulk write; it keeps nothing of them.

    Args:
        client: whose requests they are.
        options: the options of the write.
        deadline: of all of it.
        call_options: options of each request.
    """

    def __init__(self, client: AsyncBulk, options: BulkOptions, deadline: Deadline, call_options: CallOptions) -> None:
        self._client = client
        self._options = options
        self._deadline = deadline
        self._call_options = call_options
        self._method: Any = rpc.BULK_UPSERT if options.upsert else rpc.BULK_INSERT
        self._refreshed = False

    async def encode(self, batch: Batch[Any]) -> Any:  # an insert or an upsert
        """Encode a batch as a request.

        Raises:
            DataNotMatchException: a row does not fit the schema.
            ParamError: a vector of a wrong kind.
        """
        build = mutations.build_upsert if self._options.upsert else mutations.build_insert
        name, partition, namespace = (
            self._options.collection_name, self._options.partition_name, self._options.namespace,
        )  # fmt: skip
        rows = batch.rows.table if isinstance(batch.rows, bulk.TableRows) else batch.rows
        known = await self._client._collection(name, self._deadline)
        try:
            return await self._built(build(name, rows, known, partition_name=partition, namespace=namespace))
        except DataNotMatchException:
            # Once, since each bad row would ask the server otherwise.
            if self._refreshed:
                raise
            self._refreshed = True
            current = await self._client._collection(name, self._deadline, refresh=True)
            if current == known:
                raise
            return await self._built(build(name, rows, current, partition_name=partition, namespace=namespace))

    async def _built(self, built: Any) -> Any:  # an insert or an upsert
        return await self._client._built(built, self._method, self._deadline, self._call_options)

    async def deliver(self, batch: Batch[Any], request: Any, size: int) -> Outcome:  # what encode returns
        """Send a batch; the outcome says how that ended."""
        try:
            reply = await self._client._call(self._method, request, self._deadline, self._call_options)
            self._client._note_write(self._options.collection_name, reply.message.timestamp)
            if not self._options.upsert:  # an upsert may count rows with the same key once
                bulk.check_count(reply.message.insert_cnt, len(batch.rows))
        except Exception as error:  # noqa: BLE001  # raised by the writer, where the report is
            return Outcome(batch, size, error)
        # Not when the writer comes to look: the fewer rows are alive, the less time garbage collections take.
        batch.rows = ()
        return Outcome(batch, size)

    async def recognize(self, collection: CollectionInfo, checkpoint: Checkpoint | None) -> None:
        """Check by its rows that a collection is that of a checkpoint, if nothing else of it tells.

        Raises:
            ParamError: it has fewer rows.
        """
        if checkpoint is None or identity(collection):
            return
        request = collections.build_get_collection_stats(self._options.collection_name)
        reply = await self._client._call(rpc.GET_COLLECTION_STATISTICS, request, self._deadline)
        check_not_emptier(checkpoint, int(collections.parse_stats(reply)["row_count"]), self._options)

    async def denial(self, timeout: float) -> str:
        """Return why the server denies writes, as the end of a message."""
        try:
            health = await self._client.check_health(timeout=timeout)
        except MilvusException:
            return "; the server denies writes, and check_health() fails"
        reasons = ", ".join((*health.reasons, *health.quota_states))
        return f"; the server denies writes: {reasons}" if reasons else "; the server denies writes and names no reason"

    async def check(self, batch: Batch[Any]) -> Outcome:
        """Look up the rows of a batch; the outcome says which of them the server does not have."""
        try:
            return Outcome(batch, missing=await self._missing(batch))
        except Exception as error:  # noqa: BLE001  # the rows stay uncertain
            return Outcome(batch, error=error)

    async def _missing(self, batch: Batch[Any]) -> list[int]:
        """Return the positions of the rows that the server does not have."""
        collection = await self._client._collection(self._options.collection_name, self._deadline)
        primary = keys.primary_field(collection).name
        listed = bulk.keys_of(batch.rows, collection)
        found: set[int | str] = set()
        for start in range(0, len(listed), _MOST_KEYS):
            rows = await self._client.query(
                self._options.collection_name, ids=listed[start : start + _MOST_KEYS], output_fields=[primary],
                consistency_level="Strong", timeout=self._deadline.remaining(time.monotonic()),
            )  # fmt: skip
            found.update(row[primary] for row in rows)
        return [position for position, key in enumerate(listed) if key not in found]
