"""Run the tests of some mutants: collected once, and each mutant in a fork of the process that collected them.

The process that forks never runs a test, so gRPC has no threads in it. Per mutant, those tests run that reach its
line, up to the first that fails: the quickest first, and earlier those that noticed other changes of its function.
"""

from __future__ import annotations

import contextlib
import json
import math
import mmap
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tools.mutants import ROOT, Change, ImportChanged, LiveFunctions, Mutant, functions_at, raising, statement_lines

#: How the tests of one mutant end.
NOTICED, LEFT, LIMIT, UNTESTED = "noticed", "left", "ended by a limit", "not run"
_FAILED, _IMPOSSIBLE = 1, 70
#: Seconds after which a function is taken to run, because the tests hang without it.
_LIMIT_OF_QUESTION = 60
_QUIET = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider"]


@dataclass(frozen=True)
class Outcome:
    """How the tests of one mutant ended, and the test that failed."""

    change: Change
    how: str
    test: str = ""


@dataclass(frozen=True)
class _Job:
    """A mutant, and the tests that reach its line: their numbers in the session and their seconds."""

    mutant: Mutant
    seconds: dict[int, float]


class _Alarm:
    """A moment that a child sets and its parent reads: then the test that runs in the child has taken too long."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.set(60)

    def set(self, seconds: float) -> None:
        """Set it to so many seconds from now."""
        self._memory[:] = struct.pack("d", time.monotonic() + seconds)

    @property
    def is_over(self) -> bool:
        """Whether the moment has come."""
        return time.monotonic() > float(struct.unpack("d", self._memory[:])[0])


class Runner:
    """A plugin of pytest that runs the collected tests for each mutant."""

    def __init__(
        self,
        mutants: list[Mutant],
        processes: int,
        scratch: Path,
        tell: Callable[[Outcome], None],
        longest: float = math.inf,
    ) -> None:
        self._mutants = mutants
        self._processes = processes
        self._longest = longest
        #: How often each test noticed a change of a function.
        self._noticed: dict[tuple[str, str], Counter[str]] = {}
        self._scratch = scratch
        self._tell = tell
        self._failed: str | None = None
        self._hits: set[tuple[str, int]] = set()
        #: Mutants that a process of their own has to import: their functions run at import, in a child, or never, or
        #: their code cannot be exchanged, as where super() is no longer called.
        self.unreached: list[Mutant] = []

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first test that failed."""
        if report.failed and self._failed is None:
            self._failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what is to be run, in place of the tests themselves."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        _choose_examples_for_speed()
        files = sorted({mutant.change.file for mutant in self._mutants})
        live = LiveFunctions(files)
        reached = self._measure(session, live, files)
        jobs = []
        for file in files:
            lines = statement_lines(file)
            mutants = [
                (mutant, reached.get((file, lines[mutant.line]), {}))
                for mutant in self._mutants
                if mutant.change.file == file
            ]
            functions = functions_at(file, {line for where, line in reached if where == file})
            for mutant, seconds in mutants:
                if seconds:
                    jobs.append(_Job(mutant, seconds))
                elif mutant.change.function in functions:
                    self._tell(Outcome(mutant.change, LEFT))  # tests come by, but not to this line
                else:
                    self.unreached.append(mutant)
        jobs.sort(key=lambda job: sum(job.seconds.values()))
        self._run(live, jobs, session.items)
        return True

    def _measure(
        self, session: pytest.Session, live: LiveFunctions, files: list[str]
    ) -> dict[tuple[str, int], dict[int, float]]:
        """Return, for each statement, the tests that reach it with their seconds."""
        result = self._scratch / "reached.json"

        def work() -> int:
            for file in files:
                live.watch(file, self._hits)
            rows = []
            failed = []
            for number, (item, following) in enumerate(_with_next(session.items)):
                self._hits.clear()
                begin = time.perf_counter()
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._failed is None:
                    rows.append((number, time.perf_counter() - begin, sorted(self._hits)))
                else:  # it says nothing about any change
                    failed.append(self._failed)
                    self._failed = None
            result.write_text(json.dumps({"rows": rows, "failed": failed}))
            return 0

        pid = _fork(work, self._scratch / "measured.log")
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
            raise session.Interrupted(f"the tests cannot be run, see {self._scratch / 'measured.log'}")
        measured = json.loads(result.read_text())
        for test in measured["failed"]:
            print(f"left out, because it fails without any change: {test}", file=sys.__stderr__)
        reached: dict[tuple[str, int], dict[int, float]] = {}
        for number, seconds, hits in measured["rows"]:
            if seconds > self._longest:
                print(f"left out, it takes {seconds:.1f} s: {session.items[number].nodeid}", file=sys.__stderr__)
                continue
            for file, line in hits:
                reached.setdefault((file, line), {})[number] = seconds
        return reached

    def _run(self, live: LiveFunctions, jobs: list[_Job], items: list[pytest.Item]) -> None:
        running: dict[int, tuple[Mutant, _Alarm]] = {}
        waiting = list(reversed(jobs))
        while waiting or running:
            while waiting and len(running) < self._processes:
                job, alarm = waiting.pop(), _Alarm()
                pid = _fork(lambda job=job, alarm=alarm: self._try(live, job, items, alarm))  # type: ignore[misc]  # bound now
                running[pid] = (job.mutant, alarm)
            time.sleep(0.005)
            for pid, (mutant, alarm) in list(running.items()):
                done, status = os.waitpid(pid, os.WNOHANG)
                if not done and not alarm.is_over:
                    continue
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                if not done:
                    os.waitpid(pid, 0)
                del running[pid]
                if done and os.waitstatus_to_exitcode(status) == _IMPOSSIBLE:
                    self.unreached.append(mutant)
                    continue
                outcome = self._outcome(mutant, os.waitstatus_to_exitcode(status) if done else None, pid)
                self._noticed.setdefault(_place(mutant), Counter())[outcome.test] += 1
                self._tell(outcome)

    def _try(self, live: LiveFunctions, job: _Job, items: list[pytest.Item], alarm: _Alarm) -> int:
        if not live.put(job.mutant):
            return _IMPOSSIBLE
        noticed = self._noticed.get(_place(job.mutant), Counter())
        # What noticed ten changes comes as early as what takes a tenth of its time.
        order = sorted(job.seconds, key=lambda number: job.seconds[number] / (1 + noticed[items[number].nodeid]))
        seconds = [job.seconds[number] for number in order]
        for (item, following), each in zip(_with_next([items[number] for number in order]), seconds, strict=True):
            alarm.set(10 + 6 * each)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed is not None:
                (self._scratch / f"{os.getpid()}.failed").write_text(self._failed)
                return _FAILED
        return 0

    def _outcome(self, mutant: Mutant, code: int | None, pid: int) -> Outcome:
        note = self._scratch / f"{pid}.failed"
        test = note.read_text() if note.exists() else ""
        note.unlink(missing_ok=True)
        how = {0: LEFT, _FAILED: NOTICED}.get(code if code is not None else -1, LIMIT)
        return Outcome(mutant.change, how, test)


