"""Every error that this package raises.

The tree, in which an error stands below what it is a special case of::

    MilvusException                      anything that went wrong; code, message and the evidence
    |- ParamError                        an argument was refused before anything was sent
    |  `- TypeError                      ... because of its Python type (also the builtin TypeError)
    |- DataNotMatchException             a row does not fit the schema of its collection
    |- DataTypeNotMatchException         an argument's type does not fit (filters, ids)
    |- DataTypeNotSupportException       a data type that is not supported here
    |- PrimaryKeyException, PartitionKeyException, ClusteringKeyException, AutoIDException,
    |  FieldTypeException, FieldsTypeException, FunctionsTypeException, SchemaNotReadyException,
    |  CannotInferSchemaException        an invalid schema
    |- InvalidConsistencyLevel           a consistency level that Milvus does not have
    |- ConnectionConfigException         the settings of a connection are invalid
    |  `- ConnectionLimitException       ... or is one more than the limit
    |- ConnectionNotExistException       the alias is not connected (any more)
    |- ConnectError                      the server could not be reached or refused the connection (reason says why)
    |- CollectionNotExistException       the server does not know the collection
    |  `- DescribeCollectionException    ... and was asked to describe it
    |- IndexNotExistException, AmbiguousIndexName, PartitionAlreadyExistException
    |- SchemaMismatchRetryableException  the schema changed twice under one write
    |- ServerVersionIncompatibleException
    |- ReplyError                        the server's reply cannot be read
    |- OutOfResourcesError               file descriptors or memory of this process ran out
    |- WaitTimeoutError                  a load, an index build or a flush was not done in time
    `- RpcError                          the call itself failed (status is the gRPC status name)
       |- DeadlineExceededError          the timeout passed
       |- MilvusUnavailableException     no answer from the server (ambiguous: it may have been handled)
       |- AuthenticationError            the credentials were refused
       |- PermissionDeniedError          the user may not do this
       `- UnimplementedError             this server does not know the call

``milvusclient.BulkError`` and ``milvusclient.CopyError``, which carry the report of a bulk write and of a copy, stand
beside those reports.

No gRPC exception reaches a user: it is the ``__cause__``. No message, ``repr`` or pickle holds a password or a token.
"""

from __future__ import annotations

import builtins
import errno
import os
from enum import IntEnum
from typing import Any

from milvusclient.plain_text import visible

__all__ = [
    "AmbiguousIndexName",
    "AuthenticationError",
    "AutoIDException",
    "CannotInferSchemaException",
    "ClusteringKeyException",
    "CollectionNotExistException",
    "ConnectError",
    "ConnectionConfigException",
    "ConnectionLimitException",
    "ConnectionNotExistException",
    "DataNotMatchException",
    "DataTypeNotMatchException",
    "DataTypeNotSupportException",
    "DeadlineExceededError",
    "DescribeCollectionException",
    "ErrorCode",
    "FieldTypeException",
    "FieldsTypeException",
    "FunctionsTypeException",
    "IndexNotExistException",
    "InvalidConsistencyLevel",
    "MilvusException",
    "MilvusUnavailableException",
    "OutOfResourcesError",
    "ParamError",
    "PartitionAlreadyExistException",
    "PartitionKeyException",
    "PermissionDeniedError",
    "PrimaryKeyException",
    "ReplyError",
    "RpcError",
    "SchemaMismatchRetryableException",
    "SchemaNotReadyException",
    "ServerVersionIncompatibleException",
    "TypeError",
    "UnimplementedError",
    "WaitTimeoutError",
]


class ErrorCode(IntEnum):
    """Values of :attr:`MilvusException.code` that programs test for.

    Codes of the server are passed on as they are. Codes of failed calls are 10,000 plus the number of the
    gRPC status, so that they never coincide with a code of Milvus.
    """

    SUCCESS = 0
    UNEXPECTED_ERROR = 1
    CONNECT_FAILED = 2
    RATE_LIMIT = 8
    FORCE_DENY = 9
    COLLECTION_NOT_FOUND = 100
    COLLECTION_NOT_LOADED = 101
    PARTITION_NOT_FOUND = 200
    INDEX_NOT_FOUND = 700
    RPC_CANCELLED = 10_001
    RPC_UNKNOWN = 10_002
    RPC_INVALID_ARGUMENT = 10_003
    RPC_DEADLINE_EXCEEDED = 10_004
    RPC_NOT_FOUND = 10_005
    RPC_ALREADY_EXISTS = 10_006
    RPC_PERMISSION_DENIED = 10_007
    RPC_RESOURCE_EXHAUSTED = 10_008
    RPC_FAILED_PRECONDITION = 10_009
    RPC_ABORTED = 10_010
    RPC_OUT_OF_RANGE = 10_011
    RPC_UNIMPLEMENTED = 10_012
    RPC_INTERNAL = 10_013
    RPC_UNAVAILABLE = 10_014
    RPC_DATA_LOSS = 10_015
    RPC_UNAUTHENTICATED = 10_016


