"""tools/unasync.py: the sync half of the project is its async half, line by line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import unasync

pytestmark = pytest.mark.static

SOURCE = '''"""A module."""

from milvusclient._async.core.pool import AsyncPool
from milvusclient.transport.grpc_aio import AsyncTransport


class AsyncThing:
    async def work(self, pool: AsyncPool) -> None:
        async with pool as open_pool:
            async for item in open_pool:
                await item.go(await self.next())

    async def __aenter__(self) -> None: ...
'''
WANTED = '''"""A module."""

from milvusclient._sync.core.pool import Pool
from milvusclient.transport.grpc_sync import Transport


class Thing:
    def work(self, pool: Pool) -> None:
        with pool as open_pool:
            for item in open_pool:
                item.go(self.next())

    def __enter__(self) -> None: ...
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of a part of the project's halves, written anew."""
    part = "milvusclient/_async/core"
    shutil.copytree(unasync.ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    unasync.write(tmp_path)
    return tmp_path


def drift(root: Path) -> list[str]:
    """The problems that are not about rules without work."""
    return [problem for problem in unasync.check(root) if "is not needed" not in problem]


def test_the_committed_halves_are_current() -> None:
    assert drift(unasync.ROOT) == []


def test_every_line_becomes_one_line() -> None:
    assert unasync.convert(SOURCE, set()) == WANTED


def test_a_fresh_copy_has_no_problems_and_needs_no_second_write(root: Path) -> None:
    assert drift(root) == []
    assert unasync.write(root) == 0


def test_a_changed_line_is_found(root: Path) -> None:
    path = root / "milvusclient/_sync/core/pool.py"
    path.write_text(path.read_text().replace("return", "return ", 1))
    (problem,) = drift(root)
    assert "pool.py is not what" in problem
    assert unasync.write(root) == 1
    assert drift(root) == []


def test_a_missing_file_is_found(root: Path) -> None:
    (root / "milvusclient/_sync/core/pool.py").unlink()
    (problem,) = drift(root)
    assert "pool.py is missing" in problem


def test_an_orphan_is_found_and_removed(root: Path) -> None:
    orphan = root / "milvusclient/_sync/old.py"
    orphan.write_text("")
    (problem,) = drift(root)
    assert "old.py has no source" in problem
    unasync.write(root)
    assert not orphan.exists()


@pytest.mark.parametrize("line", ["import asyncio", "x = 5  # see await."])
def test_a_word_of_the_async_world_that_survives_is_found(root: Path, line: str) -> None:
    (root / "milvusclient/_async/new.py").write_text(f"{line}\n")
    unasync.write(root)
    (problem,) = drift(root)
    assert "new.py:1" in problem


def test_a_rule_that_nothing_needs_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(unasync.check(root))
    monkeypatch.setattr(unasync, "RULES", (*unasync.RULES, (r"\bnobody_writes_this\b", "x")))
    problems = unasync.check(root)
    assert len(problems) == before + 1
    assert any("nobody_writes_this" in problem for problem in problems)
