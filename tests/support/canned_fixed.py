"""Canned replies that do not depend on the request, as the fields of the response message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.canned_state import ALLOC_TS, CREATED_TS, FLUSH_TS, IDENTIFIER, SERVER_VERSION, TOTAL_ROWS

FIXED: Mapping[str, Mapping[str, Any]] = {
    "Connect": {
        "identifier": IDENTIFIER,
        "server_info": {
            "build_tags": SERVER_VERSION,
            "build_time": "Thu Jan  1 00:00:00 UTC 2026",
            "git_commit": "0123456789",
            "go_version": "go version go1.24 linux/amd64",
            "deploy_mode": "STANDALONE",
        },
    },
    "GetVersion": {"version": SERVER_VERSION},
    "AllocTimestamp": {"timestamp": ALLOC_TS},
    "CheckHealth": {"isHealthy": True},
    "ShowCollections": {
        "collection_names": ["alpha", "beta"],
        "collection_ids": [1, 2],
        "created_timestamps": [CREATED_TS, CREATED_TS + 1],
    },
    "GetCollectionStatistics": {"stats": [{"key": "row_count", "value": str(TOTAL_ROWS)}]},
    "GetPartitionStatistics": {"stats": [{"key": "row_count", "value": "3"}]},
    "ShowPartitions": {
        "partition_names": ["_default", "part_a"],
        "partitionIDs": [11, 12],
        "created_timestamps": [CREATED_TS, CREATED_TS],
        "inMemory_percentages": [100, 100],
    },
    "FlushAll": {"flush_all_ts": FLUSH_TS},
    "GetFlushAllState": {"flushed": True},
    "Import": {"tasks": [4711]},
    "ManualCompaction": {"compactionID": 4321, "compactionPlanCount": 1},
    "GetCompactionStateWithPlans": {
        "state": "Completed",
        "mergeInfos": [
            {
                "sources": [1, 2],
                "target": 3,
                "targets": [3],
                "plan_id": 7,
                "trigger_id": 8,
                "collection_id": 1001,
                "partition_id": 11,
                "channel": "ch0",
                "type": "CompactionTypeMix",
                "state": "CompactionTaskStateCompleted",
            }
        ],
    },
    "GetPersistentSegmentInfo": {
        "infos": [
            {
                "segmentID": 41,
                "collectionID": 1001,
                "partitionID": 11,
                "num_rows": 7,
                "state": "Flushed",
                "level": "L1",
                "is_sorted": True,
                "storage_version": 2,
                "insert_channel": "ch0",
                "compaction_from": [39, 40],
            }
        ]
    },
    "GetQuerySegmentInfo": {
        "infos": [
            {
                "segmentID": 41,
                "collectionID": 1001,
                "partitionID": 11,
                "mem_size": 1024,
                "num_rows": 7,
                "index_name": "vector",
                "indexID": 700,
                "state": "Sealed",
                "nodeIds": [5],
                "level": "L1",
                "is_sorted": True,
                "storage_version": 2,
            }
        ]
    },
    "ListDatabases": {
        "db_names": ["default", "db1"],
        "db_ids": [1, 2],
        "created_timestamp": [CREATED_TS, CREATED_TS],
    },
    "ListCredUsers": {"usernames": ["root", "alice"]},
    "ListPrivilegeGroups": {
        "privilege_groups": [{"group_name": "pg1", "privileges": [{"name": "Search"}, {"name": "Query"}]}]
    },
    "ListResourceGroups": {"resource_groups": ["__default_resource_group", "rg1"]},
    "ListSnapshots": {"snapshots": ["snap1", "snap2"]},
    "RestoreSnapshot": {"job_id": 81},
    "PinSnapshotData": {"pin_id": 82},
    "ListFileResources": {"resources": [{"id": 71, "name": "dict", "path": "/dicts/a.txt"}]},
    "RefreshExternalCollection": {"job_id": 91},
    "GetReplicateConfiguration": {
        "configuration": {
            "clusters": [
                {
                    "cluster_id": "c1",
                    "pchannels": ["p0"],
                    "connection_param": {"uri": "http://c1:19530", "token": "tok"},
                }
            ],
            "cross_cluster_topology": [{"source_cluster_id": "c1", "target_cluster_id": "c2"}],
        }
    },
}
"""By RPC name; an enum's member stands for its number."""
