"""What decides is pure, what waits is thin, and they never share a module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milvusclient import rpc

PACKAGE = Path(__file__).resolve().parents[2] / "milvusclient"
PURE = (
    "policy",
    "operations",
    "codec",
    "filters",
    "schema",
    "models",
    "notebook",
    "checks.py",
    "display.py",
    "exceptions.py",
    "plain_text.py",
)
#: What waits, or knows of a server.
FORBIDDEN = ("grpc", "asyncio", "threading", "concurrent", "time", "socket", "multiprocessing", "subprocess")
FORBIDDEN_OURS = ("_async", "_sync", "transport", "runtime", "registry")
#: What users may have, and we never load.
EXTRAS = (
    "numpy", "pandas", "pyarrow", "polars", "scipy", "torch", "orjson", "milvus_lite", "pymilvus", "opentelemetry",
    "prometheus_client",
)  # fmt: skip


def files(*names: str) -> list[Path]:
    """The modules of these folders and files."""
    found = [
        path
        for name in names
        for path in ([PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).rglob("*.py"))
    ]
    assert found
    return sorted(found)


def imports(path: Path, *, at_import: bool) -> Iterator[str]:
    """Dotted names that a module imports: all of them, or those that are imported with it."""
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and at_import:
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        todo.extend(ast.iter_child_nodes(node))


def is_below(name: str, packages: tuple[str, ...], prefix: str = "") -> bool:
    return any(name == prefix + each or name.startswith(f"{prefix}{each}.") for each in packages)


@pytest.mark.parametrize("path", files(*PURE), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_decides_neither_waits_nor_knows_of_a_channel(path: Path) -> None:
    bad = [
        name
        for name in imports(path, at_import=False)
        if is_below(name, FORBIDDEN) or is_below(name, FORBIDDEN_OURS, "milvusclient.")
    ]
    assert bad == []


@pytest.mark.parametrize("path", files("transport"), ids=lambda path: path.name)
def test_the_transport_knows_of_no_operation(path: Path) -> None:
    ours = {name for name in imports(path, at_import=False) if name.startswith("milvusclient.")}
    assert not any(is_below(name, ("_async", "_sync", "operations", "codec", "rpc"), "milvusclient.") for name in ours)


def test_the_clients_hand_values_to_the_builders_and_never_encode_them() -> None:
    users = [
        str(path.relative_to(PACKAGE))
        for path in files("_async")
        if "milvusclient.codec" in path.read_text(encoding="utf-8")
    ]
    assert users == [], "not even for type checkers: rpc.Request is what a call sends"


def test_only_the_transport_uses_grpc() -> None:
    users = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(is_below(name, ("grpc",)) for name in imports(path, at_import=False))
    ]
    assert sorted({user.partition("/")[0] for user in users}) == ["transport"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_extras_are_imported_when_they_are_used(path: Path) -> None:
    assert [name for name in imports(path, at_import=True) if is_below(name, EXTRAS)] == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= 500


def test_importing_the_package_and_both_clients_loads_no_extra() -> None:
    program = (
        "import sys, milvusclient; milvusclient.AsyncMilvusClient; milvusclient.connections;"
        f"print([name for name in {EXTRAS!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


#: What `import milvusclient` leaves for later: it would cost more than all the rest, and few programs need all of it.
LOADED_WHEN_USED = (
    "dataclasses", "cachetools", "random", "uuid", "milvusclient.codec.read.reply", "milvusclient.codec.write.rows",
    "milvusclient.config.tls", "milvusclient.models.collection", "milvusclient.models.results",
    "milvusclient.policy.tls_diagnosis", "milvusclient.runtime.embedded", "milvusclient.schema.fields",
    "milvusclient.schema.states",
)  # fmt: skip


def test_importing_the_client_adds_nothing_to_grpc_and_protobuf_that_can_wait() -> None:
    program = (
        "import sys, grpc, google.protobuf.message_factory; before = set(sys.modules);"
        "from milvusclient import MilvusClient;"
        f"print([name for name in {LOADED_WHEN_USED!r} if name in sys.modules and name not in before])"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


def test_importing_the_client_makes_no_message_of_an_operation() -> None:
    program = (
        "from milvusclient import MilvusClient; from milvusclient._proto import milvus_pb2;"
        "print([name for name in vars(milvus_pb2) if name.endswith(('Request', 'Response', 'Results'))])"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(name for name in vars(rpc) if isinstance(getattr(rpc, name), rpc.Method)))
def test_every_call_knows_its_messages(name: str) -> None:
    """They are named in functions that run at the first reply."""
    method: rpc.Method[Any, Any] = getattr(rpc, name)
    assert method.request().DESCRIPTOR.name
    assert method.decode(b"") is not None
