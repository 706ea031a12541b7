"""Print one of the two commands of the README, or its first program, so that CI runs what the README says.

Example:
    python tools/readme_command.py run      # the command that sets up and runs the main job
    python tools/readme_command.py test     # the command that sets up and runs the tests
    python tools/readme_command.py first    # the first program, in Python
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
POSITIONS = {"run": 0, "test": 1}


def blocks(text: str, languages: str) -> list[str]:
    """Return the code blocks in some languages, which are a pattern such as ``bash|sh``."""
    found: list[str] = re.findall(rf"^```(?:{languages})\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [block.strip() for block in found]


def setup_commands(text: str) -> list[str]:
    """Return the shell blocks of the README that set something up."""
    return [block for block in blocks(text, "bash|sh|shell") if "-m venv" in block]


def main() -> int:
    """Run from the command line."""
    if len(sys.argv) != 2 or sys.argv[1] not in (*POSITIONS, "first"):
        print(__doc__, file=sys.stderr)
        return 2
    text = README.read_text(encoding="utf-8")
    print(blocks(text, "python")[0] if sys.argv[1] == "first" else setup_commands(text)[POSITIONS[sys.argv[1]]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
