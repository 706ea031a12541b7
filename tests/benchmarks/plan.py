"""The workloads, and what each must reach."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WORKLOADS", "Workload", "chosen"]


@dataclass(frozen=True, slots=True)
class Workload:
    """One row of the table.

    Attributes:
        name: what the row is called.
        scenario: the function of scenarios.py, or ``import``.
        replies: what the server answers with, a key of replies.py.
        loops: how often a sample does it; its figures are of one time.
        faster: how many times less CPU than the reference client it must take, at least.
        reach: how many times less would be good.
        floor: how many times the CPU of raw gRPC it may take, at most; None where that says nothing.
        variant: what is special about the client's process, in words.
        blocked: modules that this client must do without in it.
        fresh: every sample has a process of its own.
        memory: the sample is the growth of memory in MB; ``most`` is what it may be.
    """

    name: str
    scenario: str
    replies: str
    loops: int = 1
    faster: float = 0.0
    reach: float = 0.0
    floor: float | None = None
    variant: str = ""
    blocked: tuple[str, ...] = ()
    fresh: bool = False
    memory: bool = False
    most: float = 0.0

    @property
    def title(self) -> str:
        """The name with the variant."""
        return f"{self.name} ({self.variant})" if self.variant else self.name


_NUMPY_ROWS = "query 10k rows with 768-d vectors, each used as numpy"
_DYNAMIC = "insert 10k rows with 5 dynamic fields"
_JSON = "query 10k rows of dynamic JSON, touched"
_SPARSE = "insert 10k sparse x 100 (dicts)"

WORKLOADS: tuple[Workload, ...] = (
    Workload("import", "import", "small", faster=5, reach=6.5, floor=1.6, fresh=True),
    Workload("first client and first call", "first_call", "small", faster=1.6, floor=1.0, fresh=True),
    Workload("a client on a shared alias", "shared_alias", "small", 5_000, faster=5, reach=10),
    Workload("list_collections, one thread", "list_collections", "small", 500, faster=1.6, floor=1.25),
    Workload("the same, 8 threads, one client", "eight_threads", "small", 1_000, faster=1.45, floor=1.25),
    Workload("the same, 8 threads, 4 aliases", "four_aliases", "small", 1_000, faster=1.45, floor=1.25),
    Workload("the same, 64 asyncio tasks", "tasks", "small", 1_024, faster=1.45, floor=1.25),
    Workload("search, 1 query, top 10, 2 fields", "search", "search_10", 300, faster=2.3, reach=2.8, floor=2.3),
    Workload("search top 1000", "search", "search_1000", 30, faster=2.2, reach=3),
    Workload(
        "search 100 queries, top 100, every field touched", "search_touched", "search_100x100", 4, faster=2.4, reach=4
    ),
    Workload(
        "search top 100 with 768-d vectors, each used as numpy",
        "search_vectors",
        "search_vectors",
        20,
        faster=8,
        floor=2.5,
    ),
    Workload("insert 10k x 768, numpy rows", "insert_numpy", "float", faster=8, reach=18, floor=3.5),
    Workload("insert 10k x 768, lists", "insert_lists", "float", faster=2.4, reach=3),
    Workload("insert 100k rows, 8-d list vectors, 6 scalars", "insert_scalars", "scalars", faster=18, reach=25),
    Workload(_SPARSE, "insert_sparse", "sparse", faster=5, variant="without numpy", blocked=("numpy",)),
    Workload(_SPARSE, "insert_sparse", "sparse", faster=7, variant="with numpy"),
    Workload("insert 10k int8 x 768, numpy", "insert_int8", "int8", 3, faster=9, floor=2.5),
    Workload("insert 10k float16 x 768, numpy", "insert_float16", "float16", 3, faster=9, floor=2.5),
    Workload(_DYNAMIC, "insert_dynamic", "dynamic", 2, faster=3.5, variant="standard library", blocked=("orjson",)),
    Workload(_DYNAMIC, "insert_dynamic", "dynamic", 2, faster=8, variant="orjson installed"),
    Workload("query 10k rows, 3 scalars, touched", "query_touched", "query_scalars", 5, faster=2.9, reach=4),
    Workload(_NUMPY_ROWS, "query_vectors", "query_vectors", faster=20, floor=1.6),
    Workload("the same as Python lists", "query_lists", "query_vectors", faster=1.3),
    Workload(_JSON, "query_json", "query_json", 2, faster=2.5, variant="standard library", blocked=("orjson",)),
    Workload(_JSON, "query_json", "query_json", 2, faster=4, variant="orjson installed"),
    Workload("query_iterator, 100k rows, pages of 10k", "iterate", "pages", faster=2.8, reach=4),
    Workload("peak memory growth, insert 31 MB", "insert_numpy", "float", fresh=True, memory=True, most=62),
    Workload("peak memory growth, query 31 MB", "query_vectors", "query_vectors", fresh=True, memory=True, most=93),
)


def chosen(only: str) -> list[Workload]:
    """The workloads whose title holds a text; all for an empty one."""
    return [workload for workload in WORKLOADS if only.lower() in workload.title.lower()]
