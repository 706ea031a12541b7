"""Results of the ORM and the utilities about replicas, compactions, bulk inserts and results of calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from milvusclient.exceptions import AutoIDException
from milvusclient.models.infos import ReplicaInfo, Shard
from milvusclient.schema.states import State

__all__ = ["BulkInsertState", "CompactionState", "Group", "Replica", "Status"]


class Status:
    """The outcome of a call: a code, which is 0 for success, and a message."""

    SUCCESS: Final = 0
    UNEXPECTED_ERROR: Final = 1
    CONNECT_FAILED: Final = 2
    PERMISSION_DENIED: Final = 3
    COLLECTION_NOT_EXISTS: Final = 4
    ILLEGAL_ARGUMENT: Final = 5
    ILLEGAL_RANGE: Final = 6
    ILLEGAL_DIMENSION: Final = 7
    ILLEGAL_INDEX_TYPE: Final = 8
    ILLEGAL_COLLECTION_NAME: Final = 9
    ILLEGAL_TOPK: Final = 10
    ILLEGAL_ROWRECORD: Final = 11
    ILLEGAL_VECTOR_ID: Final = 12
    ILLEGAL_SEARCH_RESULT: Final = 13
    FILE_NOT_FOUND: Final = 14
    META_FAILED: Final = 15
    CACHE_FAILED: Final = 16
    CANNOT_CREATE_FOLDER: Final = 17
    CANNOT_CREATE_FILE: Final = 18
    CANNOT_DELETE_FOLDER: Final = 19
    CANNOT_DELETE_FILE: Final = 20
    BUILD_INDEX_ERROR: Final = 21
    ILLEGAL_NLIST: Final = 22
    ILLEGAL_METRIC_TYPE: Final = 23
    OUT_OF_MEMORY: Final = 24
    INDEX_NOT_EXIST: Final = 25
    EMPTY_COLLECTION: Final = 26

    def __init__(self, code: int = SUCCESS, message: str = "Success") -> None:
        self.code = code
        self.message = message

    def OK(self) -> bool:  # noqa: N802 - the name that programs call
        """Return whether the call succeeded."""
        return self.code == Status.SUCCESS

    def __repr__(self) -> str:
        return f"{type(self).__name__}(code={self.code}, message={self.message})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return self.code == other
        return isinstance(other, Status) and self.code == other.code

    def __hash__(self) -> int:
        return hash(self.code)


class Group:
    """One copy of a loaded collection."""

    def __init__(
        self,
        group_id: int,
        shards: list[Shard],
        group_nodes: Iterable[int],
        resource_group: str,
        num_outbound_node: Mapping[str, int],
    ) -> None:
        self._id = group_id
        self._shards = shards
        self._group_nodes = tuple(group_nodes)
        self._resource_group = resource_group
        self._num_outbound_node = num_outbound_node

    @property
    def id(self) -> int:
        """The number of the copy."""
        return self._id

    @property
    def group_nodes(self) -> tuple[int, ...]:
        """The nodes that hold it."""
        return self._group_nodes

    @property
    def shards(self) -> list[Shard]:
        """The shards of the replica."""
        return self._shards

    @property
    def resource_group(self) -> str:
        """The resource group that it belongs to."""
        return self._resource_group

    @property
    def num_outbound_node(self) -> Mapping[str, int]:
        """Number of its nodes that belong to other resource groups, by group."""
        return self._num_outbound_node

    def __repr__(self) -> str:
        return (
            f"Group: <group_id:{self.id}>, <group_nodes:{self.group_nodes}>, <shards:{self.shards}>, "
            f"<resource_group: {self.resource_group}>, <num_outbound_node: {self.num_outbound_node}>"
        )


class Replica:
    """The copies of a loaded collection."""

    def __init__(self, groups: list[Group]) -> None:
        self._groups = groups

    @classmethod
    def of(cls, replicas: Sequence[ReplicaInfo]) -> Replica:
        """Make one of what ``MilvusClient.describe_replica`` returns."""
        groups = [
            Group(one.id, one.shards, one.group_nodes, one.resource_group, one.num_outbound_node) for one in replicas
        ]
        return cls(groups)

    @property
    def groups(self) -> list[Group]:
        """The copies."""
        return self._groups

    def __repr__(self) -> str:
        return "Replica groups:" + "".join(f"\n- {group}" for group in self._groups)


class CompactionState:
    """Progress of a compaction."""

    def __init__(self, compaction_id: int, state: State, in_executing: int, in_timeout: int, completed: int) -> None:
        self.compaction_id = compaction_id
        self.state = state
        self.in_executing = in_executing
        self.in_timeout = in_timeout
        self.completed = completed

    @property
    def state_name(self) -> str:
        """The name of the state."""
        return self.state.name

    def __repr__(self) -> str:
        return (
            f"\nCompactionState\n - compaction id: {self.compaction_id}\n - State: {self.state_name}\n"
            f" - executing plan number: {self.in_executing}\n - timeout plan number: {self.in_timeout}\n"
            f" - complete plan number: {self.completed}\n"
        )


class BulkInsertState:
    """Progress of a bulk insert."""

    ImportPending: Final = 0
    ImportFailed: Final = 1
    ImportStarted: Final = 2
    ImportPersisted: Final = 5
    ImportCompleted: Final = 6
    ImportFailedAndCleaned: Final = 7
    ImportUnknownState: Final = 100

    FAILED_REASON: Final = "failed_reason"
    IMPORT_FILES: Final = "files"
    IMPORT_COLLECTION: Final = "collection"
    IMPORT_PARTITION: Final = "partition"
    IMPORT_PROGRESS: Final = "progress_percent"

    state_2_name: ClassVar[dict[int, str]] = {
        ImportPending: "Pending",
        ImportFailed: "Failed",
        ImportStarted: "Started",
        ImportPersisted: "Persisted",
        ImportCompleted: "Completed",
        ImportFailedAndCleaned: "Failed and cleaned",
        ImportUnknownState: "Unknown",
    }

    def __init__(
        self, task_id: int, state: int, row_count: int, id_ranges: Sequence[int], infos: Iterable[Any], create_ts: int
    ) -> None:
        self._task_id = task_id
        self._state = state
        self._row_count = row_count
        self._id_ranges = list(id_ranges)
        self._infos: dict[str, str] = {pair.key: pair.value for pair in infos}
        self._create_ts = create_ts

    @property
    def task_id(self) -> int:
        """The number of the job."""
        return self._task_id

    @property
    def row_count(self) -> int:
        """Number of rows written."""
        return self._row_count

    @property
    def state(self) -> int:
        """One of the constants of this class."""
        return self._state if self._state in self.state_2_name else BulkInsertState.ImportUnknownState

    @property
    def state_name(self) -> str:
        """The state in words."""
        return self.state_2_name.get(self._state, "unknown state")

    @property
    def id_ranges(self) -> list[int]:
        """The primary keys that the server made: first, end, first, end ..."""
        return self._id_ranges

    @property
    def ids(self) -> list[int]:
        """The primary keys that the server made, one by one.

        Raises:
            AutoIDException: the server named the first key of a range without its end.
        """
        if len(self._id_ranges) % 2:
            message = f"bulk insert {self._task_id}: the server named {len(self._id_ranges)} bounds of ranges of keys"
            raise AutoIDException(message=f"{message}, which is not an even number; use id_ranges")
        ranges = zip(self._id_ranges[::2], self._id_ranges[1::2], strict=True)
        return [key for first, end in ranges for key in range(first, end)]

    @property
    def infos(self) -> dict[str, str]:
        """Further facts from the server, by name."""
        return self._infos

    @property
    def failed_reason(self) -> str:
        """Why it failed; empty when it did not."""
        return self._infos.get(self.FAILED_REASON, "")

    @property
    def files(self) -> str:
        """The files that it reads."""
        return self._infos.get(self.IMPORT_FILES, "")

    @property
    def collection_name(self) -> str:
        """The collection that it fills."""
        return self._infos.get(self.IMPORT_COLLECTION, "")

    @property
    def partition_name(self) -> str:
        """The partition that it fills."""
        return self._infos.get(self.IMPORT_PARTITION, "")

    @property
    def create_timestamp(self) -> int:
        """Time of the request, in seconds since 1970."""
        return self._create_ts

    @property
    def create_time_str(self) -> str:
        """Time of the request, in local time."""
        return datetime.fromtimestamp(self._create_ts).strftime("%Y-%m-%d %H:%M:%S")

    @property
    def progress(self) -> int:
        """Progress in percent."""
        return int(self._infos.get(self.IMPORT_PROGRESS, "0") or 0)

    def __repr__(self) -> str:
        rows = {
            "taskID": self._task_id,
            "state": self.state_name,
            "row_count": self._row_count,
            "infos": self._infos,
            "id_ranges": self._id_ranges,
            "create_ts": self.create_time_str,
        }
        return "<Bulk insert state:" + ",".join(f"\n    - {name:<16}: {value}" for name, value in rows.items()) + "\n>"
