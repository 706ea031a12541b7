"""Build requests that import files from the server's storage, and parse the replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.checks import given, optional_str, require_int, require_str_list
from milvusclient.exceptions import MilvusException, ParamError, ReplyError
from milvusclient.models.imports import ImportState
from milvusclient.operations.common import enum_name, key_value_pairs

if TYPE_CHECKING:
    from milvusclient.schema.cloud_import import CloudImport

__all__ = [
    "build_import_state",
    "build_imports",
    "build_list_imports",
    "check_cloud",
    "check_files",
    "check_imports",
    "check_options",
    "check_progress",
    "parse_import",
    "parse_import_state",
    "parse_list_imports",
]

_FILES, _PROGRESS, _REASON, _COLLECTION = "files", "progress_percent", "failed_reason", "collection"


def check_files(files: Sequence[str | Sequence[str]]) -> list[list[str]]:
    """Return the files of an import, those that belong together in one list.

    Raises:
        ParamError: they are not paths.
    """
    if isinstance(files, str) or not isinstance(files, list | tuple) or not files:
        raise ParamError(message=f"files must be a list of paths with at least one path, got {given(files)}")
    return [_paths(f"files[{index}]", paths) for index, paths in enumerate(files)]


def _paths(where: str, paths: str | Sequence[str]) -> list[str]:
    listed = [paths] if isinstance(paths, str) else require_str_list(where, paths)
    if not listed or not all(listed):
        raise ParamError(message=f"{where} must be the path of a file or a list of such paths, got {given(paths)}")
    return listed


def build_imports(
    collection_name: str, files: Sequence[Sequence[str]], partition_name: str, options: Mapping[str, str]
) -> list[milvus_pb2.ImportRequest]:
    """Build one request for each file, or for each list of files that belong together."""
    pairs = key_value_pairs(options)
    return [
        milvus_pb2.ImportRequest(
            collection_name=collection_name, partition_name=partition_name, files=paths, options=pairs
        )
        for paths in files
    ]


def parse_import(reply: milvus_pb2.ImportResponse) -> list[int]:
    """Parse the reply into the identifiers of the imports.

    Raises:
        ReplyError: the server names no import.
    """
    if not reply.tasks:
        raise ReplyError(message="the reply cannot be read: it has no identifier of an import")
    return list(reply.tasks)


def build_import_state(job_id: int | str) -> milvus_pb2.GetImportStateRequest:
    """Build the request that asks for the state of an import."""
    return milvus_pb2.GetImportStateRequest(task=require_int("job_id", job_id))


def parse_import_state(reply: milvus_pb2.GetImportStateResponse, job_id: int | str = 0) -> ImportState:
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
        collection_name=infos.get(_COLLECTION, ""),
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


def check_options(options: Mapping[str, object] | None) -> dict[str, str]:
    """Return the options of an import as the server wants them.

    Raises:
        ParamError: they are not a mapping of str.
    """
    given_options: object = options
    if given_options is None:
        return {}
    if not isinstance(given_options, Mapping) or not all(isinstance(name, str) for name in given_options):
        raise ParamError(message="options must be a dict of names to values, such as {'timeout': '300s'}")
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given_options.items()
    }


def check_cloud(cloud: CloudImport | None) -> CloudImport | None:
    """Return the place in Zilliz Cloud of an import.

    Raises:
        ParamError: it is something else.
    """
    if cloud is not None and not hasattr(cloud, "cluster_id"):
        raise ParamError(message=f"cloud must be a CloudImport or None, got {given(cloud)}")
    return cloud


def check_progress(
    progress: bool | Callable[[list[ImportState]], object] | None,
) -> Callable[[list[ImportState]], object] | None:
    """Return the function that shows progress, if one is given.

    Raises:
        ParamError: it is neither a bool nor a function.
    """
    if progress is None or isinstance(progress, bool):
        return None
    given_progress: object = progress
    if not callable(given_progress):
        raise ParamError(message=f"progress must be True or a function of a list of ImportState, got {given(progress)}")
    return progress