class MilvusException(Exception):
    """The base of every error of this package.

    Args:
        code: what kind of failure: a code of the server, or one of :class:`ErrorCode`.
        message: what was asked, what went wrong, where, and what to do about it.
        compatible_code: the error code of servers before 2.3, when the server sent one.
        is_input_error: the server says that the request itself was wrong.
        retriable: the server says that the same request may succeed later.

    The attributes are set where the facts are known.

    Attributes:
        operation: name of the call.
        address: address of the server.
        alias: alias of the connection.
        database: name of the database.
        request_id: id of the request, which stands in the log of the server, too.
        attempts: number of requests that were sent.
        ambiguous: whether the request may have been carried out although no reply arrived.

    Example:
        >>> from milvusclient import MilvusException
        >>> str(MilvusException(code=1100, message="field 'age' does not exist"))
        "field 'age' does not exist (code=1100)"
    """

    operation: str = ""
    address: str = ""
    alias: str = ""
    database: str = ""
    request_id: str = ""
    attempts: int = 0
    ambiguous: bool = False

    def __init__(
        self,
        code: int = ErrorCode.UNEXPECTED_ERROR,
        message: str = "",
        compatible_code: int = ErrorCode.UNEXPECTED_ERROR,
        is_input_error: bool = False,
        retriable: bool = False,
    ) -> None:
        # Servers choose parts of many messages, and a message ends in a terminal or a log sooner or later.
        message = visible(str(message))
        super().__init__(message)
        self._code = int(code)
        self._message = message
        self._compatible_code = int(compatible_code)
        self._is_input_error = is_input_error
        self._retriable = retriable

    @property
    def code(self) -> int:
        """The kind of failure: a code of the server, or one of :class:`ErrorCode`."""
        return self._code

    @property
    def message(self) -> str:
        """The message: what was asked, what went wrong, where, and what to do about it."""
        return self._message

    @property
    def compatible_code(self) -> int:
        """The error code of servers before 2.3."""
        return self._compatible_code

    @property
    def is_input_error(self) -> bool:
        """True if the server says that the request itself was wrong."""
        return self._is_input_error

    @property
    def retriable(self) -> bool:
        """True if the server says that the same request may succeed later."""
        return self._retriable

    def __str__(self) -> str:
        parts = [f"code={self._code}"]
        for name in ("operation", "address", "database", "request_id"):
            value = getattr(self, name)
            if value:
                parts.append(f"{name}={value}")
        if self.attempts > 1:
            parts.append(f"attempts={self.attempts}")
        return f"{self._message} ({', '.join(parts)})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(code={self._code}, message={self._message!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (self._code, self._message, self._compatible_code, self._is_input_error, self._retriable)
        return _restore, (type(self), arguments, self.__dict__.copy())


def _restore(
    kind: type[MilvusException], arguments: tuple[int, str, int, bool, bool], state: dict[str, object]
) -> MilvusException:
    """Unpickle: the constructor may differ in a subclass, the state does not."""
    error = kind.__new__(kind)
    MilvusException.__init__(error, *arguments)
    error.__dict__.update(state)
    return error


class ParamError(MilvusException):
    """An argument was refused before anything was sent."""


class TypeError(ParamError, builtins.TypeError):  # noqa: A001 - the name that programs catch; it is the builtin too
    """An argument has an invalid Python type."""


class DataNotMatchException(MilvusException):
    """A row does not fit the schema of its collection."""


class DataTypeNotMatchException(MilvusException):
    """An argument's type does not fit its use."""


class DataTypeNotSupportException(MilvusException):
    """A data type that is not supported here."""


class PrimaryKeyException(MilvusException):
    """An invalid primary key."""


class PartitionKeyException(MilvusException):
    """An invalid partition key."""


class ClusteringKeyException(MilvusException):
    """An invalid clustering key."""


class AutoIDException(MilvusException):
    """``auto_id`` is used where it is invalid."""


class FieldTypeException(MilvusException):
    """A field is not a field schema."""


class FieldsTypeException(MilvusException):
    """The fields of a schema are not a list of field schemas."""


class FunctionsTypeException(MilvusException):
    """The functions of a schema are not a list of functions."""


class SchemaNotReadyException(MilvusException):
    """A schema is missing something that it needs."""


class CannotInferSchemaException(MilvusException):
    """No schema can be derived from the data."""


class InvalidConsistencyLevel(MilvusException):
    """A consistency level that Milvus does not have."""


class ConnectionConfigException(MilvusException):
    """The settings of a connection are invalid, or contradict those of the alias."""


class ConnectionLimitException(ConnectionConfigException):
    """One connection more than the limit."""


