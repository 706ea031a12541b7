"""Each recorded call of the reference client puts the same requests on the wire, raises and returns the same."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import ModuleType

import pytest

import milvusclient.pymilvus
from tests.support import scenario as scenarios
from tests.support.compare import Difference as Found
from tests.support.compare import compare_raises, compare_requests, compare_returns, describe
from tests.support.recorder import Recorder
from tests.support.scenario import Outcome, Scenario
from tests.wire.differences import DIFFERENCES, SAME_WITH_MILVUSCLIENT_PYMILVUS, Difference
from tests.wire.not_yet import NOT_YET

SCENARIOS = scenarios.load()
CLIENTS = ("MilvusClient", "AsyncMilvusClient")


@pytest.mark.parametrize("client_name", CLIENTS)
@pytest.mark.parametrize("scenario", [pytest.param(scenario, id=scenario["id"]) for scenario in SCENARIOS])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # some recorded methods are deprecated
def test_recorded_call(
    scenario: Scenario, client_name: str, client_module: ModuleType, recorder: Recorder, recorder_address: str
) -> None:
    """A client does in this call what the reference did, or what the table of differences says."""
    is_ours = client_module.__name__ == "milvusclient"
    check(scenario, client_name, client_module, DIFFERENCES if is_ours else {}, recorder, recorder_address)


@pytest.mark.parametrize("client_name", CLIENTS)
@pytest.mark.parametrize("scenario", [pytest.param(scenario, id=scenario["id"]) for scenario in SCENARIOS])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # some recorded methods are deprecated
@pytest.mark.filterwarnings("ignore::milvusclient.pymilvus.tolerance.UnknownKeywordWarning")
def test_recorded_call_with_the_package_for_programs_written_for_the_reference(
    scenario: Scenario, client_name: str, recorder: Recorder, recorder_address: str
) -> None:
    """The tolerant clients do the same, with fewer differences."""
    known = {name: one for name, one in DIFFERENCES.items() if name not in SAME_WITH_MILVUSCLIENT_PYMILVUS}
    check(scenario, client_name, milvusclient.pymilvus, known, recorder, recorder_address)


def check(
    scenario: Scenario,
    client_name: str,
    client_module: ModuleType,
    known: Mapping[str, Difference],
    recorder: Recorder,
    recorder_address: str,
) -> None:
    """Run a recorded call, and compare what it does with the recording and the known differences."""
    is_ours = client_module.__name__.startswith("milvusclient")
    if missing := NOT_YET & scenarios.needs(scenario) if is_ours else None:
        pytest.skip(f"not yet: {', '.join(sorted(missing))}")
    difference = known.get(scenario["id"])
    if difference is not None and difference.client is not None:
        scenario = {**scenario, "client": difference.client}

    run = scenarios.Run(client_module, getattr(client_module, client_name), recorder, recorder_address)
    if client_name.startswith("Async"):
        outcome = asyncio.run(run.run(scenario))
    else:
        outcome = scenarios.run_to_end(run.run(scenario))

    found = differences(scenario, outcome)
    text = "\n".join(f"{kind}: {describe(each)}" for kind, each in found.items())
    if difference is None:
        assert not found, f"{scenario['id']} ({scenario['method']})\n{text}"
    else:
        check_difference(difference, found, outcome)


def differences(scenario: Scenario, outcome: Outcome) -> dict[str, list[Found]]:
    """What is not as recorded, by kind; only the kinds that differ."""
    found = {
        "requests": compare_requests(scenario["method"], scenario["requests"], outcome.requests),
        "raises": compare_raises(scenario["raises"], outcome.raises),
        "returns": compare_returns(scenario["returns"], outcome.returns),
    }
    return {kind: each for kind, each in found.items() if each}


def check_difference(difference: Difference, found: dict[str, list[Found]], outcome: Outcome) -> None:
    """A deliberate difference is still one, in the way the table says."""
    assert found, "this call no longer differs from the recording: take it out of tests/wire/differences.py"
    # A call that raises nothing leaves nothing to compare in what it returns, and an async constructor sends nothing:
    # those kinds may be missing.
    assert difference.what - {"returns", "requests"} <= found.keys() <= difference.what
    if difference.raises is None:
        assert outcome.raises is None
    else:
        assert outcome.raises is not None
        assert difference.raises in outcome.raises["mro"]


@pytest.mark.parametrize("client_name", CLIENTS)
def test_what_is_listed_as_missing_is_missing(client_name: str) -> None:
    """A name that exists by now has to leave the list, so that its recorded calls run."""
    import milvusclient

    client = getattr(milvusclient, client_name)
    assert [name for name in sorted(NOT_YET) if scenarios.exists(milvusclient, client, name)] == []


def test_the_lists_name_recorded_calls() -> None:
    """Neither list mentions what no recorded call is about."""
    needed = set().union(*(scenarios.needs(scenario) for scenario in SCENARIOS))
    assert needed >= NOT_YET
    assert DIFFERENCES.keys() <= {scenario["id"] for scenario in SCENARIOS}
