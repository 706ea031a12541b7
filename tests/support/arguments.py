"""Arguments of recorded calls: JSON with ``$`` tags to the objects that a user of the client would pass.

The tags are listed in the recordings' README, "Encoding of arguments". Objects of the client's own classes are made
through a module's public names, so the same recording runs against any client module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

SUBMODULES = (
    "client.types",
    "client.embedding_list",
    "client.search_aggregation",
    "function_chain",
    "orm.schema",
    "client.abstract",
    "types",
    "schema",
)
"""Where a name may live that the module itself does not export."""

CALLABLES: dict[str, Callable[[list[Any]], list[Any]]] = {
    "even_ids": lambda hits: [hit for hit in hits if hit["id"] % 2 == 0],
    "drop_all": lambda _: [],
    "identity": lambda hits: hits,
}
"""Filters for the pages of a search iterator."""

NEEDED_NAMES: dict[str, tuple[str, ...]] = {
    "$schema": ("MilvusClient.create_schema",),
    "$struct_schema": ("MilvusClient.create_struct_field_schema",),
    "$index_params": ("MilvusClient.prepare_index_params",),
    "$bloom_filter": ("build_bloom_filter",),
    "$bloom_builder": ("BloomFilterBuilder",),
    "$roaring_bitmap": ("build_roaring_bitmap",),
    "$roaring_builder": ("RoaringBitmapBuilder",),
    "$field_op": ("FieldOp",),
    "$function_chain": ("FunctionChain", "FunctionChainStage", "col", "fn"),
} | {
    f"${name}": (name,)
    for name in (
        *("DataType", "FunctionType", "SegmentState", "FieldOpType", "CollectionSchema", "FieldSchema", "Function"),
        *("AnnSearchRequest", "RRFRanker", "WeightedRanker", "FunctionScore", "LexicalHighlighter", "TopHits"),
        *("SemanticHighlighter", "SearchAggregation", "EmbeddingList", "ResourceGroupConfig"),
    )
}
"""The public names that each tag needs of the client's module."""


class MissingNameError(Exception):
    """The module under test lacks a name that an argument needs."""


def needed_names(value: object) -> Iterator[str]:
    """All public names that the tags inside a recorded argument need."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from NEEDED_NAMES.get(key, ())
            if key == "add_struct_field":
                yield "CollectionSchema.add_struct_field"
            yield from needed_names(item)
    elif isinstance(value, list):
        for item in value:
            yield from needed_names(item)


def find(module: ModuleType, name: str) -> Any:
    """A public name of the module, dotted names by their parts.

    Raises:
        MissingNameError: neither the module nor one of SUBMODULES has it.
    """
    first, *rest = name.split(".")
    found = _find_first(module, first)
    for part in rest:
        if not hasattr(found, part):
            raise MissingNameError(f"{module.__name__} has no name {name}")
        found = getattr(found, part)
    return found


def _find_first(module: ModuleType, name: str) -> Any:
    if hasattr(module, name):
        return getattr(module, name)
    for submodule in SUBMODULES:
        try:
            inner = importlib.import_module(f"{module.__name__}.{submodule}")
        except ImportError:
            continue
        if hasattr(inner, name):
            return getattr(inner, name)
    raise MissingNameError(f"{module.__name__} has no name {name}")


class Decoder:
    """Builds arguments with the classes of one client module."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __call__(self, value: Any) -> Any:
        """The object that a recorded value stands for."""
        if isinstance(value, list):
            return [self(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, content),) = value.items()
            if key.startswith("$"):
                return self._tagged(key, content)
        return {key: self(item) for key, item in value.items()}

    def keywords(self, values: Mapping[str, Any] | None) -> dict[str, Any]:
        """Keyword arguments, each value decoded; absent means none."""
        return {key: self(item) for key, item in (values or {}).items()}

    def _name(self, name: str) -> Any:
        return find(self._module, name)

    def _tagged(self, tag: str, content: Any) -> Any:
        if tag in _PLAIN_TAGS:
            return _PLAIN_TAGS[tag](self, content)
        if tag in _CLIENT_TAGS:
            return _CLIENT_TAGS[tag](self, content)
        if tag in NEEDED_NAMES:  # a class that takes keywords
            return self._name(tag[1:])(**self.keywords(content))
        raise ValueError(f"unknown tag {tag}")

    # --- objects of the client's classes -----------------------------------------------------------------------------
    def _index_params(self, content: Sequence[Mapping[str, Any]]) -> Any:
        params = self._name("MilvusClient").prepare_index_params()
        for keywords in content:
            params.add_index(**self.keywords(keywords))
        return params

    def _called(self, name: str, content: Mapping[str, Any], *first: Any) -> Any:
        """A class called with recorded positional and keyword arguments."""
        return self._name(name)(*first, *self(content.get("args", [])), **self.keywords(content.get("kwargs")))

    def _highlighter(self, content: Mapping[str, Any]) -> Any:
        highlighter = self._name("LexicalHighlighter")(**self._keywords_but(content, "$with_query"))
        for keywords in content.get("$with_query", []):
            highlighter.with_query(**self.keywords(keywords))
        return highlighter

    def _embeddings(self, content: Mapping[str, Any]) -> Any:
        embeddings = self._name("EmbeddingList")(**self._keywords_but(content, "$add"))
        for vector in content.get("$add", []):
            embeddings.add(self(vector))
        return embeddings

    def _keywords_but(self, content: Mapping[str, Any], key: str) -> dict[str, Any]:
        return self.keywords({name: value for name, value in content.items() if name != key})

    def _schema(self, content: Mapping[str, Any]) -> Any:
        schema = self._name("MilvusClient").create_schema(**self.keywords(content.get("kwargs")))
        for step in content.get("steps", []):
            ((operation, argument),) = step.items()
            match operation:
                case "add_field":
                    schema.add_field(*self(argument[0]), **self.keywords(argument[1]))
                case "add_function" | "add_struct_field":
                    getattr(schema, operation)(self(argument))
                case "set":
                    for name, value in argument.items():
                        setattr(schema, name, self(value))
                case "verify":
                    schema.verify()
                case _:
                    raise ValueError(f"unknown step {operation}")
        return schema

    def _struct_schema(self, content: Mapping[str, Any]) -> Any:
        schema = self._name("MilvusClient").create_struct_field_schema(**self.keywords(content.get("kwargs")))
        for arguments in content.get("fields", []):
            schema.add_field(*self(arguments[0]), **self.keywords(arguments[1]))
        for name, value in content.get("set", {}).items():
            setattr(schema, name, self(value))
        return schema

    def _bloom_filter(self, content: Mapping[str, Any]) -> Any:
        builder = self._name("BloomFilterBuilder")(*self(content["args"]))
        for operation, values in content["steps"]:
            getattr(builder, operation)(self(values))
        return builder.build()

    def _roaring_bitmap(self, content: Sequence[Any]) -> Any:
        builder = self._name("RoaringBitmapBuilder")()
        for values in content:
            builder.add_int64_batch(self(values))
        return builder.build()

    def _function_chain(self, content: Mapping[str, Any]) -> Any:
        stage = content["stage"]
        if isinstance(stage, str):
            stage = getattr(self._name("FunctionChainStage"), stage)
        chain = self._name("FunctionChain")(stage, **self.keywords(content.get("kwargs")))
        for operation, arguments, keywords in content["ops"]:
            if operation == "map":
                chain.map(arguments[0], self._chain_expression(arguments[1]))
            else:
                decoded = {key: self._chain_argument(value) for key, value in keywords.items()}
                getattr(chain, operation)(*[self._chain_argument(value) for value in arguments], **decoded)
        return chain

    def _chain_argument(self, value: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"col"}:
            return self._name("col")(value["col"])
        return self(value)

    def _chain_expression(self, value: Mapping[str, Any]) -> Any:
        arguments = [self._chain_argument(item) for item in value.get("args", [])]
        if "fn" in value:
            return getattr(self._name("fn"), value["fn"])(*arguments, **self.keywords(value.get("kwargs")))
        return self._name("FunctionChainExpr")(
            value["name"], args=tuple(arguments), params=self.keywords(value.get("params"))
        )

    def member(self, enum: str, name: str) -> Any:
        """A member of one of the client's enums."""
        return getattr(self._name(enum), name)

    def factory(self, cls: str, name: str) -> Any:
        """What a factory method of one of the client's classes makes."""
        return getattr(self._name(cls), name)()


