"""Runs one recorded call against a client class, sync or async, and says what came of it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from tests.support.arguments import Decoder, MissingNameError, find, needed_names
from tests.support.recorder import Recorded, Recorder
from tests.support.returned import encode_exception, encode_return

CALLS = Path(__file__).resolve().parent.parent / "data" / "calls.jsonl"

Scenario = Mapping[str, Any]
"""One line of calls.jsonl, as its README describes it."""

T = TypeVar("T")


def load() -> list[Scenario]:
    """All recorded calls."""
    with CALLS.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@dataclass(slots=True)
class Outcome:
    """What a call did: the requests it sent, what it raised, what it returned."""

    requests: list[Recorded] = field(default_factory=list)
    raises: dict[str, Any] | None = None
    returns: dict[str, Any] | None = None


def needs(scenario: Scenario) -> set[str]:
    """The names a scenario needs: methods as they are, other public names as ``module.NAME``."""
    steps = [*scenario.get("setup", []), *scenario.get("then", [])]
    methods = {scenario["method"]}
    methods |= {step["method"] for step in scenario.get("setup", [])}
    methods |= {
        step["method"].removeprefix("client.")
        for step in scenario.get("then", [])
        if step["method"].startswith("client.")
    }
    methods.discard("__init__")
    arguments = [scenario.get("args"), scenario.get("kwargs"), scenario.get("client"), steps]
    for name in needed_names(arguments):
        methods.add(name.removeprefix("MilvusClient.") if name.startswith("MilvusClient.") else f"module.{name}")
    return methods


def exists(module: ModuleType, client_class: type, name: str) -> bool:
    """Whether a name as ``needs`` gives it is there."""
    if not name.startswith("module."):
        return hasattr(client_class, name.partition(".")[0])
    try:
        find(module, name.removeprefix("module."))
    except MissingNameError:
        return False
    return True


def run_to_end(coroutine: Coroutine[object, object, T]) -> T:
    """Run a coroutine that never really waits: one that drives a sync client, without any event loop.

    Raises:
        RuntimeError: it did wait.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # StopIteration does not know the coroutine's type
    finally:
        coroutine.close()
    raise RuntimeError("a sync client gave something to wait for")


class Run:
    """One scenario on one client class; ``outcome`` is complete when ``run`` has returned.

    Args:
        module: the client's module, for the names that arguments need.
        client_class: ``MilvusClient`` or ``AsyncMilvusClient`` of it.
        recorder: the stand-in server.
        address: the ``host:port`` of it that this scenario uses.
    """

    def __init__(self, module: ModuleType, client_class: Callable[..., Any], recorder: Recorder, address: str) -> None:
        self._decode = Decoder(module)
        self._client_class = client_class
        self._recorder = recorder
        self._address = address
        self._client: Any = None
        self._stage = "client"
        self.outcome = Outcome()

    async def run(self, scenario: Scenario) -> Outcome:
        """Make the client, run setup, the call and its follow-up steps; close the client."""
        self._recorder.reset((scenario.get("server") or {}).get("collections", {}))
        try:
            await self._perform(scenario)
        except Exception as error:  # noqa: BLE001  # what it raises is what is compared
            self.outcome.raises = {**encode_exception(error), "stage": self._stage}
            if self._stage in ("client", "setup"):
                self._recorder.drain()  # as in the recordings, requests count from the call on
        self.outcome.requests += self._recorder.drain()
        if self._client is not None:
            await self._quiet_close()
        return self.outcome

    async def _perform(self, scenario: Scenario) -> None:
        is_constructor = scenario["method"] == "__init__"
        if not is_constructor:
            self._client = await self._connect(scenario)
        self._stage = "setup"
        for step in scenario.get("setup", []):
            await self._call(self._client, step)
        self._recorder.drain()
        if is_constructor:
            self._stage = "call"
            value = self._client = await self._connect(scenario)
        else:
            self._stage = "args"
            target = self._client_class if scenario.get("on_class") else self._client
            value = await self._call(target, scenario, stage="call")
        steps = scenario.get("then") or []
        returns = encode_return(value, opaque=bool(steps) or bool(scenario.get("opaque")))
        self.outcome.returns = returns
        if steps:
            returns["then"] = []
        for index, step in enumerate(steps):
            self._stage = f"then[{index}]"
            result = await self._follow_up(value, step)
            returns["then"].append(encode_return(result, opaque=bool(step.get("opaque"))))

    async def _connect(self, scenario: Scenario) -> Any:
        uri = f"http://{self._address}"
        keywords = {
            key: value.replace("{uri}", uri).replace("{host}", self._address) if isinstance(value, str) else value
            for key, value in (scenario.get("client") or {}).items()
        }
        keywords.setdefault("uri", uri)
        return await _settled(self._client_class(**self._decode.keywords(keywords)))

    async def _call(self, target: Any, step: Mapping[str, Any], *, stage: str | None = None) -> Any:
        """Call ``step["method"]`` (dotted names too) of the target with the step's arguments."""
        arguments = [self._decode(value) for value in step.get("args", [])]
        keywords = self._decode.keywords(step.get("kwargs"))
        if stage is not None:
            self._stage = stage
        method = target
        for part in step["method"].split("."):
            method = getattr(method, part)
        return await _settled(method(*arguments, **keywords))

    async def _follow_up(self, value: Any, step: Mapping[str, Any]) -> Any:
        method: str = step["method"]
        if method == "$list":
            if hasattr(value, "__aiter__"):
                return [item async for item in value]
            return list(value)
        if method == "$iterate":
            pages = []
            for _ in range(step.get("max", 10)):
                page = await _settled(value.next())
                if page is None or len(page) == 0:
                    break
                pages.append(page)
            return pages
        if method.startswith("client."):
            return await self._call(self._client, {**step, "method": method.removeprefix("client.")})
        return await self._call(value, step)

    async def _quiet_close(self) -> None:
        try:
            await _settled(self._client.close())
        except Exception:  # noqa: BLE001  # the scenario closed it itself: not the outcome of the call
            return


async def _settled(value: Any) -> Any:
    """The value, waited for if it is something to wait for (but not the tasks that the call itself is to return)."""
    return await value if inspect.iscoroutine(value) else value


def addresses(port: int) -> Iterator[str]:
    """Loopback addresses that no two scenarios share: ``127.1.0.1:port``, ``127.1.0.2:port`` ..."""
    for second in range(1, 255):
        for third in range(256):
            for last in range(1, 255):
                yield f"127.{second}.{third}.{last}:{port}"
