"""The sentence that docstrings use for each shared parameter, one for each meaning that the parameter has.

A description begins with one of the sentences of its parameter; what is special about one call follows as a sentence of
its own. test_docstrings.py holds the public API to this table: whoever documents a new call copies from here.
"""

from __future__ import annotations

from typing import Final

_FOR_READERS: Final = "free text for human readers."
_NEW_ON_SERVER: Final = "unique on the server."

#: For each parameter: meaning -> sentence.
SENTENCES: Final[dict[str, dict[str, str]]] = {
    # Every call
    "timeout": {
        "call": "seconds for the whole call, retries and waiting included; None means no limit.",
        "page": "seconds for each page; None means no limit.",
        "connect": "seconds for opening the connection; None means 10.",
        "default": "seconds for each call that has no timeout of its own; None means no limit.",
        "health": "seconds for each of the two requests.",
    },
    "retry_times": {
        "call": "maximum number of retries of a failed request; None means the client's retry policy.",
        "override": "replaces ``max_retries``; None keeps it.",
    },
    "retry_on_rate_limit": {
        "call": "whether to retry when the server refuses because of its rate limit; None means the client's retry "
        "policy.",
        "policy": "whether calls that the rate limit refuses are retried.",
        "override": "replaces that of the policy; None keeps it.",
    },
    "client_request_id": {"call": "identifier that appears in the server's logs and traces."},
    "in_flight": {
        "requests": "maximum number of requests at the same time.",
        "pages": "maximum number of pages that are requested at the same time, and kept in memory.",
    },
    # Names of things
    "collection_name": {
        "existing": "name or alias of the collection.",
        "not an alias": "name of the collection.",
        "new": "name of the new collection, unique in its database.",
        "optional": "name of the collection; empty or None means all collections.",
        "pattern": 'name of the collection; ``"*"`` means all collections.',
    },
    "alias": {
        "existing": "name of the alias.",
        "new": "name of the new alias, unique in its database.",
        "connection": "name of the connection.",
        "derived": "name of the connection; None derives it from uri, credentials and database.",
    },
    "db_name": {
        "existing": "name of the database.",
        "new": f"name of the new database, {_NEW_ON_SERVER}",
        "other": "name of the database, if it is not the client's.",
        "client": "name of the database; empty means the uri's, else the default one.",
        "connection": "name of the database; empty means the default one.",
    },
    "db": {"optional": "name of the database; empty or None means all databases."},
    "partition_name": {
        "existing": "name of the partition.",
        "new": "name of the new partition, unique in the collection.",
        "written": "name of the partition to write to; empty lets the server choose.",
        "optional": "name of the partition; empty or None means the whole collection.",
    },
    "partition_names": {
        "read": "names of the partitions to look in; None means the whole collection.",
        "one or several": "name of a partition, or a list of names.",
    },
    "field_name": {
        "existing": "name of the field.",
        "new": "name of the new field, unique in the collection.",
        "of a struct": "name of the sub-field, unique in the struct.",
        "optional": "name of the field; empty or None means all fields.",
        "indexed": "field to index",
    },
    "index_name": {
        "existing": "name of the index.",
        "new": "name of the index, unique in the collection; empty lets the server choose.",
    },
    "function_name": {"existing": "name of the function."},
    "snapshot_name": {
        "existing": "name of the snapshot.",
        "new": "name of the new snapshot, unique among those of the collection.",
    },
    "user_name": {"existing": "name of the user.", "new": f"name of the new user, {_NEW_ON_SERVER}"},
    "role_name": {"existing": "name of the role.", "new": f"name of the new role, {_NEW_ON_SERVER}"},
    "group_name": {
        "existing": "name of the privilege group.",
        "new": f"name of the new privilege group, {_NEW_ON_SERVER}",
    },
    "name": {
        "group": "name of the resource group.",
        "new group": f"name of the new resource group, {_NEW_ON_SERVER}",
        "resource": "name of the file resource.",
        "new resource": f"name of the new file resource, {_NEW_ON_SERVER}",
        "field": "name of the field, unique in the collection.",
        "function": "name of the function, unique in the collection.",
        "chain": "name of the chain; the server shows it in messages.",
    },
    "job_id": {
        "compaction": "identifier of the job, as returned by ``compact``.",
        "refresh": "identifier of the job, as returned by ``refresh_external_collection``.",
        "restore": "identifier of the job, as returned by ``restore_snapshot``.",
    },
    "description": {"text": _FOR_READERS, "instead": "replaces the value of this struct array, unless it is None."},
    "desc": {"text": _FOR_READERS, "sort": "whether the largest values come first."},
    "password": {
        "login": "password of the user.",
        "new": "password of the new user. By default, servers ask for 6 to 72 characters.",
    },
    "properties": {"values": "property values by name."},
    "property_keys": {"names": "names of the properties."},
    "target": {"copy": "client of the server, database or file to copy to; None means this client."},
    "progress": {
        "bulk": "True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets a "
        "``BulkProgress`` after each request.",
        "import": "True shows a bar on a terminal or in a notebook, or lines in the log; or a function that gets the "
        "states after each look at them.",
    },
    "checkpoint": {
        "bulk": "path of a file that stores the position in the source. A later call with the same source and file "
        "skips the rows that are written already.",
    },
    # Loading and waiting
    "_async": {"wait": "return at once instead of waiting for the end."},
    "sync": {
        "indexes": "wait until the indexes are built.",
        "load": "wait until the partitions are loaded.",
    },
    "replica_number": {"load": "number of replicas; None lets the server choose."},
    "resource_groups": {"load": "names of the resource groups for the replicas; None lets the server choose."},
    "refresh": {"load": "also load what a bulk import added since the last load."},
    "load_fields": {"load": "names of the fields to load; None means all."},
    "skip_load_dynamic_field": {"load": "do not load the dynamic field."},
    "priority": {"load": 'load priority, ``"high"`` or ``"low"``; None lets the server choose.'},
    "target_size": {"segments": "size of the new segments; None lets the server choose."},
    "states": {"segments": "states of the segments to list"},
    # Fields of a schema
    "data_type": {"values": "type of the values."},
    "datatype": {
        "values": "type of the values.",
        "of a struct": "type of one value of one struct; neither ARRAY nor STRUCT.",
    },
    "dtype": {"values": "type of the values.", "vectors": "type of the vectors"},
    "nullable": {
        "rows": "whether rows may have no value (``None``).",
        "instead": "replaces the value of this struct array, unless it is None.",
    },
    "default_value": {"rows": "value of rows that are inserted without one."},
    "element_type": {"array": "type of the elements; required for ARRAY, ignored for other types."},
    "max_capacity": {
        "array": "maximum number of elements of an ARRAY; required for ARRAY.",
        "struct": "maximum number of structs of a row.",
    },
    "max_length": {"text": "maximum length of a str in UTF-8 bytes, 1 to 65,535; required for VARCHAR."},
    "dim": {
        "field": "number of elements of a vector (bits for BINARY_VECTOR); required for vectors, except sparse ones.",
        "list": "number of elements of each vector",
        "index": "dimension of the vectors, for the few index types that require it.",
    },
    "enable_analyzer": {"field": "whether the server splits strings into tokens, for full-text search."},
    "enable_match": {"field": "whether the server indexes the tokens, for ``TEXT_MATCH`` in filters."},
    "analyzer_params": {"field": 'settings of the analyzer, such as ``{"type": "english"}``.'},
    "multi_analyzer_params": {"field": "settings of one analyzer for each language."},
    "mmap_enabled": {
        "field": "whether the server maps the data from disk instead of loading it into memory.",
        "index": "whether the server maps the index from disk instead of loading it into memory.",
    },
    "warmup": {
        "field": 'when the server caches the data: ``"sync"``, ``"async"`` or ``"disable"``.',
        "index": 'when the server caches the index: ``"sync"``, ``"async"`` or ``"disable"``.',
    },
    "external_field": {"field": "column of the external source that the field reads."},
    "params": {
        "field": "further type parameters by name, for those that have no argument here.",
        "index": "build parameters by name",
        "function": "parameters of the function, by name.",
        "combination": "how to combine their scores",
        "struct": "type parameters of the struct array itself, by name.",
    },
    "is_primary": {"field": "whether the field is the primary key (INT64 or VARCHAR, one per collection)."},
    "is_partition_key": {"field": "whether rows are distributed over partitions by this field (INT64 or VARCHAR)."},
    "auto_id": {"keys": "whether the server generates the primary keys."},
    "function": {
        "new": "the function to add.",
        "instead": "the function that replaces the current one.",
    },
    "external_source": {"source": "location of the data of an external collection"},
    "external_spec": {"source": "format of that data, as JSON in a str."},
    "index_params": {
        "several": "indexes to build, from ``prepare_index_params()``.",
        "one": "the one index on the field, with its type.",
    },
    "metric_type": {"index": "how vectors are compared:"},
    # Reading
    "consistency_level": {
        "read": "consistency level of the read; None means the collection's.",
        "default": "consistency level of reads that do not give one.",
        "delete": "consistency level of the search for rows that match the filter; None lets the server choose.",
    },
    "guarantee_timestamp": {
        "read": "timestamp up to which the data must be visible, for the levels Eventually and Customized.",
        "iterator": "timestamp of the data to read, instead of the moment when the iterator is created.",
    },
    "output_fields": {
        "hits": 'names of the fields to return with each hit; None means none, ``["*"]`` means all.',
        "rows": "names of the fields to return; None means all.",
        "iterator": "names of the fields to return, in addition to the primary key; None lets the server choose.",
    },
    "filter": {
        "rows": "boolean expression that rows must satisfy",
        "old name": "another name for ``expr``.",
    },
    "json_path": {
        "group": 'path of the value to group by in a JSON field, such as ``"/a/b"``.',
        "index": "JSON: path of the value to index inside the field",
    },
    "filter_params": {"rows": "values for the placeholders in the filter"},
    "limit": {
        "imports": "maximum number of imports; 0 means no limit.",
        "chain": "maximum number of hits to keep.",
        "part": "maximum number of hits that this request contributes.",
        "rows": "maximum number of rows.",
        "hits": "maximum number of hits for each query vector.",
        "iterator rows": "maximum number of rows in total; -1 or None means no limit.",
        "iterator hits": "maximum number of hits in total; -1 or None means no limit.",
    },
    "offset": {"rows": "number of rows to skip.", "hits": "number of hits to skip."},
    "batch_size": {
        "rows": "number of rows in each page, at most 16,384.",
        "hits": "number of hits in each page, at most 16,384.",
    },
    "ignore_growing": {"read": "leave out growing segments: faster, but the newest rows are missing."},
    "timezone": {"read": 'time zone of returned TIMESTAMPTZ values, such as ``"Asia/Shanghai"``.'},
    "time_fields": {"read": 'parts of TIMESTAMPTZ values to return, such as ``"year,month"``.'},
    "anns_field": {
        "search": "name of the vector field; needed if the collection has several.",
        "request": "name of the vector field.",
    },
    "search_params": {"search": "metric and parameters of the index"},
    "ids": {
        "rows": "a primary key or a list of them",
        "vectors": "primary keys of rows whose vectors are the query vectors",
    },
    "data": {
        "rows": "a row or a list of rows",
        "vectors": "a list of query vectors",
        "one vector": "a list with one query vector",
    },
    "order_by_fields": {
        "hits": "fields that order the hits",
        "rows": "fields that order the rows",
    },
    "group_by_fields": {
        "hits": "as ``group_by_field``, for the values of several fields.",
        "rows": "names of fields; rows with the same values in them become one row.",
    },
    "ranker": {
        "hybrid": "how the hits of the searches are merged",
        "search": "how the hits are reordered",
    },
    "function_chains": {
        "hybrid": "not supported here; servers support it for :meth:`search` only.",
        "search": "steps that compute, sort and cut the hits",
    },
    "search_aggregation": {
        "hybrid": "not supported here; servers support it for :meth:`search` only.",
        "search": "how hits are put into buckets",
    },
    # Access and replication
    "object_type": {"privilege": '``"Collection"``, ``"Global"`` or ``"User"``.'},
    "object_name": {"privilege": 'name of the collection or user; ``"*"`` means all.'},
    "privilege": {
        "single": 'name of the privilege, such as ``"Insert"``; ``"*"`` means all of the type.',
        "or group": 'name of the privilege, such as ``"Search"``, or of a privilege group, such as '
        '``"CollectionReadOnly"``.',
    },
    "privileges": {"several": 'names of the privileges, such as ``["Search", "Query"]``; at least one.'},
    "retry": {
        "client": "how failed calls are retried; None means ``RetryPolicy()``.",
        "options": "how failed calls are retried.",
    },
    "slow_call_threshold": {"client": "seconds after which a call is logged as slow, as a warning; None logs none."},
    "vectors_as": {
        "call": '``"list"``, or ``"numpy"`` for read-only arrays over the memory of the reply, which cost next to '
        "nothing; each array keeps the whole reply alive. None means the client's setting.",
        "client": 'form of dense vectors in results, unless a call says it: ``"list"``, or ``"numpy"`` for read-only '
        "arrays over the memory of the reply; for programs that always want arrays.",
        "options": 'form of dense vectors in results: ``"list"``, or ``"numpy"`` for read-only arrays over the memory '
        "of the reply.",
    },
}
