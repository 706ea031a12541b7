"""Client methods that let the server import files from its own storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import checks, rpc
from milvusclient._sync.core.waiting import Waiting
from milvusclient.operations import imports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from milvusclient._sync.import_job import ImportJob
    from milvusclient.models.imports import ImportState
    from milvusclient.policy.deadline import Deadline
    from milvusclient.schema.cloud_import import CloudImport

__all__ = ["Imports"]


class Imports(Waiting):
    """Methods for imports by the server."""

    def import_files(
        self,
        collection_name: str,
        files: Sequence[str | Sequence[str]],
        partition_name: str | None = "",
        timeout: float | None = None,
        *,
        options: Mapping[str, object] | None = None,
        cloud: CloudImport | None = None,
    ) -> ImportJob:
        """Let the server import files from its own storage, and return while it does.

        It is the fastest way for many rows, but the files must be where the server reads them: in its bucket, or in the
        folder of its local storage. :func:`milvusclient.write_parquet` and :func:`milvusclient.write_json` write them.

        A collection that is loaded may show none of the new rows when the import is completed: call
        :meth:`refresh_load` then.

        Servers since Milvus 2.4 are asked through their REST API, on the same port, which tells more than gRPC does;
        where that is switched off or does not pass, through gRPC.

        Args:
            collection_name: name or alias of the collection.
            files: paths in the server's storage. Files that belong together, such as one NumPy file for each field, are
                a list of their own.
            partition_name: name of the partition to write to; empty lets the server choose.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            options: options of the import that the server knows, such as ``{"timeout": "300s"}``.
            cloud: cluster and object storage of an import into Zilliz Cloud; ``files`` are urls of objects then.

        Returns:
            The job, with ``state``, ``progress``, ``states()``, and ``wait()`` for its end.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request, for instance because a file does not exist; or the reply is
                lost (``ambiguous``), and :meth:`list_imports` tells whether the import has begun.

        Example:
            >>> job = client.import_files("books", ["import/books.json"])
        """
        # Imported here, because few programs import files.
        from milvusclient._sync.import_job import ImportJob, RestJobs

        name = checks.require_name("collection_name", collection_name)
        listed = imports.check_files(files)
        partition = checks.optional_str("partition_name", partition_name)
        known_options = imports.check_options(options)
        deadline = self._deadline(timeout)
        rest = RestJobs(self._caller, imports.check_cloud(cloud))
        if rest.is_there(deadline):
            started = rest.create(name, listed, partition, known_options, deadline)
            if started is not None:
                return ImportJob(rest, started, name)
        job_ids: list[int | str] = []
        for request in imports.build_imports(name, listed, partition, known_options):
            job_ids += imports.parse_import(self._call(rpc.IMPORT, request, deadline))
        return ImportJob(self, job_ids, name)

    def list_imports(
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
            >>> states = client.list_imports("books")
        """
        from milvusclient._sync.import_job import RestJobs

        request = imports.build_list_imports(collection_name, limit)
        deadline = self._deadline(timeout)
        rest = RestJobs(self._caller, None)
        if rest.is_there(deadline):
            states = rest.list_jobs(request.collection_name, limit, deadline)
            if states is not None:
                return states
        return imports.parse_list_imports(self._call(rpc.LIST_IMPORT_TASKS, request, deadline))

    def _import_state(self, job_id: int | str, deadline: Deadline, polls: int, waiting_for: str) -> ImportState:
        """Return the state of an import; after a pause, unless it is the first time."""
        request = imports.build_import_state(job_id)
        reply = self._poll(rpc.GET_IMPORT_STATE, request, deadline, polls=polls, waiting_for=waiting_for)
        return imports.parse_import_state(reply, job_id)
