"""The terminal sessions in the README are what happens."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
HOME = "/home/ada"


def steps(session: str) -> Iterator[tuple[str, str]]:
    """Each command and what it printed."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


@pytest.mark.lite
@pytest.mark.parametrize("session", SESSIONS, ids=range(len(SESSIONS)))
def test_a_session_goes_as_recorded(
    session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lite_uri: str
) -> None:
    del lite_uri  # asked for because it skips where there is no embedded server
    monkeypatch.chdir(tmp_path)
    cli = CommandLine(tmp_path / ".config", monkeypatch)
    for command, printed in steps(session):
        name, *words = shlex.split(command)
        if name == "milvusclient":
            ran = cli(*words)
            found = ran.out + ran.err
        else:
            bash = shutil.which("bash")
            assert bash
            found = subprocess.run([bash, "-c", command], check=True, capture_output=True, text=True).stdout
        assert found.replace(str(tmp_path), HOME) == printed, command


def test_a_new_user_sees_a_table_in_under_ten_commands() -> None:
    commands = [command for command, _ in steps(SESSIONS[0])]
    searching = next(number for number, command in enumerate(commands, 1) if " search " in command)
    assert searching < 9  # and one to install it
