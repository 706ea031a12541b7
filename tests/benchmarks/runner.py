"""Runs the workloads: for each one process a side, which take turns, A B C A B C."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.plan import Workload
from tests.benchmarks.processes import Failed, Server, Worker

__all__ = ["Result", "Samples", "run"]

_PARALLEL = {"eight_threads": 8, "four_aliases": 8, "tasks": 64}


@dataclass(slots=True)
class Samples:
    """What one side needed, a figure a sample: seconds, and MB."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def add(self, sample: dict[str, float]) -> None:
        """Keep one sample."""
        self.cpu.append(sample["cpu"])
        self.wall.append(sample["wall"])
        self.memory.append(sample.get("memory", 0.0))


@dataclass(slots=True)
class Result:
    """What all sides needed for one workload; a side that could not do it has no samples but a reason."""

    workload: Workload
    samples: dict[str, Samples] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def figure(self, side: str) -> float | None:
        """The median of what the workload is about: CPU seconds, or MB."""
        samples = self.samples.get(side)
        if samples is None:
            return None
        return statistics.median(samples.memory if self.workload.memory else samples.cpu)

    def ratio(self, upper: str, lower: str) -> float | None:
        """How many times the figure of ``lower`` that of ``upper`` is."""
        above, below = self.figure(upper), self.figure(lower)
        return above / below if above is not None and below else None

    @property
    def faster(self) -> float | None:
        """How many times less than the reference client this one takes."""
        return self.ratio("reference", "ours")

    @property
    def over_floor(self) -> float | None:
        """How many times as much as raw gRPC this client takes."""
        return self.ratio("ours", "floor")


class _Run:
    """One run: its server, its directory for recorded requests, its processors."""

    def __init__(self, directory: Path, rounds: int, sides: Sequence[str]) -> None:
        self._directory = directory
        self._rounds = rounds
        self._sides = sides
        processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        self._client_cpu = processors[0] if len(processors) > 1 else None
        self.server = Server(processors[-1] if len(processors) > 1 else None)

    def measure(self, workload: Workload) -> Result:
        """All samples of one workload."""
        self.server.ask("use", workload.replies)
        result = Result(workload)
        if workload.scenario == "import":
            self._in_fresh_processes(result, "")
        elif workload.fresh:
            self._in_fresh_processes(result, self._record(workload))
        else:
            self._in_turns(result)
        return result

    def _worker(self, side: str, workload: Workload, recorded: str) -> Worker:
        return Worker(side, workload.scenario, self.server.address, recorded, workload.blocked, self._client_cpu)

    def _recorded_from(self, worker: Worker, workload: Workload) -> str:
        """The file with the requests of one loop, as this worker sends them."""
        units = _PARALLEL.get(workload.scenario, 1)
        file = str(self._directory / "recorded")
        self.server.ask("record")
        try:
            worker.sample(units)
        finally:
            self.server.ask("recorded", file, units)
        return file

    def _record(self, workload: Workload) -> str:
        with self._worker(_clients(self._sides)[0], workload, "") as worker:
            worker.tell("prepare")
            worker.answer()
            return self._recorded_from(worker, workload)

    def _in_fresh_processes(self, result: Result, recorded: str) -> None:
        workload = result.workload
        # The first round is not counted: it compiles what was never imported, and fills the caches of the disk.
        for number in range(self._rounds + 1):
            for side in self._sides:
                if side in result.failures:
                    continue
                with self._worker(side, workload, recorded) as worker, _noting(result, side):
                    if workload.scenario == "import":
                        worker.tell("import")
                        sample = worker.answer()
                    else:
                        worker.tell("prepare")
                        worker.answer()
                        sample = worker.sample(workload.loops)
                    if number:
                        result.samples.setdefault(side, Samples()).add(sample)

    def _in_turns(self, result: Result) -> None:
        workload = result.workload
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(self._worker(side, workload, "")) for side in _clients(self._sides)]
            for worker in clients:
                worker.tell("prepare")
            ready: list[Worker] = []
            recorded = ""
            for worker in clients:
                with _noting(result, worker.side):
                    worker.answer()
                    worker.sample(_PARALLEL.get(workload.scenario, 1))
                    recorded = recorded or self._recorded_from(worker, workload)
                    ready.append(worker)
            if recorded and "floor" in self._sides:
                floor = stack.enter_context(self._worker("floor", workload, recorded))
                floor.tell("prepare")
                floor.answer()
                floor.sample(_PARALLEL.get(workload.scenario, 1))
                ready.append(floor)
            for _ in range(self._rounds):
                for worker in ready:
                    if worker.side not in result.failures:
                        with _noting(result, worker.side):
                            result.samples.setdefault(worker.side, Samples()).add(worker.sample(workload.loops))


def _clients(sides: Sequence[str]) -> list[str]:
    """The clients among the sides, the one first whose requests the floor sends again."""
    return [side for side in ("reference", "ours") if side in sides]


@contextlib.contextmanager
def _noting(result: Result, side: str) -> Iterator[None]:
    """A side that fails is out; the others go on."""
    try:
        yield
    except Failed as failed:
        result.failures[side] = str(failed)


def run(workloads: Sequence[Workload], directory: Path, rounds: int, tell: Callable[[str], None]) -> Iterator[Result]:
    """Measure workloads, one after the other.

    Args:
        workloads: what to measure.
        directory: for files that last as long as the run.
        rounds: how many samples each side gives.
        tell: what is done with a line that says how far it is.
    """
    sides = ["ours", "reference", "floor"]
    if importlib.util.find_spec("pymilvus") is None:
        tell("pymilvus is not installed: no comparison with it")
        sides.remove("reference")
    started = _Run(directory, rounds, sides)
    with started.server:
        for number, workload in enumerate(workloads, 1):
            tell(f"{number}/{len(workloads)} {workload.title}")
            yield started.measure(workload)
