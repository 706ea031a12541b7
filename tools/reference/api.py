"""The public names, as Griffe reads them from the source, and the pages of the reference that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import griffe

from tools.reference.contents import FAMILIES, INNER, INTERNALS, MODULES, MORE, PAGES

__all__ = ["Api"]

_SYNC = "milvusclient.MilvusClient"
_ASYNC = "milvusclient.AsyncMilvusClient"
_INHERITED_ELSEWHERE = "\n    options:\n      inherited_members: false"


class Api:
    """The package as read, and what is written about it.

    Args:
        root: the folder of the repository.
    """

    def __init__(self, root: Path) -> None:
        extensions = griffe.load_extensions("tools.reference.docstrings:Docstrings")
        loader = griffe.GriffeLoader(search_paths=[root], docstring_parser="google", extensions=extensions)
        loader.load("milvusclient")
        loader.resolve_aliases()
        self._package = loader.modules_collection["milvusclient"]

    # --- what is public -----------------------------------------------------------------------------------------------
    def names(self) -> Iterator[str]:
        """Yield the path of each name that must have a place on the site: names of modules, and methods of classes."""
        for module in ("", *(module for _, _, module in MODULES)):
            home = self._package[module] if module else self._package
            for name in home.exports or ():
                if name == "__version__" or f"{home.path}.{name}" in INTERNALS:
                    continue
                found = self._find(f"{home.path}.{name}")
                if module == "pymilvus" and found and not found.path.startswith(home.path):
                    continue  # described where it is at home
                yield f"{home.path}.{name}"
                if isinstance(found, griffe.Class):
                    methods = _own(found) if _inherits_elsewhere(found) else _methods(found)
                    yield from (f"{_home(found, home)}.{name}.{method.name}" for method in methods)

    def undocumented(self) -> Iterator[str]:
        """Yield a complaint about each public name without a docstring."""
        for path in self.names():
            found = self._find(path)
            if found is None:
                yield f"{path}: its source is not found"
            elif not found.docstring:
                yield f"{path}: it has no docstring ({_place(found)})"
            elif isinstance(found, griffe.Class) and not path.startswith("milvusclient.pymilvus."):
                yield from (
                    f"{path}.{name}: no docstring describes this attribute ({_place(found)})"
                    for name in _undescribed(found)
                )

    def _find(self, path: str) -> griffe.Object | None:
        """Return what a path leads to, through imports and base classes; None if nothing is there."""
        found: griffe.Object | griffe.Alias = self._package
        try:
            for part in path.split(".")[1:]:
                found = found.all_members[part]
                found = found.final_target if isinstance(found, griffe.Alias) else found
        except (KeyError, griffe.AliasResolutionError):
            return None
        return found if isinstance(found, griffe.Object) else None

    # --- pages --------------------------------------------------------------------------------------------------------
    def pages(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield the section, the file, the title and the Markdown of each page of the reference."""
        yield "", "index.md", "Reference", self._overview()
        yield "Clients", "client.md", "Make and close a client", self._client_page()
        yield "Clients", "async_client.md", "With asyncio", self._async_page()
        for section, families in FAMILIES.items():
            for family, title in families.items():
                yield section, f"{family}.md", title, self._family_page(family, title)
        for page in PAGES:
            entries = [f"::: milvusclient.{name}" for name in page.names]
            yield "Objects", page.file, page.title, _page(page.title, page.introduction, entries)
        returned = self._returned()
        yield (
            "Objects",
            "returned.md",
            "More objects that calls return",
            _page(
                "More objects that calls return",
                "They are not imported by name: a call makes them.",
                [f"::: {path}" for path in returned],
            ),
        )
        yield (
            "Objects",
            "types.md",
            "Types of arguments",
            _page(
                "Types of arguments",
                "Names that signatures use for what an argument may be.",
                [f"::: {path}" for path in self._argument_types()],
            ),
        )
        for file, title, module in MODULES:
            yield "Modules", file, title, self._module_page(title, module)

    def _family(self, family: str) -> griffe.Class:
        bases = {base.name for base in self._package["_sync.client.MilvusClient"].mro()}
        module = self._package["schema.builders" if family == "builders" else f"_sync.{family}"]
        (found,) = (module[name] for name in module.exports if name in bases)
        assert isinstance(found, griffe.Class)
        return found

    def _family_page(self, family: str, title: str) -> str:
        methods = _own(self._family(family))
        plain = [method.name for method in methods if not self._is_awaited(method.name)]
        note = "The methods are those of [`MilvusClient`][milvusclient.MilvusClient]. "
        if len(plain) < len(methods):
            note += (
                "[`AsyncMilvusClient`][milvusclient.AsyncMilvusClient] has the same, with the same arguments, "
                "to be called with `await`"
            )
            note += f" (without it: {_enumeration(plain)})." if plain else "."
        else:
            note += (
                "[`AsyncMilvusClient`][milvusclient.AsyncMilvusClient] has the same, with the same arguments; "
                "what they return is used with `async`, as the examples show for threads without it."
            )
        return _page(title, note, [_method(method.name) for method in methods])

    def _is_awaited(self, method: str) -> bool:
        found = self._find(f"{_ASYNC}.{method}")
        return found is not None and "async" in found.labels

    def _client_page(self) -> str:
        client = self._package["_sync.client.MilvusClient"]
        note = (
            "This page describes how a client is made, shared and closed. Its operations stand on the pages of their "
            "families; the [overview](index.md) lists them all."
        )
        entries = ["::: milvusclient.MilvusClient\n    options:\n      members: []\n      inherited_members: false"]
        return _page("Make and close a client", note, [*entries, *(_method(method.name) for method in _own(client))])

    def _async_page(self) -> str:
        note = (
            "Every operation of `MilvusClient` is one of `AsyncMilvusClient`, with the same arguments, results and "
            "errors. To call it, put `await` before it:\n\n"
            "```python\nhits = await client.search('books', data=[[0.1, 0.2, 0.3]], limit=3)\n```\n\n"
            "The descriptions are those of the operation of `MilvusClient`, to which this table leads. "
            "Where the first column is empty, the call itself is not awaited."
        )
        rows = ["| | operation | what it does |", "|---|---|---|"]
        for section, _, method in self._operations():
            del section
            word = "`await`" if self._is_awaited(method.name) else ""
            rows.append(f"| {word} | [`{method.name}`][{_SYNC}.{method.name}] | {_summary(method)} |")
        entry = "::: milvusclient.AsyncMilvusClient\n    options:\n      members: []\n      inherited_members: false"
        return _page("With asyncio", note, [entry, "## All operations\n\n" + "\n".join(rows)])

    def _overview(self) -> str:
        parts = [
            "All public names of `milvusclient`. What does not stand here is private, and may change in any release.",
            "## Operations of the clients",
        ]
        last = ""
        for section, family, method in self._operations():
            if section != last:
                parts.append(f"### {section}\n\n| operation | what it does |\n|---|---|")
                last = section
            del family
            parts[-1] += f"\n| [`{method.name}`][{_SYNC}.{method.name}] | {_summary(method)} |"
        parts.append("## Objects and functions\n\n| name | what it is |\n|---|---|")
        for page in PAGES:
            for name in page.names:
                found = self._find(f"milvusclient.{name}")
                parts[-1] += f"\n| [`{name}`][milvusclient.{name}] | {_summary(found) if found else ''} |"
        parts.append("## Modules\n\n| module | what it holds |\n|---|---|")
        for file, _, module in MODULES:
            parts[-1] += f"\n| [`milvusclient.{module}`]({file}) | {_summary(self._package[module])} |"
        return _page("Reference", "", parts)

    def _module_page(self, title: str, module: str) -> str:
        home = self._package[module]
        entry = f"::: {home.path}\n    options:\n      members: []\n      show_root_full_path: true"
        entries = [entry]
        elsewhere = ["## Names that are described elsewhere\n\n| name | what it is |\n|---|---|"]
        for name in sorted(home.exports or (), key=lambda name: (name.islower(), name)):
            path = f"{home.path}.{name}"
            found = self._find(path)
            if path in INTERNALS:
                elsewhere.append(f"| `{name}` | Can be imported, and says on use what to do instead. |")
            elif found is None or name == "__version__":
                continue
            elif found.path.startswith(home.path):
                also = f"[](){{ #milvusclient.{name} }}\n\n" * (
                    module == "exceptions" and name in self._package.exports
                )
                elsewhere_too = isinstance(found, griffe.Class) and _inherits_elsewhere(found)
                entries.append(f"{also}::: {path}" + _INHERITED_ELSEWHERE * elsewhere_too)
            else:
                elsewhere.append(f"| [`{name}`][{found.path}] | {_summary(found)} |")
        entries += [f"::: {home.path}.{name}" for name in MORE.get(module, ())]
        return _page(title, "", entries + (["\n".join(elsewhere)] if len(elsewhere) > 1 else []))

    def _operations(self) -> Iterator[tuple[str, str, griffe.Function | griffe.Attribute]]:
        """Yield section, family and method of each operation, in the order of the navigation."""
        for method in _own(self._package["_sync.client.MilvusClient"]):
            yield "Clients", "client", method
        for section, families in FAMILIES.items():
            for family in families:
                yield from ((section, family, method) for method in _own(self._family(family)))

    # --- names that signatures mention --------------------------------------------------------------------------------
    def _described(self) -> set[str]:
        """Return where the public names are defined."""
        return {found.path for found in map(self._find, self.names()) if found}

    def _returned(self) -> list[str]:
        """Return the paths of the classes that operations and results hand out and that no other page describes."""
        mentioned: dict[str, griffe.Object] = {}
        members = [method for _, _, method in self._operations()]
        members += [member for path in self.names() for member in _parts(self._find(path))]
        while members:
            member = members.pop()
            before = set(mentioned)
            given = member.returns if isinstance(member, griffe.Function) else member.annotation
            self._collect(given, mentioned, griffe.Class)
            members += [part for path in set(mentioned) - before for part in _parts(mentioned[path])]
        shown = {path for path in set(mentioned) - self._described() if not path.startswith(INNER)}
        return sorted(shown | {f"milvusclient.{name}" for name in MORE["objects"]})

    def _argument_types(self) -> list[str]:
        """Return the paths of the type aliases that arguments of operations have."""
        mentioned: dict[str, griffe.Object] = {}
        client = self._package["_sync.client.MilvusClient"]
        for method in [client.all_members["__init__"], *(method for _, _, method in self._operations())]:
            if isinstance(method, griffe.Function):
                for parameter in method.parameters:
                    self._collect(parameter.annotation, mentioned, griffe.Attribute)
        return sorted(set(mentioned) - self._described())

    def _collect(
        self, annotation: object, found: dict[str, griffe.Object], kind: type[griffe.Class | griffe.Attribute]
    ) -> None:
        if not isinstance(annotation, griffe.Expr):
            return
        for part in annotation.iterate():
            if isinstance(part, griffe.ExprName) and part.canonical_path.startswith("milvusclient."):
                target = self._find(part.canonical_path)
                if isinstance(target, kind):
                    found[target.path] = target


