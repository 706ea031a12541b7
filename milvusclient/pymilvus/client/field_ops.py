"""Operations of an upsert on the elements of an array field."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.schema.field_ops import FieldOp, FieldOpType, normalize_field_ops

__all__ = ["FieldOp", "FieldOpType", "normalize_field_ops"]

__getattr__, __dir__ = module_names(__name__)
