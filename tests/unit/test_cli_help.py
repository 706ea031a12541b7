"""What the command line says of itself, and how its parts hang together."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import click
import pytest

from milvusclient.cli.commands import MODULES
from milvusclient.cli.framework.command import Command, Group
from milvusclient.cli.framework.groups import TASKS, root
from tests.support.command_line import CommandLine
from tests.support.help_screens import PATH, commands, help_screens
from tests.support.patience import HANG

CLI = Path(__file__).resolve().parents[2] / "milvusclient" / "cli"


def test_the_help_screens_are_those_in_the_file() -> None:
    """Read them side by side in tests/data/cli_help.txt; ``python -m tests.support.help_screens`` writes it again."""
    assert help_screens() == PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_help_text_is_a_sentence_that_begins_with_a_verb(name: str, command: click.Command) -> None:
    text = command.get_short_help_str(500)
    assert text[0].isupper() or command.hidden, name
    assert text.split()[0].lower() not in ("the", "a", "an", "what", "whether", "how", "which"), text
    assert not text.endswith("..") or text.endswith("..."), text
    for each in command.params:
        if isinstance(each, click.Option) and each.help:
            assert "so many" not in each.help, (name, each.help)
            assert not each.help.startswith(("Only ", "Also ", "How ", "What ", "Which ")), (name, each.help)


def test_the_overview_fits_a_screen_and_names_every_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cli = CommandLine(tmp_path, monkeypatch)
    for words in (["help"], ["--help"]):
        lines = cli(*words).out.splitlines()
        assert len(lines) <= 24 or words == ["--help"]
        assert len(lines) <= 27
        assert all(len(line) <= 80 for line in lines)
    named = [name for _, names in TASKS for name in names.split()]
    assert sorted(named) == sorted(root.names())
    everything = cli("help", "all").out
    for name, command in commands():
        if not command.hidden and not isinstance(command, Group) and not name.startswith("describe"):
            assert f"\n{name} " in f"\n{everything}"


def test_the_table_of_modules_is_what_the_modules_add() -> None:
    added: dict[str, set[str]] = defaultdict(set)
    for name, command in commands():
        if isinstance(command, Group) or name.startswith("describe "):
            continue
        assert isinstance(command, Command)
        assert command.callback is not None
        module = command.callback.__module__.rpartition(".")[2]
        added[module].add(f"({name})" if command.hidden else name)
    assert added == {module: set(text.split(", ")) for module, text in MODULES.items()}


#: Component -> the components that it may import.
COMPONENTS = {
    "framework": set[str](),
    "data": {"framework"},
    "diagnosis": {"framework"},
    "commands": {"framework", "data", "diagnosis"},
    "": {"framework", "commands"},
}


def test_no_room_imports_one_above_it_not_even_lazily() -> None:
    wrong = []
    for path in sorted(CLI.rglob("*.py")):
        component = path.relative_to(CLI).parts[0] if path.parent != CLI else ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                parts = name.split(".")
                if parts[:2] != ["milvusclient", "cli"] or len(parts) < 3:
                    continue
                target = parts[2] if (CLI / parts[2]).is_dir() else ""
                if target not in COMPONENTS[component] | {component}:
                    wrong.append(f"{path.relative_to(CLI)} imports {name}")
    assert wrong == []


def test_help_and_version_load_neither_grpc_nor_rich_nor_prompt_toolkit() -> None:
    """Neither gRPC nor a shell nor rich: each would take longer than all the rest."""
    heavy = "{'grpc', 'google.protobuf', 'prompt_toolkit', 'rich', 'numpy', 'keyring', 'milvusclient._sync.client'}"
    for words in (["--version"], ["--help"], ["query", "--help"], ["list", "connections"]):
        program = (
            "import contextlib, io, sys; from milvusclient.cli import main\n"
            f"with contextlib.redirect_stdout(io.StringIO()): status = main({words!r})\n"
            f"print(status, sorted({heavy} & set(sys.modules)))"
        )
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=HANG)
        assert ran.stdout == "0 []\n", words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["serch"], "did you mean 'search'?"),
        (["collections"], "did you mean 'list collections'?"),
        (["alias"], "did you mean 'show alias'?"),
        (["help", "serch"], "did you mean 'search'?"),
        (["help", "create", "indx"], "did you mean 'index'?"),
        (["xyzzy"], "`help` lists the commands"),
        (["list", "xyzzy"], "there are aliases, collections"),
    ],
)
def test_an_unknown_command_names_the_nearest(
    words: list[str], wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = CommandLine(tmp_path, monkeypatch)(*words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("Error: No such command")
    assert wanted in ran.err


def test_inside_the_shell_a_wrong_command_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)
    for line in ("serch", "query --nix", "query -c", "get books 1", "set output nix"):
        ran = cli.piped(f"{line}\n")
        assert (ran.status, ran.err.count("\n")) == (2, 1), ran
        assert "Usage" not in ran.err
        assert "Try" not in ran.err
    assert "Usage: milvusclient query" in cli("query", "--nix").err
