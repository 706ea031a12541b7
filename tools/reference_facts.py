"""What the reference client offers, as data: signatures of its classes, and the public names of its modules.

Run it with an interpreter that has pymilvus 3.0.2; the tests compare milvusclient with the result::

    python tools/reference_facts.py > tests/data/reference_names.json

Names, parameters and defaults only: nothing of its code or documentation.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys

PACKAGE = "pymilvus"
#: Where programs that use MilvusClient import from.
MODULES = (
    "",
    "client.abstract",
    "client.constants",
    "client.embedding_list",
    "client.iterator",
    "client.search_aggregation",
    "client.search_iterator",
    "client.search_result",
    "client.types",
    "client.utils",
    "exceptions",
    "function_chain",
    "function_chain.chain",
    "function_chain.fn",
    "milvus_client",
    "milvus_client.async_milvus_client",
    "milvus_client.async_optimize_task",
    "milvus_client.index",
    "milvus_client.milvus_client",
    "milvus_client.optimize_task",
    "orm.collection",
    "orm.connections",
    "orm.constants",
    "orm.iterator",
    "orm.schema",
    "orm.types",
)
#: Its classes that milvusclient has no counterpart of: the ORM, and machinery.
OTHERS = {
    "BulkInsertState",
    "Collection",
    "DefaultConfig",
    "ExceptionsMessage",
    "Group",
    "Index",
    "MutationFuture",
    "Partition",
    "Prepare",
    "Replica",
    "Role",
    "SearchFuture",
    "Status",
}


def parameters(function: object) -> list[str]:
    """Return the parameters as they are written, without annotations; ``self`` is left out."""
    if not callable(function):
        return []
    shown = []
    keyword_only = False
    for one in inspect.signature(function).parameters.values():
        if one.kind is one.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            shown.append("*")
        if one.name not in ("self", "cls"):
            prefix = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
            default = "" if one.default is one.empty else f"={one.default!r}"
            shown.append(f"{prefix}{one.name}{default}")
            keyword_only = keyword_only or one.kind is one.VAR_POSITIONAL
    return shown


def methods(cls: type) -> dict[str, list[str]]:
    """Return the parameters of the constructor and of each public method."""
    found = {}
    for name in dir(cls):
        value = inspect.getattr_static(cls, name)
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        if inspect.isfunction(value) and (name == "__init__" or not name.startswith("_")):
            found[name] = parameters(value)
    return found


def public_names(module_name: str) -> list[str]:
    """Return the names that a module defines or says are public."""
    module = importlib.import_module(f"{PACKAGE}.{module_name}".rstrip("."))
    if hasattr(module, "__all__"):
        return sorted(module.__all__)
    named = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    return sorted(name for name, value in named.items() if not inspect.ismodule(value) and _is_own(value))


def _is_own(value: object) -> bool:
    home = getattr(value, "__module__", None)
    # Constants and the enumerations of protobuf have no home, or that of protobuf.
    return home is None or home.startswith((PACKAGE, "google.protobuf", "rg_pb2"))


def main() -> int:
    """Print the facts as JSON, one line for each method or module."""
    reference = importlib.import_module(PACKAGE)
    signatures = {}
    for name in sorted(set(reference.__all__) - OTHERS):
        value = getattr(reference, name)
        if inspect.isclass(value) and not issubclass(value, int | BaseException):
            signatures[name] = methods(value)
    print(f'{{\n"version": {json.dumps(reference.__version__)},\n"signatures": {{')
    print(",\n".join(f'"{name}": {{\n{_lines(found)}\n}}' for name, found in signatures.items()))
    print(f'}},\n"modules": {{\n{_lines({module: public_names(module) for module in MODULES})}\n}}\n}}')
    return 0


def _lines(rows: dict[str, list[str]]) -> str:
    return ",\n".join(f"{json.dumps(key)}: {json.dumps(row)}" for key, row in sorted(rows.items()))


if __name__ == "__main__":
    sys.exit(main())
