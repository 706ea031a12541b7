"""What makes collecting quick does what it says: else each run is slower, and no test fails."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import collecting


def test_the_workers_together_compile_each_module_once(
    pytestconfig: pytest.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    modules = [tmp_path / f"test_{name}.py" for name in "abcde"]
    for module in modules:
        module.write_text("assert False, 'it must not run'\n")

    collecting.rewrite_share(pytestconfig, modules, 1, 2)

    compiled = {path.name.partition(".")[0] for path in (tmp_path / "__pycache__").iterdir()}
    assert compiled == {"test_b", "test_d"}
    assert all("-pytest-" in path.name for path in (tmp_path / "__pycache__").iterdir())


def test_what_was_collected_is_no_garbage_later() -> None:
    code = (
        "import gc; from tests.support.collecting import without_garbage_collection\n"
        "before = gc.get_freeze_count()\n"
        "with without_garbage_collection():\n"
        "    assert not gc.isenabled()\n"
        "    kept = [[number] for number in range(1_000)]\n"
        "assert gc.isenabled() and gc.get_freeze_count() > before + 1_000\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_this_run_keeps_what_it_compiles_and_collects_garbage() -> None:
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1_000
