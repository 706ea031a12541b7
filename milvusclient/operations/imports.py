"""Build requests that import files from the server's storage, and parse the replies."""

from __future__ import annotations

from collections.abc import Sequence

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import given, optional_str, require_int, require_name, require_str_list
from milvusclient.exceptions import MilvusException, ParamError, ReplyError
from milvusclient.models.imports import ImportState
from milvusclient.operations.common import enum_name

__all__ = [
    "build_import_state",
    "build_imports",
    "build_list_imports",
    "check_imports",
    "parse_import",
    "parse_import_state",
    "parse_list_imports",
]

_FILES, _PROGRESS, _REASON = "files", "progress_percent", "failed_reason"


def build_imports(
    collection_name: str, files: Sequence[str | Sequence[str]], partition_name: str | None
) -> list[milvus_pb2.ImportRequest]:
    """Build one request for each file, or for each list of files that belong together.

    Raises:
        ParamError: an argument is invalid.
    """
    name = require_name("collection_name", collection_name)
    if isinstance(files, str) or not isinstance(files, list | tuple) or not files:
        raise ParamError(message=f"files must be a list of paths with at least one path, got {given(files)}")
    partition = optional_str("partition_name", partition_name)
    return [
        milvus_pb2.ImportRequest(collection_name=name, partition_name=partition, files=_paths(f"files[{index}]", paths))
        for index, paths in enumerate(files)
    ]


def _paths(where: str, paths: str | Sequence[str]) -> list[str]:
    listed = [paths] if isinstance(paths, str) else require_str_list(where, paths)
    if not listed or not all(listed):
        raise ParamError(message=f"{where} must be the path of a file or a list of such paths, got {given(paths)}")
    return listed


def parse_import(reply: milvus_pb2.ImportResponse) -> list[int]:
    """Parse the reply into the identifiers of the imports.

    Raises:
        ReplyError: the server names no import.
    """
    if not reply.tasks:
        raise ReplyError(message="the reply cannot be read: it has no identifier of an import")
    return list(reply.tasks)


def build_import_state(job_id: int) -> milvus_pb2.GetImportStateRequest:
    """Build the request that asks for the state of an import."""
    return milvus_pb2.GetImportStateRequest(task=require_int("job_id", job_id))


def parse_import_state(reply: milvus_pb2.GetImportStateResponse, job_id: int = 0) -> ImportState:
    """Parse the reply into the state of an import."""
    infos = {pair.key: pair.value for pair in reply.infos}
    percent = infos.get(_PROGRESS, "")
    return ImportState(
        job_id=reply.id or job_id,
        state=enum_name(common_pb2.ImportState, reply.state).removeprefix("Import"),
        rows=reply.row_count,
        progress=int(percent) if percent.isdigit() else None,
        reason=infos.get(_REASON, ""),
        files=tuple(path for path in infos.get(_FILES, "").split(",") if path),
    )


def build_list_imports(collection_name: str | None, limit: int) -> milvus_pb2.ListImportTasksRequest:
    """Build the request that lists the imports of one collection, or of all."""
    return milvus_pb2.ListImportTasksRequest(
        collection_name=optional_str("collection_name", collection_name), limit=require_int("limit", limit, least=0)
    )


def parse_list_imports(reply: milvus_pb2.ListImportTasksResponse) -> list[ImportState]:
    """Parse the reply into the state of each import."""
    return [parse_import_state(task) for task in reply.tasks]


def check_imports(states: Sequence[ImportState]) -> bool:
    """Return whether all imports are completed.

    Raises:
        MilvusException: an import failed.
    """
    for state in states:
        if state.is_failed:
            files = ", ".join(state.files) or "its files"
            raise MilvusException(
                message=f"import {state.job_id} of {files} failed: {state.reason or 'no reason given'}"
            )
    return all(state.is_done for state in states)
