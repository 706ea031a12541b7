"""What a type checker makes of schemas, index parameters and the other things that users build."""

from __future__ import annotations

import logging
from typing import assert_type

from milvusclient import (
    AsyncMilvusClient,
    CollectionSchema,
    ConnectionNotExistException,
    ConsistencyLevel,
    DataType,
    EmbeddingList,
    FieldSchema,
    Function,
    FunctionType,
    IndexParams,
    MilvusClient,
    MilvusException,
    ParamError,
    RetryPolicy,
    StructFieldSchema,
    connections,
    hybridts_to_unixtime,
)
from milvusclient.pymilvus.client.types import LoadState
from milvusclient.pymilvus.milvus_client import IndexParams as SameIndexParams
from milvusclient.registry import Connections


def schemas() -> None:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=True)
    assert_type(schema, CollectionSchema)
    assert_type(schema.add_field("id", DataType.INT64, is_primary=True).add_field("v", 101, dim=8), CollectionSchema)
    assert_type(schema.fields, list[FieldSchema])
    assert_type(MilvusClient.create_field_schema("age", DataType.INT8), FieldSchema)
    assert_type(AsyncMilvusClient.create_struct_field_schema(), StructFieldSchema)
    assert_type(FieldSchema("age", DataType.INT8).dtype, DataType)
    schema.add_function(Function("words", FunctionType.BM25, "title", "words"))
    schema.add_field("id", DataType.INT64, primary=True)  # type: ignore[call-arg]  # it is is_primary
    schema.add_field("title", DataType.VARCHAR, max_length="9")  # type: ignore[arg-type]  # not a number


def index_params() -> None:
    params = MilvusClient.prepare_index_params()
    assert_type(params, IndexParams)
    params.add_index("vector", "HNSW", metric_type="L2", M=8, efConstruction=64)
    params.add_index("vector", "HNSW", metric="L2")  # type: ignore[call-arg]  # it is metric_type
    same: IndexParams = SameIndexParams()
    assert_type(same[0].index_type, str)


def others() -> None:
    assert_type(connections, Connections)
    assert_type(connections.has_connection("dev"), bool)
    assert_type(ConsistencyLevel.Value("Strong"), int)
    assert_type(hybridts_to_unixtime(1), float)
    assert_type(LoadState(3).name, str)
    embeddings = EmbeddingList()
    embeddings.add([0.1, 0.2])
    MilvusClient("./demo.db", retry=RetryPolicy(max_elapsed=3))


def errors(client: MilvusClient) -> None:
    try:
        client.list_collections()
    except ConnectionNotExistException as error:
        assert_type(error, ConnectionNotExistException)
    except ParamError:
        raise
    except MilvusException as error:
        assert_type(error.message, str)
        assert_type(error.ambiguous, bool)
        logging.info("%s", error.operation)
