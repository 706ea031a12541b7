"""The table of calls of MilvusService: name, request, reply, and whether a request may be carried out twice."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeAlias, TypeVar, cast

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.codec.read import reply
from milvusclient.exceptions import ReplyError
from milvusclient.policy.failure import Safety

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from milvusclient.codec.write.request import Assembled

__all__ = ["Method", "Readable", "Request"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

#: What a call sends: a message, or the bytes of one.
Request: TypeAlias = "Req | Assembled[Req]"

_SERVICE = "/milvus.proto.milvus.MilvusService/"


class Readable(Protocol):
    """A message, or another class that parses the bytes of a reply."""

    @classmethod
    def FromString(cls, data: bytes, /) -> Self:  # noqa: N802 - the name that messages have
        """Parse a reply."""


class Method(Generic[Req, Rep]):
    """One call: its name on the wire, its request and its reply.

    Args:
        name: the name of the call, also the last part of its path.
        request: returns the class of the request. It is never called; it ties the class to the call for type checkers.
        reply: returns the class of the reply. It is called at the first reply: most programs make few of the calls, and
            making all the classes takes longer than importing the rest of the package.
        safety: what happens when the request is carried out twice.
    """

    __slots__ = ("_read", "is_unsafe", "name", "path", "reply", "request", "safety", "status_of")

    def __init__(
        self, name: str, request: Callable[[], type[Req]], reply: Callable[[], type[Rep]], safety: Safety
    ) -> None:
        self.name = name
        self.path = _SERVICE + name
        self.request = request
        self.reply = reply
        self.safety = safety
        #: Whether carrying it out twice does harm; precomputed, since every call asks.
        self.is_unsafe = safety is Safety.UNSAFE
        self._read: Callable[[bytes], Rep] | None = None
        #: The status that a reply carries; an empty one, which means success, for a reply without.
        self.status_of: Callable[[Rep], common_pb2.Status] = self._status_at_first

    def decode(self, data: bytes) -> Rep:
        """Parse a reply.

        Raises:
            ReplyError: the bytes are not a reply to this call.
        """
        read = self._read
        if read is None:
            read = self._read = self.reply().FromString
        try:
            return read(data)
        except (
            Exception
        ) as error:  # protobuf raises DecodeError, of one class or another depending on its implementation
            raise ReplyError(
                message=f"the server's reply to {self.name} ({len(data)} bytes) cannot be read: {error}"
            ) from error

    def _status_at_first(self, reply: Rep) -> common_pb2.Status:
        """Return the status of the first reply, after finding its place for all later ones."""
        self.status_of = self._status_reader()
        return self.status_of(reply)

    def _status_reader(self) -> Callable[[Rep], common_pb2.Status]:
        kind = self.reply()
        if kind is common_pb2.Status:
            return _itself
        if not hasattr(kind, "DESCRIPTOR"):  # no message, but one of codec/read/reply.py, which holds one
            return attrgetter("status")
        fields = cast("type[Message]", kind).DESCRIPTOR.fields_by_name
        name = next((name for name in ("status", "alter_status") if name in fields), None)
        return _no_status if name is None else attrgetter(name)

    def __repr__(self) -> str:
        return f"Method({self.name})"


_SUCCESS = common_pb2.Status()


def _itself(reply: object) -> common_pb2.Status:
    return cast("common_pb2.Status", reply)


def _no_status(reply: object) -> common_pb2.Status:
    del reply
    return _SUCCESS


# fmt: off
ADD_COLLECTION_FIELD = Method("AddCollectionField", lambda: milvus_pb2.AddCollectionFieldRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ADD_COLLECTION_FUNCTION = Method("AddCollectionFunction", lambda: milvus_pb2.AddCollectionFunctionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ADD_COLLECTION_STRUCT_FIELD = Method("AddCollectionStructField", lambda: milvus_pb2.AddCollectionStructFieldRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ADD_FILE_RESOURCE = Method("AddFileResource", lambda: milvus_pb2.AddFileResourceRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALLOC_TIMESTAMP = Method("AllocTimestamp", lambda: milvus_pb2.AllocTimestampRequest, lambda: milvus_pb2.AllocTimestampResponse, Safety.READ)
ALTER_ALIAS = Method("AlterAlias", lambda: milvus_pb2.AlterAliasRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION = Method("AlterCollection", lambda: milvus_pb2.AlterCollectionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION_FIELD = Method("AlterCollectionField", lambda: milvus_pb2.AlterCollectionFieldRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION_FUNCTION = Method("AlterCollectionFunction", lambda: milvus_pb2.AlterCollectionFunctionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION_SCHEMA = Method("AlterCollectionSchema", lambda: milvus_pb2.AlterCollectionSchemaRequest, lambda: milvus_pb2.AlterCollectionSchemaResponse, Safety.IDEMPOTENT)
ALTER_DATABASE = Method("AlterDatabase", lambda: milvus_pb2.AlterDatabaseRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALTER_INDEX = Method("AlterIndex", lambda: milvus_pb2.AlterIndexRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
ALTER_ROLE = Method("AlterRole", lambda: milvus_pb2.AlterRoleRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CHECK_HEALTH = Method("CheckHealth", lambda: milvus_pb2.CheckHealthRequest, lambda: milvus_pb2.CheckHealthResponse, Safety.READ)
CONNECT = Method("Connect", lambda: milvus_pb2.ConnectRequest, lambda: milvus_pb2.ConnectResponse, Safety.READ)
CREATE_ALIAS = Method("CreateAlias", lambda: milvus_pb2.CreateAliasRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_COLLECTION = Method("CreateCollection", lambda: milvus_pb2.CreateCollectionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_CREDENTIAL = Method("CreateCredential", lambda: milvus_pb2.CreateCredentialRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_DATABASE = Method("CreateDatabase", lambda: milvus_pb2.CreateDatabaseRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_INDEX = Method("CreateIndex", lambda: milvus_pb2.CreateIndexRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_PARTITION = Method("CreatePartition", lambda: milvus_pb2.CreatePartitionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_PRIVILEGE_GROUP = Method("CreatePrivilegeGroup", lambda: milvus_pb2.CreatePrivilegeGroupRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_RESOURCE_GROUP = Method("CreateResourceGroup", lambda: milvus_pb2.CreateResourceGroupRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_ROLE = Method("CreateRole", lambda: milvus_pb2.CreateRoleRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
CREATE_SNAPSHOT = Method("CreateSnapshot", lambda: milvus_pb2.CreateSnapshotRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DELETE = Method("Delete", lambda: milvus_pb2.DeleteRequest, lambda: milvus_pb2.MutationResult, Safety.IDEMPOTENT)
DELETE_CREDENTIAL = Method("DeleteCredential", lambda: milvus_pb2.DeleteCredentialRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DESCRIBE_ALIAS = Method("DescribeAlias", lambda: milvus_pb2.DescribeAliasRequest, lambda: milvus_pb2.DescribeAliasResponse, Safety.READ)
DESCRIBE_COLLECTION = Method("DescribeCollection", lambda: milvus_pb2.DescribeCollectionRequest, lambda: milvus_pb2.DescribeCollectionResponse, Safety.READ)
DESCRIBE_DATABASE = Method("DescribeDatabase", lambda: milvus_pb2.DescribeDatabaseRequest, lambda: milvus_pb2.DescribeDatabaseResponse, Safety.READ)
DESCRIBE_INDEX = Method("DescribeIndex", lambda: milvus_pb2.DescribeIndexRequest, lambda: milvus_pb2.DescribeIndexResponse, Safety.READ)
DESCRIBE_RESOURCE_GROUP = Method("DescribeResourceGroup", lambda: milvus_pb2.DescribeResourceGroupRequest, lambda: milvus_pb2.DescribeResourceGroupResponse, Safety.READ)
DESCRIBE_SNAPSHOT = Method("DescribeSnapshot", lambda: milvus_pb2.DescribeSnapshotRequest, lambda: milvus_pb2.DescribeSnapshotResponse, Safety.READ)
DROP_ALIAS = Method("DropAlias", lambda: milvus_pb2.DropAliasRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_COLLECTION = Method("DropCollection", lambda: milvus_pb2.DropCollectionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_COLLECTION_FUNCTION = Method("DropCollectionFunction", lambda: milvus_pb2.DropCollectionFunctionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_DATABASE = Method("DropDatabase", lambda: milvus_pb2.DropDatabaseRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_INDEX = Method("DropIndex", lambda: milvus_pb2.DropIndexRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_PARTITION = Method("DropPartition", lambda: milvus_pb2.DropPartitionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_PRIVILEGE_GROUP = Method("DropPrivilegeGroup", lambda: milvus_pb2.DropPrivilegeGroupRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_RESOURCE_GROUP = Method("DropResourceGroup", lambda: milvus_pb2.DropResourceGroupRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_ROLE = Method("DropRole", lambda: milvus_pb2.DropRoleRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DROP_SNAPSHOT = Method("DropSnapshot", lambda: milvus_pb2.DropSnapshotRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
DUMP_MESSAGES = Method("DumpMessages", lambda: milvus_pb2.DumpMessagesRequest, lambda: milvus_pb2.DumpMessagesResponse, Safety.READ)
FLUSH = Method("Flush", lambda: milvus_pb2.FlushRequest, lambda: milvus_pb2.FlushResponse, Safety.IDEMPOTENT)
FLUSH_ALL = Method("FlushAll", lambda: milvus_pb2.FlushAllRequest, lambda: milvus_pb2.FlushAllResponse, Safety.IDEMPOTENT)
GET_COLLECTION_STATISTICS = Method("GetCollectionStatistics", lambda: milvus_pb2.GetCollectionStatisticsRequest, lambda: milvus_pb2.GetCollectionStatisticsResponse, Safety.READ)
GET_COMPACTION_STATE = Method("GetCompactionState", lambda: milvus_pb2.GetCompactionStateRequest, lambda: milvus_pb2.GetCompactionStateResponse, Safety.READ)
GET_COMPACTION_STATE_WITH_PLANS = Method("GetCompactionStateWithPlans", lambda: milvus_pb2.GetCompactionPlansRequest, lambda: milvus_pb2.GetCompactionPlansResponse, Safety.READ)
GET_FLUSH_ALL_STATE = Method("GetFlushAllState", lambda: milvus_pb2.GetFlushAllStateRequest, lambda: milvus_pb2.GetFlushAllStateResponse, Safety.READ)
GET_FLUSH_STATE = Method("GetFlushState", lambda: milvus_pb2.GetFlushStateRequest, lambda: milvus_pb2.GetFlushStateResponse, Safety.READ)
GET_LOAD_STATE = Method("GetLoadState", lambda: milvus_pb2.GetLoadStateRequest, lambda: milvus_pb2.GetLoadStateResponse, Safety.READ)
GET_IMPORT_STATE = Method("GetImportState", lambda: milvus_pb2.GetImportStateRequest, lambda: milvus_pb2.GetImportStateResponse, Safety.READ)
GET_LOADING_PROGRESS = Method("GetLoadingProgress", lambda: milvus_pb2.GetLoadingProgressRequest, lambda: milvus_pb2.GetLoadingProgressResponse, Safety.READ)
GET_PARTITION_STATISTICS = Method("GetPartitionStatistics", lambda: milvus_pb2.GetPartitionStatisticsRequest, lambda: milvus_pb2.GetPartitionStatisticsResponse, Safety.READ)
GET_PERSISTENT_SEGMENT_INFO = Method("GetPersistentSegmentInfo", lambda: milvus_pb2.GetPersistentSegmentInfoRequest, lambda: milvus_pb2.GetPersistentSegmentInfoResponse, Safety.READ)
GET_QUERY_SEGMENT_INFO = Method("GetQuerySegmentInfo", lambda: milvus_pb2.GetQuerySegmentInfoRequest, lambda: milvus_pb2.GetQuerySegmentInfoResponse, Safety.READ)
GET_REFRESH_EXTERNAL_COLLECTION_PROGRESS = Method("GetRefreshExternalCollectionProgress", lambda: milvus_pb2.GetRefreshExternalCollectionProgressRequest, lambda: milvus_pb2.GetRefreshExternalCollectionProgressResponse, Safety.READ)
GET_REPLICAS = Method("GetReplicas", lambda: milvus_pb2.GetReplicasRequest, lambda: milvus_pb2.GetReplicasResponse, Safety.READ)
GET_REPLICATE_CONFIGURATION = Method("GetReplicateConfiguration", lambda: milvus_pb2.GetReplicateConfigurationRequest, lambda: milvus_pb2.GetReplicateConfigurationResponse, Safety.READ)
GET_REPLICATE_INFO = Method("GetReplicateInfo", lambda: milvus_pb2.GetReplicateInfoRequest, lambda: milvus_pb2.GetReplicateInfoResponse, Safety.READ)
GET_RESTORE_SNAPSHOT_STATE = Method("GetRestoreSnapshotState", lambda: milvus_pb2.GetRestoreSnapshotStateRequest, lambda: milvus_pb2.GetRestoreSnapshotStateResponse, Safety.READ)
GET_VERSION = Method("GetVersion", lambda: milvus_pb2.GetVersionRequest, lambda: milvus_pb2.GetVersionResponse, Safety.READ)
HAS_PARTITION = Method("HasPartition", lambda: milvus_pb2.HasPartitionRequest, lambda: milvus_pb2.BoolResponse, Safety.READ)
HYBRID_SEARCH = Method("HybridSearch", lambda: milvus_pb2.HybridSearchRequest, lambda: reply.SearchReply, Safety.READ)
IMPORT = Method("Import", lambda: milvus_pb2.ImportRequest, lambda: milvus_pb2.ImportResponse, Safety.UNSAFE)
BULK_INSERT = Method("Insert", lambda: milvus_pb2.InsertRequest, lambda: reply.BulkWriteReply, Safety.UNSAFE)
BULK_UPSERT = Method("Upsert", lambda: milvus_pb2.UpsertRequest, lambda: reply.BulkWriteReply, Safety.IDEMPOTENT)
INSERT = Method("Insert", lambda: milvus_pb2.InsertRequest, lambda: milvus_pb2.MutationResult, Safety.UNSAFE)
LIST_ALIASES = Method("ListAliases", lambda: milvus_pb2.ListAliasesRequest, lambda: milvus_pb2.ListAliasesResponse, Safety.READ)
LIST_CRED_USERS = Method("ListCredUsers", lambda: milvus_pb2.ListCredUsersRequest, lambda: milvus_pb2.ListCredUsersResponse, Safety.READ)
LIST_DATABASES = Method("ListDatabases", lambda: milvus_pb2.ListDatabasesRequest, lambda: milvus_pb2.ListDatabasesResponse, Safety.READ)
LIST_FILE_RESOURCES = Method("ListFileResources", lambda: milvus_pb2.ListFileResourcesRequest, lambda: milvus_pb2.ListFileResourcesResponse, Safety.READ)
LIST_IMPORT_TASKS = Method("ListImportTasks", lambda: milvus_pb2.ListImportTasksRequest, lambda: milvus_pb2.ListImportTasksResponse, Safety.READ)
LIST_PRIVILEGE_GROUPS = Method("ListPrivilegeGroups", lambda: milvus_pb2.ListPrivilegeGroupsRequest, lambda: milvus_pb2.ListPrivilegeGroupsResponse, Safety.READ)
LIST_REFRESH_EXTERNAL_COLLECTION_JOBS = Method("ListRefreshExternalCollectionJobs", lambda: milvus_pb2.ListRefreshExternalCollectionJobsRequest, lambda: milvus_pb2.ListRefreshExternalCollectionJobsResponse, Safety.READ)
LIST_RESOURCE_GROUPS = Method("ListResourceGroups", lambda: milvus_pb2.ListResourceGroupsRequest, lambda: milvus_pb2.ListResourceGroupsResponse, Safety.READ)
LIST_RESTORE_SNAPSHOT_JOBS = Method("ListRestoreSnapshotJobs", lambda: milvus_pb2.ListRestoreSnapshotJobsRequest, lambda: milvus_pb2.ListRestoreSnapshotJobsResponse, Safety.READ)
LIST_SNAPSHOTS = Method("ListSnapshots", lambda: milvus_pb2.ListSnapshotsRequest, lambda: milvus_pb2.ListSnapshotsResponse, Safety.READ)
LOAD_COLLECTION = Method("LoadCollection", lambda: milvus_pb2.LoadCollectionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
LOAD_PARTITIONS = Method("LoadPartitions", lambda: milvus_pb2.LoadPartitionsRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
MANUAL_COMPACTION = Method("ManualCompaction", lambda: milvus_pb2.ManualCompactionRequest, lambda: milvus_pb2.ManualCompactionResponse, Safety.IDEMPOTENT)
OPERATE_PRIVILEGE = Method("OperatePrivilege", lambda: milvus_pb2.OperatePrivilegeRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
OPERATE_PRIVILEGE_GROUP = Method("OperatePrivilegeGroup", lambda: milvus_pb2.OperatePrivilegeGroupRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
OPERATE_PRIVILEGE_V2 = Method("OperatePrivilegeV2", lambda: milvus_pb2.OperatePrivilegeV2Request, lambda: common_pb2.Status, Safety.IDEMPOTENT)
OPERATE_USER_ROLE = Method("OperateUserRole", lambda: milvus_pb2.OperateUserRoleRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
PIN_SNAPSHOT_DATA = Method("PinSnapshotData", lambda: milvus_pb2.PinSnapshotDataRequest, lambda: milvus_pb2.PinSnapshotDataResponse, Safety.UNSAFE)
QUERY = Method("Query", lambda: milvus_pb2.QueryRequest, lambda: reply.QueryReply, Safety.READ)
REFRESH_EXTERNAL_COLLECTION = Method("RefreshExternalCollection", lambda: milvus_pb2.RefreshExternalCollectionRequest, lambda: milvus_pb2.RefreshExternalCollectionResponse, Safety.UNSAFE)
RELEASE_COLLECTION = Method("ReleaseCollection", lambda: milvus_pb2.ReleaseCollectionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
RELEASE_PARTITIONS = Method("ReleasePartitions", lambda: milvus_pb2.ReleasePartitionsRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
REMOVE_FILE_RESOURCE = Method("RemoveFileResource", lambda: milvus_pb2.RemoveFileResourceRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
RENAME_COLLECTION = Method("RenameCollection", lambda: milvus_pb2.RenameCollectionRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
RESTORE_SNAPSHOT = Method("RestoreSnapshot", lambda: milvus_pb2.RestoreSnapshotRequest, lambda: milvus_pb2.RestoreSnapshotResponse, Safety.UNSAFE)
RUN_ANALYZER = Method("RunAnalyzer", lambda: milvus_pb2.RunAnalyzerRequest, lambda: milvus_pb2.RunAnalyzerResponse, Safety.READ)
SEARCH = Method("Search", lambda: milvus_pb2.SearchRequest, lambda: reply.SearchReply, Safety.READ)
SELECT_GRANT = Method("SelectGrant", lambda: milvus_pb2.SelectGrantRequest, lambda: milvus_pb2.SelectGrantResponse, Safety.READ)
SELECT_ROLE = Method("SelectRole", lambda: milvus_pb2.SelectRoleRequest, lambda: milvus_pb2.SelectRoleResponse, Safety.READ)
SELECT_USER = Method("SelectUser", lambda: milvus_pb2.SelectUserRequest, lambda: milvus_pb2.SelectUserResponse, Safety.READ)
SHOW_COLLECTIONS = Method("ShowCollections", lambda: milvus_pb2.ShowCollectionsRequest, lambda: milvus_pb2.ShowCollectionsResponse, Safety.READ)
SHOW_PARTITIONS = Method("ShowPartitions", lambda: milvus_pb2.ShowPartitionsRequest, lambda: milvus_pb2.ShowPartitionsResponse, Safety.READ)
TRANSFER_REPLICA = Method("TransferReplica", lambda: milvus_pb2.TransferReplicaRequest, lambda: common_pb2.Status, Safety.UNSAFE)
TRUNCATE_COLLECTION = Method("TruncateCollection", lambda: milvus_pb2.TruncateCollectionRequest, lambda: milvus_pb2.TruncateCollectionResponse, Safety.IDEMPOTENT)
UNPIN_SNAPSHOT_DATA = Method("UnpinSnapshotData", lambda: milvus_pb2.UnpinSnapshotDataRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
UPDATE_CREDENTIAL = Method("UpdateCredential", lambda: milvus_pb2.UpdateCredentialRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
UPDATE_REPLICATE_CONFIGURATION = Method("UpdateReplicateConfiguration", lambda: milvus_pb2.UpdateReplicateConfigurationRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
UPDATE_RESOURCE_GROUPS = Method("UpdateResourceGroups", lambda: milvus_pb2.UpdateResourceGroupsRequest, lambda: common_pb2.Status, Safety.IDEMPOTENT)
UPSERT = Method("Upsert", lambda: milvus_pb2.UpsertRequest, lambda: milvus_pb2.MutationResult, Safety.IDEMPOTENT)
# fmt: on
