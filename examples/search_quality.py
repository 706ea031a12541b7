"""What do the parameters of an index cost, and what do they gain? Recall against latency, with a plot.

    python examples/search_quality.py                                # 20,000 vectors, in ./quality.db
    python examples/search_quality.py --rows 5000 --plot recall.svg
    python examples/search_quality.py --uri http://localhost:19530

For each index and parameter it compares the hits with the right answer, which is computed by brute force with numpy.
Recall is the share of the right answer that is among the hits: 1.0 means all of it. Milvus Lite builds each index with
parameters of its own, and uses those of the search; a server uses both.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from milvusclient import DataType, MilvusClient, SearchResult

COLLECTION = "search_quality"
DIM, TOP = 64, 10
LEAST = 5_000  # faiss warns if the 128 lists of an IVF index are learnt from fewer than 39 vectors each
#: Each index with the parameters that it is built with, and those of searches that are tried.
INDEXES: dict[str, tuple[dict[str, int], str, list[int]]] = {
    "HNSW": ({"M": 16, "efConstruction": 100}, "ef", [10, 16, 32, 64, 128, 256]),
    "IVF_FLAT": ({"nlist": 128}, "nprobe", [1, 2, 4, 8, 16, 32, 64]),
    "IVF_SQ8": ({"nlist": 128}, "nprobe", [1, 2, 4, 8, 16, 32, 64]),
}

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2933 }
  .head { font-size: 16px; font-weight: 600 }
  .value { font-size: 11px; paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round }
  .page { fill: #fff } .grid { stroke: #e4e7eb }
  .a { --c: #0b7fab } .b { --c: #c2410c } .c { --c: #6d28d9 }
  path { fill: none; stroke-width: 2; stroke: var(--c) } circle { fill: var(--c) }
  .name { fill: var(--c); font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb } .page { fill: #12181f } .grid { stroke: #2f3a46 } .value { stroke: #12181f }
    .a { --c: #40b3d9 } .b { --c: #fb923c } .c { --c: #b794f6 }
  }
"""

#: The recalls that have a line of their own in the plot.
TICKS = (0.25, 0.5, 0.75, 0.9, 1.0)

Floats = npt.NDArray[np.float32]


class Point(NamedTuple):
    """One measurement: type of the index, name and value of the parameter, recall, and milliseconds for a query."""

    kind: str
    parameter: str
    value: int
    recall: float
    milliseconds: float


def make_vectors(rows: int, queries: int) -> tuple[Floats, Floats]:
    """Return vectors to store and vectors to search for, which lie near a subspace as embeddings do."""
    random = np.random.default_rng(7)
    directions = random.normal(size=(24, DIM))
    noise = 0.3 * random.normal(size=(rows + queries, DIM))
    vectors = (random.normal(size=(rows + queries, 24)) @ directions + noise).astype(np.float32)
    return vectors[:rows], vectors[rows:]


def right_answer(stored: Floats, queries: Floats) -> list[set[int]]:
    """Return the keys of the nearest vectors for each query: all distances are computed."""
    distances = (stored**2).sum(axis=1) - 2 * queries @ stored.T
    return [set(nearest) for nearest in np.argpartition(distances, TOP, axis=1)[:, :TOP].tolist()]


def measure(client: MilvusClient, stored: Floats, queries: Floats, turns: int) -> Iterator[Point]:
    """Build one index after the other, and search with each parameter."""
    answer = right_answer(stored, queries)
    for index, (built_with, parameter, values) in INDEXES.items():
        client.drop_collection(COLLECTION)
        schema = client.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIM)
        client.create_collection(COLLECTION, schema=schema, consistency_level="Strong")
        client.insert_many(COLLECTION, {"id": np.arange(len(stored)), "vector": stored})
        client.flush(COLLECTION)  # rows that are not flushed are searched without an index
        indexes = client.prepare_index_params()
        indexes.add_index("vector", index_type=index, metric_type="L2", params=built_with)
        client.create_index(COLLECTION, indexes)
        client.load_collection(COLLECTION)
        best = dict.fromkeys(values, float("inf"))
        found: dict[int, SearchResult] = {}
        for _ in range(turns):
            for value in values:
                start = time.perf_counter()
                found[value] = client.search(
                    COLLECTION, queries, limit=TOP, search_params={"params": {parameter: value}}
                )
                # The shortest time counts: in a longer one the machine did something else, too.
                best[value] = min(best[value], (time.perf_counter() - start) * 1000 / len(queries))
        for value, result in found.items():
            right = sum(len({hit["id"] for hit in hits} & wanted) for hits, wanted in zip(result, answer, strict=True))
            yield Point(index, parameter, value, right / (TOP * len(queries)), best[value])
    client.drop_collection(COLLECTION)


