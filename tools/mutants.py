"""Small changes to functions of this package, made with mutmut, and put in the place of the functions in this process.

The changes are mutmut's, and two coarse ones as people make them by hand: a condition that always or never holds, and a
call that is left out. They are put in place by exchanging the code of live functions after a fork, so that nothing is
imported or collected again for each change, properties and cached functions can be changed, too, and no frame of a tool
stands between the functions of the package.
"""

from __future__ import annotations

import ast
import difflib
import gc
import importlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import OPERATORS_TYPE, mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines

ROOT = Path(__file__).resolve().parent.parent
_OVERLOAD = cst.Name("overload")


@dataclass(frozen=True, order=True)
class Change:
    """What was changed: the file, the function, and its line before and after; number tells equal changes apart."""

    file: str
    function: str
    was: str
    became: str
    number: int = 0


@dataclass(frozen=True)
class Mutant:
    """A function with one change."""

    change: Change
    line: int
    original: str
    text: str


class _Visitor(MutationVisitor):
    """mutmut's visitor, which also goes into decorated functions and remembers lines and classes."""

    def __init__(self, file: str, text: str, wrapper: MetadataWrapper, *, coarse: bool) -> None:
        super().__init__(_COARSE if coarse else mutation_operators, get_ignored_lines(file, text, wrapper))
        self.lines: list[int] = []
        self.classes: dict[cst.CSTNode, str] = {}

    def _create_mutations(self, node: cst.CSTNode) -> None:
        super()._create_mutations(node)
        start = self.get_metadata(PositionProvider, node, None)
        self.lines += [start.start.line if start else 0] * (len(self.mutations) - len(self.lines))

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.ClassDef):
            self.classes |= dict.fromkeys(node.body.body, node.name.value)
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return any(one.decorator.deep_equals(_OVERLOAD) for one in node.decorators)
        return super()._skip_node_and_children(node)


def _held(node: cst.If) -> Iterator[cst.If]:
    """Yield an ``if`` whose condition always holds, and one whose condition never does."""
    for value in ("True", "False"):
        yield node.with_changes(test=cst.Name(value), whitespace_before_test=cst.SimpleWhitespace(" "))


def _left_out(node: cst.Expr) -> Iterator[cst.Pass]:
    """Yield a statement that does nothing in the place of a call whose result nobody uses."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


_COARSE: OPERATORS_TYPE = [(cst.If, _held), (cst.Expr, _left_out)]


def mutants_of(file: str, *, coarse: bool = False) -> Iterator[Mutant]:
    """Yield each small change to a function of a file, or each coarse one."""
    text = (ROOT / file).read_text()
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _Visitor(file, text, wrapper, coarse=coarse)
    wrapper.visit(visitor)
    seen: Counter[tuple[str, str, str]] = Counter()
    for mutation, line in zip(visitor.mutations, visitor.lines, strict=True):
        function = mutation.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef):
            continue  # of a table or a class body, which ran when the module was imported
        mutated = deep_replace(function, mutation.original_node, mutation.mutated_node)
        assert isinstance(mutated, cst.FunctionDef)
        before, after = cst.Module([function]).code, cst.Module([mutated]).code
        in_class = visitor.classes.get(function)
        name = f"{in_class}.{function.name.value}" if in_class else function.name.value
        different = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
        was, became = (" ".join(one[1:].strip() for one in different if one.startswith(sign)) for sign in "-+")
        yield Mutant(Change(file, name, was, became, seen[name, was, became]), line, before, after)
        seen[name, was, became] += 1


# --- putting one in place --------------------------------------------------------------------------------------------
class LiveFunctions:
    """The functions of some modules, as they are in this process."""

    def __init__(self, files: list[str]) -> None:
        for file in files:
            importlib.import_module(module_name(file))
        paths = {str(ROOT / file): file for file in files}
        gc.unfreeze()  # what was frozen, as after the collection of tests, is not among the objects that it gives
        self._found: dict[tuple[str, str], list[FunctionType]] = {}
        for one in gc.get_objects():
            if type(one) is FunctionType and (home := paths.get(os.path.realpath(one.__code__.co_filename))):
                self._found.setdefault((home, one.__code__.co_qualname), []).append(one)
        if not self._found:
            raise SystemExit(f"no function of {', '.join(files)} was found in memory")

    def put(self, mutant: Mutant) -> bool:
        """Exchange the code of a function for a changed one; return whether that was possible."""
        found = self._found.get((mutant.change.file, mutant.change.function), [])
        tree, code = _compiled(mutant.text, mutant.change)
        for function in found:
            if len(function.__code__.co_freevars) != len(code.co_freevars):
                return False
            _put_defaults(function, tree)
            function.__code__ = code
        return bool(found)

    def watch(self, file: str, hits: set[tuple[str, int]]) -> None:
        """Let the statements of a file tell ``hits`` that they run."""
        tree = ast.parse((ROOT / file).read_text())
        _Watched(file).visit(tree)
        for code in _codes(compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec", dont_inherit=True)):
            for function in self._found.get((file, code.co_qualname), []):
                if function.__code__.co_firstlineno == code.co_firstlineno:
                    function.__globals__["_mutation_hits"] = hits
                    function.__code__ = code


class _Watched(ast.NodeTransformer):
    """Puts a note of its line before each statement of a function."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = 0

    def visit(self, node: ast.AST) -> ast.AST:
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        self._depth += function
        self.generic_visit(node)
        if self._depth:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list):
                    setattr(node, name, [one for statement in block for one in self._noted(statement)])
        self._depth -= function
        return node

    def _noted(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, ast.Nonlocal | ast.Global):
            note = ast.parse(f"_mutation_hits.add(({self._file!r}, {statement.lineno}))").body[0]
            for node in ast.walk(note):
                ast.copy_location(node, statement)
            yield note
        yield statement


