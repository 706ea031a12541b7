"""ResourceGroupConfig: from objects and from dicts."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.schema.resource_groups import (
    NodeLabel,
    ResourceGroupConfig,
    ResourceGroupLimit,
    ResourceGroupNodeFilter,
    ResourceGroupTransfer,
)

FULL: dict[str, Any] = {
    "requests": {"node_num": 1},
    "limits": {"node_num": 2},
    "transfer_from": [{"resource_group": "a"}],
    "transfer_to": [{"resource_group": "b"}],
    "node_filter": {"node_labels": [{"key": "k", "value": "v"}]},
}


def test_dicts_and_objects_are_the_same() -> None:
    from_objects = ResourceGroupConfig(
        requests=ResourceGroupLimit(1),
        limits=ResourceGroupLimit(node_num=2),
        transfer_from=[ResourceGroupTransfer("a")],
        transfer_to=[ResourceGroupTransfer("b")],
        node_filter=ResourceGroupNodeFilter([NodeLabel("k", "v")]),
    )
    assert ResourceGroupConfig(**FULL) == from_objects
    assert from_objects.to_dict() == FULL
    assert from_objects.node_filter.node_labels[0].key == "k"


def test_what_is_not_given_is_empty_and_left_out() -> None:
    config = ResourceGroupConfig(requests={"node_num": 0})
    assert config.to_dict() == {"requests": {"node_num": 0}}
    assert (config.limits.node_num, config.transfer_from, config.node_filter.node_labels) == (0, [], [])
    assert repr(ResourceGroupConfig()) == "ResourceGroupConfig()"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"requests": {"x": 1}}, "requests has the unknown key 'x'; use node_num"),
        ({"requests": 5}, "requests must be a ResourceGroupLimit or a dict, got 5 (int)"),
        ({"requests": {"node_num": "x"}}, "node_num must be an int"),
        ({"transfer_from": {"resource_group": "a"}}, "transfer_from must be a list"),
        ({"transfer_to": ["a"]}, "transfer_to[0]"),
        ({"node_filter": {"node_labels": [{"key": 5}]}}, "node_labels[0]: key must be a str"),
    ],
)
def test_an_invalid_argument_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ParamError) as caught:
        ResourceGroupConfig(**options)
    assert words in caught.value.message
