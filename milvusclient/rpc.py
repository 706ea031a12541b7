"""The calls of MilvusService: name, request, reply, and what happens when a request is carried out twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar, cast

from milvusclient._proto import common_pb2, milvus_pb2
from milvusclient.codec.lifting import Lifted, QueryReply, SearchReply
from milvusclient.exceptions import ReplyError
from milvusclient.policy.failure import Safety

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["Method", "Readable"]

Req = TypeVar("Req", bound="Message")
Rep = TypeVar("Rep", bound="Readable")

_SERVICE = "/milvus.proto.milvus.MilvusService/"


class Readable(Protocol):
    """A message, or what else can be made of the bytes of a reply."""

    @classmethod
    def FromString(cls, data: bytes, /) -> Self:  # noqa: N802 - the name that messages have
        """Read a reply."""


class _HasStatus(Protocol):
    @property
    def status(self) -> common_pb2.Status: ...


class _HasAlterStatus(Protocol):
    @property
    def alter_status(self) -> common_pb2.Status: ...


class Method(Generic[Req, Rep]):
    """One call: what it is called on the wire, what goes out and what comes back.

    Args:
        name: the name of the call, also the last part of its path.
        request: class of the request.
        reply: class of the reply.
        safety: what happens when the request is carried out twice.
    """

    __slots__ = ("_status_field", "name", "path", "reply", "request", "safety")

    def __init__(self, name: str, request: type[Req], reply: type[Rep], safety: Safety) -> None:
        self.name = name
        self.path = _SERVICE + name
        self.request = request
        self.reply = reply
        self.safety = safety
        self._status_field: str | None = None

    def decode(self, data: bytes) -> Rep:
        """The reply from its bytes.

        Raises:
            ReplyError: the bytes are not such a reply.
        """
        try:
            return self.reply.FromString(data)
        except (
            Exception
        ) as error:  # protobuf raises DecodeError, of one class or another depending on its implementation
            raise ReplyError(
                message=f"the server's reply to {self.name} ({len(data)} bytes) cannot be read: {error}"
            ) from error

    def status_of(self, reply: Rep) -> common_pb2.Status:
        """The status that the reply carries; an empty one, which means success, for a reply without."""
        field = self._status_field
        if field is None:
            field = self._status_field = self._find_status_field()
        if field == "status":
            return cast("_HasStatus", reply).status
        if field == "":
            return cast("common_pb2.Status", reply)
        if field == "alter_status":
            return cast("_HasAlterStatus", reply).alter_status
        return _SUCCESS

    def _find_status_field(self) -> str:
        if self.reply is common_pb2.Status:
            return ""
        if issubclass(cast("type[object]", self.reply), Lifted):
            return "status"
        fields = cast("type[Message]", self.reply).DESCRIPTOR.fields_by_name
        return next((name for name in ("status", "alter_status") if name in fields), "-")

    def __repr__(self) -> str:
        return f"Method({self.name})"


_SUCCESS = common_pb2.Status()

# fmt: off
ADD_COLLECTION_FIELD = Method("AddCollectionField", milvus_pb2.AddCollectionFieldRequest, common_pb2.Status, Safety.IDEMPOTENT)
ADD_COLLECTION_FUNCTION = Method("AddCollectionFunction", milvus_pb2.AddCollectionFunctionRequest, common_pb2.Status, Safety.IDEMPOTENT)
ADD_COLLECTION_STRUCT_FIELD = Method("AddCollectionStructField", milvus_pb2.AddCollectionStructFieldRequest, common_pb2.Status, Safety.IDEMPOTENT)
ADD_FILE_RESOURCE = Method("AddFileResource", milvus_pb2.AddFileResourceRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALLOC_TIMESTAMP = Method("AllocTimestamp", milvus_pb2.AllocTimestampRequest, milvus_pb2.AllocTimestampResponse, Safety.READ)
ALTER_ALIAS = Method("AlterAlias", milvus_pb2.AlterAliasRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION = Method("AlterCollection", milvus_pb2.AlterCollectionRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION_FIELD = Method("AlterCollectionField", milvus_pb2.AlterCollectionFieldRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION_FUNCTION = Method("AlterCollectionFunction", milvus_pb2.AlterCollectionFunctionRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALTER_COLLECTION_SCHEMA = Method("AlterCollectionSchema", milvus_pb2.AlterCollectionSchemaRequest, milvus_pb2.AlterCollectionSchemaResponse, Safety.IDEMPOTENT)
ALTER_DATABASE = Method("AlterDatabase", milvus_pb2.AlterDatabaseRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALTER_INDEX = Method("AlterIndex", milvus_pb2.AlterIndexRequest, common_pb2.Status, Safety.IDEMPOTENT)
ALTER_ROLE = Method("AlterRole", milvus_pb2.AlterRoleRequest, common_pb2.Status, Safety.IDEMPOTENT)
CHECK_HEALTH = Method("CheckHealth", milvus_pb2.CheckHealthRequest, milvus_pb2.CheckHealthResponse, Safety.READ)
CONNECT = Method("Connect", milvus_pb2.ConnectRequest, milvus_pb2.ConnectResponse, Safety.READ)
CREATE_ALIAS = Method("CreateAlias", milvus_pb2.CreateAliasRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_COLLECTION = Method("CreateCollection", milvus_pb2.CreateCollectionRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_CREDENTIAL = Method("CreateCredential", milvus_pb2.CreateCredentialRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_DATABASE = Method("CreateDatabase", milvus_pb2.CreateDatabaseRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_INDEX = Method("CreateIndex", milvus_pb2.CreateIndexRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_PARTITION = Method("CreatePartition", milvus_pb2.CreatePartitionRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_PRIVILEGE_GROUP = Method("CreatePrivilegeGroup", milvus_pb2.CreatePrivilegeGroupRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_RESOURCE_GROUP = Method("CreateResourceGroup", milvus_pb2.CreateResourceGroupRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_ROLE = Method("CreateRole", milvus_pb2.CreateRoleRequest, common_pb2.Status, Safety.IDEMPOTENT)
CREATE_SNAPSHOT = Method("CreateSnapshot", milvus_pb2.CreateSnapshotRequest, common_pb2.Status, Safety.IDEMPOTENT)
DELETE = Method("Delete", milvus_pb2.DeleteRequest, milvus_pb2.MutationResult, Safety.IDEMPOTENT)
DELETE_CREDENTIAL = Method("DeleteCredential", milvus_pb2.DeleteCredentialRequest, common_pb2.Status, Safety.IDEMPOTENT)
DESCRIBE_ALIAS = Method("DescribeAlias", milvus_pb2.DescribeAliasRequest, milvus_pb2.DescribeAliasResponse, Safety.READ)
DESCRIBE_COLLECTION = Method("DescribeCollection", milvus_pb2.DescribeCollectionRequest, milvus_pb2.DescribeCollectionResponse, Safety.READ)
DESCRIBE_DATABASE = Method("DescribeDatabase", milvus_pb2.DescribeDatabaseRequest, milvus_pb2.DescribeDatabaseResponse, Safety.READ)
DESCRIBE_INDEX = Method("DescribeIndex", milvus_pb2.DescribeIndexRequest, milvus_pb2.DescribeIndexResponse, Safety.READ)
DESCRIBE_RESOURCE_GROUP = Method("DescribeResourceGroup", milvus_pb2.DescribeResourceGroupRequest, milvus_pb2.DescribeResourceGroupResponse, Safety.READ)
DESCRIBE_SNAPSHOT = Method("DescribeSnapshot", milvus_pb2.DescribeSnapshotRequest, milvus_pb2.DescribeSnapshotResponse, Safety.READ)
DROP_ALIAS = Method("DropAlias", milvus_pb2.DropAliasRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_COLLECTION = Method("DropCollection", milvus_pb2.DropCollectionRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_COLLECTION_FUNCTION = Method("DropCollectionFunction", milvus_pb2.DropCollectionFunctionRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_DATABASE = Method("DropDatabase", milvus_pb2.DropDatabaseRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_INDEX = Method("DropIndex", milvus_pb2.DropIndexRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_PARTITION = Method("DropPartition", milvus_pb2.DropPartitionRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_PRIVILEGE_GROUP = Method("DropPrivilegeGroup", milvus_pb2.DropPrivilegeGroupRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_RESOURCE_GROUP = Method("DropResourceGroup", milvus_pb2.DropResourceGroupRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_ROLE = Method("DropRole", milvus_pb2.DropRoleRequest, common_pb2.Status, Safety.IDEMPOTENT)
DROP_SNAPSHOT = Method("DropSnapshot", milvus_pb2.DropSnapshotRequest, common_pb2.Status, Safety.IDEMPOTENT)
DUMP_MESSAGES = Method("DumpMessages", milvus_pb2.DumpMessagesRequest, milvus_pb2.DumpMessagesResponse, Safety.READ)
FLUSH = Method("Flush", milvus_pb2.FlushRequest, milvus_pb2.FlushResponse, Safety.IDEMPOTENT)
FLUSH_ALL = Method("FlushAll", milvus_pb2.FlushAllRequest, milvus_pb2.FlushAllResponse, Safety.IDEMPOTENT)
GET_COLLECTION_STATISTICS = Method("GetCollectionStatistics", milvus_pb2.GetCollectionStatisticsRequest, milvus_pb2.GetCollectionStatisticsResponse, Safety.READ)
GET_COMPACTION_STATE = Method("GetCompactionState", milvus_pb2.GetCompactionStateRequest, milvus_pb2.GetCompactionStateResponse, Safety.READ)
GET_COMPACTION_STATE_WITH_PLANS = Method("GetCompactionStateWithPlans", milvus_pb2.GetCompactionPlansRequest, milvus_pb2.GetCompactionPlansResponse, Safety.READ)
GET_FLUSH_ALL_STATE = Method("GetFlushAllState", milvus_pb2.GetFlushAllStateRequest, milvus_pb2.GetFlushAllStateResponse, Safety.READ)
GET_FLUSH_STATE = Method("GetFlushState", milvus_pb2.GetFlushStateRequest, milvus_pb2.GetFlushStateResponse, Safety.READ)
GET_LOAD_STATE = Method("GetLoadState", milvus_pb2.GetLoadStateRequest, milvus_pb2.GetLoadStateResponse, Safety.READ)
GET_LOADING_PROGRESS = Method("GetLoadingProgress", milvus_pb2.GetLoadingProgressRequest, milvus_pb2.GetLoadingProgressResponse, Safety.READ)
GET_PARTITION_STATISTICS = Method("GetPartitionStatistics", milvus_pb2.GetPartitionStatisticsRequest, milvus_pb2.GetPartitionStatisticsResponse, Safety.READ)
GET_PERSISTENT_SEGMENT_INFO = Method("GetPersistentSegmentInfo", milvus_pb2.GetPersistentSegmentInfoRequest, milvus_pb2.GetPersistentSegmentInfoResponse, Safety.READ)
GET_QUERY_SEGMENT_INFO = Method("GetQuerySegmentInfo", milvus_pb2.GetQuerySegmentInfoRequest, milvus_pb2.GetQuerySegmentInfoResponse, Safety.READ)
GET_REFRESH_EXTERNAL_COLLECTION_PROGRESS = Method("GetRefreshExternalCollectionProgress", milvus_pb2.GetRefreshExternalCollectionProgressRequest, milvus_pb2.GetRefreshExternalCollectionProgressResponse, Safety.READ)
GET_REPLICAS = Method("GetReplicas", milvus_pb2.GetReplicasRequest, milvus_pb2.GetReplicasResponse, Safety.READ)
GET_REPLICATE_CONFIGURATION = Method("GetReplicateConfiguration", milvus_pb2.GetReplicateConfigurationRequest, milvus_pb2.GetReplicateConfigurationResponse, Safety.READ)
GET_REPLICATE_INFO = Method("GetReplicateInfo", milvus_pb2.GetReplicateInfoRequest, milvus_pb2.GetReplicateInfoResponse, Safety.READ)
GET_RESTORE_SNAPSHOT_STATE = Method("GetRestoreSnapshotState", milvus_pb2.GetRestoreSnapshotStateRequest, milvus_pb2.GetRestoreSnapshotStateResponse, Safety.READ)
GET_VERSION = Method("GetVersion", milvus_pb2.GetVersionRequest, milvus_pb2.GetVersionResponse, Safety.READ)
HAS_PARTITION = Method("HasPartition", milvus_pb2.HasPartitionRequest, milvus_pb2.BoolResponse, Safety.READ)
HYBRID_SEARCH = Method("HybridSearch", milvus_pb2.HybridSearchRequest, SearchReply, Safety.READ)
INSERT = Method("Insert", milvus_pb2.InsertRequest, milvus_pb2.MutationResult, Safety.UNSAFE)
LIST_ALIASES = Method("ListAliases", milvus_pb2.ListAliasesRequest, milvus_pb2.ListAliasesResponse, Safety.READ)
LIST_CRED_USERS = Method("ListCredUsers", milvus_pb2.ListCredUsersRequest, milvus_pb2.ListCredUsersResponse, Safety.READ)
LIST_DATABASES = Method("ListDatabases", milvus_pb2.ListDatabasesRequest, milvus_pb2.ListDatabasesResponse, Safety.READ)
LIST_FILE_RESOURCES = Method("ListFileResources", milvus_pb2.ListFileResourcesRequest, milvus_pb2.ListFileResourcesResponse, Safety.READ)
LIST_PRIVILEGE_GROUPS = Method("ListPrivilegeGroups", milvus_pb2.ListPrivilegeGroupsRequest, milvus_pb2.ListPrivilegeGroupsResponse, Safety.READ)
LIST_REFRESH_EXTERNAL_COLLECTION_JOBS = Method("ListRefreshExternalCollectionJobs", milvus_pb2.ListRefreshExternalCollectionJobsRequest, milvus_pb2.ListRefreshExternalCollectionJobsResponse, Safety.READ)
LIST_RESOURCE_GROUPS = Method("ListResourceGroups", milvus_pb2.ListResourceGroupsRequest, milvus_pb2.ListResourceGroupsResponse, Safety.READ)
LIST_RESTORE_SNAPSHOT_JOBS = Method("ListRestoreSnapshotJobs", milvus_pb2.ListRestoreSnapshotJobsRequest, milvus_pb2.ListRestoreSnapshotJobsResponse, Safety.READ)
LIST_SNAPSHOTS = Method("ListSnapshots", milvus_pb2.ListSnapshotsRequest, milvus_pb2.ListSnapshotsResponse, Safety.READ)
LOAD_COLLECTION = Method("LoadCollection", milvus_pb2.LoadCollectionRequest, common_pb2.Status, Safety.IDEMPOTENT)
LOAD_PARTITIONS = Method("LoadPartitions", milvus_pb2.LoadPartitionsRequest, common_pb2.Status, Safety.IDEMPOTENT)
MANUAL_COMPACTION = Method("ManualCompaction", milvus_pb2.ManualCompactionRequest, milvus_pb2.ManualCompactionResponse, Safety.IDEMPOTENT)
OPERATE_PRIVILEGE = Method("OperatePrivilege", milvus_pb2.OperatePrivilegeRequest, common_pb2.Status, Safety.IDEMPOTENT)
OPERATE_PRIVILEGE_GROUP = Method("OperatePrivilegeGroup", milvus_pb2.OperatePrivilegeGroupRequest, common_pb2.Status, Safety.IDEMPOTENT)
OPERATE_PRIVILEGE_V2 = Method("OperatePrivilegeV2", milvus_pb2.OperatePrivilegeV2Request, common_pb2.Status, Safety.IDEMPOTENT)
OPERATE_USER_ROLE = Method("OperateUserRole", milvus_pb2.OperateUserRoleRequest, common_pb2.Status, Safety.IDEMPOTENT)
PIN_SNAPSHOT_DATA = Method("PinSnapshotData", milvus_pb2.PinSnapshotDataRequest, milvus_pb2.PinSnapshotDataResponse, Safety.UNSAFE)
QUERY = Method("Query", milvus_pb2.QueryRequest, QueryReply, Safety.READ)
REFRESH_EXTERNAL_COLLECTION = Method("RefreshExternalCollection", milvus_pb2.RefreshExternalCollectionRequest, milvus_pb2.RefreshExternalCollectionResponse, Safety.UNSAFE)
RELEASE_COLLECTION = Method("ReleaseCollection", milvus_pb2.ReleaseCollectionRequest, common_pb2.Status, Safety.IDEMPOTENT)
RELEASE_PARTITIONS = Method("ReleasePartitions", milvus_pb2.ReleasePartitionsRequest, common_pb2.Status, Safety.IDEMPOTENT)
REMOVE_FILE_RESOURCE = Method("RemoveFileResource", milvus_pb2.RemoveFileResourceRequest, common_pb2.Status, Safety.IDEMPOTENT)
RENAME_COLLECTION = Method("RenameCollection", milvus_pb2.RenameCollectionRequest, common_pb2.Status, Safety.IDEMPOTENT)
RESTORE_SNAPSHOT = Method("RestoreSnapshot", milvus_pb2.RestoreSnapshotRequest, milvus_pb2.RestoreSnapshotResponse, Safety.UNSAFE)
RUN_ANALYZER = Method("RunAnalyzer", milvus_pb2.RunAnalyzerRequest, milvus_pb2.RunAnalyzerResponse, Safety.READ)
SEARCH = Method("Search", milvus_pb2.SearchRequest, SearchReply, Safety.READ)
SELECT_GRANT = Method("SelectGrant", milvus_pb2.SelectGrantRequest, milvus_pb2.SelectGrantResponse, Safety.READ)
SELECT_ROLE = Method("SelectRole", milvus_pb2.SelectRoleRequest, milvus_pb2.SelectRoleResponse, Safety.READ)
SELECT_USER = Method("SelectUser", milvus_pb2.SelectUserRequest, milvus_pb2.SelectUserResponse, Safety.READ)
SHOW_COLLECTIONS = Method("ShowCollections", milvus_pb2.ShowCollectionsRequest, milvus_pb2.ShowCollectionsResponse, Safety.READ)
SHOW_PARTITIONS = Method("ShowPartitions", milvus_pb2.ShowPartitionsRequest, milvus_pb2.ShowPartitionsResponse, Safety.READ)
TRANSFER_REPLICA = Method("TransferReplica", milvus_pb2.TransferReplicaRequest, common_pb2.Status, Safety.UNSAFE)
TRUNCATE_COLLECTION = Method("TruncateCollection", milvus_pb2.TruncateCollectionRequest, milvus_pb2.TruncateCollectionResponse, Safety.IDEMPOTENT)
UNPIN_SNAPSHOT_DATA = Method("UnpinSnapshotData", milvus_pb2.UnpinSnapshotDataRequest, common_pb2.Status, Safety.IDEMPOTENT)
UPDATE_CREDENTIAL = Method("UpdateCredential", milvus_pb2.UpdateCredentialRequest, common_pb2.Status, Safety.IDEMPOTENT)
UPDATE_REPLICATE_CONFIGURATION = Method("UpdateReplicateConfiguration", milvus_pb2.UpdateReplicateConfigurationRequest, common_pb2.Status, Safety.IDEMPOTENT)
UPDATE_RESOURCE_GROUPS = Method("UpdateResourceGroups", milvus_pb2.UpdateResourceGroupsRequest, common_pb2.Status, Safety.IDEMPOTENT)
UPSERT = Method("Upsert", milvus_pb2.UpsertRequest, milvus_pb2.MutationResult, Safety.IDEMPOTENT)
# fmt: on
