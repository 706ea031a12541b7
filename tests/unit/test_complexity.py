"""No function has too many ways through it: branches, loops, handlers and boolean operators counted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import milvusclient

pytestmark = pytest.mark.static

PACKAGE = Path(milvusclient.__file__).resolve().parent
MOST = 20
#: Functions that are read more often than others, and how many ways through them there may be.
READ_OFTEN = {("_async/searches.py", "search"): 5, ("_async/client.py", "__init__"): 8}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.match_case)


def complexity(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the cyclomatic complexity of a function; functions inside it count for themselves."""
    count = 1
    todo: list[ast.AST] = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if isinstance(node, FUNCTIONS):
            continue
        count += isinstance(node, BRANCHES)
        if isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
        todo.extend(ast.iter_child_nodes(node))
    return count


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, FUNCTIONS):
                yield str(path.relative_to(PACKAGE)), node


def test_branches_and_boolean_operators_are_counted() -> None:
    source = "def f(a, b):\n    if a and b or not a:\n        return [x for x in b if x]\n    return 1 if a else 2"
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert complexity(function) == 1 + 1 + 2 + 2 + 1


def test_no_function_has_too_many_ways_through_it() -> None:
    found = {(path, node.name): complexity(node) for path, node in functions()}
    assert [f"{path}: {name} has {count}" for (path, name), count in found.items() if count > MOST] == []
    assert {place: found[place] for place in READ_OFTEN if found[place] > READ_OFTEN[place]} == {}
