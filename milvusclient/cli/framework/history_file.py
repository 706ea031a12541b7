"""The file with the shell's history: only its owner can read it, and lines that may hold a secret are left out."""

from __future__ import annotations

import re
from pathlib import Path

from milvusclient.cli.framework.session import Session

__all__ = ["history_path", "may_hold_secret", "read_history"]

#: Credentials in a uri, words after an option for them, also where that is refused, and a token after ``-t``.
_SECRET = re.compile(
    r":\S*@"
    r"|--?(?:password|token)\b"
    r"|(?:^|\s)-t\s+\S+:"
    r"|^\s*connect\b.*\s-t(?!ls\b)\s*[^\s-]"
    r"|^\s*create\s+users?\b.*\s-p\s*[^\s-]"
)


def may_hold_secret(line: str) -> bool:
    """Return whether a line may hold a password or a token.

    Example:
        >>> may_hold_secret("connect -t abc"), may_hold_secret("list collections")
        (True, False)
    """
    return _SECRET.search(line) is not None


def history_path(session: Session) -> Path:
    """Return the path of the history file, next to the saved connections."""
    return session.connection_file.path.with_name("history")


def read_history(path: Path) -> list[str]:
    """Read the lines that were typed, oldest first; none if there is no file.

    prompt_toolkit writes the file: each line of an entry begins with a plus sign, comments with a number sign.
    """
    if not path.exists():
        return []
    entries: list[list[str]] = []
    continued = False
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("+"):
            if continued:
                entries[-1].append(line[1:])
            else:
                entries.append([line[1:]])
        continued = line.startswith("+")
    return ["\n".join(entry) for entry in entries]
