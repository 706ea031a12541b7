"""Client methods that add, alter and drop fields and functions of an existing collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc, schema
from milvusclient._sync.core.base import Family
from milvusclient.checks import UNSET, Unset
from milvusclient.exceptions import UnimplementedError
from milvusclient.operations import fields
from milvusclient.policy.options import OPTIONAL_CALL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from milvusclient.schema.default_values import DefaultValue
    from milvusclient.schema.enums import DataType
    from milvusclient.schema.fields import FieldSchema
    from milvusclient.schema.functions import Function
    from milvusclient.schema.index import IndexParams
    from milvusclient.schema.structs import StructFieldSchema

__all__ = ["Fields"]


class Fields(Family):
    """Methods that change which fields and functions a collection has."""

    def add_collection_field(
        self,
        collection_name: str,
        field_name: str,
        data_type: DataType | int,
        desc: str = "",
        timeout: float | None = None,
        *,
        nullable: bool = False,
        default_value: DefaultValue | Unset | None = UNSET,
        element_type: DataType | int | None = None,
        max_capacity: int | None = None,
        max_length: int | None = None,
        dim: int | None = None,
        enable_analyzer: bool | None = None,
        enable_match: bool | None = None,
        analyzer_params: Mapping[str, object] | str | None = None,
        multi_analyzer_params: Mapping[str, object] | str | None = None,
        mmap_enabled: bool | None = None,
        warmup: str | None = None,
        external_field: str = "",
        params: Mapping[str, object] | None = None,
    ) -> None:
        """Add a field to a collection. Existing rows get its default value, or none.

        Args:
            collection_name: name or alias of the collection.
            field_name: name of the new field, unique in the collection.
            data_type: type of the values.
            desc: free text for human readers.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            nullable: whether rows may have no value (``None``). Servers require it unless there is a default value.
            default_value: value of rows that are inserted without one.
            element_type: type of the elements; required for ARRAY, ignored for other types.
            max_capacity: maximum number of elements of an ARRAY; required for ARRAY.
            max_length: maximum length of a str in UTF-8 bytes, 1 to 65,535; required for VARCHAR.
            dim: number of elements of a vector (bits for BINARY_VECTOR); required for vectors, except sparse ones.
            enable_analyzer: whether the server splits strings into tokens, for full-text search.
            enable_match: whether the server indexes the tokens, for ``TEXT_MATCH`` in filters.
            analyzer_params: settings of the analyzer, such as ``{"type": "english"}``.
            multi_analyzer_params: settings of one analyzer for each language.
            mmap_enabled: whether the server maps the data from disk instead of loading it into memory.
            warmup: when the server caches the data: ``"sync"``, ``"async"`` or ``"disable"``.
            external_field: column of the external source that the field reads.
            params: further type parameters by name, for those that have no argument here.

        Raises:
            ParamError: an argument is invalid, such as a vector field without ``nullable=True``.
            DataTypeNotSupportException: ``data_type`` is not a DataType.
            MilvusException: the server refuses the request.

        Example:
            >>> from milvusclient import DataType
            >>> client.add_collection_field("books", "pages", DataType.INT64, nullable=True)
        """
        field = schema.FieldSchema(
            field_name,
            data_type,
            desc,
            nullable=nullable,
            default_value=default_value,
            element_type=element_type,
            max_capacity=max_capacity,
            max_length=max_length,
            dim=dim,
            enable_analyzer=enable_analyzer,
            enable_match=enable_match,
            analyzer_params=analyzer_params,
            multi_analyzer_params=multi_analyzer_params,
            mmap_enabled=mmap_enabled,
            warmup=warmup,
            external_field=external_field,
            params=params,
        )
        request = fields.build_add_field(collection_name, field)
        deadline = self._deadline(timeout)
        try:
            self._call(rpc.ALTER_COLLECTION_SCHEMA, request, deadline, OPTIONAL_CALL)
        except UnimplementedError:
            self._call(rpc.ADD_COLLECTION_FIELD, fields.build_add_field_to_old_server(request), deadline)
        self._forget(collection_name)

    def add_collection_struct_field(
        self,
        collection_name: str,
        field_name: str,
        struct_schema: StructFieldSchema,
        max_capacity: int,
        desc: str | None = None,
        timeout: float | None = None,
        *,
        nullable: bool = True,
        mmap_enabled: bool | None = None,
        warmup: str | None = None,
    ) -> None:
        """Add a struct array to a collection. Existing rows have no value for it.

        Args:
            collection_name: name or alias of the collection.
            field_name: name of the new field, unique in the collection.
            struct_schema: schema of the structs, from ``create_struct_field_schema()``.
            max_capacity: maximum number of structs of a row.
            desc: free text for human readers. None keeps the struct's own.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            nullable: whether rows may have no value (``None``). It must be True, because existing rows have no structs.
            mmap_enabled: whether the server maps the data from disk instead of loading it into memory.
            warmup: when the server caches the data: ``"sync"``, ``"async"`` or ``"disable"``.

        Raises:
            ParamError: an argument is invalid.
            UnimplementedError: the server is too old for this call.
            MilvusException: the server refuses the request.

        Example:
            >>> from milvusclient import DataType
            >>> chapter = client.create_struct_field_schema().add_field("pages", DataType.INT64)
            >>> client.add_collection_struct_field("books", "chapters", chapter, 99)
        """
        request = fields.build_add_struct_field(
            collection_name,
            field_name,
            struct_schema,
            max_capacity,
            desc=desc,
            nullable=nullable,
            mmap_enabled=mmap_enabled,
            warmup=warmup,
        )
        self._call(rpc.ADD_COLLECTION_STRUCT_FIELD, request, self._deadline(timeout))
        self._forget(collection_name)

    def add_function_field(
        self,
        collection_name: str,
        field_schema: FieldSchema,
        func: Function,
        index_params: IndexParams,
        timeout: float | None = None,
    ) -> None:
        """Add a field that a function computes, with its index; the server fills it for existing rows, too.

        Args:
            collection_name: name or alias of the collection.
            field_schema: the field: SPARSE_FLOAT_VECTOR for BM25, BINARY_VECTOR for MINHASH.
            func: the function that computes the values of the field.
            index_params: the one index on the field, with its type.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: an argument is invalid, or does not fit the others.
            UnimplementedError: the server is too old for this call.
            MilvusException: the server refuses the request.

        Example:
            >>> from milvusclient import DataType, Function, FunctionType
            >>> words = client.create_field_schema("words", DataType.SPARSE_FLOAT_VECTOR)
            >>> bm25 = Function("bm25", FunctionType.BM25, "title", "words")
            >>> index = client.prepare_index_params("words", "SPARSE_INVERTED_INDEX", metric_type="BM25")
            >>> client.add_function_field("books", words, bm25, index)
        """
        request = fields.build_add_function_field(collection_name, field_schema, func, index_params)
        self._call(rpc.ALTER_COLLECTION_SCHEMA, request, self._deadline(timeout))
        self._forget(collection_name)

    def drop_collection_field(
        self, collection_name: str, field_name: str | None = "", field_id: int = 0, timeout: float | None = None
    ) -> None:
        """Drop a field with its values.

        Args:
            collection_name: name or alias of the collection.
            field_name: name of the field. Give either the name or ``field_id``.
            field_id: identifier of the field, from ``describe_collection``.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: both or neither of ``field_name`` and ``field_id`` are given, or an argument has the wrong type.
            UnimplementedError: the server is too old for this call.
            MilvusException: the server refuses the request, for instance because the field is the primary key.

        Example:
            >>> client.drop_collection_field("books", "pages")
        """
        request = fields.build_drop_field(collection_name, field_name, field_id)
        self._call(rpc.ALTER_COLLECTION_SCHEMA, request, self._deadline(timeout))
        self._forget(collection_name)

    def drop_function_field(self, collection_name: str, function_name: str, timeout: float | None = None) -> None:
        """Drop a function together with its output fields.

        Args:
            collection_name: name or alias of the collection.
            function_name: name of the function.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a non-empty str.
            UnimplementedError: the server is too old for this call.
            MilvusException: the server refuses the request.

        Example:
            >>> client.drop_function_field("books", "bm25")
        """
        request = fields.build_drop_function_field(collection_name, function_name)
        self._call(rpc.ALTER_COLLECTION_SCHEMA, request, self._deadline(timeout))
        self._forget(collection_name)

    def add_collection_function(
        self, collection_name: str, function: Function, timeout: float | None = None
    ) -> None:
        """Add a function whose output field exists already. From Milvus 3.0 on, use :meth:`add_function_field`.

        Args:
            collection_name: name or alias of the collection.
            function: the function to add.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: the name is not a non-empty str, or the function is not a Function.
            MilvusException: the server refuses the request.

        Example:
            >>> from milvusclient import Function, FunctionType
            >>> embedding = Function("e", FunctionType.TEXTEMBEDDING, "title", "vector", params={"provider": "openai"})
            >>> client.add_collection_function("books", embedding)
        """
        request = fields.build_add_function(collection_name, function)
        self._call(rpc.ADD_COLLECTION_FUNCTION, request, self._deadline(timeout))
        self._forget(collection_name)

    def alter_collection_function(
        self, collection_name: str, function_name: str, function: Function, timeout: float | None = None
    ) -> None:
        """Replace a function by another one.

        Args:
            collection_name: name or alias of the collection.
            function_name: name of the function.
            function: the function that replaces the current one.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str, or the function is not a Function.
            MilvusException: the server refuses the request.

        Example:
            >>> from milvusclient import Function, FunctionType
            >>> embedding = Function("e", FunctionType.TEXTEMBEDDING, "title", "vector", params={"provider": "cohere"})
            >>> client.alter_collection_function("books", "e", embedding)
        """
        request = fields.build_alter_function(collection_name, function_name, function)
        self._call(rpc.ALTER_COLLECTION_FUNCTION, request, self._deadline(timeout))
        self._forget(collection_name)

    def drop_collection_function(
        self, collection_name: str, function_name: str, timeout: float | None = None
    ) -> None:
        """Drop a function and keep its output field. From Milvus 3.0 on, use :meth:`drop_function_field`.

        Args:
            collection_name: name or alias of the collection.
            function_name: name of the function.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Raises:
            ParamError: a name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> client.drop_collection_function("books", "e")
        """
        request = fields.build_drop_function(collection_name, function_name)
        self._call(rpc.DROP_COLLECTION_FUNCTION, request, self._deadline(timeout))
        self._forget(collection_name)
