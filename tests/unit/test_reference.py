"""The site is built strictly: what would be a dead link, a hidden name or a request to elsewhere is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

import milvusclient
from milvusclient import exceptions
from tools.reference.check import problems_of_site
from tools.reference.contents import GUIDES, PAGES
from tools.reference.sources import Sources

pytestmark = pytest.mark.static


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the pages that the site takes, all but empty."""
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "examples/README.md"):
        _write(tmp_path / name, "# Page\n")
    for guide in GUIDES:
        _write(tmp_path / "examples" / "guide" / f"{guide}.md", "# Guide\n")
    return tmp_path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _copied(root: Path) -> tuple[Path, Sources]:
    docs = root / "docs"
    docs.mkdir()
    sources = Sources(root, docs)
    sources.copy()
    return docs, sources


def test_links_of_the_repository_lead_to_the_same_things_on_the_site(root: Path) -> None:
    _write(root / "tests" / "benchmarks" / "chart.svg", "<svg/>")
    _write(root / "examples" / "first.py", '"""Show ``it``.\n\nMore.\n"""\n')
    _write(
        root / "examples" / "guide" / "filters.md",
        "[a](errors.md#codes) [b](../../README.md) ![c](../../tests/benchmarks/chart.svg) [d](../first.py)\n"
        "[e](https://milvus.io)\n```python\nx[0](errors.py)\n```\n",
    )
    docs, sources = _copied(root)
    assert sources.problems == []
    assert (docs / "guide" / "filters.md").read_text(encoding="utf-8") == (
        "[a](errors.md#codes) [b](../index.md) ![c](../pictures/benchmarks_chart.svg) [d](../examples/first.md)\n"
        "[e](https://milvus.io)\n```python\nx[0](errors.py)\n```\n"
    )
    assert (docs / "pictures" / "benchmarks_chart.svg").read_text(encoding="utf-8") == "<svg/>"
    assert "Show `it`." in (docs / "examples" / "first.md").read_text(encoding="utf-8")


def test_a_program_of_its_own_is_python_on_the_site(root: Path) -> None:
    _write(root / "examples" / "guide" / "filters.md", "```python script\nprint(1)\n```\n")
    docs, _ = _copied(root)
    assert (docs / "guide" / "filters.md").read_text(encoding="utf-8") == "```python\nprint(1)\n```\n"


def test_a_link_to_a_missing_file_is_reported(root: Path) -> None:
    _write(root / "README.md", "[gone](examples/guide/gone.md)")
    _, sources = _copied(root)
    assert sources.problems == ["README.md links to examples/guide/gone.md, which does not exist"]


def test_a_guide_that_is_not_in_the_navigation_is_reported(root: Path) -> None:
    _write(root / "examples" / "guide" / "new.md", "# New\n")
    _, sources = _copied(root)
    assert sources.problems == ["examples/guide/new.md is not in the list of guides"]


def test_a_block_of_code_that_is_shown_as_prose_is_reported(tmp_path: Path) -> None:
    _write(tmp_path / "a.html", "<p>one</p><pre><code>```</code></pre>")
    assert problems_of_site(tmp_path, []) == []

    _write(tmp_path / "a.html", "<p>```python script print(1)</p>")
    (problem,) = problems_of_site(tmp_path, [])
    assert problem.startswith("a.html: a block of code is shown as prose")


def test_a_built_site_is_checked_for_dead_links_and_missing_names(tmp_path: Path) -> None:
    _write(
        tmp_path / "index.html", '<a href="a.html#there">1</a><a href="#milvusclient.X">2</a><p id="milvusclient.X">'
    )
    _write(tmp_path / "a.html", '<h1 id="there"></h1><a href="https://milvus.io">3</a>')
    assert problems_of_site(tmp_path, ["milvusclient.X"]) == []

    _write(tmp_path / "a.html", '<a href="b.html">1</a><script src="https://example.com/x.js"></script>')
    assert problems_of_site(tmp_path, ["milvusclient.X", "milvusclient.Y"]) == [
        "milvusclient.Y is on no page: add it to tools/reference/contents.py",
        "a.html: links to b.html, which does not exist",
        "a.html: fetches https://example.com/x.js",
        "index.html: links to a.html#there, which has no such anchor",
    ]


def test_each_public_name_has_a_page() -> None:
    """The build checks more, but takes longer: each method, and the names of the public modules."""
    listed = [name for page in PAGES for name in page.names]
    assert len(listed) == len(set(listed))
    clients = {"MilvusClient", "AsyncMilvusClient", "__version__"}
    assert {*listed, *clients} == set(milvusclient.__all__) - set(exceptions.__all__), (
        "put the name on a page in tools/reference/contents.py"
    )
