"""What the canned server knows: the collections of a scenario, what was created in it, and how often it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import grpc

from tests.support import facts
from tests.support.facts import Dynamic

Config = Mapping[str, Any]
"""A canned collection as the recordings describe it (shared/wire/README, "Fields of one line": ``server``)."""

CREATED_TS = 447000000000000001
UPDATED_TS = 448000000000000001
"""``update_timestamp`` of DescribeCollection."""
MUTATION_TS = 449000000000000001
"""``timestamp`` of insert, upsert and delete."""
SESSION_TS = 445000000000000001
"""``session_ts`` of search and query."""
FLUSH_TS = 450000000000000001
ALLOC_TS = 451000000000000001
IDENTIFIER = 4242
TOTAL_ROWS = 7
"""The rows that a query over any collection can return; their keys are 1..7 or ``pk1``..``pk7``."""
SERVER_VERSION = "v3.0-recorder"

VECTOR_TYPES = frozenset({100, 101, 102, 103, 104, 105})

FALLBACK: Config = {
    "enable_dynamic_field": True,
    "fields": [
        {"name": "id", "type": "Int64", "is_primary_key": True},
        {"name": "vector", "type": "FloatVector", "type_params": {"dim": "4"}},
    ],
}
"""The collection that any name stands for which the scenario does not list."""


class AbortError(Exception):
    """The canned answer is a gRPC error."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


class State:
    """The canned server's memory during one scenario; safe to use from the threads of a server."""

    def __init__(self, collections: Mapping[str, Config] | None = None) -> None:
        self._lock = threading.Lock()
        self.collections: Mapping[str, Config] = collections or {}
        self.created: dict[str, Dynamic] = {}
        self.indexes: dict[str, list[tuple[str, str, dict[str, str]]]] = {}
        self._counts: dict[tuple[str, ...], int] = {}

    def bump(self, *key: str) -> int:
        """Count one more occurrence of a key and return the count, 1 at first."""
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key]

    def config(self, name: str) -> Config:
        """What the scenario says of that collection; empty for a name that it does not list."""
        return self.collections.get(name, {})

    def schema(self, name: str) -> Dynamic:
        """The schema that DescribeCollection answers: as created in this scenario, as listed, or the fallback."""
        if name in self.created:
            return self.created[name]
        return build_schema(name, self.collections.get(name, FALLBACK))

    def collection_id(self, name: str) -> int:
        """1000 and up in the order of the listed names, 999 for others."""
        names = sorted(self.collections)
        return 1000 + names.index(name) if name in names else 999

    def remember_index(self, collection: str, field: str, name: str, params: dict[str, str]) -> None:
        """Keep what CreateIndex said, for DescribeIndex."""
        with self._lock:
            self.indexes.setdefault(collection, []).append((field, name, params))

    def fault(self, rpc: str, collection: str) -> Dynamic | None:
        """The canned failure of this call, if the collection's ``faults`` have one for it.

        Step i answers the i-th call of that RPC; after the last step calls succeed, or repeat it when the collection
        says ``faults_forever``. A step is null (success), ``{"grpc": "UNAVAILABLE", "details": ..}`` or the fields
        of a Status.

        Returns:
            A Status message to answer with, or None.

        Raises:
            AbortError: the step is a gRPC error.
        """
        config = self.config(collection)
        steps = config.get("faults", {}).get(rpc)
        if not steps:
            return None
        count = self.bump("fault", rpc, collection)
        if count > len(steps) and not config.get("faults_forever"):
            return None
        step = steps[min(count, len(steps)) - 1]
        if step is None:
            return None
        if "grpc" in step:
            raise AbortError(grpc.StatusCode[step["grpc"]], step.get("details", ""))
        return status(**step)


