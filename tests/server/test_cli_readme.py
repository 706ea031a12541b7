"""The terminal sessions in the README are what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import pages

SESSIONS = [block.code for block in pages.blocks(pages.ROOT / "README.md", "console")]


@pytest.mark.lite
@pytest.mark.parametrize("session", SESSIONS, ids=range(len(SESSIONS)))
def test_a_session_goes_as_recorded(
    session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str
) -> None:
    del lite_uri  # asked for because it skips where there is no embedded server
    monkeypatch.chdir(tmp_path)
    pages.run_console(session, tmp_path, monkeypatch)


def test_a_new_user_sees_a_table_in_under_ten_commands() -> None:
    session = pages.blocks(pages.ROOT / "examples/guide/command_line.md", "console")[0].code
    commands = [command for command, _ in pages.console_steps(session)]
    searching = next(number for number, command in enumerate(commands, 1) if " search " in command)
    assert searching < 9  # and one to install it
