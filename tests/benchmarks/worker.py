"""One side of the comparison, in a process of its own: takes commands from its standard input, a JSON array a line.

``["prepare"]`` gets ready, ``["sample", LOOPS]`` does it so often and answers with what one time cost, ``["import"]``
answers with what the import costs. The arguments are the side (ours, reference, floor), the scenario, the server's
address, the file of the recorded requests, and the modules that must not be found, as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.benchmarks.scenarios import Work

MODULES = {"ours": "milvusclient", "reference": "pymilvus", "floor": "grpc"}


def import_cost(module: str) -> dict[str, float]:
    """What importing a module costs, in seconds; nothing else was imported before but the standard library's few."""
    wall, cpu = time.perf_counter(), time.process_time()
    getattr(__import__(module), "MilvusClient", None)  # what programs import, if loading it was put off
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def prepare(side: str, scenario: str, address: str, recorded: str) -> Work:
    """The function that does it n times."""
    if side == "floor":
        from tests.benchmarks.floor import floor_work

        return floor_work(scenario, address, recorded)
    import importlib

    module: Any = importlib.import_module(MODULES[side])
    getattr(module, "MilvusClient", None)  # the row "import" has its price
    if scenario in ("query_vectors", "search_vectors"):
        importlib.import_module("numpy")
    from tests.benchmarks.scenarios import SCENARIOS

    return SCENARIOS[scenario](module, f"http://{address}")


def sample(work: Work, loops: int) -> dict[str, float]:
    """CPU and wall time of one loop in seconds, and how far memory grew meanwhile in MB."""
    gc.collect()
    before = _reset_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    work(loops)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": cpu / loops, "wall": wall / loops, "memory": max(0.0, _peak() - before)}


def _reset_peak() -> float:
    """Forget the peak, where the system can do that, and return the memory in use in MB."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        return _status("VmRSS")
    except OSError:
        return _peak()


def _peak() -> float:
    try:
        return _status("VmHWM")
    except OSError:
        import resource

        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _status(name: str) -> float:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(f"{name}:"))


def main() -> None:
    """Carry out commands until the input ends."""
    side, scenario, address, recorded, blocked = sys.argv[1:]
    for module in json.loads(blocked):
        sys.modules[module] = None  # type: ignore[assignment]  # the documented way to make an import fail
    work: Work | None = None
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        answer: dict[str, float] = {}
        try:
            if command == "import":
                answer = import_cost(MODULES[side])
            elif command == "prepare":
                work = prepare(side, scenario, address, recorded)
            elif work is not None:
                answer = sample(work, arguments[0])
        except Exception as error:  # noqa: BLE001 - the one who asked tells it, and goes on with the next workload
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
            continue
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
