"""Reads the HTML that a notebook shows, as strictly as it is written: anything unexpected in it is a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Page", "Table", "read"]

#: All that tables are made of, and what their attributes can be called.
ELEMENTS = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "b", "span"}
ATTRIBUTES = {"class", "style", "scope"}
#: Of the properties that JupyterLab leaves to a notebook that it does not trust, those that are used.
PROPERTIES = {
    "background-color", "border-bottom", "border-collapse", "caption-side", "font-weight", "margin", "min-width",
    "opacity", "overflow-x", "padding", "text-align", "vertical-align", "white-space",
}  # fmt: skip


@dataclass
class Table:
    """A table as text: its caption, the names and types of its columns, its rows, and the side of each cell."""

    caption: str = ""
    head: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    sides: list[list[str]] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """The cells of a column."""
        place = self.head.index(name)
        return [row[place] for row in self.rows]

    def side(self, name: str) -> str:
        """The one side at which all cells of a column are set."""
        place = self.head.index(name)
        (side,) = {sides[place] for sides in self.sides}
        return side


@dataclass
class Page:
    """What ``_repr_html_`` returned: its tables, and the lines outside of them."""

    tables: list[Table] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def table(self) -> Table:
        """The only table."""
        (table,) = self.tables
        return table

    def texts(self) -> list[str]:
        """Every text of the page."""
        cells = [cell for table in self.tables for row in [[table.caption], table.head, *table.rows] for cell in row]
        return self.lines + cells


def read(text: str) -> Page:
    """Parse what ``_repr_html_`` returned."""
    text.encode("utf-8")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [], "elements are left open"
    return reader.page


def styles(attributes: dict[str, str]) -> dict[str, str]:
    """The properties of an element."""
    parts = [part.partition(":") for part in attributes.get("style", "").split(";") if part]
    return {name: value for name, _, value in parts}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []
        #: The line of the head that is read: the names of the columns, or their types.
        self.line: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert tag in ELEMENTS, f"<{tag}> is not ours"
        assert set(attributes) <= ATTRIBUTES, attributes
        properties = styles(attributes)
        assert set(properties) <= PROPERTIES, properties
        assert not self.open or self.open[0] == "div"
        if tag == "div" and self.open:
            self.page.lines.append("")
        elif tag == "table":
            self.page.tables.append(Table())
        elif tag == "tr" and "tbody" in self.open:
            self.page.tables[-1].rows.append([])
            self.page.tables[-1].sides.append([])
        elif tag == "tr":
            self.line = self.page.tables[-1].types if self.page.tables[-1].head else self.page.tables[-1].head
        elif tag in ("th", "td") and "thead" in self.open:
            self.line.append("")
        elif tag in ("th", "td"):
            self.page.tables[-1].rows[-1].append("")
            self.page.tables[-1].sides[-1].append(properties["text-align"])
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "caption" in self.open:
            self.page.tables[-1].caption += data
        elif "thead" in self.open:
            self.line[-1] += data
        elif "tbody" in self.open:
            self.page.tables[-1].rows[-1][-1] += data
        else:
            self.page.lines[-1] += data

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        _refuse(f"<{tag} {attrs} />")

    def handle_comment(self, data: str) -> None:
        _refuse(data)

    def handle_decl(self, decl: str) -> None:
        _refuse(decl)

    def handle_pi(self, data: str) -> None:
        _refuse(data)

    def unknown_decl(self, data: str) -> None:
        _refuse(data)


def _refuse(what: str) -> None:
    raise AssertionError(f"nothing of the kind is ours: {what}")
