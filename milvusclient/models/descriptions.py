"""The dicts that ``describe_...`` calls return. They are plain dicts at run time; these types list their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.states import LoadState

if TYPE_CHECKING:
    from milvusclient._proto import schema_pb2

__all__ = [
    "AliasDescription",
    "AliasList",
    "CollectionDescription",
    "FieldDescription",
    "FunctionDescription",
    "GrantDescription",
    "IndexDescription",
    "LoadStateDescription",
    "PrivilegeGroupDescription",
    "RoleDescription",
    "ServerDescription",
    "StructFieldDescription",
    "UserDescription",
]


class StructFieldDescription(TypedDict):
    """A sub-field of a struct array; its type is that of one value of one struct."""

    field_id: int
    name: str
    type: DataType
    description: str
    params: NotRequired[dict[str, object]]


class FieldDescription(TypedDict):
    """A field of a collection. Flags are present only if they are true.

    A struct array has the type ARRAY, the element_type STRUCT, and its sub-fields in ``struct_fields``.
    """

    field_id: int
    name: str
    description: str
    type: DataType
    params: dict[str, object]
    default_value: NotRequired[schema_pb2.ValueField]
    element_type: NotRequired[DataType]
    is_partition_key: NotRequired[bool]
    is_dynamic: NotRequired[bool]
    auto_id: NotRequired[bool]
    nullable: NotRequired[bool]
    is_primary: NotRequired[bool]
    is_clustering_key: NotRequired[bool]
    is_function_output: NotRequired[bool]
    external_field: NotRequired[str]
    struct_fields: NotRequired[list[StructFieldDescription]]


class FunctionDescription(TypedDict):
    """A function of a collection."""

    name: str
    id: int
    description: str
    type: FunctionType
    params: dict[str, str]
    input_field_names: list[str]
    input_field_ids: list[int]
    output_field_names: list[str]
    output_field_ids: list[int]


class CollectionDescription(TypedDict):
    """The result of ``describe_collection``."""

    collection_name: str
    auto_id: bool
    num_shards: int
    description: str
    fields: list[FieldDescription]
    functions: list[FunctionDescription]
    aliases: list[str]
    collection_id: int
    consistency_level: int
    consistency_level_name: str
    properties: dict[str, str]
    num_partitions: int
    enable_dynamic_field: bool
    enable_namespace: bool
    schema_version: int
    external_source: NotRequired[str]
    external_spec: NotRequired[str]
    created_timestamp: NotRequired[int]
    update_timestamp: NotRequired[int]


class AliasDescription(TypedDict):
    """The result of ``describe_alias``."""

    alias: str
    collection_name: NotRequired[str]
    db_name: NotRequired[str]


class AliasList(TypedDict):
    """The result of ``list_aliases``."""

    aliases: list[str]
    collection_name: NotRequired[str]
    db_name: NotRequired[str]


class IndexDescription(TypedDict):
    """The result of ``describe_index``. It also has each build parameter under its name, as a str."""

    field_name: str
    index_name: str
    index_type: NotRequired[str]
    metric_type: NotRequired[str]
    params: NotRequired[dict[str, object]]
    total_rows: int
    indexed_rows: int
    pending_index_rows: int
    state: str


class LoadStateDescription(TypedDict):
    """The result of ``get_load_state``. ``progress`` is in percent, and present while the collection is loading."""

    state: LoadState
    progress: NotRequired[int]


class ServerDescription(TypedDict):
    """The result of ``get_server_version(detail=True)``."""

    version: str
    build_time: str
    git_commit: str
    go_version: str
    deploy_mode: str


class UserDescription(TypedDict, total=False):
    """The result of ``describe_user``; an empty dict if the user does not exist."""

    user_name: str
    roles: list[str]
    description: str


class GrantDescription(TypedDict):
    """A privilege that a role has."""

    object_type: str
    object_name: str
    db_name: str
    role_name: str
    privilege: str
    grantor_name: str


class RoleDescription(TypedDict):
    """The result of ``describe_role``."""

    role: str
    description: str
    privileges: list[GrantDescription]


class PrivilegeGroupDescription(TypedDict):
    """An item of what ``list_privilege_groups`` returns."""

    privilege_group: str
    privileges: list[str]
