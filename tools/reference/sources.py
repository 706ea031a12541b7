"""Pages of the repository as pages of the site: guides, programs, the README and what else they link to."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

from tools.reference.contents import GUIDES

__all__ = ["Sources"]

_LINK = re.compile(
    r"(?P<open>!?\[(?:[^\]\[]|\[[^\]]*\])*\]\()(?P<target>(?!https?://|mailto:)[^)#\s]+)(?P<anchor>#[^)\s]*)?\)"
)
_FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
#: Words behind the language of a block, which say how the tests run it and would not be read as a block.
_RUN_AS = re.compile(r"^(```\w+) .*$", re.MULTILINE)
_PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "examples/README.md": "examples/index.md",
}
_LANGUAGES = {".py": "python", ".toml": "toml", ".yml": "yaml"}


class Sources:
    """The pages that are written by hand, copied into the sources of the site.

    A link to a page that is on the site leads there. A picture is copied. A link to another file of the repository,
    such as a program, leads to a page that shows the file. A link to what does not exist is a problem.

    Args:
        root: the folder of the repository.
        docs: the folder that receives the pages.
    """

    def __init__(self, root: Path, docs: Path) -> None:
        self._root = root
        self._docs = docs
        self._pages = dict(_PAGES)
        self._pages |= {f"examples/guide/{name}.md": f"guide/{name}.md" for name in GUIDES}
        self._shown: dict[Path, str] = {}
        self.problems: list[str] = []
        unlisted = {path.stem for path in (root / "examples" / "guide").glob("*.md")} - set(GUIDES)
        self.problems += [f"examples/guide/{name}.md is not in the list of guides" for name in sorted(unlisted)]

    def copy(self) -> list[str]:
        """Write all pages, and return the files of those that show programs."""
        for program in sorted((self._root / "examples").glob("*.py")):
            self._show(program)
        for source, page in self._pages.items():
            if (self._root / source).exists():
                # Nothing stands beside the first page in the navigation, so that its code has the room.
                head = "---\nhide: [navigation]\n---\n\n" if page == "index.md" else ""
                self._write(page, head + self._linked(self._root / source, page))
            else:
                self.problems.append(f"{source} does not exist")
        return sorted(page for page in self._shown.values() if page.startswith("examples/"))

    def _linked(self, source: Path, page: str) -> str:
        """Return the text of a page whose links lead to places of the site; code stays as it is."""

        def linked(found: re.Match[str]) -> str:
            target = (source.parent / found["target"]).resolve()
            place = self._place(target)
            if place is None:
                self.problems.append(
                    f"{source.relative_to(self._root)} links to {found['target']}, which does not exist"
                )
                return found[0]
            return f"{found['open']}{os.path.relpath(place, Path(page).parent)}{found['anchor'] or ''})"

        parts = _FENCE.split(source.read_text(encoding="utf-8"))
        return "".join(
            _RUN_AS.sub(r"\1", part) if part.startswith("```") else _LINK.sub(linked, part) for part in parts
        )

    def _place(self, target: Path) -> str | None:
        if not target.is_file() or not target.is_relative_to(self._root):
            return None
        name = target.relative_to(self._root).as_posix()
        if name in self._pages:
            return self._pages[name]
        if target.suffix in {".svg", ".png"}:
            place = f"pictures/{target.parent.name}_{target.name}"
            (self._docs / "pictures").mkdir(exist_ok=True)
            (self._docs / place).write_bytes(target.read_bytes())
            return place
        return self._show(target)

    def _show(self, source: Path) -> str:
        """Write a page that shows a file: its docstring as text, and all of it as code."""
        if source in self._shown:
            return self._shown[source]
        name = source.relative_to(self._root).as_posix()
        page = f"{name.removesuffix('.py')}.md" if name.startswith("examples/") else f"files/{name}.md"
        self._shown[source] = page
        text = source.read_text(encoding="utf-8")
        summary = ""
        if source.suffix == ".py":
            summary = (ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0].replace("``", "`")
        # The search finds programs by what they show, not by each word of their code.
        code = f"```` {{ .{_LANGUAGES.get(source.suffix, 'text')} data-search-exclude }}\n{text}````"
        self._write(page, f"# {source.name}\n\n{summary}\n\nThis is `{name}`:\n\n{code}\n")
        return page

    def _write(self, page: str, text: str) -> None:
        path = self._docs / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
