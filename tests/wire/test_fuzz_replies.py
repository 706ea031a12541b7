"""Whatever a server answers, each operation ends with a result or with an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import milvusclient
from milvusclient.policy.failure import Failure, RpcFailure
from tests.support import canned_replies, facts
from tests.support import scenario as scenarios
from tests.support.canned_state import AbortError, State
from tests.support.mutations import spoil_bytes, spoil_message
from tests.support.scenario import Run, Scenario
from tests.support.soak import scaled
from tests.wire.differences import DIFFERENCES
from tests.wire.not_yet import NOT_YET

SCENARIOS = [
    scenario
    for scenario in scenarios.load()
    if scenario["method"] != "__init__"
    and scenario["id"] not in DIFFERENCES
    and not NOT_YET & scenarios.needs(scenario)
    and not scenario.get("on_class")
]
#: More requests than any operation needs; one that asks on and on has reached its deadline by then.
ENOUGH = 60

ALWAYS_THE_SAME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class SpoilingServer:
    """Answers in place of the transport of the sync client: well while a scenario is set up, spoilt after that.

    It has what a run of a recorded call wants of the recorder.
    """

    def __init__(self) -> None:
        self.reset({})

    def reset(self, collections: Any) -> None:
        self._state = State(collections)
        self._random: Random | None = None
        self._structured = True
        self._left = ENOUGH

    def drain(self) -> list[Any]:
        return []

    def spoil(self, seed: int) -> None:
        """From now on spoil answers."""
        self._random = Random(seed)
        self._structured = seed % 4 != 0

    def answer(self, path: str, payload: bytes) -> bytes:
        if path.startswith("/grpc.health."):
            return b""  # a call that takes long has the server asked whether it lives
        self._left -= 1
        if self._left < 0:
            raise RpcFailure(Failure("DEADLINE_EXCEEDED", "that is enough"))
        method = facts.method(path.rpartition("/")[2])
        request = facts.message(method.request).FromString(payload)
        try:
            reply = canned_replies.answer(self._state, method, request)
        except AbortError as abort:
            raise RpcFailure(Failure(abort.code.name, abort.details)) from None
        except (ArithmeticError, ValueError):  # what follows from a spoilt answer may be more than canned ones can
            return b""
        if self._random is None or self._random.random() < 0.3:
            return bytes(reply.SerializeToString())
        if not self._structured:
            return spoil_bytes(reply.SerializeToString(), self._random)
        spoil_message(reply, self._random)
        return bytes(reply.SerializeToString())


class SpoiltRun(Run):
    """A run of a recorded call whose answers are spoilt from the call itself on."""

    seed = 0

    async def _call(self, target: Any, step: Any, *, stage: str | None = None) -> Any:
        if stage == "call":
            assert isinstance(self._recorder, SpoilingServer)
            self._recorder.spoil(self.seed)
        return await super()._call(target, step, stage=stage)


@pytest.fixture(scope="module")
def server() -> Iterator[SpoilingServer]:
    """The transport of the sync client answers itself, and nobody sleeps."""
    spoiling = SpoilingServer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "milvusclient.transport.grpc_sync.SyncTransport.call",
            lambda _self, path, payload, _metadata, _timeout: spoiling.answer(path, payload),
        )
        patch.setattr("milvusclient.runtime.concurrency.Signal.wait", lambda self, _timeout: self._is_set)
        yield spoiling


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(ALWAYS_THE_SAME, max_examples=scaled(6_000, 500))
@given(scenario=st.sampled_from(SCENARIOS), seed=st.integers(1, 2**32))
def test_any_answer_gives_a_result_or_an_error_of_ours(scenario: Scenario, seed: int, server: SpoilingServer) -> None:
    run = SpoiltRun(milvusclient, milvusclient.MilvusClient, server, "127.0.0.1:1")  # type: ignore[arg-type]  # enough of a recorder
    run.seed = seed

    outcome = scenarios.run_to_end(run.run(scenario))

    raises = outcome.raises
    if raises is None or raises == scenario["raises"] or "MilvusException" in raises["mro"]:
        return
    pytest.fail(f"{scenario['id']} with seed {seed} raises {raises}")


def test_the_spoiling_spoils() -> None:
    """Most spoilt answers differ from the good one, and those of the structured kind can all be parsed."""
    server = SpoilingServer()
    payload = facts.message("milvus.proto.milvus.DescribeCollectionRequest")(collection_name="a").SerializeToString()
    path = facts.method("DescribeCollection").path
    good = server.answer(path, payload)
    different = 0
    for seed in range(1, 41):
        server.reset({})
        server.spoil(seed)
        data = server.answer(path, payload)
        different += data != good
        if seed % 4:
            facts.message("milvus.proto.milvus.DescribeCollectionResponse").FromString(data)
    assert different >= 20
