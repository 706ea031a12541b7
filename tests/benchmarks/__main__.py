"""``python -m tests.benchmarks``: run the workloads, print the table, draw the chart."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.chart import chart
from tests.benchmarks.plan import chosen
from tests.benchmarks.report import as_json, machine, table, verdict
from tests.benchmarks.runner import Result, run


def main() -> int:
    """Do what the command line says; the exit code says whether every workload ran, never how fast it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two samples of each: about a minute, rough figures")
    parser.add_argument("--rounds", type=int, default=9, help="samples of each side (default 9)")
    parser.add_argument("--only", default="", metavar="NAME", help="only workloads whose name holds this text")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the chart")
    parser.add_argument("--growth", action="store_true", help="only show how costs grow with rows, aliases and schemas")
    parser.add_argument("--overhead", action="store_true", help="only show what the figures of connections cost")
    parser.add_argument("--load", action="store_true", help="only show throughput and latencies under load")
    parser.add_argument("--filters", action="store_true", help="only show what filters written as Python cost")
    parser.add_argument("--startup", action="store_true", help="only show how long the command line takes to start")
    parser.add_argument("--bulk", action="store_true", help="only show what many rows cost, and how much memory")
    options = parser.parse_args()
    for name in ("bulk", "filters", "growth", "load", "overhead", "startup"):
        if getattr(options, name):
            return _lines(name)
    workloads = chosen(options.only)
    if not workloads:
        parser.error(f"no workload has {options.only!r} in its name")
    rounds = 2 if options.quick else options.rounds
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as directory:
        for result in run(workloads, Path(directory), rounds, _tell):
            results.append(result)
            _tell(f"    {_brief(result)}")
    sys.stdout.write(f"{machine()}\n\n{table(results)}\n\n")
    missed = [line for line in map(verdict, results) if line]
    sys.stdout.write("\n".join(["Below the goal:", *missed]) + "\n" if missed else "Every goal is reached.\n")
    if options.json is not None:
        options.json.write_text(json.dumps(as_json(results), indent=1) + "\n", encoding="utf-8")
    if options.svg is not None:
        options.svg.write_text(chart(results, machine()), encoding="utf-8")
    return 1 if any(result.failures for result in results) else 0


def _lines(name: str) -> int:
    # These import the client, which the other sides must not see.
    lines = getattr(importlib.import_module(f"tests.benchmarks.{name}"), name)
    sys.stdout.write(f"{machine()}\n\n")
    for line in lines():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _brief(result: Result) -> str:
    faster, over = result.faster, result.over_floor
    words = [f"{side} {why}" for side, why in result.failures.items()]
    words.append("" if faster is None else f"{faster:.2f} times less than the reference")
    words.append("" if over is None else f"{over:.2f} x floor")
    return "; ".join(word for word in words if word)


if __name__ == "__main__":
    sys.exit(main())
