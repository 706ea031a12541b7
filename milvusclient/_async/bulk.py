"""Writing many rows: in batches, several at a time, with a report of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import checks
from milvusclient._async.health import AsyncHealth
from milvusclient._async.mutations import AsyncMutations
from milvusclient._async.queries import AsyncQueries
from milvusclient.operations import bulk
from milvusclient.policy.options import CallOptions

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterable, Callable, Iterable, Mapping

    from milvusclient._async.bulk_writer import AsyncBulkWriter
    from milvusclient.models.bulk import BulkProgress, BulkReport
    from milvusclient.operations.bulk import BulkOptions
    from milvusclient.operations.mutations import ArrowTable

__all__ = ["AsyncBulk"]


class AsyncBulk(AsyncHealth, AsyncMutations, AsyncQueries):
    """Methods that write many rows."""

    async def insert_many(
        self,
        collection_name: str,
        rows: Iterable[object] | AsyncIterable[object] | Mapping[str, object] | ArrowTable,
        partition_name: str | None = "",
        *,
        batch_bytes: int = 16 << 20,
        batch_rows: int | None = None,
        in_flight: int = 4,
        on_error: str = "raise",
        on_uncertain: str = "report",
        progress: bool | Callable[[BulkProgress], object] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        client_request_id: str = "",
    ) -> BulkReport:
        """Add many rows, in batches, several at a time, with back-pressure and a report of every row.

        A batch that is refused for its content is halved until the row is found. At a rate limit the write slows down.
        A request whose reply is lost is not sent again, because that might store the rows twice: the report lists its
        rows as uncertain, unless ``on_uncertain`` is ``"verify"``.

        Args:
            collection_name: name or alias of the collection.
            rows: an iterable of rows: dicts, dataclasses, pydantic or attrs objects; a mapping of columns, each a
                list or an array with a value for each row; or a table with the Arrow C stream interface. Generators are
                read as the server keeps up; while one blocks, ``timeout`` cannot end it. The async client also takes an
                async iterable, whose waiting ``timeout`` ends.
            partition_name: name of the partition to write to; empty lets the server choose.
            batch_bytes: memory for a batch, in bytes. Beside the source, at most ``in_flight + 1`` times it is used.
                A request has about a third of it, because it is in memory more than once while it is sent, and less if
                the rows come from a generator and are large themselves.
            batch_rows: maximum number of rows of a request; None means no limit, but 6,000 rows for Python objects that
                come one by one, as from a generator: more of them alive cost time in Python's garbage collector.
            in_flight: maximum number of requests at the same time.
            on_error: ``"raise"`` ends the write at the first row that is refused; ``"collect"`` goes on, and the report
                lists such rows.
            on_uncertain: handling of rows that may or may not be stored because the reply of the server is lost:
                ``"report"`` lists them in the report; ``"verify"`` looks up their keys and sends what is missing.
            progress: True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets a
                ``BulkProgress`` after each request.
            checkpoint: path of a file that stores the position in the source. A later call with the same source and
                file skips the rows that are written already.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            The report: ``written``, ``rejected``, ``uncertain``, ``seconds`` and ``retries``.

        Raises:
            ParamError: an argument is invalid, or the checkpoint belongs to another collection or source.
            BulkError: the write ended early, or rows are uncertain; ``report`` says what was written.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server cannot be reached.

        Example:
            >>> rows = ({"id": number, "vector": [0.1, 0.2]} for number in range(1000))
            >>> report = await client.insert_many("books", rows)
            >>> report.written
            1000
        """
        options = bulk.bulk_options(
            collection_name,
            partition_name,
            upsert=False,
            batch_bytes=batch_bytes,
            batch_rows=batch_rows,
            in_flight=in_flight,
            on_error=on_error,
            on_uncertain=on_uncertain,
            progress=progress,
            checkpoint=checkpoint,
            namespace=namespace,
        )  # fmt: skip
        call_options = CallOptions(client_request_id, retry_times, False)
        writer = self._bulk_writer(options, timeout, call_options, bulk.length_of(rows))
        await writer.write_all(rows)
        return writer.report

    async def upsert_many(
        self,
        collection_name: str,
        rows: Iterable[object] | AsyncIterable[object] | Mapping[str, object] | ArrowTable,
        partition_name: str | None = "",
        *,
        batch_bytes: int = 16 << 20,
        batch_rows: int | None = None,
        in_flight: int = 4,
        on_error: str = "raise",
        progress: bool | Callable[[BulkProgress], object] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        client_request_id: str = "",
    ) -> BulkReport:
        """Add many rows in batches, several at a time, replacing existing rows with the same primary keys.

        A batch that is refused for its content is halved until the row is found. At a rate limit the write slows down.
        A request whose reply is lost is sent again, because that does no harm.

        Args:
            collection_name: name or alias of the collection.
            rows: an iterable of rows: dicts, dataclasses, pydantic or attrs objects; a mapping of columns, each a
                list or an array with a value for each row; or a table with the Arrow C stream interface. Generators are
                read as the server keeps up; while one blocks, ``timeout`` cannot end it. The async client also takes an
                async iterable, whose waiting ``timeout`` ends.
            partition_name: name of the partition to write to; empty lets the server choose.
            batch_bytes: memory for a batch, in bytes. Beside the source, at most ``in_flight + 1`` times it is used.
                A request has about a third of it, because it is in memory more than once while it is sent, and less if
                the rows come from a generator and are large themselves.
            batch_rows: maximum number of rows of a request; None means no limit, but 6,000 rows for Python objects that
                come one by one, as from a generator: more of them alive cost time in Python's garbage collector.
            in_flight: maximum number of requests at the same time.
            on_error: ``"raise"`` ends the write at the first row that is refused; ``"collect"`` goes on, and the report
                lists such rows.
            progress: True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets a
                ``BulkProgress`` after each request.
            checkpoint: path of a file that stores the position in the source. A later call with the same source and
                file skips the rows that are written already.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            The report: ``written``, ``rejected``, ``uncertain``, ``seconds`` and ``retries``.

        Raises:
            ParamError: an argument is invalid, or the checkpoint belongs to another collection or source.
            BulkError: the write ended early, or rows are uncertain; ``report`` says what was written.
            DescribeCollectionException: the collection does not exist.
            MilvusException: the server cannot be reached.

        Example:
            >>> rows = ({"id": number, "vector": [0.1, 0.2]} for number in range(1000))
            >>> report = await client.upsert_many("books", rows)
            >>> report.written
            1000
        """
        options = bulk.bulk_options(
            collection_name,
            partition_name,
            upsert=True,
            batch_bytes=batch_bytes,
            batch_rows=batch_rows,
            in_flight=in_flight,
            on_error=on_error,
            on_uncertain="report",
            progress=progress,
            checkpoint=checkpoint,
            namespace=namespace,
        )  # fmt: skip
        call_options = CallOptions(client_request_id, retry_times, False)
        writer = self._bulk_writer(options, timeout, call_options, bulk.length_of(rows))
        await writer.write_all(rows)
        return writer.report

    def bulk_writer(
        self,
        collection_name: str,
        partition_name: str | None = "",
        *,
        upsert: bool = False,
        batch_bytes: int = 16 << 20,
        batch_rows: int | None = None,
        in_flight: int = 4,
        on_error: str = "raise",
        on_uncertain: str = "report",
        progress: bool | Callable[[BulkProgress], object] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        namespace: str | None = None,
        retry_times: int | None = None,
        client_request_id: str = "",
    ) -> AsyncBulkWriter:
        """Create a writer of many rows, for programs that have their rows one by one.

        Args:
            collection_name: name or alias of the collection.
            partition_name: name of the partition to write to; empty lets the server choose.
            upsert: replace existing rows with the same primary keys.
            batch_bytes: memory for a batch, in bytes. Beside the source, at most ``in_flight + 1`` times it is used.
                A request has about a third of it, because it is in memory more than once while it is sent, and less if
                the rows come from a generator and are large themselves.
            batch_rows: maximum number of rows of a request; None means no limit, but 6,000 rows for Python objects that
                come one by one, as from a generator: more of them alive cost time in Python's garbage collector.
            in_flight: maximum number of requests at the same time.
            on_error: ``"raise"`` ends the write at the first row that is refused; ``"collect"`` goes on, and the report
                lists such rows.
            on_uncertain: handling of rows that may or may not be stored because the reply of the server is lost:
                ``"report"`` lists them in the report; ``"verify"`` looks up their keys and sends what is missing.
            progress: True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets a
                ``BulkProgress`` after each request.
            checkpoint: path of a file that stores the position in the source. A later call with the same source and
                file skips the rows that are written already.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            namespace: namespace of the rows, for collections with namespaces.
            retry_times: maximum number of retries of a failed request; None means the client's retry policy.
            client_request_id: identifier that appears in the server's logs and traces.

        Returns:
            A context manager with ``add(row)``, which waits while as many requests as allowed are under way. At the end
            of the ``with`` block all rows are written, and ``report`` says what happened.

        Raises:
            ParamError: an argument is invalid.

        Example:
            >>> async with client.bulk_writer("books") as writer:
            ...     for number in range(1000):
            ...         await writer.add({"id": number, "vector": [0.1, 0.2]})
            >>> writer.report.written
            1000
        """
        options = bulk.bulk_options(
            collection_name, partition_name, upsert=checks.require_bool("upsert", upsert), batch_bytes=batch_bytes,
            batch_rows=batch_rows, in_flight=in_flight, on_error=on_error, on_uncertain=on_uncertain,
            progress=progress, checkpoint=checkpoint, namespace=namespace,
        )  # fmt: skip
        return self._bulk_writer(options, timeout, CallOptions(client_request_id, retry_times, False), None)

    def _bulk_writer(
        self, options: BulkOptions, timeout: float | None, call_options: CallOptions, total: int | None
    ) -> AsyncBulkWriter:
        from milvusclient._async.bulk_writer import AsyncBulkWriter  # few programs write many rows

        return AsyncBulkWriter(self, options, self._deadline(timeout), call_options, total)
