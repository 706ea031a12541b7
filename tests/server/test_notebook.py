"""Results with hostile data in a real browser: they are seen as tables, and nothing in them runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from PIL.Image import Image
from PIL.Image import open as open_image

from milvusclient import CollectionSchema, DataType, FieldSchema, MilvusClient
from tests.server.both import flat, schema_of
from tests.support.browser import browse, find_browser
from tests.support.notebook import ELEMENTS, read

pytestmark = [pytest.mark.lite, pytest.mark.browser]

#: Each would run if it were markup, and would then leave an element of its own: see the test of the naked page.
HOSTILE = [
    text.replace("RUN", f"let d=top.document; d.title='ran'; d.body.append(d.createElement('ran-{number}'))")
    for number, text in enumerate([
        "<script>{RUN}</script>",
        '<img src=x onerror="RUN">',
        '"><svg onload="RUN">',
        "'><iframe srcdoc=\"<script>{RUN}</script>\"></iframe>",
        '</td></tr></table><details open ontoggle="RUN">x</details>',
        '<style>@keyframes x{}</style><p style="animation:x 1s" onanimationstart="RUN">x</p>',
        '<iframe src="javascript:{RUN}"></iframe>',
    ])
]  # fmt: skip
#: Of pages as notebooks are: background, text, and the head of a table, which is translucent.
THEMES = {
    "light": ((255, 255, 255), (17, 17, 17), (209, 238, 251)),
    "dark": ((17, 17, 17), (232, 232, 232), (14, 43, 56)),
}
Color = tuple[int, int, int]
PASSWORD = "hunter2"


class Shown(Protocol):
    """What shows itself in notebooks."""

    def _repr_html_(self) -> str: ...


@pytest.fixture(scope="module")
def browser() -> str:
    found = find_browser()
    if found is None:
        pytest.skip("no browser here: install Debian's package chromium")
    return found


@pytest.fixture
def shelf(lite_uri: str) -> Iterator[MilvusClient]:
    """A collection whose texts, names and descriptions are hostile, wherever the server takes it."""
    schema = schema_of(FieldSchema("title", DataType.VARCHAR, HOSTILE[0], max_length=500), dynamic=True)
    rows = [
        {
            "id": number,
            "vector": [float(number), 0.5],
            "title": text,
            text: number,
            "meta": {"said": [text], text: None},
        }
        for number, text in enumerate(HOSTILE)
    ]
    with MilvusClient(lite_uri, user="reader", password=PASSWORD) as client:
        client.create_collection("shelf", schema=schema, index_params=flat())
        client.insert("shelf", rows)
        yield client


def page_of(tmp_path: Path, name: str, html: str, theme: str = "light") -> Path:
    background, color, _ = THEMES[theme]
    path = tmp_path / f"{name}.html"
    path.write_text(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>quiet</title></head><body style="margin:0;'
        f'background:rgb{background};color:rgb{color};font:13px sans-serif">{html}</body></html>',
        encoding="utf-8",
    )
    return path


def colors(picture: Image, *, near: Color) -> tuple[int, int]:
    """How many colours a picture has, and how many of its pixels have about this one."""
    counts = picture.getcolors(picture.width * picture.height) or []
    found = [
        count
        for count, color in counts
        if isinstance(color, tuple) and max(abs(one - other) for one, other in zip(color, near, strict=True)) <= 3
    ]
    return len(counts), sum(found)


def test_the_data_is_hostile_indeed(browser: str, tmp_path: Path) -> None:
    """Without this, the next test could be content with a browser that runs nothing."""
    seen = browse(browser, page_of(tmp_path, "naked", "".join(f"<div>{text}</div>" for text in HOSTILE)))
    assert seen.title == "ran"
    assert {f"ran-{number}" for number in range(len(HOSTILE))} <= seen.elements


@pytest.mark.parametrize("theme", THEMES)
def test_results_with_hostile_data_are_seen_as_tables_and_nothing_runs(
    browser: str, tmp_path: Path, shelf: MilvusClient, theme: str
) -> None:
    rows = shelf.query("shelf", "id >= 0", ["*"])
    found = shelf.search("shelf", [[0.0, 0.5], [6.0, 0.5]], limit=9, output_fields=["*"])
    assert {row["title"] for row in rows} == {hit.title for hit in found[0]} == set(HOSTILE), "the data is there"
    assert set(HOSTILE) <= {name for row in rows for name in row}, "in the names of fields, too"
    info = shelf.connection_info()
    assert PASSWORD not in info._repr_html_()

    shown: list[Shown] = [
        rows, found, found[0][0], found[0][0].entity, shelf.query_columns("shelf", "id >= 0", ["title", "meta"]),
        shelf.search_columns("shelf", [[0.0, 0.5]], limit=9, output_fields=["title"]),
        CollectionSchema.construct_from_dict(shelf.describe_collection("shelf")), info,
    ]  # fmt: skip
    html = "".join(each._repr_html_() for each in shown)
    seen = browse(browser, page_of(tmp_path, theme, html, theme), 1200, 900)

    assert seen.title == "quiet"
    assert seen.elements <= ELEMENTS | {"html", "head", "meta", "title", "body"}
    # What the browser made of it is what was written: the same tables with the same texts in their cells.
    tables = [table for part in shown for table in read(part._repr_html_()).tables]
    assert read(f"<div>{seen.body}</div>").tables == tables
    assert sorted(tables[0].column("title")) == sorted(
        text if len(text) <= 120 else text[:119] + "…" for text in HOSTILE
    )

    background, _, head = THEMES[theme]
    with open_image(seen.screenshot) as file:
        picture = file.convert("RGB")
    assert picture.size == (1200, 900)
    shades, empty = colors(picture, near=background)
    assert shades > 20, "text has many shades"
    assert 1200 * 900 / 4 < empty < 1200 * 900 * 0.98
    _, below_the_caption = colors(picture.crop((0, 20, 300, 60)), near=head)
    assert below_the_caption > 2_000, "the head of the first table has its colour"
    _, in_all_heads = colors(picture, near=head)
    assert in_all_heads > 10_000
