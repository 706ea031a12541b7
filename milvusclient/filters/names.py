"""Names of fields, keys and places as servers read them, and the conditions that they have a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from milvusclient.exceptions import ParamError
from milvusclient.filters.literals import key_text
from milvusclient.filters.nodes import Element, Name, Path, ValueNode
from milvusclient.filters.reprs import value_repr
from milvusclient.filters.words import META, can_stand_bare, is_identifier, is_word

if TYPE_CHECKING:
    from milvusclient.filters.servers import Server
    from milvusclient.models.collection import CollectionInfo

__all__ = ["Names", "SchemaNeededError"]


class SchemaNeededError(Exception):
    """A condition is written in a way that depends on the collection, which is not known yet; users never see it."""


class Names:
    """The names of a condition, for one server and one collection.

    Args:
        server: who reads them.
        collection: what is known of the collection.
        strict: the collection can be looked up, so that nothing need be guessed.
    """

    __slots__ = ("_collection", "_columns", "_lite", "_server", "_strict", "_struct")

    def __init__(self, server: Server, collection: CollectionInfo | None, *, strict: bool) -> None:
        self._server = server
        self._lite = server.lite
        self._collection = collection
        self._strict = strict
        self._columns: frozenset[str] | None = None
        self._struct = ""

    # --- what they are ------------------------------------------------------------------------------------------------
    def columns(self) -> frozenset[str] | None:
        """Return the names of all fields; None if the collection is not known, and need not be.

        Raises:
            SchemaNeededError: it can be looked up.
        """
        if self._columns is None:
            if self._collection is None:
                if self._strict:
                    raise SchemaNeededError
                return None
            names = [field.name for field in self._collection.fields]
            names += [struct.name for struct in self._collection.struct_fields]
            self._columns = frozenset(names)
        return self._columns

    def is_column(self, name: Name) -> bool:
        """Return whether a name is a field; True if nothing is known."""
        columns = self.columns()
        return columns is None or name.name in columns

    def is_key(self, name: Name) -> bool:
        """Return whether a name has to be written as a key of the dynamic field.

        Raises:
            ParamError: it is a field, and the server cannot be asked for it.
        """
        text = name.name
        if can_stand_bare(text, self._server.version, lite=self._lite):
            return False
        if text == META:
            raise ParamError(message="filter: F('$meta') needs a key of the dynamic field: F('$meta')['key']")
        word = is_word(text, self._server.version, lite=self._lite)
        columns = self.columns()
        if columns is None or text not in columns:
            return True
        if self._lite and not word and text.isidentifier():
            return False
        what = "is a word of the grammar of filters" if word else "is not an identifier"
        raise ParamError(
            message=f"filter: {self._server.title} cannot be asked for the field {text!r}, as its name {what}; "
            "the field needs another name"
        )

    def is_dynamic_before_null(self, name: Name) -> bool:
        """Return whether a name is a key of the dynamic field, on a server whose fields always have a value."""
        if self._server.has("is null"):
            return False
        columns = self.columns()
        return columns is not None and name.name not in columns

    def is_bare_key(self, path: Path) -> bool:
        """Return whether a place is a key of the dynamic field that can also be written without ``$meta``."""
        return path.name == META and len(path.keys) == 1

    # --- how they are written -----------------------------------------------------------------------------------------
    def value(self, node: ValueNode) -> str:
        """Return a field, a place or a sub-field as it is written."""
        if type(node) is Name and not self._struct:
            return f"{META}[{key_text(node.name, lite=self._lite)}]" if self.is_key(node) else node.name
        if isinstance(node, Element):
            if node.struct != self._struct:
                raise ParamError(message=f"filter: {value_repr(node)} is a sub-field of {node.struct!r}, and means "
                                 "something in a condition on its elements only")  # fmt: skip
            return f"$[{node.name}]"
        if self._struct:
            raise ParamError(message=f"filter: a condition on the elements of {self._struct!r} can only be about their "
                             f"sub-fields, not about {value_repr(node)}")  # fmt: skip
        if isinstance(node, Path):
            return self._path(node)
        raise AssertionError(node)

    def _path(self, node: Path) -> str:
        root = META if node.name == META else self.value(Name(node.name))
        return root + self._places(node.keys)

    def _places(self, keys: tuple[str | int, ...]) -> str:
        return "".join(f"[{key if isinstance(key, int) else key_text(key, lite=self._lite)}]" for key in keys)

    def field(self, node: ValueNode) -> str:
        """Return a field as functions take it that take fields only.

        Raises:
            ParamError: it is written as a key of the dynamic field.
        """
        if not isinstance(node, Name) or self.is_key(node):
            raise ParamError(message=f"filter: {value_repr(node)} must be a field for this, and is a place in one")
        return self.value(node)

    def array(self, node: ValueNode) -> str:
        """Return an array as functions take it; Milvus Lite's know no ``$meta``, and keys without it."""
        if self._lite:
            if isinstance(node, Path) and node.name == META:
                return self._bare(node, node.keys[0]) + self._places(node.keys[1:])
            if isinstance(node, Name | Path) and self.is_key(Name(node.name)):
                self._bare(node, node.name)
        return self.value(node)

    def _bare(self, node: ValueNode, key: str | int) -> str:
        columns = self.columns()
        if isinstance(key, str) and is_identifier(key) and not is_word(key, self._server.version, lite=True):
            if columns is None or key not in columns:
                return key
            reason = "there is a field of that name"
        else:
            reason = "it is not an identifier, or is a word of the grammar"
        raise ParamError(
            message=f"filter: Milvus Lite's array functions cannot be asked for {value_repr(node)}: they take a "
            f"dynamic key by its bare name, and {reason}"
        )

    def primary(self, given: str) -> str:
        """Return the primary key, with which conditions are written that no row satisfies.

        Raises:
            ParamError: it is not known.
        """
        if given:
            return given
        self.columns()
        primary = None if self._collection is None else self._collection.primary_field
        if primary is None:
            raise ParamError(
                message="a condition that no row satisfies is written with the name of the primary key: give the "
                "condition itself to a client, or use compile(primary_field='id')"
            )
        return primary.name

    # --- whether they have a value ------------------------------------------------------------------------------------
    def guard(self, node: ValueNode) -> str | None:
        """Return the condition that there is a value, if the server would find rows without one by an opposite."""
        if isinstance(node, Name):
            if self._struct:
                return None
            if self.is_key(node):
                return f"exists {self.value(node)}"
            return f"{node.name} is not null" if self._lite else None
        if isinstance(node, Path):
            if self._lite:
                return f"{self.value(node)} is not null"
            # There is no 'exists' for a place in an array.
            is_json = node.name == META or any(isinstance(key, str) for key in node.keys)
            return f"exists {self.value(node)}" if is_json else None
        return None

    @contextmanager
    def inside(self, struct: str) -> Iterator[None]:
        """Let names be sub-fields of the elements of a struct array for a while."""
        self._struct = struct
        try:
            yield
        finally:
            self._struct = ""