def _methods(found: griffe.Class) -> Iterable[griffe.Function | griffe.Attribute]:
    """Yield the public methods and properties of a class, those of base classes of this package included."""
    for name, member in found.all_members.items():
        if name.startswith("_"):
            continue
        target = member.final_target if isinstance(member, griffe.Alias) else member
        if isinstance(target, griffe.Function) or (
            isinstance(target, griffe.Attribute) and "property" in target.labels
        ):
            yield target


def _inherits_elsewhere(found: griffe.Class) -> bool:
    """Return whether a class has methods that are described with the class that it extends.

    So it is with errors, and with classes of milvusclient.pymilvus that extend a strict one.
    """
    if found.path.startswith("milvusclient.pymilvus."):
        return any(not base.path.startswith("milvusclient.pymilvus.") for base in found.mro())
    return found.path.startswith("milvusclient.exceptions.")


def _home(found: griffe.Class, home: griffe.Module) -> str:
    """Return the module on whose page the methods of a class stand."""
    return "milvusclient.exceptions" if found.path.startswith("milvusclient.exceptions.") else home.path


def _parts(found: griffe.Object | None) -> list[griffe.Function | griffe.Attribute]:
    """Return what a class gives its users: its public methods, properties and attributes."""
    if not isinstance(found, griffe.Class):
        return []
    members = [member for name, member in found.members.items() if not name.startswith("_")]
    return [member for member in members if isinstance(member, (griffe.Function, griffe.Attribute))]


