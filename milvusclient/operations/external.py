"""Data that lies outside: external collections, and files that analyzers read."""

from __future__ import annotations

from milvusclient._proto import milvus_pb2
from milvusclient.checks import optional_str, require_int, require_str
from milvusclient.models.jobs import FileResourceInfo, RefreshExternalCollectionJobInfo
from milvusclient.operations.common import enum_name

__all__ = [
    "build_add_file_resource",
    "build_list_file_resources",
    "build_refresh",
    "build_refresh_jobs",
    "build_refresh_progress",
    "build_remove_file_resource",
    "parse_list_file_resources",
    "parse_refresh_jobs",
    "parse_refresh_progress",
]


def build_refresh(
    collection_name: str, external_source: str | None, external_spec: str | None, db_name: str | None
) -> milvus_pb2.RefreshExternalCollectionRequest:
    """The data of an external collection, read anew."""
    return milvus_pb2.RefreshExternalCollectionRequest(
        collection_name=require_str("collection_name", collection_name),
        external_source=optional_str("external_source", external_source),
        external_spec=optional_str("external_spec", external_spec),
        db_name=optional_str("db_name", db_name),
    )


def build_refresh_progress(job_id: int) -> milvus_pb2.GetRefreshExternalCollectionProgressRequest:
    """How far that is."""
    return milvus_pb2.GetRefreshExternalCollectionProgressRequest(job_id=require_int("job_id", job_id))


def parse_refresh_progress(
    reply: milvus_pb2.GetRefreshExternalCollectionProgressResponse,
) -> RefreshExternalCollectionJobInfo:
    """How far it is."""
    return _job(reply.job_info)


def build_refresh_jobs(
    collection_name: str | None, db_name: str | None
) -> milvus_pb2.ListRefreshExternalCollectionJobsRequest:
    """The jobs of an external collection, or of all."""
    return milvus_pb2.ListRefreshExternalCollectionJobsRequest(
        collection_name=optional_str("collection_name", collection_name), db_name=optional_str("db_name", db_name)
    )


def parse_refresh_jobs(
    reply: milvus_pb2.ListRefreshExternalCollectionJobsResponse,
) -> list[RefreshExternalCollectionJobInfo]:
    """The jobs."""
    return [_job(info) for info in reply.jobs]


def _job(info: milvus_pb2.RefreshExternalCollectionJobInfo) -> RefreshExternalCollectionJobInfo:
    return RefreshExternalCollectionJobInfo(
        job_id=info.job_id,
        collection_name=info.collection_name,
        state=enum_name(milvus_pb2.RefreshExternalCollectionState, info.state),
        progress=info.progress,
        reason=info.reason,
        external_source=info.external_source,
        start_time=info.start_time,
        end_time=info.end_time,
        external_spec=info.external_spec,
    )


def build_add_file_resource(name: str, path: str) -> milvus_pb2.AddFileResourceRequest:
    """A name for a file."""
    return milvus_pb2.AddFileResourceRequest(name=require_str("name", name), path=require_str("path", path))


def build_remove_file_resource(name: str) -> milvus_pb2.RemoveFileResourceRequest:
    """The end of a file's name."""
    return milvus_pb2.RemoveFileResourceRequest(name=require_str("name", name))


def build_list_file_resources() -> milvus_pb2.ListFileResourcesRequest:
    """The files that have names."""
    return milvus_pb2.ListFileResourcesRequest()


def parse_list_file_resources(reply: milvus_pb2.ListFileResourcesResponse) -> list[FileResourceInfo]:
    """The files."""
    return [FileResourceInfo(resource.name, resource.path) for resource in reply.resources]
