"""Where programs written for the reference client import schemas from."""

from __future__ import annotations

from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function, FunctionScore
from milvusclient.schema.highlight import LexicalHighlighter, SemanticHighlighter
from milvusclient.schema.states import HighlightType
from milvusclient.schema.structs import StructFieldSchema

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