_Maker = Callable[[Decoder, Any], Any]

_PLAIN_TAGS: dict[str, _Maker] = {
    "$bytes": lambda _, text: bytes.fromhex(text),
    "$np": lambda _, array: np.array(array["data"], dtype=array["dtype"]),
    "$npscalar": lambda _, scalar: np.dtype(scalar["dtype"]).type(scalar["value"]),
    "$float": lambda _, text: float(text),
    "$tuple": lambda decode, items: tuple(decode(items)),
    "$set": lambda decode, items: set(decode(items)),
    "$dict": lambda decode, items: {decode(key): decode(item) for key, item in items},
    "$range": lambda _, bounds: range(*bounds),
    "$object": lambda _, __: object(),
    "$callable": lambda _, name: CALLABLES[name],
}

_CLIENT_TAGS: dict[str, _Maker] = {
    "$DataType": lambda decode, name: decode.member("DataType", name),
    "$FunctionType": lambda decode, name: decode.member("FunctionType", name),
    "$SegmentState": lambda decode, name: decode.member("SegmentState", name),
    "$FieldOpType": lambda decode, name: decode.member("FieldOpType", name),
    "$field_op": lambda decode, name: decode.factory("FieldOp", name),
    "$schema": Decoder._schema,
    "$CollectionSchema": lambda decode, content: decode._called("CollectionSchema", content, decode(content["fields"])),
    "$FieldSchema": lambda decode, content: decode._called("FieldSchema", content),
    "$WeightedRanker": lambda decode, content: decode._called("WeightedRanker", content),
    "$struct_schema": Decoder._struct_schema,
    "$index_params": Decoder._index_params,
    "$LexicalHighlighter": Decoder._highlighter,
    "$EmbeddingList": Decoder._embeddings,
    "$bloom_filter": lambda decode, content: decode._called("build_bloom_filter", content, decode(content["members"])),
    "$bloom_builder": Decoder._bloom_filter,
    "$roaring_bitmap": lambda decode, content: decode._called("build_roaring_bitmap", {}, decode(content)),
    "$roaring_builder": Decoder._roaring_bitmap,
    "$function_chain": Decoder._function_chain,
}