def _own(found: griffe.Class) -> list[griffe.Function | griffe.Attribute]:
    """Return the public methods that a class itself defines, in the order of its source."""
    own = [method for method in _methods(found) if method.parent is found]
    return sorted(own, key=lambda method: method.lineno or 0)


def _undescribed(found: griffe.Class) -> Iterator[str]:
    """Yield the public attributes of a class of which neither it nor a base class says what they are."""
    if any("Enum" in str(base) for base in found.bases):
        return  # the names of its members say it
    described = set()
    for holder in [found, *found.mro()]:
        for section in holder.docstring.parse("google") if holder.docstring else ():
            if isinstance(section, (griffe.DocstringSectionAttributes, griffe.DocstringSectionParameters)):
                described |= {element.name for element in section.value}
    for name, member in found.all_members.items():
        if member.is_attribute and not name.startswith("_") and name not in described and not member.docstring:
            yield name


def _method(name: str) -> str:
    """Return the description of an operation; links to that of the asynchronous client lead there, too."""
    return f"[](){{ #{_ASYNC}.{name} }}\n\n::: {_SYNC}.{name}"


def _page(title: str, introduction: str, entries: Iterable[str]) -> str:
    return "\n\n".join(filter(None, [f"# {title}", introduction, *entries])) + "\n"


def _summary(found: griffe.Object | griffe.Function | griffe.Attribute) -> str:
    """Return the first paragraph of a docstring as one line of a table."""
    text = found.docstring.value if found.docstring else ""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|").removesuffix(":")


def _enumeration(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _place(found: griffe.Object) -> str:
    return f"{found.relative_package_filepath}:{found.lineno}"
