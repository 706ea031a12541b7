"""Options of clients and calls: what is given is kept, and what cannot be is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from milvusclient import RetryPolicy
from milvusclient.exceptions import ParamError
from milvusclient.policy.options import DEFAULT_CALL_OPTIONS, CallOptions, ClientOptions


def test_options_of_a_call_are_kept_and_the_usual_ones_are_one_object() -> None:
    assert CallOptions.of("", None, None) is DEFAULT_CALL_OPTIONS
    for given in (("id", None, None), ("", 0, None), ("", None, False), ("id", 3, True)):
        options = CallOptions.of(*given)
        assert (options.request_id, options.retry_times, options.retry_on_rate_limit) == given
    assert DEFAULT_CALL_OPTIONS.request_id == ""


def test_options_of_a_client_are_kept() -> None:
    policy = RetryPolicy(max_retries=1)
    options = ClientOptions(policy, timeout=5, request_id="id", slow_call_threshold=0, vectors_as="numpy")
    assert (options.retry, options.timeout, options.request_id) == (policy, 5, "id")
    assert (options.slow_call_threshold, options.vectors_as) == (0, "numpy")
    usual = ClientOptions()
    assert (usual.retry, usual.timeout, usual.request_id) == (RetryPolicy(), None, "")
    assert (usual.slow_call_threshold, usual.vectors_as) == (None, "list")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"timeout": "1"}, "timeout"),
        ({"request_id": "ü"}, "request_id must consist of printable ASCII characters, got 'ü'"),
        ({"request_id": 5}, "request_id must consist of printable ASCII characters, got 5"),
        (
            {"slow_call_threshold": -1},
            "slow_call_threshold must be a number of seconds, 0 or more, or None, got -1",
        ),
        (
            {"slow_call_threshold": True},
            "slow_call_threshold must be a number of seconds, 0 or more, or None, got True",
        ),
        ({"slow_call_threshold": float("inf")}, "slow_call_threshold must be a number of seconds, 0 or more, or None"),
        ({"retry": 5}, r"retry must be a RetryPolicy such as RetryPolicy\(max_elapsed=60\), got 5"),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamError, match=f"^{message}"):
        ClientOptions(**given)


def test_a_request_id_of_a_call_is_refused_by_its_name() -> None:
    with pytest.raises(ParamError, match="^client_request_id must consist of printable ASCII characters, got 'ü'"):
        CallOptions("ü")


def test_retries_of_a_call_are_checked_before_it_is_sent() -> None:
    with pytest.raises(ParamError, match=r"^max_retries \(retry_times\) must be an int of at least 0 or None, got -1"):
        CallOptions(retry_times=-1)
    with pytest.raises(ParamError, match="^retry_on_rate_limit must be True or False, got 'no'"):
        CallOptions(retry_on_rate_limit="no")  # type: ignore[arg-type]  # what is refused
    assert CallOptions().request_id == "", "then the client's own is sent"
