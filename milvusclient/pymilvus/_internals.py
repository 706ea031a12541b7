"""The names that are only internals of the reference client, and what to use in their place."""

from __future__ import annotations

__all__ = ["ADVICE"]

_BY_ADVICE = (
    (
        "messages of errors are written where they are raised; catch the class of an error and read its message",
        "ExceptionsMessage",
    ),
    ("MilvusClient builds the messages of its requests itself", "Prepare"),
    (
        "connections are opened and shared by MilvusClient(...) and connections.connect(...)",
        "AsyncConnectionManager AsyncGlobalStrategy AsyncGrpcHandler AsyncRegularStrategy BASE_DELAY "
        "CallContext ClientCallDetailsTuple ClusterCapability ClusterInfo ConnectionConfig ConnectionManager "
        "ConnectionStrategy DEFAULT_PORT DEFAULT_REFRESH_INTERVAL GLOBAL_CLUSTER_IDENTIFIER GlobalStrategy "
        "GlobalTopology GrpcHandler HEALTH_CHECK_TIMEOUT IDLE_THRESHOLD_SECONDS MAX_DELAY MAX_RETRIES "
        "ManagedConnection REQUEST_TIMEOUT ReconnectHandler RegularStrategy TopologyRefresher "
        "async_header_adder_interceptor fetch_topology header_adder_interceptor is_global_endpoint",
    ),
    (
        "retries are set by MilvusClient(retry=RetryPolicy(...)), and errors are those of milvusclient.exceptions",
        "IGNORE_RETRY_CODES WARNING_COLOR deprecated deprecated_class error_handler ignore_unimplemented "
        "retry_on_rpc_failure retry_on_schema_mismatch tracing_request upgrade_reminder warn_deprecated",
    ),
    ("use MilvusClient or AsyncMilvusClient", "BaseMilvusClient"),
    ("the version is milvusclient.__version__", "get_commit"),
    (
        "MilvusClient.describe_collection() returns dicts, and results are lists",
        "FunctionSchema LoopBase StructArrayFieldSchema",
    ),
    ("pass _async=True to a method of Collection", "AbstractFuture CreateFlatIndexFuture"),
    ("vectors are given as lists, arrays or bytes", "vector_float_to_bytes"),
    (
        "MilvusClient keeps what it knows of collections itself",
        "CacheRegion CollectionTsCache GlobalCache SchemaCache",
    ),
    (
        "every call checks its arguments itself, and raises a ParamError",
        "ParamChecker check_id_and_data check_pass_param int_or_str is_correct_date_str is_legal_address "
        "is_legal_anns_field is_legal_cmd is_legal_collection_properties is_legal_date_range is_legal_db_name "
        "is_legal_dimension is_legal_drop_ratio is_legal_field_name is_legal_guarantee_timestamp is_legal_host "
        "is_legal_ids is_legal_include_role_info is_legal_include_user_info is_legal_index_name "
        "is_legal_index_size is_legal_itopk_size is_legal_limit is_legal_max_iterations is_legal_min_iterations "
        "is_legal_nlist is_legal_nprobe is_legal_object is_legal_object_name "
        "is_legal_operate_privilege_group_type is_legal_operate_privilege_type is_legal_operate_user_role_type "
        "is_legal_output_fields is_legal_partition_name is_legal_partition_name_array is_legal_password "
        "is_legal_port is_legal_privilege is_legal_privilege_group is_legal_privileges is_legal_replica_number "
        "is_legal_role_name is_legal_round_decimal is_legal_search_data is_legal_search_width "
        "is_legal_table_name is_legal_team_size is_legal_timeout is_legal_topk is_legal_user parser_range_date "
        "validate_noneable_param validate_nullable_strs validate_param validate_params validate_str "
        "validate_strs",
    ),
    (
        "use the public methods of MilvusClient",
        "MILVUS SciPyHelper ZILLIZ check_invalid_binary_vector check_status "
        "convert_struct_fields_to_user_format current_time_ms dumps extract_bound_index_param "
        "get_numpy_fallback_dtype get_params get_server_type immutable_message_to_dict is_dense_vector_type "
        "is_external_collection_schema_alter_unsupported is_successful len_of parse_agg_buckets "
        "parse_target_size replicate_checkpoint_to_dict require_numpy_dtype sparse_parse_single_row "
        "strip_struct_sub_field_name traverse_info traverse_rows_info traverse_upsert_info "
        "valid_binary_index_types valid_binary_metric_types valid_index_params_keys valid_index_types "
        "validate_iso_timestamp",
    ),
    (
        "MilvusClient.insert() and query() turn rows into messages and back",
        "CHECK_STR_ARRAY convert_to_array convert_to_array_arr convert_to_array_of_vector convert_to_json "
        "convert_to_json_arr convert_to_str_array entity_is_sparse_matrix entity_to_array_arr "
        "entity_to_field_data entity_to_json_arr entity_to_str_arr entity_type_to_dtype extract_array_rows "
        "extract_dynamic_field_from_result extract_row_data_from_fields_data_v2 "
        "extract_struct_array_from_column_data flush_vector_bytes get_array_length get_array_value_at_index "
        "get_input_num_rows get_max_len_of_var_char pack_field_value_to_field_data sparse_proto_to_rows "
        "sparse_rows_to_proto",
    ),
    (
        "results are lists of dicts that hold Python values already",
        "apply_valid_data array_cell_length decode_array_cell decode_array_value decode_cell decode_range "
        "decode_vector_array_cell decode_vector_array_value dense_vector_width extract_array_row_data "
        "extract_struct_field_value get_array_element_attr get_field_data is_byte_vector_type is_null_cell "
        "is_scalar_type is_sparse_vector_type physical_index row_width vector_array_length",
    ),
    (
        "MilvusClient.query_iterator() and search_iterator() make iterators",
        "IteratorCache NO_CACHE_ID QueryIteratorCursor QueryIteratorHandler SearchIteratorHandler "
        "SearchIteratorV2Handler  assert_info check_set_flag extend_batch_size "
        "fall_back_to_latest_session_ts io_operation iterator_cache metrics_positive_related",
    ),
    (
        "milvusclient.connections is the one registry of a process, and checks addresses itself",
        "SingleInstanceMetaClass Singleton VIRTUAL_PORT synchronized",
    ),
    (
        "pass consistency_level=... or guarantee_timestamp=... to a call",
        "construct_guarantee_ts get_bounded_ts get_collection_datetime get_collection_timestamp "
        "get_collection_ts get_eventually_ts update_collection_ts update_ts_on_mutation",
    ),
    (
        "DataType says what a type is, such as DataType.FLOAT_VECTOR.is_vector",
        "ArrowLayout ProtobufSlot ProtobufSlotKind TYPE_INFO TypeFamily TypeInfo dtype_str_map get_arrow_layout "
        "get_bulk_numpy_dtype get_field_attr get_numpy_dtype get_placeholder_type get_protobuf_attr "
        "get_protobuf_slot get_scalar_attr get_type_info get_vector_attr get_vector_type_for_numpy_dtype "
        "infer_dtype_by_scalar_data is_binary_vector_type is_dense_float_vector_type is_float_vector_type "
        "is_int_vector_type is_vector_type numpy_dtype_str_map require_placeholder_type "
        "require_vector_type_for_numpy_dtype",
    ),
    (
        "what MilvusClient returns holds the same facts, such as result.extra",
        "ALWAYS_KEEP_ZERO_KEYS DatabaseInfo ResourceGroupLimit ResourceGroupTransfer get_cost_from_status "
        "get_extra_info parse_compaction_plans parse_refresh_job_info",
    ),
    ("pass target_size='512MB' to optimize()", "unit_to_bytes"),
    (
        "CollectionSchema.verify() checks a schema, and insert() checks rows against it",
        "check_insert_schema check_is_row_based check_schema check_upsert_schema "
        "construct_fields_from_dataframe infer_default_value_bydata isVectorDataType is_row_based "
        "is_valid_insert_data prepare_fields_from_dataframe validate_clustering_key validate_partition_key "
        "validate_primary_key",
    ),
    (
        "milvusclient logs to the logger 'milvusclient', which the program configures",
        "COLORS ColorFulFormatColMixin ColorfulFormatter init_log",
    ),
)

#: Name -> what to use in its place.
ADVICE = {name: advice for advice, names in _BY_ADVICE for name in names.split()}
