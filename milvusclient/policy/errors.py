"""Build exceptions from what went wrong. The one place where failed calls get their words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from milvusclient.config.settings import ConnectionConfig
from milvusclient.config.uri import DEFAULT_URI, Kind
from milvusclient.exceptions import (
    RPC_ERRORS,
    ConnectError,
    ConnectionConfigException,
    ConnectionLimitException,
    ConnectionNotExistException,
    ErrorCode,
    MilvusException,
    ReplyError,
    RpcError,
    server_error_class,
)
from milvusclient.policy import tls_diagnosis
from milvusclient.policy.failure import Failure, Safety, connect_reason, hides_status

__all__ = [
    "CallContext",
    "CloseRecord",
    "ambiguity",
    "conflict_error",
    "connect_error",
    "limit_error",
    "none_answers_error",
    "not_connected_error",
    "not_ready_error",
    "rpc_error",
    "status_error",
    "unreadable_handshake_error",
]


class CloseRecord:
    """A record of who closed an alias, where and when; ``sequence`` tells whether a client was made before or after."""

    __slots__ = ("at", "how", "sequence", "thread", "where")

    def __init__(self, how: str, where: str, thread: str, at: float, sequence: int) -> None:
        self.how = how
        self.where = where
        self.thread = thread
        self.at = at
        self.sequence = sequence


class CallContext:
    """The place of a call, which every error carries: operation, address, alias, database and request id."""

    __slots__ = ("address", "alias", "database", "operation", "request_id")

    def __init__(self, operation: str, address: str, alias: str, database: str, request_id: str) -> None:
        self.operation = operation
        self.address = address
        self.alias = alias
        self.database = database
        self.request_id = request_id

    def add_to(self, error: MilvusException, attempts: int, *, ambiguous: bool = False) -> MilvusException:
        """Add the context to an error."""
        error.operation = self.operation
        error.address = self.address
        error.alias = self.alias
        error.database = self.database
        error.request_id = self.request_id
        error.attempts = attempts
        error.ambiguous = ambiguous
        return error


#: Milvus Lite names the methods of its engine; a program calls those of the client.
_LITE_CALLS = (("call load() ", "call load_collection() "), ("call release() ", "call release_collection() "))


#: What Milvus Lite and servers say of an index on a field that the collection does not have.
_NO_FIELD = re.compile(r"unknown field '[^']*' for create_index$|create index on non-exist\w* field")


def status_error(code: int, legacy_code: int, reason: str, input_error: bool, retriable: bool) -> MilvusException:
    """Build the exception for a reply in which the server says that the call failed."""
    kind = server_error_class(code, legacy_code)
    # Milvus Lite leaves it empty where its engine fails; an error that says nothing looks like one of ours.
    reason = reason or f"the server failed with code {code or legacy_code} and gave no reason"
    if code == ErrorCode.PARTITION_NOT_FOUND and "partition" not in reason:  # Milvus Lite gives the bare name
        reason = f"partition {reason!r} does not exist"
    for theirs, ours in _LITE_CALLS:
        reason = reason.replace(theirs, ours)
    if code == ErrorCode.COLLECTION_NOT_LOADED and "load_collection(" not in reason:
        reason = f"{reason}; call load_collection() first"
    if code == ErrorCode.COLLECTION_NOT_FOUND:
        reason = f"{reason}; list_collections() names the collections of this database"
    if _NO_FIELD.search(reason):
        reason = f"{reason}; describe_collection() names the fields"
    return kind(code, reason, legacy_code, input_error, retriable)


_RPC_WORDS = {
    "DEADLINE_EXCEEDED": "the deadline passed before the server answered",
    "UNAVAILABLE": "the server did not answer",
    "UNAUTHENTICATED": "the server refused the credentials; check user and password, or the token",
    "PERMISSION_DENIED": "the user lacks the privilege for this call; grant it to a role of the user",
    "UNIMPLEMENTED": "the server does not know this call; it may be older than the feature",
    "RESOURCE_EXHAUSTED": "a limit of the server or of the message size was reached",
    "INVALID_ARGUMENT": "the server refused the request",
}
_AMBIGUOUS = "; the outcome is unknown (ambiguous): the request may have been carried out although no reply arrived"
_LOOK_FIRST = ", so it was not sent again; check before you repeat it"
_HARMLESS = "; it is safe to repeat it"


def ambiguity(safety: Safety) -> str:
    """Return what a message says when the request may have been carried out or not."""
    return _AMBIGUOUS + (_LOOK_FIRST if safety is Safety.UNSAFE else _HARMLESS)


#: What gRPC says of a message that one side does not take or does not send, with both sizes.
_LARGER = r"(?i)(received|sent|send) message larger than max\D*(\d+) vs\.? (\d+)"
_LESS_DATA = "send less in one call, for example fewer rows"
_IN_BATCHES = {name: f", or use {name.lower()}_many(), which sends batches" for name in ("Insert", "Upsert")}
_LESS_REPLY = (
    "ask for less in one call: a smaller limit or fewer output_fields, or use query_iterator or search_iterator"
)


def _too_large(details: str, operation: str) -> str:
    """Return what is too large and what to do about it; empty if the size is not the reason."""
    found = re.search(_LARGER, details)
    if found is None:
        return ""
    size, most = int(found[2]), int(found[3])
    own = "CLIENT:" in details  # where it is a setting of this client, gRPC says so
    received = found[1].lower() == "received"
    if received and own:
        limit, less = "grpc_options['grpc.max_receive_message_length'] of this client", _LESS_REPLY
    elif own:
        limit, less = "grpc_options['grpc.max_send_message_length'] of this client", _LESS_DATA
    else:
        limit, less = "the limit of the server", _LESS_DATA if received else _LESS_REPLY
    what = "request" if less is _LESS_DATA else "reply"
    batches = _IN_BATCHES.get(operation, "") if less is _LESS_DATA else ""
    return f"the {what} has {size:,} bytes, more than the {most:,} of {limit}; {less}{batches}"


def request_limit(error: MilvusException) -> int | None:
    """Return the largest request that a server takes, if an error says that it has refused a larger one."""
    found = re.search(_LARGER, error.message)
    if found is None or "CLIENT:" in error.message or found[1].lower() != "received":
        return None
    return int(found[3])


def request_too_large(operation: str, address: str, size: int, limit: int) -> RpcError:
    """Build the error for a request that its server would refuse, as it has said before."""
    words = (
        f"the request has {size:,} bytes, more than the {limit:,} of the limit of the server, which it named earlier"
    )
    advice = _LESS_DATA + _IN_BATCHES.get(operation, "")
    error = RpcError(ErrorCode.RPC_RESOURCE_EXHAUSTED, f"{operation} at {address}: {words}; it was not sent; {advice}")
    error.status = "RESOURCE_EXHAUSTED"
    return error


#: So many characters of what a server says are shown: of an error page or a stack trace, the beginning says enough.
_MOST_SHOWN = 4_000


def _shown(details: str) -> str:
    """Return what a message shows of the details of a status; the gRPC error, its cause, has all of them."""
    if len(details) <= _MOST_SHOWN:
        return details
    return f"{details[:_MOST_SHOWN]}... ({len(details):,} characters; the __cause__ of this error has all of them)"


def rpc_error(
    failure: Failure, operation: str, address: str, *, timeout: float | None, cause: str = "", doubt: str = ""
) -> RpcError:
    """Build the exception for a call that gRPC reports as failed.

    Args:
        failure: what gRPC said.
        operation: name of the call.
        address: address of the server.
        timeout: seconds that the whole call had.
        cause: why the attempt before this one failed.
        doubt: what :func:`ambiguity` says, when the outcome is unknown.
    """
    words = _RPC_WORDS.get(failure.status, f"the call failed with {failure.status}")
    if failure.status == "RESOURCE_EXHAUSTED":
        words = _too_large(failure.details, operation) or words
        if hides_status(failure):
            words = "the server failed, with a message longer than the 16 MB that gRPC reads; look at the server's log"
    if failure.status == "DEADLINE_EXCEEDED" and timeout is not None:
        words = f"the deadline of {timeout:g} s passed before the server answered"
    if failure.status == "UNIMPLEMENTED" and address.endswith(".db"):  # only the address of an embedded server does
        words = "the server does not know this call; Milvus Lite has only a part of Milvus: use a Milvus server for it"
    if failure.status == "UNAVAILABLE" and re.search("too_many_pings|Too many open files", failure.details):
        words = "; ".join(_connect_words("unavailable", failure))
    details = _shown(failure.details) + (f"; before that: {_shown(cause)}" if cause else "")
    message = f"{operation} at {address}: {words} [{failure.status}: {details}]{doubt}"
    kind = RPC_ERRORS.get(failure.status, RpcError)
    code = ErrorCode.__members__.get(f"RPC_{failure.status}", ErrorCode.RPC_UNKNOWN)
    error = kind(code, message)
    error.status = failure.status
    return error


_CONNECT_WORDS = {
    "name_not_resolved": ("its host name cannot be resolved", "check the spelling of the host and the DNS"),
    "refused": ("nothing listens at this address", "check host and port, and that the server runs"),
    "unreachable": (
        "no route leads from this machine to that address",
        "check the address, the network (VPN, container network) and the firewall of this machine",
    ),
    "tls": (
        "the TLS handshake failed",
        "check that the server speaks TLS, and server_pem_path, server_name, client_pem_path and client_key_path",
    ),
    "authentication": ("the server refused the credentials", "check user and password, or the token"),
    "not_milvus": (
        "the server at this address is not Milvus",
        "use its gRPC port (19530 by default; 9091 is its HTTP port)",
    ),
    "proxy": (
        "the connection goes through a proxy",
        "add the host to no_proxy, or pass grpc_options={'grpc.enable_http_proxy': False}",
    ),
    "timeout": ("no answer came in time", "check that the server is reachable and not overloaded, or raise timeout"),
    "not_ready": ("the server is not ready", "wait until it has started, then connect again"),
    "unavailable": ("the connection could not be established", "check that the server runs, and look at its log"),
}
#: (part of the details, words) for a connection that was established and then ended; the first match counts.
_ENDED_WORDS = (
    (
        "too many open files",
        (
            "too few file descriptors were free",
            "close files and connections that are no longer needed, or raise the limit (ulimit -n)",
        ),
    ),
    (
        "too_many_pings",
        (
            "the server ended the connection because of too many keepalive pings",
            "raise grpc_options['grpc.keepalive_time_ms'] to what the server permits, by default 300000",
        ),
    ),
    (
        "goaway",
        (
            "the server ended the connection (GOAWAY)",
            "connect again; if that repeats, look at the logs of the server and of load balancers before it",
        ),
    ),
    (
        "connection reset",
        (
            "the connection was reset",
            "check that Milvus serves gRPC at this port, and look at load balancers and firewalls in between",
        ),
    ),
    (
        "socket closed",
        (
            "the server closed the connection",
            "check that Milvus serves gRPC at this port, and look at load balancers and firewalls in between",
        ),
    ),
)


def connect_error(
    failure: Failure,
    config: ConnectionConfig,
    alias: str,
    *,
    timeout: float,
    proxy_variable: str = "",
    probed: tls_diagnosis.ProbeResult | None = None,
) -> ConnectError:
    """Build the exception for a connection that could not be opened.

    Args:
        failure: what gRPC said.
        config: settings of the connection.
        alias: name of the connection.
        timeout: seconds that were given.
        proxy_variable: the environment variable that makes gRPC use a proxy, if one does.
        probed: what a probe of the server found out, if the words of gRPC left it open.
    """
    about_tls = tls_diagnosis.explain_tls_failure(failure, config, probed or tls_diagnosis.ProbeResult.NOTHING)
    reason = connect_reason(failure) if about_tls is None else "tls"
    if proxy_variable and reason not in ("authentication", "tls"):
        reason = "proxy"
    what, advice = about_tls or _connect_words(reason, failure)
    if reason == "refused" and config.target.uri == DEFAULT_URI:
        advice = f"{advice}; this address is used when no uri is given: give one to connect elsewhere"
    if reason == "timeout":
        what = f"no answer came within {_rounded(timeout)} s"
    if reason == "proxy" and proxy_variable:
        what = f"the connection goes through the proxy of the environment variable {proxy_variable}"
    error = ConnectError(
        ErrorCode.CONNECT_FAILED,
        f"cannot connect to {config.target.uri}: {what}; {advice} [{failure.status}: {_shown(failure.details)}]",
    )
    error.reason = reason
    error.alias = alias
    error.address = config.target.address
    return error


def _connect_words(reason: str, failure: Failure) -> tuple[str, str]:
    """Return what went wrong with a connection, and what to do about it."""
    if reason == "unavailable":
        details = failure.details.lower()
        for text, words in _ENDED_WORDS:
            if text in details:
                return words
    return _CONNECT_WORDS[reason]


def unreadable_handshake_error(error: ReplyError, config: ConnectionConfig, alias: str) -> ReplyError:
    """Build the exception for a server whose reply to the handshake cannot be read."""
    unreadable = ReplyError(
        error.code, f"cannot connect to {config.target.uri}: {error.message}; check that a Milvus server listens there"
    )
    CallContext("Connect", config.target.address, alias, config.db_name, "").add_to(unreadable, 1)
    return unreadable


def none_answers_error(
    config: ConnectionConfig, alias: str, causes: Mapping[str, Exception | None], timeout: float
) -> ConnectError:
    """Build the exception for a connection to several addresses of which none answers.

    Args:
        config: settings of the connection.
        alias: name of the connection.
        causes: why each address failed; None for one that did not answer in time.
        timeout: seconds that were given.
    """
    if all(cause is None for cause in causes.values()) and len(causes) == 1:
        # Several channels to one address: the words are those of one channel.
        silent = Failure("DEADLINE_EXCEEDED", "the server did not answer the handshake in time")
        return connect_error(silent, config, alias, timeout=timeout)
    reasons = {cause.reason if isinstance(cause, ConnectError) else "timeout" for cause in causes.values()}
    each = "; ".join(f"{address}: {_own_words(cause, timeout)}" for address, cause in causes.items())
    error = ConnectError(
        ErrorCode.CONNECT_FAILED, f"cannot connect to {config.target.uri}: none of its addresses answers. {each}"
    )
    error.reason = reasons.pop() if len(reasons) == 1 else "unavailable"
    error.alias = alias
    error.address = config.target.address
    error.__cause__ = next((cause for cause in causes.values() if cause is not None), None)
    return error


def _rounded(seconds: float) -> str:
    """Return seconds as a message shows them: a share of the time that was given has many digits."""
    return f"{round(seconds, 1) if seconds >= 1 else round(seconds, 3):g}"


def _own_words(cause: Exception | None, timeout: float) -> str:
    """Return what an error of one address says, without what it has in common with the others."""
    if cause is None:
        return f"no answer came within {_rounded(timeout)} s"
    return re.sub(r"^cannot connect to \S+: ", "", cause.message if isinstance(cause, MilvusException) else str(cause))


def not_connected_error(
    alias: str, closed: CloseRecord | None, now: float, *, registered: bool, doubt: str = ""
) -> ConnectionNotExistException:
    """Build the exception for a call on an alias that is not connected.

    Args:
        alias: name of the connection.
        closed: who closed it, if that is known.
        now: the time, on the monotonic clock.
        registered: whether ``connections.connect(alias)`` can open it.
        doubt: what :func:`ambiguity` says, when the outcome of the call is unknown.
    """
    or_connect = f", or call connections.connect({alias!r})" if registered else ""
    how_on = (
        f"make a new client with the same arguments{or_connect}: then every client of this alias works again{doubt}"
    )
    if closed is None:
        message = f"alias {alias!r} is not connected; {how_on}"
    else:
        message = (
            f"alias {alias!r} is not connected: {closed.how} closed it {max(0.0, now - closed.at):.1f} s ago at "
            f"{closed.where} in thread {closed.thread!r}; {how_on}"
        )
    error = ConnectionNotExistException(message=message)
    error.alias = alias
    return error


def conflict_error(alias: str, asked: ConnectionConfig, existing: ConnectionConfig) -> ConnectionConfigException:
    """Build the exception for an alias that is asked for with other settings than it has."""
    error = ConnectionConfigException(
        message=(
            f"alias {alias!r} exists with other settings; asked for: {'; '.join(asked.differences(existing))}. "
            "Use another alias, or close the existing connection first"
        )
    )
    error.alias = alias
    error.address = existing.target.address
    return error


def limit_error(limit: int) -> ConnectionLimitException:
    """Build the exception for one connection more than the limit."""
    return ConnectionLimitException(
        message=f"{limit:,} connections are open, which is the limit; close those that are no longer needed"
    )


def not_ready_error(
    config: ConnectionConfig, alias: str, code: int, legacy_code: int, reason: str, retriable: bool
) -> ConnectError:
    """Build the exception for a handshake that the server refused, with the server's own error as its cause.

    Args:
        config: settings of the connection.
        alias: name of the connection.
        code: code of the server.
        legacy_code: code of servers before 2.3.
        reason: what the server says.
        retriable: the server says that the same request may succeed later.
    """
    error = ConnectError(
        ErrorCode.CONNECT_FAILED,
        f"cannot connect to {config.target.uri}: the server is not ready and says {reason!r}; "
        "wait until it has started, then connect again",
    )
    error.reason = "not_ready"
    error.alias = alias
    error.address = config.target.address
    error.__cause__ = status_error(code, legacy_code, reason, False, retriable)
    return error


def embedded_in_child_error(config: ConnectionConfig) -> ConnectError:
    """Build the exception for a file that the parent process serves."""
    error = ConnectError(
        ErrorCode.CONNECT_FAILED,
        f"{config.target.address!r} is served by the parent process; an embedded file belongs to the process that "
        "opened it: open it in the child only, or run a Milvus server and give its uri",
    )
    error.reason = "embedded"
    return error


def is_embedded(config: ConnectionConfig) -> bool:
    """Return whether the target is a file that the embedded server serves."""
    return config.target.kind is Kind.EMBEDDED