def status(
    code: int = 0,
    reason: str = "",
    *,
    error_code: str = "Success",
    retriable: bool = False,
    detail: str = "",
    extra_info: Mapping[str, str] | None = None,
) -> Dynamic:
    """A Status message; ``error_code`` is the member's name in the older ErrorCode enum."""
    return facts.message("Status")(
        code=code,
        reason=reason,
        retriable=retriable,
        detail=detail,
        error_code=facts.enum_value("ErrorCode", error_code),
        extra_info=dict(extra_info or {}),
    )


def with_status(response: str, failed: Dynamic) -> Dynamic:
    """An empty reply of that message type which carries the failed status where the type keeps it."""
    cls = facts.message(response)
    if cls is facts.message("Status"):
        return failed
    fields = cls.DESCRIPTOR.fields_by_name
    return cls(**{"alter_status" if "alter_status" in fields else "status": failed})


# --- schemas ---------------------------------------------------------------------------------------------------------
def build_schema(name: str, config: Config) -> Dynamic:
    """The CollectionSchema of a canned collection; field ids count from 100, function ids from 500."""
    schema = facts.message("CollectionSchema")(
        name=name,
        **{
            key: config[key]
            for key in ("description", "enable_dynamic_field", "enable_namespace", "external_source", "external_spec")
            if key in config
        },
    )
    number = 100
    for field in config["fields"]:
        schema.fields.append(build_field(field, number))
        number += 1
    for field in config.get("struct_array_fields", []):
        struct = schema.struct_array_fields.add(
            fieldID=number,
            name=field["name"],
            description=field.get("description", ""),
            nullable=field.get("nullable", False),
            type_params=key_values(field.get("type_params", {})),
        )
        number += 1
        for sub_field in field["fields"]:
            struct.fields.append(build_field(sub_field, number))
            number += 1
    for index, function in enumerate(config.get("functions", [])):
        schema.functions.add(
            name=function["name"],
            id=500 + index,
            type=facts.enum_value("FunctionType", function["type"]),
            input_field_names=function["input_field_names"],
            output_field_names=function["output_field_names"],
            params=key_values(function.get("params", {})),
        )
    return schema


_PLAIN_FIELD_KEYS = (
    "description",
    "is_primary_key",
    "autoID",
    "is_partition_key",
    "is_clustering_key",
    "nullable",
    "is_function_output",
    "external_field",
)


def build_field(config: Config, number: int) -> Dynamic:
    """The FieldSchema of one canned field."""
    field = facts.message("FieldSchema")(
        fieldID=number,
        name=config["name"],
        data_type=facts.enum_value("DataType", config["type"]),
        type_params=key_values(config.get("type_params", {})),
        **{key: config[key] for key in _PLAIN_FIELD_KEYS if key in config},
    )
    if config.get("element_type"):
        field.element_type = facts.enum_value("DataType", config["element_type"])
    if config.get("default_value") is not None:
        member = _DEFAULT_MEMBERS.get(config["type"], "string_data")
        setattr(field.default_value, member, config["default_value"])
    return field


_DEFAULT_MEMBERS = {
    "Bool": "bool_data",
    "Int8": "int_data",
    "Int16": "int_data",
    "Int32": "int_data",
    "Int64": "long_data",
    "Float": "float_data",
    "Double": "double_data",
}


def key_values(values: Mapping[str, object]) -> list[Dynamic]:
    """A dict as a list of KeyValuePair messages."""
    return [facts.message("KeyValuePair")(key=key, value=str(value)) for key, value in values.items()]


# --- the table of replies --------------------------------------------------------------------------------------------
Reply = Callable[[State, Dynamic], Dynamic]
REPLIES: dict[str, Reply] = {}
"""The canned reply of each RPC that needs more than an empty message; filled by the ``canned_*`` modules."""


def replies_to(*rpcs: str) -> Callable[[Reply], Reply]:
    """Register a function as the canned reply of these RPCs."""

    def register(reply: Reply) -> Reply:
        for rpc in rpcs:
            REPLIES[rpc] = reply
        return reply

    return register
