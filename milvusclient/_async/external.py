"""Client methods for external collections and file resources, whose data lies outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._async.core.base import AsyncFamily
from milvusclient.operations import external

if TYPE_CHECKING:
    from milvusclient.models.jobs import FileResourceInfo, RefreshExternalCollectionJobInfo

__all__ = ["AsyncExternal"]


class AsyncExternal(AsyncFamily):
    """Methods for external collections and file resources."""

    async def refresh_external_collection(
        self,
        collection_name: str,
        external_source: str | None = "",
        external_spec: str | None = "",
        timeout: float | None = None,
        *,
        db_name: str | None = "",
    ) -> int:
        """Start to read the source of an external collection again. The end is not waited for.

        Args:
            collection_name: name of the collection. It must have an external source.
            external_source: location of the data of an external collection. Empty or None keeps the current one.
            external_spec: format of that data, as JSON in a str. Empty or None keeps the current one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            db_name: name of the database, if it is not the client's.

        Returns:
            The identifier of the job, for ``get_refresh_external_collection_progress``.

        Raises:
            ParamError: an argument is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> job_id = await client.refresh_external_collection("books", "s3://bucket/books")
        """
        request = external.build_refresh(collection_name, external_source, external_spec, db_name)
        job_id = (await self._call(rpc.REFRESH_EXTERNAL_COLLECTION, request, self._deadline(timeout))).job_id
        self._forget(collection_name)
        return job_id

    async def get_refresh_external_collection_progress(
        self, job_id: int, timeout: float | None = None
    ) -> RefreshExternalCollectionJobInfo:
        """Return the state and progress of a refresh of an external collection.

        Args:
            job_id: identifier of the job, as returned by ``refresh_external_collection``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The state of the job, and its progress in percent.

        Raises:
            ParamError: the identifier is not an int.
            MilvusException: the job does not exist.

        Example:
            >>> percent = (await client.get_refresh_external_collection_progress(91)).progress
        """
        request = external.build_refresh_progress(job_id)
        reply = await self._call(rpc.GET_REFRESH_EXTERNAL_COLLECTION_PROGRESS, request, self._deadline(timeout))
        return external.parse_refresh_progress(reply)

    async def list_refresh_external_collection_jobs(
        self, collection_name: str | None = "", timeout: float | None = None, *, db_name: str | None = ""
    ) -> list[RefreshExternalCollectionJobInfo]:
        """Return the refreshes of one external collection, or of all.

        Args:
            collection_name: name of the collection; empty or None means all collections.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            db_name: name of the database, if it is not the client's.

        Returns:
            The state and progress of each job.

        Raises:
            ParamError: a name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> jobs = await client.list_refresh_external_collection_jobs("books")
        """
        request = external.build_refresh_jobs(collection_name, db_name)
        reply = await self._call(rpc.LIST_REFRESH_EXTERNAL_COLLECTION_JOBS, request, self._deadline(timeout))
        return external.parse_refresh_jobs(reply)

    async def add_file_resource(self, name: str, path: str, timeout: float | None = None) -> None:
        """Register a file in the server's storage under a name, by which analyzers can read it.

        Args:
            name: name of the new file resource, unique on the server.
            path: path of the file in the server's storage.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is not a str.
            MilvusException: the server refuses the request, for instance because the file does not exist.

        Example:
            >>> await client.add_file_resource("stop_words", "dicts/stop_words.txt")
        """
        request = external.build_add_file_resource(name, path)
        await self._call(rpc.ADD_FILE_RESOURCE, request, self._deadline(timeout))

    async def remove_file_resource(self, name: str, timeout: float | None = None) -> None:
        """Remove the name of a file; the file stays.

        Args:
            name: name of the file resource.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the server refuses the request, for instance because an analyzer reads the file.

        Example:
            >>> await client.remove_file_resource("stop_words")
        """
        request = external.build_remove_file_resource(name)
        await self._call(rpc.REMOVE_FILE_RESOURCE, request, self._deadline(timeout))

    async def list_file_resources(self, timeout: float | None = None) -> list[FileResourceInfo]:
        """Return the registered files.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The name and the path of each file.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> paths = [resource.path for resource in await client.list_file_resources()]
        """
        reply = await self._call(rpc.LIST_FILE_RESOURCES, external.build_list_file_resources(), self._deadline(timeout))
        return external.parse_list_file_resources(reply)
