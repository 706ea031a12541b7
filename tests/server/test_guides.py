"""The guides are true: programs print what they say, terminal sessions go as shown, links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import pages
from tests.support.processes import run_program

GUIDE = pages.ROOT / "examples" / "guide"
GUIDES = sorted(GUIDE.glob("*.md"))
SCRIPTS = [(page, block) for page in GUIDES for block in pages.blocks(page, "python script")]
SESSIONS = [(page, block) for page in GUIDES for block in pages.blocks(page, "console")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str) -> Iterator[Path]:
    """A folder of its own as the current one, and no connection left after the test."""
    del lite_uri  # asked for because it skips where there is no embedded server
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    pages.close_connections()


@pytest.mark.lite
@pytest.mark.parametrize("page", [page for page in GUIDES if pages.blocks(page, "python")], ids=lambda page: page.stem)
def test_the_programs_of_a_guide_run_and_print_what_it_says(page: Path, folder: Path) -> None:
    del folder
    assert pages.run_python(page)


@pytest.mark.lite
@pytest.mark.parametrize(("page", "block"), SESSIONS, ids=[f"{page.stem}:{block.line}" for page, block in SESSIONS])
def test_a_terminal_session_goes_as_shown(
    page: Path, block: pages.Block, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.exists()
    pages.run_console(block.code, folder, monkeypatch)


@pytest.mark.parametrize(("page", "block"), SCRIPTS, ids=[f"{page.stem}:{block.line}" for page, block in SCRIPTS])
def test_a_program_that_needs_a_process_of_its_own_prints_what_its_comments_say(
    page: Path, block: pages.Block, tmp_path: Path
) -> None:
    ran = run_program("-c", block.code, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == pages.said(block), page.name


def test_a_guide_says_all_that_its_programs_print() -> None:
    silent = [
        f"{page.name}:{block.line}"
        for page in GUIDES
        for block in pages.blocks(page, "python|python script")
        if not pages.says_all(block)
    ]
    assert silent == []


def test_every_block_of_code_is_of_a_kind_that_runs() -> None:
    for page in GUIDES:
        kinds = re.findall(r"^```(\S.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(kinds) <= {"python", "python script", "console", "text"}, page.name


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.name} links to {target}#{anchor}"
