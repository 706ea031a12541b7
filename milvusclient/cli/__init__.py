"""The command ``milvusclient``: one command after another in a shell, or one at a time.

This module imports nothing but the standard library, so that it can say what is missing when the extra ``cli`` is not
installed.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

__all__ = ["main"]

#: What the extra brings and the commands cannot do without.
_NEEDED = ("click", "filelock", "platformdirs", "prompt_toolkit", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after the command's name; None takes those of the process.

    Returns:
        The exit status: 0, 1 for a failure, 2 for a command that cannot be read.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A letter that the terminal's encoding does not have must not make a command fail.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        from milvusclient.cli.app import run

        return _flushed(run(words))
    except ImportError:
        # Looked for only now: to find five packages takes longer than to print the version.
        missing = _missing()
        if not missing:
            raise
    sys.stderr.write(
        f'The command needs {", ".join(missing)}, which the extra "cli" brings: '
        "python -m pip install 'milvusclient[cli]'\n"
    )
    return 2


def _flushed(status: int) -> int:
    """Write what the output still holds, and return the exit status; a full disk was told of when it was met."""
    try:
        sys.stdout.flush()
    except OSError:
        # Else the interpreter tries again when it ends, complains in words of its own, and ends with 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return status or 1
    return status


def _missing() -> list[str]:
    """Return the packages that the command needs and that are not installed."""
    import importlib.util

    return [name for name in _NEEDED if importlib.util.find_spec(name) is None]
