"""Print the core requirements of pyproject.toml, pinned to their lower bounds."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def oldest(requirements: list[str]) -> list[str]:
    """``name>=1.2`` becomes ``name==1.2``; a requirement without a lower bound is an error."""
    pinned = []
    for requirement in requirements:
        name, bound, version = requirement.partition(">=")
        if not bound:
            raise SystemExit(f"{requirement!r} has no lower bound")
        pinned.append(f"{name.strip()}=={version.split(',')[0].strip()}")
    return pinned


def main() -> int:
    """Run from the command line."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    print("\n".join(oldest(project["dependencies"])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
