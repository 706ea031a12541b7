"""Client methods that let the server import files from its own storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.waiting import AsyncWaiting
from milvusclient.operations import imports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from milvusclient._async.import_job import AsyncImportJob
    from milvusclient.models.imports import ImportState

__all__ = ["AsyncImports"]


class AsyncImports(AsyncWaiting):
    """Methods for imports by the server."""

    async def import_files(
        self,
        collection_name: str,
        files: Sequence[str | Sequence[str]],
        partition_name: str | None = "",
        timeout: float | None = None,
    ) -> AsyncImportJob:
        """Let the server import files from its own storage, and return while it does.

        It is the fastest way for many rows, but the files must be where the server reads them: in its bucket, or in the
        folder of its local storage. A file has JSON rows, ``{"rows": [...]}``, or is a Parquet file.

        Args:
            collection_name: name or alias of the collection.
            files: paths in the server's storage. Files that belong together, such as one NumPy file for each field, are
                a list of their own.
            partition_name: name of the partition to write to; empty lets the server choose.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The job, with ``states()``, and ``wait()`` for its end.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request, for instance because a file does not exist.

        Example:
            >>> job = await client.import_files("books", ["import/books.json"])
        """
        requests = imports.build_imports(collection_name, files, partition_name)
        deadline = self._deadline(timeout)
        job_ids: list[int] = []
        for request in requests:
            job_ids += imports.parse_import(await self._call(rpc.IMPORT, request, deadline))
        from milvusclient._async.import_job import AsyncImportJob  # imported here, because few programs import files

        return AsyncImportJob(self, job_ids, collection_name)

    async def list_imports(
        self, collection_name: str | None = "", limit: int = 0, timeout: float | None = None
    ) -> list[ImportState]:
        """Return the imports of one collection, or of all collections, the latest first.

        Args:
            collection_name: name of the collection; empty or None means all collections.
            limit: maximum number of imports; 0 means no limit.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The state of each import.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request.

        Example:
            >>> states = await client.list_imports("books")
        """
        request = imports.build_list_imports(collection_name, limit)
        return imports.parse_list_imports(await self._call(rpc.LIST_IMPORT_TASKS, request, self._deadline(timeout)))
