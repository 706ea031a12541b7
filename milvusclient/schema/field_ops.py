"""FieldOp: how an upsert changes a field of an existing row: replace it, or append to or remove from its ARRAY."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import ProtocolEnum

__all__ = ["FieldOp", "FieldOpType", "normalize_field_ops"]


class FieldOpType(ProtocolEnum):
    """The operations of a :class:`FieldOp`."""

    REPLACE = 0
    ARRAY_APPEND = 1
    ARRAY_REMOVE = 2


@dataclass(frozen=True, slots=True)
class FieldOp:
    """The operation of ``upsert(..., field_ops={field: FieldOp})`` on one field.

    Args:
        op: the operation; :meth:`replace`, :meth:`array_append` and :meth:`array_remove` are shorter to write.

    Example:
        >>> from milvusclient import FieldOp
        >>> FieldOp.array_append()
        FieldOp(op=<FieldOpType.ARRAY_APPEND: 1>)
    """

    op: FieldOpType

    @staticmethod
    def replace() -> FieldOp:
        """Build the operation that replaces the stored value by the given one, as without any operation."""
        return FieldOp(FieldOpType.REPLACE)

    @staticmethod
    def array_append() -> FieldOp:
        """Build the operation that appends the given elements to the stored ARRAY."""
        return FieldOp(FieldOpType.ARRAY_APPEND)

    @staticmethod
    def array_remove() -> FieldOp:
        """Build the operation that removes the given elements from the stored ARRAY."""
        return FieldOp(FieldOpType.ARRAY_REMOVE)


def normalize_field_ops(
    field_ops: Mapping[str, FieldOp | FieldOpType | int | str | None] | None,
) -> dict[str, FieldOpType]:
    """Return the operations of an upsert that do more than replace a value.

    Args:
        field_ops: a dict from a field name to a FieldOp, a FieldOpType, its number, or its name in any case.

    Returns:
        The operations other than REPLACE, by field name, in the order given.

    Raises:
        ParamError: a value is not an operation.

    Example:
        >>> from milvusclient.schema.field_ops import FieldOp, normalize_field_ops
        >>> normalize_field_ops({"tags": "array_append", "name": FieldOp.replace()})
        {'tags': <FieldOpType.ARRAY_APPEND: 1>}
    """
    if not field_ops:
        return {}
    if not isinstance(field_ops, Mapping):
        raise ParamError(message=f"field_ops must be a dict from a field name to a FieldOp, got {given(field_ops)}")
    ops = {name: _op_type(name, op) for name, op in field_ops.items() if op is not None}
    return {name: op for name, op in ops.items() if op is not FieldOpType.REPLACE}


def _op_type(field: str, op: FieldOp | FieldOpType | int | str) -> FieldOpType:
    if isinstance(op, FieldOp):
        return op.op
    if isinstance(op, str) and op.upper() in FieldOpType.__members__:
        return FieldOpType[op.upper()]
    if isinstance(op, int) and not isinstance(op, bool) and op in FieldOpType.__members__.values():
        return FieldOpType(op)
    wanted = ", ".join(f"FieldOp.{member.name.lower()}()" for member in FieldOpType)
    raise ParamError(message=f"field_ops[{field!r}] must be one of {wanted}, got {given(op)}")
