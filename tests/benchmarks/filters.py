"""What filters cost that are written as Python: rendering, beside ``str`` of a list and an f-string, and its growth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from milvusclient.filters import F, Predicate, all_of, any_of
from milvusclient.filters.predicates import node_of
from milvusclient.filters.render import compile_node
from milvusclient.filters.servers import server_of
from milvusclient.filters.templates import expand

__all__ = ["MOST_FOR_TEN", "MOST_TIMES_STR", "filters"]

#: What rendering ten conditions may cost, in CPU microseconds.
MOST_FOR_TEN = 40.0
#: How many times the cost of ``str(list)`` a list of 10,000 integers may cost.
MOST_TIMES_STR = 1.5

_SERVERS = ("2.6.4", "milvus_lite")
_ROUNDS = 7
_SIZES = (10, 1_000, 10_000, 100_000)


def filters() -> Iterator[str]:
    """Yield the lines of a Markdown table: CPU microseconds, and how many times what is beside it."""
    yield "| filter | CPU us | beside |"
    yield "|---|---|---|"
    made = _cost(ten, 500)
    yield f"| ten conditions, made | {made:.1f} | |"
    for build in _SERVERS:
        cost = _cost(partial(_rendered, ten(), build), 500)
        verdict = "" if cost <= MOST_FOR_TEN else ", too much"
        yield f"| ten conditions, rendered for {build} | {cost:.1f} | at most {MOST_FOR_TEN:.0f} us{verdict} |"
    lists: dict[str, list[object]] = {
        "integers": list(range(10**6, 10**6 + 10_000)),
        "str": [f"user {number}" for number in range(10_000)],
    }
    for title, values in lists.items():
        text = _cost(partial(str, values), 20)
        cost = _cost(partial(_rendered, F.id.in_(values), "2.3.5"), 20)
        verdict = ", too much" if title == "integers" and cost > MOST_TIMES_STR * text else ""
        yield f"| 10,000 {title}, rendered | {cost:.0f} | {cost / text:.2f} times str(list){verdict} |"
        whole = _cost(partial(_one_of, values), 20)
        yield f"| 10,000 {title}, made and rendered | {whole:.0f} | {whole / text:.2f} times str(list) |"
    given = {"ids": [1, 2], "s": "x"}
    expanded = _cost(partial(expand, "id in {ids} and s == {s}", given, where="filter_params"), 500)
    yield f"| two placeholders, expanded | {expanded:.1f} | |"
    for count in _SIZES:
        keys = list(range(10**6, 10**6 + count))
        cost = _cost(partial(_one_of, keys), max(1, 20_000 // count))
        yield f"| a value of a list of {count:,}, made and rendered | {cost / count:.3f} | |"
    for count in _SIZES[:3]:
        cost = _cost(partial(_any_of, count), max(1, 1_000 // count))
        yield f"| a condition of {count:,}, made and rendered | {cost / count:.2f} | |"


def _one_of(values: Sequence[object]) -> str:
    return _rendered(F.id.in_(values), "2.3.5")


def _any_of(count: int) -> str:
    return _rendered(any_of(*(F.a == number for number in range(count))), "2.6.4")


def ten() -> Predicate:
    """Make ten conditions of the kinds that programs have."""
    return all_of(
        F.a == 1, F.b > 2, F.c.in_([1, 2, 3]), F.d == "x", F.e != "y", F.f <= 2.5, F.g.is_null(), F.h.startswith("abc"),
        F.m["k"] == 1, F.tags.contains("new"),
    )  # fmt: skip


def _rendered(predicate: Predicate, build: str) -> str:
    return compile_node(node_of(predicate), server_of(build)._replace(templates=False)).filter


def _cost(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        start = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - start)
    return best / times * 1e6
