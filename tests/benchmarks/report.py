"""The results as a table and as JSON."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.runner import Result

__all__ = ["as_json", "machine", "table", "verdict"]

_SIDES = ("ours", "reference", "floor")
_PACKAGES = ("grpcio", "protobuf", "numpy", "orjson", "pymilvus")
_HEAD = (
    "| workload | CPU: ours | reference | floor | wall: ours | reference | floor | MB: ours | reference | floor "
    "| times faster | at least | x floor | at most |"
)


def table(results: Sequence[Result]) -> str:
    """A Markdown table: medians with minimum and maximum in parentheses."""
    lines = [_HEAD, "|---" * 14 + "|"]
    lines += [_line(result) for result in results]
    lines += [
        f"\n{result.workload.title}: {side} failed: {why}"
        for result in results
        for side, why in result.failures.items()
    ]
    return "\n".join(lines)


def _line(result: Result) -> str:
    workload = result.workload
    cells = [workload.title]
    cells += [_times(result.samples[side].cpu) if side in result.samples else "-" for side in _SIDES]
    cells += [_times(result.samples[side].wall) if side in result.samples else "-" for side in _SIDES]
    cells += [_megabytes(result, side) for side in _SIDES]
    cells += [_ratio(result.faster), _goal(workload.faster, workload.reach)]
    limit = f"{workload.floor:g}" if workload.floor else ""
    cells += [_ratio(result.over_floor), f"{workload.most:g} MB" if workload.most else limit]
    return "| " + " | ".join(cells) + " |"


def _times(seconds: Iterable[float]) -> str:
    figures = sorted(seconds)
    median = statistics.median(figures)
    scale, unit = (1e6, "us") if median < 1e-3 else (1e3, "ms")
    low, middle, high = (_short(figure * scale) for figure in (figures[0], median, figures[-1]))
    return f"{middle} {unit} ({low}-{high})"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _megabytes(result: Result, side: str) -> str:
    if side not in result.samples:
        return "-"
    memory = result.samples[side].memory
    return f"{statistics.median(memory) if result.workload.memory else max(memory):.0f}"


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _goal(least: float, reach: float) -> str:
    if not least:
        return ""
    return f"{least:g} ({reach:g})" if reach else f"{least:g}"


def verdict(result: Result) -> str:
    """Which goals of a workload are missed, in words; empty if none is."""
    workload = result.workload
    missed = []
    if workload.faster and result.faster is not None and result.faster < workload.faster:
        missed.append(f"{result.faster:.2f} times faster, not {workload.faster:g}")
    if workload.floor and result.over_floor is not None and result.over_floor > workload.floor:
        missed.append(f"{result.over_floor:.2f} x floor, not {workload.floor:g}")
    ours = result.figure("ours")
    if workload.most and ours is not None and ours > workload.most:
        missed.append(f"{ours:.0f} MB, not {workload.most:g}")
    return f"{workload.title}: {'; '.join(missed)}" if missed else ""


def machine() -> str:
    """The machine and the versions, on one line."""
    versions = []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        processor = names[0].partition(":")[2].strip() if names else processor
    system = f"{platform.system()} {platform.machine()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} x {processor}, {system}, {python}, {', '.join(versions)}"


def as_json(results: Sequence[Result]) -> dict[str, object]:
    """All samples and ratios."""
    return {
        "machine": machine(),
        "results": [
            {
                "workload": result.workload.title,
                "samples": {side: asdict(samples) for side, samples in result.samples.items()},
                "failures": result.failures,
                "times_faster": result.faster,
                "times_floor": result.over_floor,
                "missed": verdict(result),
            }
            for result in results
        ],
    }
