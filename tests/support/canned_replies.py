"""Canned replies of all RPCs but search and query; importing this module fills ``canned_state.REPLIES``."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support import canned_reads, facts
from tests.support.canned_fixed import FIXED
from tests.support.canned_state import (
    CREATED_TS,
    FLUSH_TS,
    MUTATION_TS,
    REPLIES,
    TOTAL_ROWS,
    UPDATED_TS,
    VECTOR_TYPES,
    State,
    key_values,
    replies_to,
    status,
    with_status,
)
from tests.support.facts import Dynamic, Method
from tests.support.readable import pairs


def answer(state: State, method: Method, request: Dynamic) -> Dynamic:
    """The canned reply of any unary RPC: its fault if one is due, its canned reply, or an empty success.

    Raises:
        AbortError: the scenario wants a gRPC error.
    """
    failed = state.fault(method.name, _subject(method.name, request))
    if failed is not None:
        return with_status(method.response, failed)
    if method.name in FIXED:
        return facts.message(method.response)(**FIXED[method.name])
    reply = REPLIES.get(method.name)
    return facts.message(method.response)() if reply is None else reply(state, request)


def _subject(rpc: str, request: Dynamic) -> str:
    """The collection that a request is about, ``db:NAME`` for database RPCs, else empty; it selects the faults."""
    if rpc == "Flush" and request.collection_names:
        return str(request.collection_names[0])
    for field in ("collection_name", "collectionName"):
        name = getattr(request, field, "")
        if isinstance(name, str) and name:
            return name
    return f"db:{request.db_name}" if rpc.endswith("Database") and hasattr(request, "db_name") else ""


# --- collections -----------------------------------------------------------------------------------------------------
@replies_to("CreateCollection")
def _create_collection(state: State, request: Dynamic) -> Dynamic:
    state.created[request.collection_name] = facts.message("CollectionSchema").FromString(request.schema)
    return status()


@replies_to("HasCollection")
def _has_collection(state: State, request: Dynamic) -> Dynamic:
    return facts.message("BoolResponse")(value=not state.config(request.collection_name).get("missing"))


@replies_to("HasPartition")
def _has_partition(state: State, request: Dynamic) -> Dynamic:
    return facts.message("BoolResponse")(value=not request.partition_name.startswith("missing"))


@replies_to("DescribeCollection")
def _describe_collection(state: State, request: Dynamic) -> Dynamic:
    name = request.collection_name
    config = state.config(name)
    if config.get("missing"):
        reason = f"can't find collection[database=default][collection={name}]"
        return facts.message("DescribeCollectionResponse")(status=status(100, reason, error_code="CollectionNotExists"))
    return facts.message("DescribeCollectionResponse")(
        schema=state.schema(name),
        collectionID=state.collection_id(name),
        collection_name=name,
        virtual_channel_names=["by-dev-rootcoord-dml_0_v0"],
        physical_channel_names=["by-dev-rootcoord-dml_0"],
        created_timestamp=CREATED_TS,
        created_utc_timestamp=1700000000000,
        update_timestamp=UPDATED_TS,
        update_timestamp_str=str(UPDATED_TS),
        shards_num=config.get("shards_num", 1),
        num_partitions=config.get("num_partitions", 1),
        consistency_level=config.get("consistency_level", 2),
        db_name="default",
        aliases=config.get("aliases", []),
        properties=key_values(config.get("properties", {})),
    )


# --- indexes and loading ---------------------------------------------------------------------------------------------
@replies_to("CreateIndex")
def _create_index(state: State, request: Dynamic) -> Dynamic:
    name = request.index_name or request.field_name
    state.remember_index(request.collection_name, request.field_name, name, pairs(request.extra_params))
    return status()


@replies_to("DescribeIndex")
def _describe_index(state: State, request: Dynamic) -> Dynamic:
    name = request.collection_name
    config = state.config(name)
    response = facts.message("DescribeIndexResponse")
    if config.get("no_index") or request.index_name.startswith("missing"):
        reason = f"index not found[indexName={request.index_name}]"
        return response(status=status(700, reason, error_code="IndexNotExist"))
    building = state.bump("DescribeIndex", name, request.index_name) <= config.get("index_polls", 0)
    reply = response()
    for number, (field, index_name, params) in enumerate(_indexes(state, name, request.index_name)):
        reply.index_descriptions.add(
            index_name=index_name,
            indexID=700 + number,
            field_name=field,
            indexed_rows=0 if building else TOTAL_ROWS,
            total_rows=TOTAL_ROWS,
            pending_index_rows=TOTAL_ROWS if building else 0,
            state="Failed" if config.get("index_failed") else "InProgress" if building else "Finished",
            index_state_fail_reason="canned failure" if config.get("index_failed") else "",
            params=key_values(params),
        )
    return reply


def _indexes(state: State, collection: str, wanted: str) -> list[tuple[str, str, dict[str, str]]]:
    """Those created in the scenario, else one AUTOINDEX per vector field; only the wanted one if a name is given."""
    metric = state.config(collection).get("metric_type", "COSINE")
    found = list(state.indexes.get(collection, [])) or [
        (field.name, field.name, {"index_type": "AUTOINDEX", "metric_type": metric, "params": '{"level": 1}'})
        for field in state.schema(collection).fields
        if field.data_type in VECTOR_TYPES
    ]
    if not wanted:
        return found
    first_field = found[0][0] if found else "vector"
    return [index for index in found if index[1] == wanted] or [
        (first_field, wanted, {"index_type": "AUTOINDEX", "metric_type": "COSINE"})
    ]


@replies_to("GetLoadingProgress")
def _loading_progress(state: State, request: Dynamic) -> Dynamic:
    polls = state.bump("progress", request.collection_name)
    percent = 40 if polls <= state.config(request.collection_name).get("load_polls", 0) else 100
    return facts.message("GetLoadingProgressResponse")(progress=percent, refresh_progress=percent)


@replies_to("GetLoadState")
def _load_state(state: State, request: Dynamic) -> Dynamic:
    load_state = state.config(request.collection_name).get("load_state", "LoadStateLoaded")
    return facts.message("GetLoadStateResponse")(state=load_state)


@replies_to("GetReplicas")
def _replicas(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("GetReplicasResponse")()
    replica = reply.replicas.add(
        replicaID=61,
        collectionID=request.collectionID,
        node_ids=[5, 6],
        resource_group_name="__default_resource_group",
    )
    replica.num_outbound_node["rg1"] = 1
    replica.shard_replicas.add(leaderID=5, dm_channel_name="ch0", node_ids=[5, 6])
    return reply


# --- rows ------------------------------------------------------------------------------------------------------------
@replies_to("Insert", "Upsert")
def _mutation(state: State, request: Dynamic) -> Dynamic:
    schema = state.schema(request.collection_name)
    primary = canned_reads.primary_field(schema)
    count = int(request.num_rows)
    kind = "insert_cnt" if type(request).DESCRIPTOR.name == "InsertRequest" else "upsert_cnt"
    reply = facts.message("MutationResult")(
        timestamp=MUTATION_TS, acknowledged=True, succ_index=list(range(count)), **{kind: count}
    )
    given = next((column for column in request.fields_data if primary and column.field_name == primary.name), None)
    if canned_reads.has_text_keys(schema):
        keys = [f"auto{row}" for row in range(count)] if given is None else given.scalars.string_data.data
        reply.IDs.str_id.data.extend(keys)
    else:
        numbers = range(900, 900 + count) if given is None else given.scalars.long_data.data
        reply.IDs.int_id.data.extend(numbers)
    reply.status.extra_info["report_value"] = "5"
    return reply


@replies_to("Delete")
def _delete(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("MutationResult")(timestamp=MUTATION_TS, delete_cnt=2)
    if state.config(request.collection_name).get("delete_returns_pks"):
        reply.IDs.int_id.data.extend([1, 2])
    reply.status.extra_info["report_value"] = "3"
    return reply


@replies_to("Flush")
def _flush(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("FlushResponse")()
    for name in request.collection_names:
        reply.coll_segIDs[name].data.extend([31, 32])
        reply.flush_coll_segIDs[name].data.extend([33])
        reply.coll_seal_times[name] = 1700000000
        reply.coll_flush_ts[name] = FLUSH_TS
    return reply


@replies_to("GetFlushState")
def _flush_state(state: State, request: Dynamic) -> Dynamic:
    polls = state.bump("flush", request.collection_name)
    done = polls > state.config(request.collection_name).get("flush_polls", 0)
    return facts.message("GetFlushStateResponse")(flushed=done)


@replies_to("GetCompactionState")
def _compaction_state(state: State, request: Dynamic) -> Dynamic:
    name = {5: "Executing", 6: "UndefiedState"}.get(request.compactionID, "Completed")
    return facts.message("GetCompactionStateResponse")(state=name, completedPlanNo=2)


# --- aliases, databases, access --------------------------------------------------------------------------------------
@replies_to("DescribeAlias")
def _describe_alias(state: State, request: Dynamic) -> Dynamic:
    return facts.message("DescribeAliasResponse")(db_name="default", alias=request.alias, collection="quick_int")


@replies_to("ListAliases")
def _list_aliases(state: State, request: Dynamic) -> Dynamic:
    return facts.message("ListAliasesResponse")(
        db_name="default", collection_name=request.collection_name, aliases=["al1", "al2"]
    )


@replies_to("DescribeDatabase")
def _describe_database(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("DescribeDatabaseResponse")(db_name=request.db_name, dbID=2, created_timestamp=CREATED_TS)
    if request.db_name.startswith("missing"):
        reply.status.CopyFrom(status(800, f"database not found[database={request.db_name}]"))
    else:
        reply.properties.add(key="database.replica.number", value="2")
    return reply


@replies_to("SelectUser")
def _select_user(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("SelectUserResponse")()
    if not request.user.name.startswith("missing"):
        user = {"name": request.user.name or "alice"}
        reply.results.add(user=user, roles=[{"name": "admin"}, {"name": "public"}], description="canned")
    return reply


@replies_to("SelectRole")
def _select_role(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("SelectRoleResponse")()
    asked = request.role.name
    for name in [] if asked.startswith("missing") else [asked] if asked else ["admin", "public"]:
        reply.results.add(role={"name": name, "description": f"about {name}"})
    return reply


@replies_to("SelectGrant")
def _select_grant(state: State, request: Dynamic) -> Dynamic:
    return facts.message("SelectGrantResponse")(
        entities=[
            {
                "object_name": "*",
                "db_name": request.entity.db_name or "default",
                "role": {"name": request.entity.role.name},
                "object": {"name": "Global"},
                "grantor": {"user": {"name": "root"}, "privilege": {"name": "CreateCollection"}},
            }
        ]
    )


# --- everything else -------------------------------------------------------------------------------------------------
@replies_to("DescribeResourceGroup")
def _describe_resource_group(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("DescribeResourceGroupResponse")()
    group = reply.resource_group
    group.name, group.capacity, group.num_available_node = request.resource_group, 2, 1
    group.num_loaded_replica["quick_int"] = 1
    group.config.requests.node_num = 1
    group.config.limits.node_num = 2
    group.nodes.add(node_id=5, address="10.0.0.5:21123", hostname="node5")
    return reply


@replies_to("RunAnalyzer")
def _run_analyzer(state: State, request: Dynamic) -> Dynamic:
    reply = facts.message("RunAnalyzerResponse")()
    for text in request.placeholder:
        result = reply.results.add()
        start = 0
        for position, word in enumerate(text.decode("utf-8").split()):
            result.tokens.add(
                token=word.lower(),
                start_offset=start,
                end_offset=start + len(word),
                position=position,
                position_length=1,
                hash=1000 + position,
            )
            start += len(word) + 1
    return reply


@replies_to("DescribeSnapshot")
def _describe_snapshot(state: State, request: Dynamic) -> Dynamic:
    return facts.message("DescribeSnapshotResponse")(
        name=request.name,
        description="canned",
        collection_name=request.collection_name,
        partition_names=["_default"],
        create_ts=CREATED_TS,
        s3_location="s3://bucket/snap",
    )


def _restore_job(number: int) -> dict[str, object]:
    return {
        "job_id": number,
        "snapshot_name": "snap1",
        "db_name": "default",
        "collection_name": "restored",
        "state": "RestoreSnapshotCompleted",
        "progress": 100,
        "start_time": 1700000000000,
        "time_cost": 12,
    }


@replies_to("GetRestoreSnapshotState")
def _restore_state(state: State, request: Dynamic) -> Dynamic:
    return facts.message("GetRestoreSnapshotStateResponse")(info=_restore_job(request.job_id))


@replies_to("ListRestoreSnapshotJobs")
def _restore_jobs(state: State, request: Dynamic) -> Dynamic:
    return facts.message("ListRestoreSnapshotJobsResponse")(jobs=[_restore_job(81)])


def _refresh_job(number: int) -> dict[str, object]:
    return {
        "job_id": number,
        "collection_name": "ext",
        "progress": 100,
        "state": "RefreshCompleted",
        "external_source": "s3://bucket/data",
        "start_time": 1700000000000,
        "end_time": 1700000000500,
    }


@replies_to("GetRefreshExternalCollectionProgress")
def _refresh_progress(state: State, request: Dynamic) -> Dynamic:
    job = _refresh_job(request.job_id)
    return facts.message("GetRefreshExternalCollectionProgressResponse")(job_info=job)


@replies_to("ListRefreshExternalCollectionJobs")
def _refresh_jobs(state: State, request: Dynamic) -> Dynamic:
    return facts.message("ListRefreshExternalCollectionJobsResponse")(jobs=[_refresh_job(91)])


@replies_to("GetReplicateInfo")
def _replicate_info(state: State, request: Dynamic) -> Dynamic:
    return facts.message("GetReplicateInfoResponse")(
        checkpoint={
            "cluster_id": request.source_cluster_id,
            "pchannel": request.target_pchannel,
            "time_tick": 77,
            "message_id": {"id": "m1", "WAL_name": "Pulsar"},
        }
    )


def dump_messages(request: Dynamic) -> Iterator[Dynamic]:
    """The stream of DumpMessages: two messages, then an error when the channel's name begins with ``bad``."""
    for number in range(2):
        reply = facts.message("DumpMessagesResponse")()
        reply.message.payload = f"payload{number}".encode()
        reply.message.id.id = f"m{number}"
        reply.message.id.WAL_name = request.start_message_id.WAL_name
        reply.message.properties["k"] = f"v{number}"
        yield reply
    if request.pchannel.startswith("bad"):
        yield facts.message("DumpMessagesResponse")(status=status(65535, "dump failed"))
