"""Print which of the Python versions in pyproject.toml this machine has, for CI.

Example:
    python tools/interpreters.py    # 3.12 /usr/bin/python3.12
                                    # 3.13 -
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def versions() -> list[str]:
    """Return the versions that the classifiers name, such as ``"3.12"``."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        classifiers = tomllib.load(file)["project"]["classifiers"]
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in classifiers]
    return [match[1] for match in found if match]


def candidates(version: str) -> Iterator[str]:
    """Yield the paths where an interpreter may be: on the search path, or where pyenv keeps them."""
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True))


def works(python: str, version: str) -> bool:
    """Return whether an interpreter runs and has that version; one that pyenv only stands in for may not."""
    program = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        ran = subprocess.run([python, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return False
    return ran.stdout.strip() == version


def main() -> None:
    """Print a line for each version: its interpreter, or a hyphen."""
    for version in versions():
        print(version, next((path for path in candidates(version) if works(path, version)), "-"))


if __name__ == "__main__":
    main()
