"""Break functions in small ways, run the tests that have to notice, and report what none of them noticed.

    python tools/mutation.py policy             a group of tools/mutation.toml; what was noticed before is not run again
    python tools/mutation.py policy --fresh     all of it
    python tools/mutation.py policy --coarse    conditions that always or never hold, and calls that are left out
    python tools/mutation.py all --report       the results of the last runs

The changes are those that mutmut makes. One that no test can notice, because the program means the same, is an entry in
tools/mutation_equivalents.toml with its reason. An entry is known by its file, its function and its line before and
after, not by a number.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import time
import tomllib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.mutants import Change, Mutant, mutants_of  # noqa: E402 - found in the root, wherever this is started
from tools.mutation_runner import LEFT, LIMIT, NOTICED, UNTESTED, Outcome, run_all_alone, run_together  # noqa: E402

GROUPS = ROOT / "tools" / "mutation.toml"
EQUIVALENTS = ROOT / "tools" / "mutation_equivalents.toml"
SCRATCH = ROOT / "build" / "mutation"
WANTED = 0.95
EQUIVALENT = "equivalent"


@dataclass(frozen=True)
class Group:
    """Modules that are changed together, and the tests that are to notice."""

    name: str
    files: list[str]
    tests: list[str]
    #: Seconds; tests that take longer are left out, because each change that nothing notices costs all of them.
    longest: float
    #: Whether its changes are the coarse ones.
    coarse: bool = False

    @property
    def scratch(self) -> Path:
        """The folder of its results."""
        return SCRATCH / (f"{self.name}-coarse" if self.coarse else self.name)


def groups() -> dict[str, Group]:
    """Return the groups of tools/mutation.toml by their names."""
    table = tomllib.loads(GROUPS.read_text())["groups"]
    return {
        name: Group(
            name,
            sorted(path.relative_to(ROOT).as_posix() for pattern in entry["files"] for path in ROOT.glob(pattern)),
            entry["tests"],
            entry.get("longest", math.inf),
        )
        for name, entry in table.items()
    }


def equivalents(*, coarse: bool = False) -> set[Change]:
    """Return the changes that mean the same program, of mutmut's or of the coarse ones."""
    found: set[Change] = set()
    for entry in tomllib.loads(EQUIVALENTS.read_text())["equivalent"]:
        if not entry["why"]:
            raise SystemExit(f"an entry of {EQUIVALENTS.name} for {entry['function']} has no reason")
        if entry.get("coarse", False) != coarse:
            continue
        found |= {Change(entry["file"], entry["function"], was, became) for was, became in entry["changes"]}
    return found


class Results:
    """The outcomes of a group, kept from run to run. A function that was edited starts anew."""

    def __init__(self, group: Group, every: int = 1) -> None:
        self._file = group.scratch / "results.json"
        all_of_them = [mutant for file in group.files for mutant in mutants_of(file, coarse=group.coarse)]
        self.mutants = {mutant.change: mutant for mutant in all_of_them[::every]}
        self.outcomes: dict[Change, Outcome] = {}
        for entry in json.loads(self._file.read_text()) if self._file.exists() else []:
            change = Change(**entry["change"])
            mutant = self.mutants.get(change)
            if mutant is not None and mutant.original == entry["original"]:
                self.outcomes[change] = Outcome(change, entry["how"], entry["test"])

    def to_run(self, allowed: set[Change]) -> list[Mutant]:
        """Return the mutants that no test has noticed yet, without those that are known to be equivalent."""
        noticed = {
            change
            for change, outcome in self.outcomes.items()
            if outcome.how in (NOTICED, LIMIT) or (outcome.how == LEFT and replace(change, number=0) in allowed)
        }
        return [mutant for change, mutant in self.mutants.items() if change not in noticed]

    def add(self, outcome: Outcome) -> None:
        """Note an outcome."""
        self.outcomes[outcome.change] = outcome

    def save(self) -> None:
        """Write the results down."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(one), "original": self.mutants[one.change].original} for one in self.outcomes.values()]
        self._file.write_text(json.dumps(rows))


def run(group: Group, results: Results, processes: int, allowed: set[Change]) -> None:
    """Run the tests for what has not been noticed yet."""
    mutants = results.to_run(allowed)
    begin = time.monotonic()
    done = Counter[str]()

    def tell(outcome: Outcome) -> None:
        results.add(outcome)
        done[outcome.how] += 1
        count = sum(done.values())
        if count % 25 == 0 or count == len(mutants):
            seconds = time.monotonic() - begin
            print(f"{group.name}: {count} of {len(mutants)}, {dict(done)}, {seconds:.0f} s", flush=True)
            results.save()

    if mutants:
        unreached = run_together(mutants, group.tests, processes, group.scratch, tell, group.longest)
        run_all_alone(unreached, group.tests, processes, tell)
    results.save()


def report(results: Results, allowed: set[Change]) -> bool:
    """Print each change that nothing noticed and one line per module, and return whether enough was noticed."""
    counts: dict[str, Counter[str]] = {}
    met: set[Change] = set()
    for change in sorted(results.mutants):
        outcome = results.outcomes.get(change, Outcome(change, UNTESTED))
        known = replace(change, number=0)
        how = outcome.how
        if how == LEFT and known in allowed:
            how = EQUIVALENT
            met.add(known)
        counts.setdefault(change.file, Counter())[how] += 1
        if how == LEFT:
            print(f"\n{change.file}: {change.function}\n  - {change.was}\n  + {change.became}")
    columns = (NOTICED, LIMIT, EQUIVALENT, LEFT, UNTESTED)
    total = sum(counts.values(), Counter[str]())
    print(f"\n{'module':44}{'all':>8}" + "".join(f"{column:>18}" for column in columns))
    for file, count in [*counts.items(), ("together", total)]:
        print(f"{file:44}{count.total():>8}" + "".join(f"{count[column]:>18}" for column in columns))
    possible = total.total() - total[EQUIVALENT]
    share = (total[NOTICED] + total[LIMIT]) / possible if possible else 1.0
    print(f"\n{share:.1%} noticed of {possible}")
    stale = sorted(change for change in allowed - met if change.file in counts)
    for change in stale:
        print(f"no longer so in {EQUIVALENTS.name}: {change.file}: {change.function}: {change.was} -> {change.became}")
    return share >= WANTED and not stale and not total[UNTESTED]


def main() -> int:
    """Run the groups that were named, and report."""
    known = groups()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("group", nargs="+", choices=[*known, "all"], help="a group of tools/mutation.toml, or all")
    parser.add_argument("--fresh", action="store_true", help="forget the results of earlier runs")
    parser.add_argument("--coarse", action="store_true", help="make the changes that people make by hand")
    parser.add_argument("--report", action="store_true", help="show the results of the last run, and run nothing")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only a sample: every Nth change")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many mutants run at a time")
    asked = parser.parse_args()
    os.chdir(ROOT)
    good = True
    for name in known if "all" in asked.group else asked.group:
        group = replace(known[name], coarse=asked.coarse)
        allowed = equivalents(coarse=asked.coarse)
        if asked.fresh:
            shutil.rmtree(group.scratch, ignore_errors=True)
        results = Results(group, asked.every)
        if not asked.report:
            run(group, results, asked.processes, allowed)
        good = report(results, allowed) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