def statement_lines(file: str) -> list[int]:
    """Return, for each line of a file, the first line of the innermost statement of a function that it belongs to."""
    tree = ast.parse((ROOT / file).read_text())
    lines = [0] * (len((ROOT / file).read_text().splitlines()) + 2)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
            for line in range(function.lineno, first.lineno):
                lines[line] = first.lineno
            for statement in (one for part in function.body for one in ast.walk(part) if isinstance(one, ast.stmt)):
                for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
                    lines[line] = max(lines[line], statement.lineno)
    return lines


def functions_at(file: str, lines: set[int]) -> set[str]:
    """Return the functions and methods of a file to which one of these lines belongs."""
    found: set[str] = set()
    for outer in ast.parse((ROOT / file).read_text()).body:
        prefix = f"{outer.name}." if isinstance(outer, ast.ClassDef) else ""
        for function in outer.body if isinstance(outer, ast.ClassDef) else [outer]:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                own = range(function.lineno, (function.end_lineno or function.lineno) + 1)
                if not lines.isdisjoint(own):
                    found.add(prefix + function.name)
    return found


def module_name(file: str) -> str:
    """Return the name under which a file of the package is imported."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _compiled(text: str, change: Change) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, CodeType]:
    tree = ast.parse("from __future__ import annotations\n" + text)
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    in_class, _, _ = change.function.rpartition(".")
    if in_class:  # names that begin with two underscores, and super(), mean something else outside of it
        holder = ast.parse(f"class {in_class}: pass").body[0]
        assert isinstance(holder, ast.ClassDef)
        holder.body = [function]
        tree.body[-1] = holder
    code = compile(tree, str(ROOT / change.file), "exec", dont_inherit=True)
    return function, next(one for one in _codes(code) if one.co_qualname == change.function)


def _put_defaults(function: FunctionType, tree: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    def value(node: ast.expr) -> object:
        return eval(compile(ast.Expression(node), "<default>", "eval"), function.__globals__)

    changeable = (ast.Constant, ast.Name)  # only these are changed; others would be made a second time
    if function.__defaults__:
        function.__defaults__ = tuple(
            value(node) if isinstance(node, changeable) else old
            for node, old in zip(tree.args.defaults, function.__defaults__, strict=True)
        )
    for argument, node in zip(tree.args.kwonlyargs, tree.args.kw_defaults, strict=True):
        if isinstance(node, changeable) and function.__kwdefaults__:
            function.__kwdefaults__[argument.arg] = value(node)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


# --- in a process of its own -----------------------------------------------------------------------------------------
class ImportChanged(MetaPathFinder):
    """Imports one module with a change, for what runs when the module is imported."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 - importlib's
        """Return how to import the changed module; None for every other one."""
        if fullname != module_name(self._mutant.change.file):
            return None
        file = str(ROOT / self._mutant.change.file)
        return spec_from_file_location(fullname, file, loader=_Changed(fullname, file, self._mutant))


class _Changed(SourceFileLoader):
    def __init__(self, name: str, file: str, mutant: Mutant) -> None:
        super().__init__(name, file)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - importlib's
        return compile(changed_text(self._mutant), self.path, "exec", dont_inherit=True)


def raising(mutant: Mutant) -> Mutant:
    """Return a mutant of the same function that does nothing but raise an error."""
    tree = ast.parse(mutant.original)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    function.body = ast.parse("raise AssertionError('this function runs')").body
    return replace(mutant, text=ast.unparse(tree))


def changed_text(mutant: Mutant) -> str:
    """Return the text of the whole module with the change."""
    tree = ast.parse((ROOT / mutant.change.file).read_text())
    in_class, _, _ = mutant.change.function.rpartition(".")
    holder = next((one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == in_class), tree)
    original = ast.dump(ast.parse(mutant.original).body[0])
    place = next(number for number, one in enumerate(holder.body) if ast.dump(one) == original)
    holder.body[place] = ast.parse(mutant.text).body[0]
    return ast.unparse(tree)
