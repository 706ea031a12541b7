"""The method that copies a collection: within a server, between databases and servers, and from and to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from milvusclient._async.core.base import AsyncFamily
from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.operations import copies

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from milvusclient._async.client import AsyncMilvusClient
    from milvusclient.filters import FilterLike
    from milvusclient.models.bulk import BulkProgress
    from milvusclient.models.copies import CopyReport

__all__ = ["AsyncCopies"]


class AsyncCopies(AsyncFamily):
    """Method that copies a collection."""

    async def copy_collection(
        self,
        collection_name: str,
        target: AsyncMilvusClient | None = None,
        target_name: str | None = None,
        *,
        filter: FilterLike | None = "",  # noqa: A002 - the name that programs use
        with_aliases: bool = False,
        batch_bytes: int = 16 << 20,
        in_flight: int = 4,
        progress: bool | Callable[[BulkProgress], object] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
    ) -> CopyReport:
        """Copy a collection: schema, functions, indexes, partitions and rows, and its aliases on request.

        The source must be loaded. The rows are those that it had when the copy of their partition began. Keys that the
        server generates are generated again; a target that exists and does not generate them gets those of the source.
        Rows with the same key are copied once. The copy also has the default values, the dynamic field, the properties
        (such as the time to live) and the consistency level of the source. It is indexed and loaded before its rows are
        written, if the source has indexes. In the end the rows of both are counted.

        A target that exists must have the fields of the source. It must be empty, unless ``checkpoint`` is that of the
        copy that was begun.

        Args:
            collection_name: name or alias of the collection.
            target: client of the server, database or file to copy to; None means this client.
            target_name: name of the copy; empty or None means the name of the source.
            filter: boolean expression that rows must satisfy; empty means all rows.
            with_aliases: also give the copy the aliases of the source. It must not be in the same database.
            batch_bytes: memory for a batch, in bytes. Beside the source, at most ``in_flight + 1`` times it is used.
                A request has about a third of it, because it is in memory more than once while it is sent, and less if
                the rows come from a generator and are large themselves.
            in_flight: maximum number of requests at the same time.
            progress: True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets a
                ``BulkProgress`` after each request.
            checkpoint: path of a file that stores the position in the source. A later call with the same source and
                file skips the rows that are written already. Each partition has a file of its own, with its name at the
                end.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The report: ``written``, ``source_rows``, ``target_rows`` and the names of what was copied.

        Raises:
            ParamError: an argument is invalid; or the target exists and has other fields, or rows of which no
                checkpoint tells.
            BulkError: rows could not be written; ``report`` says which. Or it is not known whether they are, and
                they cannot be looked up, because the target generates keys; the message says what to do.
            CopyError: the copy has another number of rows than the source.
            DescribeCollectionException: the collection does not exist.
            MilvusException: a server refuses a request, for instance because the source is not loaded.

        Example:
            >>> report = await client.copy_collection("books", target_name="books_copy")
            >>> report.target_name
            'books_copy'
        """
        client = cast("AsyncMilvusClient", self)  # of which this class is a part
        to = client if target is None else target
        if not isinstance(to, AsyncFamily):
            raise ParamError(message=f"target must be a client, got {given(to)}; a name is given as target_name=")
        from milvusclient._async.collection_copy import AsyncCollectionCopy  # imported here, because few programs copy

        names = copies.copy_names(collection_name, target_name, checkpoint, same_place=to._key("") == self._key(""))
        copy = AsyncCollectionCopy(client, to, names, filter, self._deadline(timeout))
        return await copy.run(
            with_aliases=with_aliases, batch_bytes=batch_bytes, in_flight=in_flight, progress=progress
        )