class ConnectionNotExistException(MilvusException):
    """The alias is not connected, or no longer; the message says who closed it and how to go on."""


class ConnectError(MilvusException):
    """The server could not be reached, or refused the connection.

    Attributes:
        reason: one of ``name_not_resolved``, ``refused``, ``unreachable``, ``tls``, ``authentication``,
            ``not_milvus``, ``proxy``, ``embedded``, ``timeout``, ``not_ready`` and ``unavailable``.
    """

    reason: str = "unavailable"


class CollectionNotExistException(MilvusException):
    """The server does not know the collection."""


class DescribeCollectionException(CollectionNotExistException):
    """The collection that was to be described does not exist, or cannot be described."""


class IndexNotExistException(MilvusException):
    """The server does not know the index."""


class AmbiguousIndexName(MilvusException):
    """A field has several indexes, and none was named."""


class PartitionAlreadyExistException(MilvusException):
    """A partition of this name exists."""


class SchemaMismatchRetryableException(MilvusException):
    """The schema of a collection changed, and changed again during the only retry."""


class ServerVersionIncompatibleException(MilvusException):
    """The server is too old, or too new, for the request."""


class ReplyError(MilvusException):
    """The server's reply cannot be read."""


class OutOfResourcesError(MilvusException):
    """File descriptors or memory ran out, in this process or on its machine; the cause is what Python raised."""


class WaitTimeoutError(MilvusException):
    """A load, an index build or a flush was not done within its timeout; the server continues with it."""


class RpcError(MilvusException):
    """The call itself failed; the gRPC error is the ``__cause__``.

    Attributes:
        status: name of the gRPC status, such as ``UNAVAILABLE``.
    """

    status: str = "UNKNOWN"


class DeadlineExceededError(RpcError):
    """The timeout of the call passed."""


class MilvusUnavailableException(RpcError):
    """No answer from the server; if ``ambiguous`` is true, the request may have been carried out."""


class AuthenticationError(RpcError):
    """The credentials were refused."""


class PermissionDeniedError(RpcError):
    """The user may not do this."""


class UnimplementedError(RpcError):
    """The server does not know the call."""


#: gRPC status name -> class; every other status is a plain RpcError.
RPC_ERRORS: dict[str, type[RpcError]] = {
    "DEADLINE_EXCEEDED": DeadlineExceededError,
    "UNAVAILABLE": MilvusUnavailableException,
    "UNAUTHENTICATED": AuthenticationError,
    "PERMISSION_DENIED": PermissionDeniedError,
    "UNIMPLEMENTED": UnimplementedError,
}

#: code of the server -> class; every other code is a plain MilvusException.
SERVER_ERRORS: dict[int, type[MilvusException]] = {
    ErrorCode.COLLECTION_NOT_FOUND: CollectionNotExistException,
    ErrorCode.INDEX_NOT_FOUND: IndexNotExistException,
}

#: error code of servers before 2.3 -> class, used when the newer code is zero.
LEGACY_SERVER_ERRORS: dict[int, type[MilvusException]] = {
    4: CollectionNotExistException,
    28: CollectionNotExistException,
    25: IndexNotExistException,
}


_NO_DESCRIPTORS = (
    "too few file descriptors are free; close files and connections that are no longer needed, "
    "or raise the limit (ulimit -n)"
)
_NO_MEMORY = "there is not enough memory; ask for less or send less in one call, or give the process more memory"
#: What the system reports when something ran out, and the words for it.
_EXHAUSTED = {
    errno.EMFILE: _NO_DESCRIPTORS,
    errno.ENFILE: _NO_DESCRIPTORS,
    errno.ENOMEM: _NO_MEMORY,
}


def out_of_resources(error: BaseException, operation: str) -> OutOfResourcesError | None:
    """Build the exception for something that this process ran out of; None if that is not what went wrong.

    It is here and not where the other exceptions are built, because nothing can be imported without descriptors.

    Args:
        error: what Python raised.
        operation: the call during which that happened.
    """
    words = ""
    if isinstance(error, MemoryError) or type(error).__name__ == "EncodeError":  # protobuf's word for it
        words = _NO_MEMORY
    elif isinstance(error, OSError):
        words = _EXHAUSTED.get(error.errno or 0, "")
    elif isinstance(error, ImportError) and os.strerror(errno.EMFILE) in str(error):  # of a native library
        words = _NO_DESCRIPTORS
    if not words:
        return None
    failed = OutOfResourcesError(message=f"{operation}() failed: {words}; then call it again")
    failed.operation = operation
    return failed


def server_error_class(code: int, legacy_code: int) -> type[MilvusException]:
    """Return the class for an error code of the server."""
    if code:
        return SERVER_ERRORS.get(code, MilvusException)
    return LEGACY_SERVER_ERRORS.get(legacy_code, MilvusException)
