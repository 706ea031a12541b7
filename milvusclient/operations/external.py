"""Build requests about external collections and file resources, whose data lies outside, and parse the replies."""

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
    """Build the request that reads the source of an external collection again."""
    return milvus_pb2.RefreshExternalCollectionRequest(
        collection_name=require_str("collection_name", collection_name),
        external_source=optional_str("external_source", external_source),
        external_spec=optional_str("external_spec", external_spec),
        db_name=optional_str("db_name", db_name),
    )


def build_refresh_progress(job_id: int) -> milvus_pb2.GetRefreshExternalCollectionProgressRequest:
    """Build the request that asks for the progress of a refresh."""
    return milvus_pb2.GetRefreshExternalCollectionProgressRequest(job_id=require_int("job_id", job_id))


def parse_refresh_progress(
    reply: milvus_pb2.GetRefreshExternalCollectionProgressResponse,
) -> RefreshExternalCollectionJobInfo:
    """Parse the reply into the state and progress of the refresh."""
    return _job(reply.job_info)


def build_refresh_jobs(
    collection_name: str | None, db_name: str | None
) -> milvus_pb2.ListRefreshExternalCollectionJobsRequest:
    """Build the request that lists the refreshes of one external collection, or of all."""
    return milvus_pb2.ListRefreshExternalCollectionJobsRequest(
        collection_name=optional_str("collection_name", collection_name), db_name=optional_str("db_name", db_name)
    )


def parse_refresh_jobs(
    reply: milvus_pb2.ListRefreshExternalCollectionJobsResponse,
) -> list[RefreshExternalCollectionJobInfo]:
    """Parse the reply into the state and progress of each refresh."""
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
    """Build the request that registers a file under a name."""
    return milvus_pb2.AddFileResourceRequest(name=require_str("name", name), path=require_str("path", path))


def build_remove_file_resource(name: str) -> milvus_pb2.RemoveFileResourceRequest:
    """Build the request that removes the name of a file."""
    return milvus_pb2.RemoveFileResourceRequest(name=require_str("name", name))


def build_list_file_resources() -> milvus_pb2.ListFileResourcesRequest:
    """Build the request that lists the registered files."""
    return milvus_pb2.ListFileResourcesRequest()


def parse_list_file_resources(reply: milvus_pb2.ListFileResourcesResponse) -> list[FileResourceInfo]:
    """Parse the reply into the name and path of each file."""
    return [FileResourceInfo(resource.name, resource.path) for resource in reply.resources]
