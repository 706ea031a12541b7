"""Where programs written for the reference client import schemas from; there is no ``Collection``."""

from __future__ import annotations

from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.functions import Function, FunctionScore

__all__ = ["CollectionSchema", "FieldSchema", "Function", "FunctionScore"]
