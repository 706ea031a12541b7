"""An observer of calls."""

from __future__ import annotations

from milvusclient.runtime.instrumentation import ObservedCall

__all__ = ["Notes"]


class Notes:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.ended_calls: list[ObservedCall] = []
        self.steps: list[str] = []

    def call_started(self, call: ObservedCall) -> object:
        self.steps.append("began")
        call.headers += (("x-note", call.operation.lower()),)
        return len(self.steps)

    def call_retried(self, call: ObservedCall, token: object) -> None:
        self.steps.append(f"repeated {token}: {call.causes[-1]}")

    def call_ended(self, call: ObservedCall, token: object) -> None:
        self.steps.append(f"ended {token}")
        self.ended_calls.append(call)
