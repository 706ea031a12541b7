"""The components of the package: which may import which, and which are pure.

A component is a folder of the package, or a module at its root. One table says what each may import; imports inside
functions and for type checkers count, too. Purity is judged by everything that a module reaches, not by its own lines.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import milvusclient
from milvusclient import rpc

PACKAGE = Path(milvusclient.__file__).resolve().parent

#: Components that any other may import: they know nothing of the package but the errors.
GROUND = frozenset({"_keywords", "_lazy", "_version", "exceptions"})
#: What each component may import beside the ground, from the lowest layer up.
MAY_IMPORT = {
    "plain_text": "",
    "exceptions": "plain_text",
    "_keywords": "",
    "_lazy": "",
    "_version": "",
    "_proto": "",
    "checks": "",
    "display": "",
    "timestamps": "checks",
    "config": "checks",
    "policy": "checks config",
    "schema": "checks display",
    "models": "_proto display policy schema",
    "notebook": "models schema",
    "filters": "checks models schema",
    "codec": "_proto checks models schema",
    "operations": "_proto checks codec models policy schema",
    "rpc": "_proto codec policy",
    "runtime": "_proto codec config models policy rpc",
    "transport": "_proto config policy",
    "_async": "_proto checks config filters models operations policy rpc runtime schema transport",
    "_sync": "_proto checks config filters models operations policy rpc runtime schema transport",
    "registry": "_sync config models policy runtime",
    "rest_health": "config models",
    "import_writer": "_proto checks codec models operations schema",
    "prometheus": "models policy registry",
    "otel": "config models registry runtime",
    "__init__": (
        "_async _sync codec config display import_writer models notebook policy registry rest_health schema timestamps"
    ),
    "pymilvus": (
        "_async _proto _sync checks codec config filters models policy registry rpc runtime schema timestamps transport"
    ),
    "cli": "__init__ config filters models rest_health schema timestamps",
}
#: Components that decide: from nothing in them can anything that waits, or knows of a server, be reached.
PURE = (
    "checks",
    "codec",
    "config",
    "exceptions",
    "filters",
    "models",
    "notebook",
    "operations",
    "policy",
    "schema",
    "timestamps",
)
#: What waits, or knows of a server.
WAITING = frozenset({"asyncio", "concurrent", "grpc", "multiprocessing", "socket", "subprocess", "threading", "time"})
#: What users may have, and importing the package never loads.
EXTRAS = frozenset(
    {
        "milvus_lite", "numpy", "opentelemetry", "orjson", "pandas", "polars", "prometheus_client", "pyarrow",
        "pymilvus", "scipy", "torch",
    }
)  # fmt: skip


class Import(NamedTuple):
    """One import: the module that has it, what it imports, and when it is carried out."""

    line: str
    target: str
    is_for_types: bool
    is_late: bool


@cache
def modules() -> dict[str, Path]:
    """Return the path of each module by its dotted name."""
    return {
        ".".join(["milvusclient", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def imports(module: str) -> list[Import]:
    """Return all imports of a module, those inside functions and for type checkers included."""
    path = modules()[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    where = str(path.relative_to(PACKAGE))

    def walk(node: ast.AST, *, is_for_types: bool = False, is_late: bool = False) -> Iterator[Import]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for statement in node.body:
                yield from walk(statement, is_for_types=True, is_late=is_late)
            for statement in node.orelse:
                yield from walk(statement, is_for_types=is_for_types, is_late=is_late)
            return
        is_late = is_late or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where}:{node.lineno}: write the whole name instead of a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            targets = [name if name in modules() else str(node.module) for name in names]
        for target in targets:
            yield Import(f"{where}:{getattr(node, 'lineno', 0)}", target, is_for_types, is_late)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, is_for_types=is_for_types, is_late=is_late)

    return list(walk(tree))


def component(module: str) -> str:
    """Return the component of a module of the package."""
    return module.removeprefix("milvusclient").removeprefix(".").partition(".")[0] or "__init__"


def reached(module: str) -> dict[str, str]:
    """Return all that a module reaches at run time: for each module the one that imports it."""
    importers = {module: ""}
    todo = [module]
    while todo:
        current = todo.pop()
        # _proto counts as a library: it makes the classes of the messages, under a lock.
        is_ours = current in modules() and component(current) != "_proto"
        for each in imports(current) if is_ours else ():
            if not each.is_for_types and each.target not in importers:
                importers[each.target] = current
                todo.append(each.target)
    return importers


def chain(importers: dict[str, str], module: str) -> str:
    """Return how a module is reached, as ``a -> b -> c``."""
    path = [module]
    while importers[path[-1]]:
        path.append(importers[path[-1]])
    return " -> ".join(reversed(path))


def test_rooms_import_only_what_the_table_allows() -> None:
    offenders = []
    used: set[tuple[str, str]] = set()
    for module in modules():
        here = component(module)
        allowed = set(MAY_IMPORT[here].split()) | GROUND | {here}
        for each in imports(module):
            if each.target in modules():
                there = component(each.target)
                used.add((here, there))
                if there not in allowed:
                    offenders.append(f"{each.line}: {here} may not import {each.target}")
    assert offenders == []
    wanted = {(here, there) for here, names in MAY_IMPORT.items() for there in names.split()}
    assert wanted - used == set(), "the table allows what no module needs"


def test_no_room_leads_back_to_itself() -> None:
    """The rows of the table have an order: each component stands above all that it imports."""
    graph = {here: names.split() for here, names in MAY_IMPORT.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"circle of components: {error.args[1]}")
    assert set(order) == {component(module) for module in modules()}


def test_what_decides_reaches_nothing_that_waits() -> None:
    offenders = []
    for module in modules():
        if component(module) in PURE:
            importers = reached(module)
            offenders += [
                chain(importers, target)
                for target in importers
                if target.partition(".")[0] in WAITING
                or (target in modules() and component(target) in ("_async", "_sync", "runtime", "transport"))
            ]
    assert offenders == []


def test_only_the_transport_uses_grpc() -> None:
    users = {
        component(module)
        for module in modules()
        for each in imports(module)
        if each.target.partition(".")[0] == "grpc"
    }  # fmt: skip
    assert users == {"transport"}


def test_extras_are_imported_where_they_are_used() -> None:
    """An import at the top of a module would make everyone who imports the module need the extra."""
    assert [
        each.line
        for module in modules()
        for each in imports(module)
        if each.target.partition(".")[0] in EXTRAS and not each.is_late and not each.is_for_types
    ] == []


def test_each_module_says_what_it_is_and_stays_small() -> None:
    offenders = []
    for path in modules().values():
        text = path.read_text(encoding="utf-8")
        if not ast.get_docstring(ast.parse(text)):
            offenders.append(f"{path.relative_to(PACKAGE)}: no docstring")
        if text.count("\n") > 500:
            offenders.append(f"{path.relative_to(PACKAGE)}: more than 500 lines")
    assert offenders == []


def test_the_root_of_the_package_stays_small() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 15


def run(program: str) -> str:
    """Return what a program prints in a fresh interpreter."""
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return result.stdout.strip()


def test_importing_the_package_and_both_clients_loads_no_extra() -> None:
    program = (
        "import sys, milvusclient; milvusclient.AsyncMilvusClient; milvusclient.connections;"
        f"print([name for name in {sorted(EXTRAS)!r} if name in sys.modules])"
    )
    assert run(program) == "[]"


#: What `import milvusclient` leaves for later: it would cost more than all the rest, and few programs need all of it.
LOADED_WHEN_USED = (
    "dataclasses", "cachetools", "random", "uuid", "milvusclient.codec.read.reply", "milvusclient.codec.write.rows",
    "milvusclient.config.tls", "milvusclient.models.collection", "milvusclient.models.results",
    "milvusclient.policy.tls_diagnosis", "milvusclient.runtime.embedded", "milvusclient.schema.fields",
    "milvusclient.schema.states",
    "milvusclient.schema.type_facts",
)  # fmt: skip


def test_importing_the_client_adds_nothing_to_grpc_and_protobuf_that_can_wait() -> None:
    program = (
        "import sys, grpc, google.protobuf.message_factory; before = set(sys.modules);"
        "from milvusclient import MilvusClient;"
        f"print([name for name in {LOADED_WHEN_USED!r} if name in sys.modules and name not in before])"
    )
    assert run(program) == "[]"


def test_importing_the_client_makes_no_message_of_an_operation() -> None:
    program = (
        "from milvusclient import MilvusClient; from milvusclient._proto import milvus_pb2;"
        "print([name for name in vars(milvus_pb2) if name.endswith(('Request', 'Response', 'Results'))])"
    )
    assert run(program) == "[]"


def test_every_call_knows_its_messages() -> None:
    """They are named in functions that run at the first reply."""
    methods: list[rpc.Method[Any, Any]] = [value for value in vars(rpc).values() if isinstance(value, rpc.Method)]
    assert len(methods) > 100
    for method in methods:
        assert method.request().DESCRIPTOR.name
        assert method.decode(b"") is not None
