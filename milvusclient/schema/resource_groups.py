"""ResourceGroupConfig: how many query nodes a resource group requests, and from where it takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, require_int, require_str
from milvusclient.exceptions import ParamError

__all__ = [
    "NodeLabel",
    "ResourceGroupConfig",
    "ResourceGroupLimit",
    "ResourceGroupNodeFilter",
    "ResourceGroupTransfer",
]

_Raw: TypeAlias = Mapping[str, object]
_Part = TypeVar("_Part")


@suggest_keywords
@dataclass(frozen=True, slots=True)
class ResourceGroupLimit:
    """A number of query nodes.

    Args:
        node_num: number of nodes.

    Raises:
        ParamError: ``node_num`` is not an int.
    """

    node_num: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_num", require_int("node_num", self.node_num))  # integers of numpy, too


@suggest_keywords
@dataclass(frozen=True, slots=True)
class ResourceGroupTransfer:
    """A resource group from which nodes are taken, or to which they are given.

    Args:
        resource_group: name of the group.

    Raises:
        ParamError: ``resource_group`` is not a str.
    """

    resource_group: str = ""

    def __post_init__(self) -> None:
        require_str("resource_group", self.resource_group)


@suggest_keywords
@dataclass(frozen=True, slots=True)
class NodeLabel:
    """A label of a query node.

    Args:
        key: name of the label.
        value: value of the label.

    Raises:
        ParamError: ``key`` or ``value`` is not a str.
    """

    key: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        require_str("the key of a node label", self.key)
        require_str("the value of a node label", self.value)


@suggest_keywords
class ResourceGroupNodeFilter:
    """The query nodes that a resource group prefers: those with certain labels.

    Args:
        node_labels: the labels, each as a :class:`NodeLabel` or a dict with ``key`` and ``value``.

    Raises:
        ParamError: ``node_labels`` is not a list, or a label is neither a NodeLabel nor such a dict.
    """

    def __init__(self, node_labels: Sequence[NodeLabel | _Raw] = ()) -> None:
        self.node_labels = _parts(_label, node_labels, "node_labels")

    def __eq__(self, other: object) -> bool:
        return self.node_labels == other.node_labels if isinstance(other, ResourceGroupNodeFilter) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.node_labels))

    def __repr__(self) -> str:
        return f"ResourceGroupNodeFilter(node_labels={self.node_labels!r})"


@suggest_keywords
class ResourceGroupConfig:
    """The configuration of a resource group. Each part is an object of its class, or a dict with the same names.

    Args:
        requests: number of query nodes that the group needs.
        limits: maximum number of query nodes that the group has.
        transfer_from: groups from which missing nodes are taken.
        transfer_to: groups to which surplus nodes are given.
        node_filter: query nodes that the group prefers.

    Attributes:
        requests, limits, transfer_from, transfer_to, node_filter: as objects; empty ones for parts that are not given.

    Raises:
        ParamError: a part is neither of its class nor a dict, or a dict has an unknown name.

    Example:
        >>> from milvusclient import ResourceGroupConfig
        >>> config = ResourceGroupConfig(requests={"node_num": 1}, transfer_from=[{"resource_group": "spare"}])
        >>> config.requests.node_num, config.transfer_from[0].resource_group
        (1, 'spare')
        >>> config.to_dict()
        {'requests': {'node_num': 1}, 'transfer_from': [{'resource_group': 'spare'}]}
    """

    def __init__(
        self,
        *,
        requests: ResourceGroupLimit | _Raw | None = None,
        limits: ResourceGroupLimit | _Raw | None = None,
        transfer_from: Sequence[ResourceGroupTransfer | _Raw] | None = None,
        transfer_to: Sequence[ResourceGroupTransfer | _Raw] | None = None,
        node_filter: ResourceGroupNodeFilter | _Raw | None = None,
    ) -> None:
        parts = {"requests": requests, "limits": limits, "node_filter": node_filter}
        self._given = {name for name, part in parts.items() if part is not None}
        self.requests = _limit(requests, "requests")
        self.limits = _limit(limits, "limits")
        self.transfer_from = _parts(_transfer, transfer_from or (), "transfer_from")
        self.transfer_to = _parts(_transfer, transfer_to or (), "transfer_to")
        self.node_filter = _node_filter(node_filter, "node_filter")

    def to_dict(self) -> dict[str, object]:
        """Return the configuration as plain dicts; parts that were not given are left out."""
        labels = [{"key": label.key, "value": label.value} for label in self.node_filter.node_labels]
        result: dict[str, object] = {}
        for name, limit in (("requests", self.requests), ("limits", self.limits)):
            if name in self._given or limit.node_num:
                result[name] = {"node_num": limit.node_num}
        for name, groups in (("transfer_from", self.transfer_from), ("transfer_to", self.transfer_to)):
            if groups:
                result[name] = [{"resource_group": group.resource_group} for group in groups]
        if "node_filter" in self._given or labels:
            result["node_filter"] = {"node_labels": labels}
        return result

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, ResourceGroupConfig) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its parts can be replaced, so it cannot be a key of a dict

    def __repr__(self) -> str:
        return f"ResourceGroupConfig({', '.join(f'{name}={part!r}' for name, part in self.to_dict().items())})"


def _dict(value: object, where: str, kind: str, names: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise ParamError(message=f"{where} must be a {kind} or a dict, got {given(value)}")
    for name in value:
        if name not in names:
            raise ParamError(message=f"{where} has the unknown key {name!r}; use {', '.join(names)}")
    return dict(value)


def _limit(value: object, where: str) -> ResourceGroupLimit:
    if isinstance(value, ResourceGroupLimit):
        return value
    raw = _dict({} if value is None else value, where, "ResourceGroupLimit", ("node_num",))
    return ResourceGroupLimit(require_int(f"{where}: node_num", raw.get("node_num", 0)))


def _transfer(value: object, where: str) -> ResourceGroupTransfer:
    if isinstance(value, ResourceGroupTransfer):
        return value
    raw = _dict(value, where, "ResourceGroupTransfer", ("resource_group",))
    return ResourceGroupTransfer(require_str(f"{where}: resource_group", raw.get("resource_group", "")))


def _label(value: object, where: str) -> NodeLabel:
    if isinstance(value, NodeLabel):
        return value
    raw = _dict(value, where, "NodeLabel", ("key", "value"))
    return NodeLabel(
        require_str(f"{where}: key", raw.get("key", "")), require_str(f"{where}: value", raw.get("value", ""))
    )


def _node_filter(value: object, where: str) -> ResourceGroupNodeFilter:
    if isinstance(value, ResourceGroupNodeFilter):
        return value
    raw = _dict({} if value is None else value, where, "ResourceGroupNodeFilter", ("node_labels",))
    return ResourceGroupNodeFilter(_parts(_label, raw.get("node_labels", ()), f"{where}: node_labels"))


def _parts(convert: Callable[[object, str], _Part], values: object, where: str) -> list[_Part]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ParamError(message=f"{where} must be a list, got {given(values)}")
    return [convert(value, f"{where}[{index}]") for index, value in enumerate(values)]
