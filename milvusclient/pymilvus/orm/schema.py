"""Schemas that drop what they do not know; where programs for the reference client import them from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from milvusclient.pymilvus._names import module_names
from milvusclient.pymilvus.tolerance import Tolerant, tolerant
from milvusclient.schema import collection, fields, functions, highlight, structs
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.states import HighlightType

if TYPE_CHECKING:
    pass

__all__ = [
    "CollectionSchema",
    "DataType",
    "FieldSchema",
    "Function",
    "FunctionScore",
    "FunctionType",
    "HighlightType",
    "LexicalHighlighter",
    "SemanticHighlighter",
    "StructFieldSchema",
]

__getattr__, __dir__ = module_names(__name__)


@tolerant
class FieldSchema(fields.FieldSchema, metaclass=Tolerant):
    """A field; see :class:`milvusclient.FieldSchema`."""

    _strict: ClassVar[type] = fields.FieldSchema


@tolerant
class StructFieldSchema(structs.StructFieldSchema, metaclass=Tolerant):
    """A field of structs; see :class:`milvusclient.StructFieldSchema`."""

    _strict: ClassVar[type] = structs.StructFieldSchema


@tolerant
class Function(functions.Function, metaclass=Tolerant):
    """A function of a schema or of a search; see :class:`milvusclient.Function`."""

    _strict: ClassVar[type] = functions.Function


@tolerant
class FunctionScore(functions.FunctionScore, metaclass=Tolerant):
    """Several functions that rank; see :class:`milvusclient.FunctionScore`."""

    _strict: ClassVar[type] = functions.FunctionScore


@tolerant
class LexicalHighlighter(highlight.LexicalHighlighter, metaclass=Tolerant):
    """Marks of matching words; see :class:`milvusclient.LexicalHighlighter`."""

    _strict: ClassVar[type] = highlight.LexicalHighlighter


@tolerant
class SemanticHighlighter(highlight.SemanticHighlighter, metaclass=Tolerant):
    """Marks of matching meaning; see :class:`milvusclient.SemanticHighlighter`."""

    _strict: ClassVar[type] = highlight.SemanticHighlighter


@tolerant
class CollectionSchema(collection.CollectionSchema, metaclass=Tolerant):
    """The fields of a collection; see :class:`milvusclient.CollectionSchema`."""

    _strict: ClassVar[type] = collection.CollectionSchema