def run_alone(mutant: Mutant, tests: Iterable[str], limit: float) -> Outcome:
    """Run all tests in a new process that imports the changed module."""
    command = [sys.executable, __file__, json.dumps(asdict(mutant)), *tests]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+") as output:  # not a pipe: a child of a test that hangs would keep it open
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        output.seek(0)
        lines = output.read().splitlines()
    if code is None:
        return Outcome(mutant.change, LIMIT)
    failed = [line.split()[1] for line in lines if line.startswith(("FAILED ", "ERROR "))]
    if code != 0 and not failed:  # pytest itself could not be run, which says nothing about the change
        return Outcome(mutant.change, UNTESTED)
    return Outcome(mutant.change, NOTICED if failed else LEFT, "".join(failed[:1]))


def run_all_alone(
    mutants: list[Mutant], tests: list[str], processes: int, tell: Callable[[Outcome], None], limit: float = 300
) -> None:
    """Run all tests for each of these mutants, each in a new process.

    Whether a function runs at all there is asked once, with one that does nothing but fail.
    """
    functions: dict[tuple[str, str], list[Mutant]] = {}
    for mutant in mutants:
        functions.setdefault((mutant.change.file, mutant.change.function), []).append(mutant)
    with ThreadPoolExecutor(processes) as pool:
        asked = list(functions.values())
        broken = pool.map(lambda some: run_alone(raising(some[0]), tests, _LIMIT_OF_QUESTION), asked)
        reached: list[Mutant] = []
        for some, outcome in zip(asked, broken, strict=True):
            if outcome.how == LEFT:
                for mutant in some:
                    tell(Outcome(mutant.change, LEFT))
            else:
                reached += some
        for outcome in pool.map(lambda mutant: run_alone(mutant, tests, limit), reached):
            tell(outcome)


def run_together(
    mutants: list[Mutant],
    tests: list[str],
    processes: int,
    scratch: Path,
    tell: Callable[[Outcome], None],
    longest: float = math.inf,
) -> list[Mutant]:
    """Run the tests for all of these mutants; return those that no test is known to reach."""
    scratch.mkdir(parents=True, exist_ok=True)
    runner = Runner(mutants, processes, scratch, tell, longest)
    code = pytest.main([*_QUIET, *tests], plugins=[runner])
    if code != 0:
        raise SystemExit(f"pytest ended with {code!s}")
    return runner.unreached


def _fork(work: Callable[[], int], log: Path | None = None) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = _FAILED
    try:
        os.setpgid(0, 0)
        output = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        for number in _outputs():
            os.dup2(output, number)
        code = work()
    finally:
        os._exit(code)


def _outputs() -> set[int]:
    """Return the descriptors that lead to the output of this process: pytest keeps copies of them."""
    own = os.fstat(2)
    found = {1, 2}
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            one = os.fstat(number)
            if (one.st_dev, one.st_ino) == (own.st_dev, own.st_ino):
                found.add(number)
    return found


def _place(mutant: Mutant) -> tuple[str, str]:
    return mutant.change.file, mutant.change.function


def _with_next(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _choose_examples_for_speed() -> None:
    """Let hypothesis try the same examples each time, and not look for the shortest one that fails."""
    import hypothesis

    hypothesis.settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutation")


class _Speed:
    """A plugin that chooses the examples once pytest has loaded the plugin of hypothesis."""

    def pytest_collection(self) -> None:
        _choose_examples_for_speed()


if __name__ == "__main__":
    fields = json.loads(sys.argv[1])
    ImportChanged(Mutant(**{**fields, "change": Change(**fields["change"])}))
    sys.exit(pytest.main([*_QUIET, "-x", *sys.argv[2:]], plugins=[_Speed()]))
