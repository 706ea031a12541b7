"""The results as a bar chart: an SVG drawing written by hand, for light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.benchmarks.runner import Result

__all__ = ["chart"]

_ROW = 26
_TOP = 64
_LEFT = 456  # the widest title, in the widest of the fonts
_BARS = 420
_WIDTH = _LEFT + _BARS + 68  # a figure beside a bar is wider in some fonts
_STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2933 }
  .head { font-size: 16px; font-weight: 600 }
  .soft { fill: #616e7c }
  .strong { font-weight: 600 }
  .page { fill: #ffffff }
  .reference { fill: #cbd2d9 }
  .ours { fill: #0b7fab }
  .floor { stroke: #d64545; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb } .soft { fill: #9aa5b1 } .page { fill: #12181f } .reference { fill: #3e4c59 }
    .ours { fill: #40b3d9 } .floor { stroke: #f29b9b }
  }
"""


def chart(results: Sequence[Result], caption: str) -> str:
    """A bar a workload: the reference client's is as long as the drawing, this client's is its share of that.

    Args:
        results: what was measured; workloads without the reference client are left out.
        caption: a line for the bottom, such as the machine.
    """
    shown = [result for result in results if result.faster is not None]
    height = _TOP + _ROW * len(shown) + 36
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="What calls cost, beside the reference client">',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{height}" rx="8"/>',
        '<text class="head" x="16" y="26">CPU time of a call (memory where it says so): less is better; '
        "right: pymilvus / milvusclient</text>",
        *_legend(),
    ]
    for index, result in enumerate(shown):
        parts += _bar(result, _TOP + _ROW * index)
    parts.append(f'<text class="soft" x="16" y="{height - 14}" style="font-size:11px">{escape(caption)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    return [
        f'<rect class="ours" x="{_LEFT}" y="38" width="12" height="12"/>',
        f'<text x="{_LEFT + 18}" y="49">milvusclient</text>',
        f'<rect class="reference" x="{_LEFT + 118}" y="38" width="12" height="12"/>',
        f'<text x="{_LEFT + 136}" y="49">pymilvus</text>',
        f'<line class="floor" x1="{_LEFT + 222}" y1="37" x2="{_LEFT + 222}" y2="51"/>',
        f'<text x="{_LEFT + 232}" y="49">gRPC alone</text>',
    ]


def _bar(result: Result, top: int) -> list[str]:
    faster = result.faster or 1.0
    scale = min(1.0, faster)  # a bar longer than the reference's makes that one shorter
    ours = scale / faster * _BARS
    parts = [
        f'<text x="{_LEFT - 12}" y="{top + 16}" text-anchor="end">{escape(result.workload.title)}</text>',
        f'<rect class="reference" x="{_LEFT}" y="{top + 3}" width="{scale * _BARS:.1f}" height="18" rx="2"/>',
        f'<rect class="ours" x="{_LEFT}" y="{top + 3}" width="{max(1.0, ours):.1f}" height="18" rx="2"/>',
    ]
    share = result.ratio("floor", "reference")
    if share is not None and not result.workload.memory:
        x = _LEFT + scale * min(1.0, share) * _BARS
        parts.append(f'<line class="floor" x1="{x:.1f}" y1="{top + 1}" x2="{x:.1f}" y2="{top + 23}"/>')
    parts.append(f'<text class="strong" x="{_LEFT + _BARS + 10}" y="{top + 16}">{faster:.1f}</text>')
    return parts
