"""Build the site of the project: guides, cookbook and API reference.

    python -m tools.reference [FOLDER]    # FOLDER receives the pages; build/site if not given

Open ``index.html`` in the folder: no server is needed, nothing is fetched. The extra ``docs`` holds what it is built
with. A broken link, a public name without a docstring or without a place on a page, and anything that would be fetched
from elsewhere end the build with status 1.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tools.reference.api import Api
from tools.reference.check import problems_of_site
from tools.reference.contents import FAMILIES, GUIDES
from tools.reference.sources import Sources

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
#: Pages that repeat words of others stand below them among the results of a search.
BOOSTS = {"pymilvus.md": 0.3, "returned.md": 0.5, "index.md": 0.5, "async_client.md": 0.5}


def main(site: Path) -> int:
    """Write the pages, build the site from them, and check what was built."""
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    api = Api(ROOT)
    problems = list(api.undocumented())
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder)
        sources = Sources(ROOT, docs)
        programs = sources.copy()
        problems += sources.problems
        for assets in ("stylesheets", "javascripts"):
            shutil.copytree(HERE / assets, docs / assets)
        navigation = [
            {"Home": "index.md"},
            {"Guides": [f"guide/{name}.md" for name in GUIDES]},
            {"Cookbook": ["examples/index.md", *programs]},
            {"Reference": write_reference(api, docs / "reference")},
            {"Project": ["changes.md", "contributing.md"]},
        ]
        config = load_config(
            str(HERE / "mkdocs.yml"), docs_dir=str(docs), site_dir=str(site.resolve()), nav=navigation, strict=True
        )
        try:
            build(config)
            (site / "404.html").unlink()  # its links hold only for a server that has the site at its root
        except Abort:
            problems.append("the warnings above")
    if not problems:
        problems = problems_of_site(site, api.names())
    if problems:
        print("The site is not built:", *problems, sep="\n  ", file=sys.stderr)
        return 1
    print(f"{len(list(site.rglob('*.html')))} pages in {site}")
    return 0


def write_reference(api: Api, folder: Path) -> list[object]:
    """Write the pages of the reference, and return their part of the navigation."""
    folder.mkdir()
    navigation: list[object] = []
    sections: dict[str, list[object]] = {}
    for section, file, title, text in api.pages():
        boost = BOOSTS.get(file, 2 if section in FAMILIES else 1)
        (folder / file).write_text(f"---\nsearch:\n  boost: {boost}\n---\n{text}", encoding="utf-8")
        entry = {title: f"reference/{file}"}
        if not section:
            navigation.append(entry["Reference"])
        elif section in sections:
            sections[section].append(entry)
        else:
            sections[section] = [entry]
            navigation.append({section: sections[section]})
    return navigation


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"))