def draw(points: list[Point], caption: str) -> str:
    """Return the plot, an SVG for light and dark pages: a panel for each index, a dot for each value."""
    width, height, left, top = 760, 380, 56, 76
    bottom, space = height - 66, 24
    panel = (width - left - 24 - space * (len(INDEXES) - 1)) / len(INDEXES)
    low = max(0.0, min(point.recall for point in points) - 0.05)
    shortest = min(point.milliseconds for point in points) * 0.95
    longest = max(point.milliseconds for point in points) * 1.08

    def x(milliseconds: float) -> float:
        return (milliseconds - shortest) / (longest - shortest) * panel

    def y(recall: float) -> float:
        return bottom - (recall - low) / (1 - low) * (bottom - top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-label="Recall against latency">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
        '<text class="head" x="16" y="26">Recall against latency: up and to the left is better</text>',
        f'<text x="{width - 24}" y="{height - 32}" text-anchor="end">milliseconds for a query</text>',
        f'<text x="16" y="{height - 12}">{caption}</text>',
        *(
            f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.2f}</text>'
            for tick in TICKS
            if tick >= low
        ),
    ]
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 50) if (longest - shortest) / step < 6)
    for number, (index, (_, parameter, _)) in enumerate(INDEXES.items()):
        dots = [(point, x(point.milliseconds), y(point.recall)) for point in points if point.kind == index]
        line = " L".join(f"{across:.1f} {down:.1f}" for _, across, down in dots)
        parts += [
            f'<g class="{"abc"[number]}" transform="translate({left + number * (panel + space):.1f} 0)">',
            f'<text class="name" y="56">{index}: recall at each {parameter}</text>',
            *(
                f'<line class="grid" x2="{panel:.1f}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
                for tick in TICKS
                if tick >= low
            ),
            *(
                f'<text x="{x(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:.2g}</text>'
                for tick in np.arange(np.ceil(shortest / step), longest / step) * step
            ),
            f'<path d="M{line}"/>',
        ]
        for point, across, down in dots:
            title = f"<title>{index} {parameter}={point.value}: {point.recall:.3f}</title>"
            parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="4">{title}</circle>')
            parts.append(f'<text class="value" x="{across + 8:.1f}" y="{down + 15:.1f}">{point.value}</text>')
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Measure, print a table, and draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uri", default="./quality.db", help="server or file to measure")
    parser.add_argument("--rows", type=int, default=20_000, help=f"number of vectors to store, at least {LEAST:,}")
    parser.add_argument("--queries", type=int, default=100, help="number of vectors to search for")
    parser.add_argument(
        "--turns", type=int, default=9, help="number of requests for each point, of which the best counts"
    )
    parser.add_argument("--plot", type=Path, default=Path("recall.svg"), help="file for the plot")
    arguments = parser.parse_args()
    if arguments.rows < LEAST:
        parser.error(f"--rows {arguments.rows}: the IVF indexes need at least {LEAST:,} vectors")
    stored, queries = make_vectors(arguments.rows, arguments.queries)
    points = []
    print(f"{'index':10}{'parameter':14}{'recall':>8}{'ms':>9}")
    with MilvusClient(arguments.uri) as client:
        for point in measure(client, stored, queries, arguments.turns):
            points.append(point)
            chosen = f"{point.parameter}={point.value}"
            print(f"{point.kind:10}{chosen:14}{point.recall:8.3f}{point.milliseconds:9.3f}")
        server = client.get_server_version()
    caption = f"{len(stored):,} vectors of {DIM} numbers, top {TOP}, {len(queries)} queries in a request, {server}"
    arguments.plot.write_text(draw(points, caption), encoding="utf-8")
    print(f"plot: {arguments.plot}")


if __name__ == "__main__":
    main()
