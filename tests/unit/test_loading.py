"""Loading: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import loading
from milvusclient.operations.loading import LoadOptions
from milvusclient.schema.states import LoadState


def test_options_that_are_not_given_are_not_sent() -> None:
    assert loading.build_load_collection("books", LoadOptions()) == milvus_pb2.LoadCollectionRequest(
        collection_name="books"
    )


def test_options_are_the_same_for_collections_and_partitions() -> None:
    options = LoadOptions(
        replica_number=2,
        resource_groups=("rg1", "rg2"),
        refresh=True,
        load_fields=["id"],
        skip_load_dynamic_field=True,
        priority="low",
    )
    written = {
        "replica_number": 2,
        "resource_groups": ["rg1", "rg2"],
        "refresh": True,
        "load_fields": ["id"],
        "skip_load_dynamic_field": True,
        "load_params": {"load_priority": "low"},
    }
    assert loading.build_load_collection("books", options) == milvus_pb2.LoadCollectionRequest(
        collection_name="books",
        **written,  # type: ignore[arg-type]
    )
    assert loading.build_load_partitions("books", "novels", options) == milvus_pb2.LoadPartitionsRequest(
        collection_name="books",
        partition_names=["novels"],
        **written,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (LoadOptions(replica_number="2"), "replica_number must be an int"),  # type: ignore[arg-type]
        (LoadOptions(replica_number=-1), "replica_number must be at least 0"),
        (LoadOptions(resource_groups="rg"), r"resource_groups must be a list of str, got 'rg' \(str\); write \['rg'\]"),
        (LoadOptions(load_fields=["id", 5]), r"load_fields\[1\] must be a str"),  # type: ignore[list-item]
        (LoadOptions(refresh="yes"), "refresh must be True or False"),  # type: ignore[arg-type]
        (LoadOptions(priority=1), "priority must be a str"),  # type: ignore[arg-type]
    ],
)
def test_an_invalid_option_is_refused(options: LoadOptions, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        loading.build_load_collection("books", options)


@pytest.mark.parametrize("names", [5, {"a": None}, ["a", None]])
def test_partition_names_that_are_not_str_are_refused(names: object) -> None:
    with pytest.raises(ParamError, match="partition_names"):
        loading.build_release_partitions("books", names)  # type: ignore[arg-type]


def test_progress_is_requested_for_what_is_loaded() -> None:
    whole = loading.build_loading_progress(loading.build_load_collection("books", LoadOptions()))
    assert whole == milvus_pb2.GetLoadingProgressRequest(collection_name="books")
    part = loading.build_loading_progress(loading.build_load_partitions("books", ["a", "b"], LoadOptions()))
    assert list(part.partition_names) == ["a", "b"]


def test_a_refresh_has_its_own_progress() -> None:
    reply = milvus_pb2.GetLoadingProgressResponse(progress=100, refresh_progress=40)
    assert loading.load_progress(reply, refresh=False) == 100
    assert loading.load_progress(reply, refresh=True) == 40


def test_the_state_of_one_partition_or_of_several() -> None:
    assert list(loading.build_get_load_state("books", "a", None).partition_names) == ["a"]
    assert list(loading.build_get_load_state("books", None, ["a", "b"]).partition_names) == ["a", "b"]
    assert list(loading.build_get_load_state("books", "", None).partition_names) == []
    with pytest.raises(ParamError, match="not both"):
        loading.build_get_load_state("books", "a", ["b"])
    reply = milvus_pb2.GetLoadStateResponse(state=common_pb2.LoadStateLoaded)
    assert loading.parse_load_state(reply) == {"state": LoadState.Loaded}
