"""An import by the server, and the wait for its end."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from milvusclient._sync.core.rest import Rest
from milvusclient.exceptions import DeadlineExceededError, UnimplementedError
from milvusclient.models.imports import ImportProgress
from milvusclient.operations import imports, rest_imports
from milvusclient.policy.failure import Safety
from milvusclient.policy.polling import PACE, wait_timeout_error
from milvusclient.runtime.progress_bar import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from milvusclient._sync.core.caller import Caller
    from milvusclient.models.imports import ImportState
    from milvusclient.policy.deadline import Deadline
    from milvusclient.schema.cloud_import import CloudImport

__all__ = ["ImportJob", "RestJobs"]


class _AsyncJobs(Protocol):
    """The source of the states of imports: the client over gRPC, or its REST API."""

    def _deadline(self, timeout: float | None) -> Deadline: ...

    def _import_state(
        self, job_id: int | str, deadline: Deadline, polls: int, waiting_for: str
    ) -> ImportState: ...


class ImportJob:
    """An import by the server, from :meth:`MilvusClient.import_files`.

    The server goes on with it whatever happens to this object; to stop waiting does not stop the import.

    Attributes:
        job_ids: identifiers of the imports on the server: one for all files, or from servers before Milvus 2.4 one for
            each file.
        collection_name: name of the collection.
    """

    def __init__(self, jobs: _AsyncJobs, job_ids: list[int | str], collection_name: str) -> None:
        self.job_ids = job_ids
        self.collection_name = collection_name
        self._jobs = jobs
        self._last = ImportProgress(())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.job_ids}, collection {self.collection_name!r}, {self.state})"

    @property
    def state(self) -> str:
        """The state at the last look at it, by :meth:`states` or :meth:`wait`; ``"Pending"`` before the first one.

        Of several imports it is the state of one that failed, else of the one that is furthest from its end.
        """
        return self._last.state

    @property
    def progress(self) -> int:
        """The progress of all imports in percent, at the last look at it."""
        return self._last.percent

    def states(self, timeout: float | None = None) -> list[ImportState]:
        """Return the state of each import.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            MilvusException: the server refuses a request.
        """
        return self._look(self._jobs._deadline(timeout), 0)

    def wait(
        self, timeout: float | None = None, progress: bool | Callable[[list[ImportState]], object] | None = None
    ) -> list[ImportState]:
        """Wait until all files are imported.

        A collection that is loaded may show none of the new rows before ``client.refresh_load(...)``.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            progress: True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets the
                states after each look at them.

        Returns:
            The states, all of them completed.

        Raises:
            ParamError: ``progress`` is invalid.
            WaitTimeoutError: the timeout ended before the import; the server continues.
            MilvusException: an import failed, with the reason of the server; or the server refuses a request.
        """
        show = imports.check_progress(progress)
        bar = ProgressBar("import") if progress is True else None
        deadline = self._jobs._deadline(timeout)
        try:
            for polls in itertools.count():
                states = self._look(deadline, polls)
                if bar is not None:
                    bar.show(self._last)
                elif show is not None:
                    show(states)
                if imports.check_imports(states):
                    return states
        finally:
            if bar is not None:
                bar.close()
        raise AssertionError("unreachable")  # the loop has no end

    def _look(self, deadline: Deadline, polls: int) -> list[ImportState]:
        waiting_for = f"the import into collection {self.collection_name!r}"
        states = [
            self._jobs._import_state(job_id, deadline, polls if number == 0 else 0, waiting_for)
            for number, job_id in enumerate(self.job_ids)
        ]
        # Servers before 2.4 leave the name out of some states.
        states = [
            state if state.collection_name else replace(state, collection_name=self.collection_name) for state in states
        ]
        self._last = ImportProgress(tuple(states))
        return states


class RestJobs(Rest):
    """Imports through the REST API of the server, or of Zilliz Cloud.

    Args:
        caller: that of the client.
        cloud: the place in Zilliz Cloud; None for a server.
    """

    def __init__(self, caller: Caller, cloud: CloudImport | None) -> None:
        self._caller = caller
        self._cloud = cloud

    def is_there(self, deadline: Deadline) -> bool:
        """Return whether to try the REST API."""
        return self._cloud is not None or self._has_rest(deadline)

    def create(
        self,
        collection_name: str,
        files: Sequence[Sequence[str]],
        partition_name: str,
        options: Mapping[str, str],
        deadline: Deadline,
    ) -> list[int | str] | None:
        """Start the import of all files; None if the server has no REST API, so that nothing was done."""
        body = rest_imports.create_body(collection_name, files, partition_name, self._database, options, self._cloud)
        data = self._post(rest_imports.CREATE, body, deadline, Safety.UNSAFE, self._cloud)
        return None if data is None else rest_imports.parse_created(data)

    def list_jobs(self, collection_name: str, limit: int, deadline: Deadline) -> list[ImportState] | None:
        """Return the imports, the latest first; None if the server has no REST API."""
        body = rest_imports.list_body(collection_name, self._database)
        data = self._post(rest_imports.LIST, body, deadline, Safety.READ)
        return None if data is None else rest_imports.parse_listed(data, limit)

    def _import_state(self, job_id: int | str, deadline: Deadline, polls: int, waiting_for: str) -> ImportState:
        path = rest_imports.PROGRESS if self._cloud is None else rest_imports.PROGRESS_IN_CLOUD
        body = rest_imports.progress_body(job_id, self._database, self._cloud)
        try:
            if polls:
                self._pause(PACE.wait(polls), deadline, waiting_for)
            data = self._post(path, body, deadline, Safety.READ, self._cloud)
        except DeadlineExceededError as error:
            if not polls:
                raise
            raise wait_timeout_error(waiting_for, deadline.timeout) from error
        if data is None:
            raise UnimplementedError(message=f"{path}: the server has the import, but no REST API any more")
        return rest_imports.parse_state({"jobId": job_id, **data})
