"""Checks of the built site that the generator does not make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["problems_of_site"]

#: Attributes by which a page makes a browser fetch something.
_FETCHED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}
#: Elements whose text is shown as it is.
_VERBATIM = {"pre", "code", "script"}


class _Page(HTMLParser):
    """What a page links to, fetches, and can be linked by."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.has_raw_fence = False
        self._verbatim = 0
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.has_raw_fence |= "```" in data and not self._verbatim

    def handle_endtag(self, tag: str) -> None:
        self._verbatim -= tag in _VERBATIM

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._verbatim += tag in _VERBATIM
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif (tag, name) in _FETCHED and value and ("rel", "canonical") not in attrs:
                self.fetched.append(value)
            elif (tag, name) == ("a", "href") and value:
                self.links.append(value)


def problems_of_site(site: Path, names: Iterable[str]) -> list[str]:
    """Return what is wrong with a built site: dead links, hidden names, raw code, anything from elsewhere.

    Args:
        site: the folder of the site.
        names: the paths of the public names, each of which must be an anchor of some page.
    """
    pages = {path.resolve(): _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    anchors = {anchor for page in pages.values() for anchor in page.anchors}
    problems = [f"{name} is on no page: add it to tools/reference/contents.py" for name in names if name not in anchors]
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        problems += [f"{name}: {problem}" for problem in _dead_links(path, page, pages)]
        problems += [f"{name}: fetches {url}" for url in page.fetched if urlsplit(url).netloc]
        if page.has_raw_fence:
            problems.append(f"{name}: a block of code is shown as prose, as the generator does not know its language")
    return problems


def _dead_links(path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for link in [*page.links, *page.fetched]:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.exists():
            yield f"links to {link}, which does not exist"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"links to {link}, which has no such anchor"
