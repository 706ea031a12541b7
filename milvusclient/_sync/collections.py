"""Creating, describing, listing, altering and dropping collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import checks, rpc
from milvusclient._sync.core.base import as_describe_error
from milvusclient._sync.indexes import Indexes
from milvusclient._sync.loading import Loading
from milvusclient.exceptions import DescribeCollectionException, MilvusException
from milvusclient.operations import collections, describing, indexes, loading, quick_setup
from milvusclient.schema.builders import SchemaBuilders
from milvusclient.schema.enums import ConsistencyLevel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from milvusclient.models.descriptions import CollectionDescription
    from milvusclient.schema.collection import CollectionSchema
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.index import IndexParams

__all__ = ["Collections"]


class Collections(SchemaBuilders, Indexes, Loading):
    """Methods for collections."""

    def create_collection(
        self,
        collection_name: str,
        dimension: int | None = None,
        primary_field_name: str = "id",
        id_type: DataType | int | str = "int",
        vector_field_name: str = "vector",
        metric_type: str = "COSINE",
        auto_id: bool = False,
        timeout: float | None = None,
        schema: CollectionSchema | None = None,
        index_params: IndexParams | None = None,
        *,
        enable_dynamic_field: bool = True,
        max_length: int | None = None,
        description: str = "",
        consistency_level: ConsistencyLevel | int | str = ConsistencyLevel.Bounded,
        num_shards: int | None = None,
        shards_num: int | None = None,
        num_partitions: int | None = None,
        properties: Mapping[str, object] | None = None,
    ) -> None:
        """Create a collection from a schema, or from the number of elements of its vectors.

        With a ``schema``, the arguments that describe a collection without one are left out, or say the same:
        ``dimension``, ``primary_field_name``, ``id_type``, ``vector_field_name``, ``metric_type``, ``auto_id``,
        ``enable_dynamic_field``, ``max_length`` and ``description``. The collection is indexed and loaded if
        ``index_params`` are given. Without a schema, the collection has a primary key, a vector field and dynamic
        fields, and is indexed and loaded at once.

        Args:
            collection_name: name of the new collection, unique in its database.
            dimension: number of elements of a vector; needed without a schema.
            primary_field_name: name of the primary key.
            id_type: type of the primary key: ``"int"`` (or INT64), or ``"string"`` (or VARCHAR).
            vector_field_name: name of the vector field.
            metric_type: how vectors are compared: ``"COSINE"``, ``"L2"`` or ``"IP"``.
            auto_id: whether the server generates the primary keys.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            schema: fields of the collection, from ``create_schema()``.
            index_params: indexes to build, from ``prepare_index_params()``. Without a schema, a vector field that they
                leave out gets an index of type AUTOINDEX.
            enable_dynamic_field: whether rows may have keys that are not fields; the server stores them as JSON.
            max_length: maximum length of a str in UTF-8 bytes, 1 to 65,535; required for VARCHAR.
            description: free text for human readers.
            consistency_level: consistency level of reads that do not give one.
            num_shards: number of shards; None lets the server choose.
            shards_num: another name for ``num_shards``.
            num_partitions: number of partitions over which a partition key spreads the rows; None lets the server
                choose.
            properties: property values by name. For example ``{"collection.ttl.seconds": 3600}``.

        Raises:
            ParamError: an argument is invalid; nothing was sent.
            PrimaryKeyException, AutoIDException, PartitionKeyException, ClusteringKeyException: a key is invalid.
            InvalidConsistencyLevel: the consistency level does not exist.
            WaitTimeoutError: the timeout ended before the collection was indexed and loaded; the server continues.
            MilvusException: the server refuses the request, for instance because the name is taken.

        Example:
            >>> client.create_collection("books", dimension=4, timeout=60)
        """
        quick = schema is None
        if schema is None:
            schema = quick_setup.quick_schema(
                dimension,
                primary_field_name=primary_field_name,
                id_type=id_type,
                vector_field_name=vector_field_name,
                auto_id=auto_id,
                max_length=max_length,
                enable_dynamic_field=enable_dynamic_field,
                description=description,
            )
            index_params = quick_setup.quick_index_params(vector_field_name, metric_type, index_params)
        else:
            described = {
                "dimension": dimension,
                "primary_field_name": primary_field_name,
                "id_type": id_type,
                "vector_field_name": vector_field_name,
                "metric_type": metric_type,
                "auto_id": auto_id,
                "enable_dynamic_field": enable_dynamic_field,
                "max_length": max_length,
                "description": description,
            }
            quick_setup.check_schema_alone(schema, index_params, described)
        request = collections.build_create_collection(
            collection_name,
            schema,
            consistency_level=consistency_level,
            shards=collections.checked_shards(num_shards, shards_num),
            num_partitions=num_partitions,
            properties=properties,
        )
        builds = indexes.build_create_indexes(collection_name, index_params) if index_params else []
        load = loading.build_load_collection(collection_name, loading.LoadOptions())
        deadline = self._deadline(timeout)
        self._call(rpc.CREATE_COLLECTION, request, deadline)
        self._forget(collection_name)
        if builds or quick:
            try:
                self._build_indexes(builds, deadline, True)
                self._load_collection(load, deadline)
            except MilvusException as error:
                error.add_note(collections.unfinished_note(collection_name))
                raise

    def has_collection(self, collection_name: str, timeout: float | None = None) -> bool:
        """Return whether a collection or an alias with this name exists.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            True if it exists.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> found = client.has_collection("books")
        """
        request = collections.build_describe_collection(collection_name)
        try:
            self._call(rpc.DESCRIBE_COLLECTION, request, self._deadline(timeout))
        except MilvusException as error:
            if collections.means_no_collection(error):
                return False
            raise
        return True

    def describe_collection(self, collection_name: str, timeout: float | None = None) -> CollectionDescription:
        """Describe the fields, functions and properties of a collection.

        The server is asked on every call, so that the description shows the current state. What it says also goes into
        the schema cache: a write after it need not ask again, and fits its rows to this schema.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``collection_name``, ``fields``, ``functions``, ``properties`` and more. A struct array is a
            field of type ARRAY with ``struct_fields``.

        Raises:
            ParamError: the name is not a non-empty str.
            DescribeCollectionException: the collection does not exist, or the server refuses the request.
            MilvusException: the server cannot be reached.

        Example:
            >>> fields = (client.describe_collection("books"))["fields"]
        """
        # Neither the cache nor a question that another call has already sent will do: both may be older than a change
        # that another process has just told this program about.
        key = self._key(checks.require_name("collection_name", collection_name))
        try:
            info = self._describe_collection(collection_name, key, self._deadline(timeout))
        except DescribeCollectionException:
            self._forget(collection_name)  # another process dropped it
            raise
        except MilvusException as error:
            if collections.is_refusal(error):
                raise as_describe_error(error) from error.__cause__
            raise
        return describing.describe(info)

    def list_collections(self, timeout: float | None = None) -> list[str]:
        """List the names of the collections in the client's database.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The names, in no particular order.

        Raises:
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> names = client.list_collections()
        """
        reply = self._call(rpc.SHOW_COLLECTIONS, collections.build_list_collections(), self._deadline(timeout))
        return collections.parse_list_collections(reply)

    def drop_collection(self, collection_name: str, timeout: float | None = None) -> None:
        """Drop a collection and its rows. A collection that does not exist is not an error.

        Args:
            collection_name: name of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the collection has an alias.

        Example:
            >>> client.drop_collection("books")
        """
        request = collections.build_drop_collection(collection_name)
        self._call(rpc.DROP_COLLECTION, request, self._deadline(timeout))
        self._forget(collection_name)

    def rename_collection(
        self, old_name: str, new_name: str, target_db: str | None = "", timeout: float | None = None
    ) -> None:
        """Rename a collection, and move it to another database if one is given.

        Args:
            old_name: name of an existing collection.
            new_name: new name of the collection.
            target_db: name of the database to move it to; empty or None keeps it where it is.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str.
            MilvusException: the server refuses the request, for instance because the name is taken.

        Example:
            >>> client.rename_collection("books", "old_books")
        """
        request = collections.build_rename_collection(old_name, new_name, target_db)
        self._call(rpc.RENAME_COLLECTION, request, self._deadline(timeout))
        self._forget(old_name)
        self._forget(new_name)

    def truncate_collection(self, collection_name: str, timeout: float | None = None) -> None:
        """Delete all rows of a collection; its schema, indexes and aliases stay.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str.
            UnimplementedError: the server is too old to truncate collections.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> client.truncate_collection("books")
        """
        request = collections.build_truncate_collection(collection_name)
        self._call(rpc.TRUNCATE_COLLECTION, request, self._deadline(timeout))
        self._forget(collection_name)

    def get_collection_stats(self, collection_name: str, timeout: float | None = None) -> dict[str, int | str]:
        """Return the statistics of a collection, as of its last flush.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``row_count``, which may still include deleted rows.

        Raises:
            ParamError: the name is not a non-empty str.
            MilvusException: the collection does not exist.

        Example:
            >>> rows = (client.get_collection_stats("books"))["row_count"]
        """
        request = collections.build_get_collection_stats(collection_name)
        reply = self._call(rpc.GET_COLLECTION_STATISTICS, request, self._deadline(timeout))
        return collections.parse_stats(reply)

    def alter_collection_properties(
        self, collection_name: str, properties: Mapping[str, object], timeout: float | None = None
    ) -> None:
        """Set properties of a collection.

        Args:
            collection_name: name or alias of the collection.
            properties: property values by name. At least one, such as ``{"collection.ttl.seconds": 3600}``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str, or the properties are not a dict with at least one entry.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> client.alter_collection_properties("books", {"collection.ttl.seconds": 3600})
        """
        request = collections.build_alter_collection(collection_name, properties)
        self._call(rpc.ALTER_COLLECTION, request, self._deadline(timeout))
        self._forget(collection_name)

    def drop_collection_properties(
        self, collection_name: str, property_keys: list[str], timeout: float | None = None
    ) -> None:
        """Reset properties of a collection to the server's defaults.

        Args:
            collection_name: name or alias of the collection.
            property_keys: names of the properties.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str, or the keys are not a list of str.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> client.drop_collection_properties("books", ["collection.ttl.seconds"])
        """
        request = collections.build_drop_properties(collection_name, property_keys)
        self._call(rpc.ALTER_COLLECTION, request, self._deadline(timeout))
        self._forget(collection_name)

    def alter_collection_field(
        self,
        collection_name: str,
        field_name: str,
        field_params: Mapping[str, object],
        timeout: float | None = None,
    ) -> None:
        """Set properties of a field.

        Args:
            collection_name: name or alias of the collection.
            field_name: name of the field.
            field_params: property values by name, such as ``{"max_length": 200}`` or ``{"mmap.enabled": True}``; at
                least one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the properties are not a dict with at least one entry.
            MilvusException: the server refuses the request, or cannot be reached.

        Example:
            >>> client.alter_collection_field("books", "title", {"max_length": 200})
        """
        request = collections.build_alter_collection_field(collection_name, field_name, field_params)
        self._call(rpc.ALTER_COLLECTION_FIELD, request, self._deadline(timeout))
        self._forget(collection_name)
