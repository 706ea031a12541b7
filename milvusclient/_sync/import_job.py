"""An import by the server, and the wait for its end."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient.operations import imports

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient._sync.core.waiting import Waiting
    from milvusclient.models.imports import ImportState
    from milvusclient.policy.deadline import Deadline

__all__ = ["ImportJob"]


class ImportJob:
    """An import by the server, from :meth:`MilvusClient.import_files`.

    Attributes:
        job_ids: identifiers of the imports on the server, in the order of the files.
    """

    def __init__(self, client: Waiting, job_ids: list[int], collection_name: str) -> None:
        self.job_ids = job_ids
        self._client = client
        self._collection_name = collection_name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.job_ids}, collection {self._collection_name!r})"

    def states(self, timeout: float | None = None) -> list[ImportState]:
        """Return the state of each import.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            MilvusException: the server refuses a request.
        """
        deadline = self._client._deadline(timeout)
        return [self._state(job_id, deadline, 0) for job_id in self.job_ids]

    def wait(
        self, timeout: float | None = None, progress: Callable[[list[ImportState]], object] | None = None
    ) -> list[ImportState]:
        """Wait until all files are imported.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            progress: function that gets the states after each look at them.

        Returns:
            The states, all of them completed.

        Raises:
            WaitTimeoutError: the timeout ended before the import; the server continues.
            MilvusException: an import failed, or the server refuses a request.
        """
        deadline = self._client._deadline(timeout)
        for polls in itertools.count():
            states = [
                self._state(job_id, deadline, polls if number == 0 else 0)
                for number, job_id in enumerate(self.job_ids)
            ]
            if progress is not None:
                progress(states)
            if imports.check_imports(states):
                return states
        raise AssertionError("unreachable")  # the loop has no end

    def _state(self, job_id: int, deadline: Deadline, polls: int) -> ImportState:
        reply = self._client._poll(
            rpc.GET_IMPORT_STATE, imports.build_import_state(job_id), deadline, polls=polls,
            waiting_for=f"the import into collection {self._collection_name!r}",
        )  # fmt: skip
        return imports.parse_import_state(reply, job_id)
