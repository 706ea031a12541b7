"""Collections as objects; each method is one or two calls of MilvusClient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from milvusclient._keywords import own_inherited
from milvusclient.exceptions import (
    AutoIDException,
    SchemaNotReadyException,
)
from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.client.asynch import FlushFuture, MutationFuture
from milvusclient.pymilvus.client.types import cmp_consistency_level
from milvusclient.pymilvus.orm import _calls, _columns
from milvusclient.pymilvus.orm._parts import CollectionParts
from milvusclient.pymilvus.orm._reading import CollectionReads
from milvusclient.pymilvus.orm.connections import OrmClient, connections
from milvusclient.pymilvus.orm.mutation import MutationResult
from milvusclient.pymilvus.orm.schema import CollectionSchema, FieldSchema
from milvusclient.schema.collection import CollectionSchema as AnySchema
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient.filters import FilterLike

__all__ = ["Collection"]

__getattr__, __dir__ = module_names(__name__)

#: Options of load that older programs write with an underscore in front.
_OLD_LOAD_OPTIONS = ("_refresh", "_resource_groups", "_load_fields", "_skip_load_dynamic_field")


@own_inherited
class Collection(CollectionReads, CollectionParts):
    """A collection; making the object creates the collection if a schema is given and there is none of its name.

    Args:
        name: name of the collection, or an alias of one.
        schema: the schema; None for a collection that exists.
        using: alias of the connection.
        **kwargs: ``timeout``, and options of ``MilvusClient.create_collection``, such as ``consistency_level`` and
            ``num_shards``.

    Raises:
        ConnectionNotExistException: there is no such connection.
        SchemaNotReadyException: there is neither a schema nor a collection, or they contradict each other.
        MilvusException: the server refuses, or cannot be reached.
    """

    def __init__(self, name: str, schema: AnySchema | None = None, using: str = "default", **kwargs: Any) -> None:
        self._name = name
        self._using = using
        self._kwargs = kwargs
        timeout = kwargs.get("timeout")
        if schema is not None and not isinstance(schema, AnySchema):
            raise SchemaNotReadyException(
                message=f"collection {name!r}: schema must be a CollectionSchema, got {schema!r}"
            )
        if self._client.has_collection(name, timeout):
            self._schema = self._existing(schema, kwargs.get("consistency_level"), timeout)
        elif schema is None:
            raise SchemaNotReadyException(
                message=f"collection {name!r} does not exist on {using!r}; pass a schema to create it"
            )
        else:
            self._client.create_collection(name, schema=schema, **kwargs)
            self._schema = schema

    def _existing(self, schema: AnySchema | None, level: str | int | None, timeout: float | None) -> AnySchema:
        described = self._client.describe_collection(self._name, timeout)
        if level is not None and not cmp_consistency_level(level, described["consistency_level"]):
            raise SchemaNotReadyException(
                message=f"collection {self._name!r} exists with consistency_level "
                f"{described['consistency_level_name']!r}; asked for {level!r}"
            )
        known = CollectionSchema.construct_from_dict(cast("Mapping[str, object]", described))
        if schema is not None and _kept(known) != _kept(schema):
            raise SchemaNotReadyException(
                message=f"collection {self._name!r} exists with another schema: {known}; asked for {schema}"
            )
        return known if schema is None else schema

    @classmethod
    def construct_from_dataframe(cls, name: str, dataframe: Any, **kwargs: Any) -> tuple[Collection, MutationResult]:
        """Create a collection from the columns of a data frame, unless it exists, and insert its rows.

        Args:
            name: name of the collection.
            dataframe: the rows.
            **kwargs: ``primary_field``, the column that holds the keys; ``auto_id``; and what the constructor takes.

        Raises:
            SchemaNotReadyException: it is not a data frame, or the primary key is not among its columns.
            AutoIDException: ``auto_id`` is not a bool.
        """
        primary, auto_id = kwargs.pop("primary_field", None), kwargs.pop("auto_id", False)
        if not _columns.is_frame(dataframe):
            raise SchemaNotReadyException(message=f"dataframe must be a data frame, got {type(dataframe).__name__}")
        if primary is None or primary not in dataframe.columns:
            raise SchemaNotReadyException(
                message=f"primary_field must be one of the columns {list(dataframe.columns)}, got {primary!r}"
            )
        if not isinstance(auto_id, bool):
            raise AutoIDException(message=f"auto_id must be a bool, got {auto_id!r}")
        if auto_id and not dataframe[primary].isnull().all():
            raise SchemaNotReadyException(
                message=f"auto_id=True, but column {primary!r} holds keys; leave it empty, or pass auto_id=False"
            )
        rows = dataframe.drop(columns=primary) if auto_id else dataframe
        fields = [FieldSchema(primary, DataType.INT64, is_primary=True, auto_id=True)] if auto_id else []
        for field_name, dtype, params in _columns.fields_of_frame(rows):
            fields.append(FieldSchema(field_name, dtype, is_primary=field_name == primary, params=params))
        using = kwargs.get("using", "default")
        exists = connections._fetch_handler(using).has_collection(name)
        collection = cls(name, None if exists else CollectionSchema(list(fields)), **kwargs)
        return collection, collection.insert(rows)

    def __repr__(self) -> str:
        shown = {"name": self._name, "description": self.description, "schema": self._schema}
        return "<Collection>:\n-------------\n" + "".join(f"<{name}>: {value}\n" for name, value in shown.items())

    @property
    def _client(self) -> OrmClient:
        return connections._fetch_handler(self._using)

    @property
    def schema(self) -> AnySchema:
        """The schema."""
        return self._schema

    @property
    def aliases(self) -> list[str]:
        """Other names of the collection."""
        return self._client.describe_collection(self._name)["aliases"]

    @property
    def description(self) -> str:
        """Free text for human readers."""
        return self._schema.description

    @property
    def name(self) -> str:
        """Name of the collection."""
        return self._name

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows."""
        return self.num_entities == 0

    @cached_property
    def num_shards(self) -> int:
        """Number of shards."""
        return self._client.describe_collection(self._name)["num_shards"]

    @property
    def num_entities(self) -> int:
        """Number of its flushed rows."""
        return int(self._client.get_collection_stats(self._name)["row_count"])

    @property
    def primary_field(self) -> Any:
        """The field that is the primary key."""
        return self._schema.primary_field

    def flush(self, timeout: float | None = None, **kwargs: Any) -> Any:
        """Seal what was inserted, and wait for it.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: ``_async=True`` returns a FlushFuture; ``_callback`` is called at its end.
        """
        return _calls.called(FlushFuture, kwargs, lambda: self._client.flush(self._name, timeout, **kwargs))

    def drop(self, timeout: float | None = None, **kwargs: Any) -> None:
        """Remove the collection with all that it holds.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.drop_collection``.
        """
        self._client.drop_collection(self._name, timeout, **kwargs)

    def truncate(self, timeout: float | None = None, **kwargs: Any) -> None:
        """Remove all rows.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.truncate_collection``.
        """
        self._client.truncate_collection(self._name, timeout, **kwargs)

    def set_properties(self, properties: Mapping[str, Any], timeout: float | None = None, **kwargs: Any) -> None:
        """Change properties such as ``collection.ttl.seconds``.

        Args:
            properties: the properties by name.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.alter_collection_properties``.
        """
        self._client.alter_collection_properties(self._name, properties, timeout, **kwargs)

    def load(
        self,
        partition_names: Sequence[str] | None = None,
        replica_number: int | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Load the collection, or some of its partitions, into memory, and wait for it.

        Args:
            partition_names: the partitions; None means all.
            replica_number: how many copies.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.load_collection``; ``_async=True`` does not wait.
        """
        for old in _OLD_LOAD_OPTIONS:
            if old in kwargs:
                kwargs[old.removeprefix("_")] = kwargs.pop(old)
        if partition_names is None:
            self._client.load_collection(self._name, timeout, replica_number=replica_number, **kwargs)
        else:
            self._client.load_partitions(self._name, partition_names, timeout, replica_number=replica_number, **kwargs)

    def release(self, timeout: float | None = None, **kwargs: Any) -> None:
        """Release the collection from memory.

        Args:
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.release_collection``.
        """
        self._client.release_collection(self._name, timeout, **kwargs)

    def insert(self, data: Any, partition_name: str | None = None, timeout: float | None = None, **kwargs: Any) -> Any:
        """Insert rows.

        Args:
            data: rows as dicts, columns in the order of the schema, or a data frame.
            partition_name: the partition; None leaves it to the server.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.insert``; ``_async=True`` returns a MutationFuture.

        Returns:
            A MutationResult.

        Raises:
            DataTypeNotSupportException, DataNotMatchException: the data does not fit the schema.
        """
        rows = _columns.rows_of(data, self._schema, with_auto_id=False)

        def call() -> MutationResult:
            client = self._client
            counts = client.insert(self._name, rows, timeout, partition_name, **kwargs)
            return MutationResult(counts, client.take_timestamp())

        return _calls.called(MutationFuture, kwargs, call)

    def upsert(self, data: Any, partition_name: str | None = None, timeout: float | None = None, **kwargs: Any) -> Any:
        """Insert rows, or replace those of the same keys.

        Args:
            data: rows as dicts, columns in the order of the schema, or a data frame.
            partition_name: the partition; None leaves it to the server.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.upsert``; ``_async=True`` returns a MutationFuture.

        Returns:
            A MutationResult.

        Raises:
            DataTypeNotSupportException, DataNotMatchException: the data does not fit the schema.
        """
        rows = _columns.rows_of(data, self._schema, with_auto_id=True)

        def call() -> MutationResult:
            client = self._client
            counts = client.upsert(self._name, rows, timeout, partition_name, **kwargs)
            return MutationResult(counts, client.take_timestamp())

        return _calls.called(MutationFuture, kwargs, call)

    def delete(
        self, expr: FilterLike, partition_name: str | None = None, timeout: float | None = None, **kwargs: Any
    ) -> Any:
        """Remove rows.

        Args:
            expr: boolean expression that rows must satisfy.
            partition_name: the partition; None means all.
            timeout: seconds for the call; None means no limit.
            **kwargs: options of ``MilvusClient.delete``; ``_async=True`` returns a MutationFuture.

        Returns:
            A MutationResult.
        """
        _calls.rename(kwargs, "expr_params", "filter_params")

        def call() -> MutationResult:
            client = self._client
            counts = client.delete(self._name, timeout=timeout, filter=expr, partition_name=partition_name, **kwargs)
            return MutationResult(counts, client.take_timestamp())

        return _calls.called(MutationFuture, kwargs, call)

    def describe(self, timeout: float | None = None) -> Any:
        """Return what the server knows of the collection, as a dict.

        Args:
            timeout: seconds for the call; None means no limit.
        """
        return self._client.describe_collection(self._name, timeout)


def _kept(schema: AnySchema) -> dict[str, object]:
    """Return what servers keep of a schema: all of them but the descriptions, which some do not."""
    raw = schema.to_dict()
    fields = [{key: value for key, value in field.to_dict().items() if key != "description"} for field in schema.fields]
    return {**raw, "description": "", "fields": fields}
