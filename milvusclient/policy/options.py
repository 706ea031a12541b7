"""What one call may ask for beside its arguments and its timeout."""

from __future__ import annotations

from dataclasses import dataclass

from milvusclient.exceptions import ParamError

__all__ = ["DEFAULT_OPTIONS", "CallOptions"]


@dataclass(frozen=True, slots=True)
class CallOptions:
    """Settings of a single call.

    Args:
        request_id: text that the server writes into its logs and traces; 32 lower-case hex digits become its trace id.
        retry_times: how often the call is repeated at most; None leaves it to the client's policy.
        retry_on_rate_limit: whether a refusal because of a rate limit is repeated; None leaves it to the policy.
    """

    request_id: str = ""
    retry_times: int | None = None
    retry_on_rate_limit: bool | None = None

    def __post_init__(self) -> None:
        text: object = self.request_id
        if not (isinstance(text, str) and text.isascii() and text.isprintable()):
            raise ParamError(message=f"client_request_id must consist of printable ASCII characters, got {text!r}")


DEFAULT_OPTIONS = CallOptions()
