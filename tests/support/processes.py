"""Programs of their own: what they print, and how they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.patience import HANG

__all__ = ["run_program"]

ROOT = Path(__file__).resolve().parents[2]


def run_program(
    *arguments: str, cwd: Path, without: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run this Python with arguments, with the packages of this environment.

    Args:
        *arguments: of the interpreter.
        cwd: the folder to run it in.
        without: packages that are not installed as far as the program can see, with all that it can see of them.
        **environment: variables beside those of this process.
    """
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable]
    if without:
        packages = cwd / "packages"
        packages.mkdir()
        for folder in {Path(entry) for entry in sys.path if entry.endswith("site-packages")}:
            for entry in folder.iterdir():
                if not entry.name.lower().startswith(without):
                    (packages / entry.name).symlink_to(entry)
        variables["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(packages)])
        command.append("-S")
    return subprocess.run(
        [*command, *arguments], cwd=cwd, env=variables, capture_output=True, text=True, timeout=HANG, check=False
    )
