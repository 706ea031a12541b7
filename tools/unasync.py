"""Make the sync half of the project out of the async half, line by line.

Line N of a generated file comes from line N of its source, so tracebacks and diffs of one are read in the other::

    python tools/unasync.py            # write
    python tools/unasync.py --check    # compare; exit status 1 and a report when something differs

The check compares whole files, and fails for a generated file without a source, for a source whose generated file is
missing, for a rule that no line needs any more, and for a word of the async world that survived.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Folders that hold a source folder ``_async`` and its generated sibling ``_sync``.
PLACES = ("milvusclient", "tests/unit", "tests/wire", "tests/server", "tests/typing")

RULES = (
    (r" \| AsyncIterable\[\w+\]|\bAsyncIterable, ", ""),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\bAsync([A-Z]\w*)", r"\1"),
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\basync_(give_way|in_thread|look_up|open_now|open_transport|reaches)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\b__aenter__\b", "__enter__"),
    (r"\b__aexit__\b", "__exit__"),
    (r"\b__aiter__\b", "__iter__"),
    (r"\b__anext__\b", "__next__"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
    (r"\bgrpc_aio\b", "grpc_sync"),
    (r"\b_async\b(?!\s*[:=,)])", "_sync"),
)
#: What must not be left in a generated file.
LEFTOVERS = re.compile(r"\b(await|asyncio)\b|\basync (def|with|for)\b|\bAsync[A-Z]\w*")


def convert(text: str, used: set[int]) -> str:
    """Return the sync form of a text with as many lines; ``used`` collects the numbers of the rules that had work."""
    lines = []
    for line in text.splitlines(keepends=True):
        converted = line
        for number, (pattern, replacement) in enumerate(RULES):
            converted, count = re.subn(pattern, replacement, converted)
            if count:
                used.add(number)
        lines.append(converted)
    return "".join(lines)


def pairs(root: Path) -> Iterator[tuple[Path, Path]]:
    """Each source file and the file that is made of it."""
    for place in PLACES:
        for source in sorted((root / place / "_async").rglob("*.py")):
            yield source, root / place / "_sync" / source.relative_to(root / place / "_async")


def orphans(root: Path) -> list[Path]:
    """Return the generated files whose source is gone."""
    known = {target for _, target in pairs(root)}
    return [path for place in PLACES for path in (root / place / "_sync").rglob("*.py") if path not in known]


def check(root: Path) -> list[str]:
    """Everything that is wrong, in words."""
    problems = []
    used: set[int] = set()
    for source, target in pairs(root):
        wanted = convert(source.read_text(), used)
        problems += [
            f"{source}:{number}: {found.group(0)!r} is left in the sync form; reword the line or add a rule"
            for number, line in enumerate(wanted.splitlines(), 1)
            if (found := LEFTOVERS.search(line))
        ]
        if not target.exists():
            problems.append(f"{target} is missing")
        elif (actual := target.read_text()) != wanted:
            diff = difflib.unified_diff(actual.splitlines(), wanted.splitlines(), str(target), str(source), lineterm="")
            problems.append("\n".join([f"{target} is not what {source} gives:", *list(diff)[:12]]))
    problems += [f"{path} has no source" for path in orphans(root)]
    problems += [f"the rule {RULES[number][0]!r} is not needed" for number in range(len(RULES)) if number not in used]
    return problems


def write(root: Path) -> int:
    """Write every generated file, remove those without a source; how many changed."""
    changed = 0
    for source, target in pairs(root):
        wanted = convert(source.read_text(), set())
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text() != wanted:
            target.write_text(wanted)
            changed += 1
    for path in orphans(root):
        path.unlink()
        changed += 1
    return changed


def main() -> int:
    """Run from the command line."""
    if "--check" in sys.argv[1:]:
        problems = check(ROOT)
        print("\n".join(problems) or "the sync half is current")
        return 1 if problems else 0
    print(f"{write(ROOT)} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
