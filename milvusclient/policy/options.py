"""Settings of a single call, and of all calls of a client."""

from __future__ import annotations

import math
from typing import Literal

from milvusclient.exceptions import ParamError
from milvusclient.policy.deadline import Deadline
from milvusclient.policy.retry import RetryPolicy

__all__ = ["DEFAULT_CALL_OPTIONS", "OPTIONAL_CALL", "CallOptions", "ClientOptions"]


def require_request_id(name: str, value: object) -> str:
    """Return ``value`` if a header can carry it.

    Raises:
        ParamError: it is not a str of printable ASCII characters.
    """
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value
    raise ParamError(message=f"{name} must consist of printable ASCII characters, got {value!r}")


#: Overridden for the checks alone; which policy it is does not matter to them.
_ANY_POLICY = RetryPolicy()


class CallOptions:
    """Settings of a single call.

    Args:
        request_id: str that the server writes into its logs and traces; 32 lower-case hex digits become its trace id.
        retry_times: the largest number of retries; None leaves it to the client's policy.
        retry_on_rate_limit: whether a call that the rate limit refuses is retried; None leaves it to the policy.

    Raises:
        ParamError: an argument is invalid. It is found here, because the policy is looked at after a failure only.
    """

    __slots__ = ("request_id", "retry_on_rate_limit", "retry_times")

    def __init__(
        self, request_id: str = "", retry_times: int | None = None, retry_on_rate_limit: bool | None = None
    ) -> None:
        self.request_id = require_request_id("client_request_id", request_id)
        _ANY_POLICY.override(retry_times, retry_on_rate_limit)
        self.retry_times = retry_times
        self.retry_on_rate_limit = retry_on_rate_limit

    @staticmethod
    def of(request_id: str, retry_times: int | None, retry_on_rate_limit: bool | None) -> CallOptions:
        """Return the options of a call; one shared object for the many calls that ask for nothing special."""
        if request_id == "" and retry_times is None and retry_on_rate_limit is None:
            return DEFAULT_CALL_OPTIONS
        return CallOptions(request_id, retry_times, retry_on_rate_limit)


DEFAULT_CALL_OPTIONS = CallOptions()
#: For a call that older servers do not have, and without which the client goes on: then it does not count as an error.
OPTIONAL_CALL = CallOptions()


class ClientOptions:
    """Settings of all calls of a client; the arguments of a call win over them.

    Args:
        retry: how failed calls are retried; None means ``RetryPolicy()``.
        timeout: seconds for a call that has no timeout of its own; None means no limit.
        request_id: the request id of calls that have none of their own.
        slow_call_threshold: seconds; a call that takes longer is logged. None logs none.
        vectors_as: form of dense vectors in results; the caller has checked that it can be had.

    Raises:
        ParamError: a setting is invalid.
    """

    __slots__ = ("request_id", "retry", "slow_call_threshold", "timeout", "vectors_as")

    def __init__(
        self,
        retry: RetryPolicy | None = None,
        *,
        timeout: float | None = None,
        request_id: str = "",
        slow_call_threshold: float | None = None,
        vectors_as: Literal["list", "numpy"] = "list",
    ) -> None:
        Deadline.start(timeout, 0.0)  # refuses what is not a timeout
        slow: object = slow_call_threshold
        if slow is not None and not (
            isinstance(slow, int | float) and not isinstance(slow, bool) and 0 <= slow < math.inf
        ):
            raise ParamError(
                message=f"slow_call_threshold must be a number of seconds, 0 or more, or None, got {slow!r}"
            )
        policy: object = retry
        if policy is not None and not isinstance(policy, RetryPolicy):
            raise ParamError(message=f"retry must be a RetryPolicy such as RetryPolicy(max_elapsed=60), got {policy!r}")
        self.retry = RetryPolicy() if retry is None else retry
        self.timeout = timeout
        self.request_id = require_request_id("request_id", request_id)
        self.slow_call_threshold = slow_call_threshold
        self.vectors_as: Literal["list", "numpy"] = vectors_as
