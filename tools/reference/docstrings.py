"""An extension of Griffe that reads the docstrings of this project.

They are in Google style with roles of reStructuredText, such as ``:meth:`search```. A role becomes a link, and one with
a target that does not exist fails the build. ``Example:`` is read as the section ``Examples:``, and a comment that
begins with ``#:`` is the docstring of the name below it. The members of an enumeration are added to its docstring.
"""

from __future__ import annotations

import builtins
import re
import sys

import griffe

__all__ = ["Docstrings"]

_ROLE = re.compile(r":(?:class|meth|func|mod|data|attr|exc):`(~?)([\w.]+)`")
_EXAMPLE = re.compile(r"^( *)Example:$", re.MULTILINE)
_ASYNC_METHOD = re.compile(r"milvusclient\._async\.\w+\.Async\w+\.(\w+)")
_LITERAL = re.compile(r"::\n(?=\n {4})")


class Docstrings(griffe.Extension):
    """Turns docstrings into the Markdown that mkdocstrings expects."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def on_package(self, *, pkg: griffe.Module, **kwargs: object) -> None:
        """Rewrite all docstrings once the whole package is read, so that every target is known."""
        del kwargs
        self._rewrite(pkg)

    def _rewrite(self, found: griffe.Object) -> None:
        if isinstance(found, griffe.Attribute) and found.docstring is None:
            found.docstring = _comment_above(found)
        if found.docstring is not None:
            found.docstring.value = self._markdown(found, found.docstring.value) + _members(found)
        for member in list(found.members.values()):
            if not member.is_alias:
                self._rewrite(member)  # type: ignore[arg-type] # what is no alias is an Object

    def _markdown(self, found: griffe.Object, text: str) -> str:
        text = _ROLE.sub(lambda role: _link(found, role[2], short=bool(role[1])), text)
        return _LITERAL.sub(":\n", _EXAMPLE.sub(r"\1Examples:", text))


def _link(found: griffe.Object, target: str, *, short: bool) -> str:
    """Return a link to a name of this package, or the name as code when it belongs to Python."""
    shown = target.rpartition(".")[2] if short else target
    path = _resolve(found, target)
    return f"`{shown}`" if path is None else f"[`{shown}`][{path}]"


def _resolve(found: griffe.Object, target: str) -> str | None:
    """Return the path of what a role names, seen from the object whose docstring holds it; None for Python's own."""
    if target.startswith("milvusclient"):
        return target
    first, _, rest = target.partition(".")
    operations = found.package["_sync.client.MilvusClient"].all_members
    scope: griffe.Object | None = found
    while scope is not None:
        if first in scope.all_members:
            member = scope.all_members[first]
            path = member.target_path if isinstance(member, griffe.Alias) else member.path
            if not path.startswith("milvusclient"):
                return None  # imported from another package
            path = f"{path}.{rest}" if rest else path
            # Operations of the asynchronous client are described with those of the other one.
            method = _ASYNC_METHOD.fullmatch(path)
            return f"milvusclient.AsyncMilvusClient.{method[1]}" if method and method[1] in operations else path
        scope = scope.parent
    if first in operations:
        return f"milvusclient.MilvusClient.{target}"  # a method of another family
    if hasattr(builtins, first) or first in sys.stdlib_module_names:
        return None
    return f"unknown.{target}"  # no such page: a strict build fails and says where


def _members(found: griffe.Object) -> str:
    """Return a paragraph with the members of an enumeration, nothing for other objects."""
    if not isinstance(found, griffe.Class) or not any("Enum" in str(base) for base in found.bases):
        return ""
    names = [
        f"`{member.name}` ({member.value})"
        for member in found.members.values()
        if isinstance(member, griffe.Attribute) and member.value is not None and not member.name.startswith("_")
    ]
    return f"\n\nMembers: {', '.join(names)}."


def _comment_above(attribute: griffe.Attribute) -> griffe.Docstring | None:
    path = attribute.filepath
    lines = attribute.lines_collection[path] if attribute.lineno and not isinstance(path, list) else []
    comment: list[str] = []
    for line in reversed(lines[: (attribute.lineno or 1) - 1]):
        if not line.strip().startswith("#:"):
            break
        comment.insert(0, line.strip().removeprefix("#:").strip())
    if not comment:
        return None
    return griffe.Docstring("\n".join(comment), parent=attribute, parser="google")
