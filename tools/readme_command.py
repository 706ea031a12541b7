"""Print one of the two commands of the README, so that CI runs what the README says.

Example:
    python tools/readme_command.py run     # sets up and runs the main job
    python tools/readme_command.py test    # sets up and runs the tests
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
POSITIONS = {"run": 0, "test": 1}


def setup_commands(text: str) -> list[str]:
    """The shell blocks of the README that set something up."""
    blocks: list[str] = re.findall(r"^```(?:bash|sh|shell)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [block.strip() for block in blocks if "-m venv" in block]


def main() -> int:
    """Run from the command line."""
    if len(sys.argv) != 2 or sys.argv[1] not in POSITIONS:
        print(__doc__, file=sys.stderr)
        return 2
    print(setup_commands(README.read_text())[POSITIONS[sys.argv[1]]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
