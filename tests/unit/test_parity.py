"""The clients have the reference client's methods, with its parameter names, order and defaults; and each the other's.

What the reference client offers is data: tests/data/reference_names.json, made by tools/reference_facts.py.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

import milvusclient
from milvusclient import AsyncMilvusClient, MilvusClient
from tests.wire.not_yet import NOT_YET

REFERENCE: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parent.parent / "data" / "reference_names.json").read_text()
)["signatures"]

#: Made by the library, not by its users; what it makes them of is its own affair.
RECEIVED = {"AggregationBucket", "AggregationHit", "Connections", "Hit", "Hits", "ResourceGroupInfo", "SearchResult"}

_ENVIRONMENT = "a client without a uri is made from what its alias or the environment says"
_AS_SYNC = "the parameters of the synchronous client"
_MESSAGES = "requests are built in operations/"

#: Where a signature is deliberately another one: what ours takes by position, and why.
DIFFERENT: dict[str, tuple[list[str], str]] = {
    "MilvusClient.__init__": (
        ["uri=None", "user=''", "password=''", "db_name=''", "token=''", "timeout=None"],
        _ENVIRONMENT,
    ),
    "AsyncMilvusClient.__init__": (
        ["uri=None", "user=''", "password=''", "db_name=''", "token=''", "timeout=None"],
        _ENVIRONMENT,
    ),
    "MilvusClient.list_collections": (["timeout=None"], "every call has a timeout; theirs takes it by name"),
    "MilvusClient.prepare_index_params": (
        ["field_name=''", "index_type=''", "index_name=''"],
        "the first index with the positions of add_index; theirs takes index_type and index_name by name",
    ),
    "AsyncMilvusClient.prepare_index_params": (
        ["field_name=''", "index_type=''", "index_name=''"],
        "the first index with the positions of add_index; theirs takes index_type and index_name by name",
    ),
    "AsyncMilvusClient.get_load_state": (["collection_name", "partition_name=''", "timeout=None"], _AS_SYNC),
    "AsyncMilvusClient.refresh_load": (["collection_name", "timeout=None"], _AS_SYNC),
    "AsyncMilvusClient.search": (
        [
            "collection_name",
            "data=None",
            "filter=''",
            "limit=10",
            "output_fields=None",
            "search_params=None",
            "timeout=None",
            "partition_names=None",
            "anns_field=None",
            "ranker=None",
            "function_chains=None",
            "highlighter=None",
            "ids=None",
            "search_aggregation=None",
        ],
        _AS_SYNC,
    ),
    "AsyncMilvusClient.transfer_replica": (
        ["source_group", "target_group", "collection_name", "num_replicas", "timeout=None"],
        _AS_SYNC,
    ),
    "AsyncMilvusClient.update_password": (
        ["user_name", "old_password", "new_password", "reset_connection=False", "timeout=None", "description=None"],
        _AS_SYNC,
    ),
    "AsyncMilvusClient.update_replicate_configuration": (
        ["clusters", "cross_cluster_topology=None", "force_promote=False", "timeout=None"],
        _AS_SYNC,
    ),
    "Connections.connect": (
        ["alias='default'", "user=''", "password=''", "db_name=''", "token=''"],
        "empty means the database of the uri; the async connections of theirs are made by AsyncMilvusClient",
    ),
    "Function.verify": (["fields"], "it needs the fields, not their schema"),
}

#: Methods of the reference client's classes that are not here, and why.
WITHOUT: dict[str, str] = {
    "Connections.async_disconnect": "the connections of an event loop belong to AsyncMilvusClient",
    "Connections.async_remove_connection": "the connections of an event loop belong to AsyncMilvusClient",
    "FunctionChain.to_proto": _MESSAGES,
    "SearchAggregation.to_proto": _MESSAGES,
    "SearchResult.get_search_iterator_v2_results_info": "what only its iterators ask",
    "SearchResult.get_session_ts": "what only its iterators ask",
    "TopHits.to_proto": _MESSAGES,
}


def parameters(function: object) -> list[inspect.Parameter]:
    assert callable(function)
    named = inspect.signature(function).parameters.items()
    return [one for name, one in named if name != "self" and one.kind is not one.VAR_KEYWORD]


def shown(one: inspect.Parameter) -> str:
    prefix = "*" if one.kind is one.VAR_POSITIONAL else ""
    return prefix + (one.name if one.default is one.empty else f"{one.name}={one.default!r}")


def positional(function: object) -> list[str]:
    """The parameters that can be given by position, as they are written."""
    return [shown(one) for one in parameters(function) if one.kind is not one.KEYWORD_ONLY]


def public_methods(cls: type) -> dict[str, object]:
    return {name: getattr(cls, name) for name in dir(cls) if not name.startswith("_") and callable(getattr(cls, name))}


def wanted(cls: str, method: str) -> tuple[list[str], list[str]]:
    """What the reference client takes by position, and what by name only."""
    given = [name for name in REFERENCE[cls][method] if not name.startswith("**")]
    star = next((index for index, name in enumerate(given) if name.startswith("*")), len(given))
    if star < len(given) and given[star] != "*":  # *nums
        return given[: star + 1], given[star + 1 :]
    return given[:star], given[star + 1 :]


CASES = [
    (cls, method)
    for cls, methods in REFERENCE.items()
    for method in methods
    if method not in NOT_YET and (cls not in RECEIVED or method != "__init__") and f"{cls}.{method}" not in WITHOUT
]


@pytest.mark.parametrize(("cls", "method"), CASES, ids=[f"{cls}.{method}" for cls, method in CASES])
def test_parameters_are_those_of_the_reference_client(cls: str, method: str) -> None:
    function = getattr(getattr(milvusclient, cls), method)
    by_position, by_name = wanted(cls, method)
    if f"{cls}.{method}" in DIFFERENT:
        instead, _ = DIFFERENT[f"{cls}.{method}"]
        assert instead != by_position, "it is no different; take it out of DIFFERENT"
        by_position = instead
    assert positional(function) == by_position
    assert set(by_name) - {shown(one) for one in parameters(function)} == set()


def test_what_is_left_out_is_not_here() -> None:
    there = [name for name in WITHOUT if hasattr(getattr(milvusclient, name.split(".")[0]), name.split(".")[1])]
    assert there == []


def test_both_clients_have_the_same_methods() -> None:
    ours, theirs = public_methods(MilvusClient), public_methods(AsyncMilvusClient)
    assert sorted(ours) == sorted(theirs)
    for name, method in ours.items():
        assert [shown(one) for one in parameters(method)] == [shown(one) for one in parameters(theirs[name])], name
        assert [one.kind for one in parameters(method)] == [one.kind for one in parameters(theirs[name])], name


def test_every_method_of_the_reference_client_is_here_or_expected() -> None:
    for cls in (MilvusClient, AsyncMilvusClient):
        missing = set(REFERENCE["MilvusClient"]) - set(dir(cls))
        assert missing - NOT_YET == set()
