"""External collections and file resources: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.models.jobs import FileResourceInfo
from milvusclient.operations import external


def test_a_refresh_keeps_or_changes_the_source() -> None:
    assert external.build_refresh("books", None, None, None) == milvus_pb2.RefreshExternalCollectionRequest(
        collection_name="books"
    )
    request = external.build_refresh("books", "s3://b/n", "{}", "db")
    assert (request.external_source, request.external_spec, request.db_name) == ("s3://b/n", "{}", "db")
    with pytest.raises(ParamError, match="external_source must be a str or None, got 5"):
        external.build_refresh("books", 5, None, None)  # type: ignore[arg-type]


def test_a_job_has_its_state_and_progress() -> None:
    info = milvus_pb2.RefreshExternalCollectionJobInfo(
        job_id=91, collection_name="books", progress=40, state=milvus_pb2.RefreshInProgress
    )
    reply = milvus_pb2.GetRefreshExternalCollectionProgressResponse(job_info=info)
    job = external.parse_refresh_progress(reply)
    assert (job.job_id, job.collection_name, job.progress, job.state) == (91, "books", 40, "RefreshInProgress")
    assert external.parse_refresh_jobs(milvus_pb2.ListRefreshExternalCollectionJobsResponse(jobs=[info])) == [job]
    assert external.build_refresh_progress(91).job_id == 91
    assert external.build_refresh_jobs("books", None).collection_name == "books"


def test_a_file_resource_has_a_name_and_a_path() -> None:
    request = external.build_add_file_resource("words", "dicts/words.txt")
    assert (request.name, request.path) == ("words", "dicts/words.txt")
    assert external.build_remove_file_resource("words").name == "words"
    reply = milvus_pb2.ListFileResourcesResponse()
    reply.resources.add(name="words", path="dicts/words.txt")
    assert external.parse_list_file_resources(reply) == [FileResourceInfo("words", "dicts/words.txt")]
    with pytest.raises(ParamError, match="path must be a str, got None"):
        external.build_add_file_resource("words", None)  # type: ignore[arg-type]
