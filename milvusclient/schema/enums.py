"""The enumerations that most programs meet, with the names and the numbers of the Milvus protocol.

The others are in states.py: making an enumeration takes as long as importing a module.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ConsistencyLevel", "DataType", "FunctionType", "ProtocolEnum"]


class ProtocolEnum(IntEnum):
    """An IntEnum that can also be asked as programs ask the enums of protobuf: ``ConsistencyLevel.Value("Strong")``."""

    @classmethod
    def Value(cls, name: str) -> int:  # noqa: N802 - the name that programs use
        """Return the number of a member.

        Raises:
            ValueError: there is no such member.
        """
        if name not in cls.__members__:
            raise ValueError(f"{cls.__name__} has no {name!r}; it has {', '.join(cls.__members__)}")
        return int(cls[name])

    @classmethod
    def Name(cls, number: int) -> str:  # noqa: N802 - the name that programs use
        """Return the name of a member.

        Raises:
            ValueError: no member has that number.
        """
        return cls(number).name


class DataType(IntEnum):
    """The type of a field, or of the elements of an ARRAY.

    The two types with a leading underscore are how servers store struct arrays; a schema is not built with them.

    Example:
        >>> from milvusclient import DataType
        >>> DataType.FLOAT_VECTOR.value, DataType.FLOAT_VECTOR.is_vector, DataType(21).name
        (101, True, 'VARCHAR')
    """

    NONE = 0
    BOOL = 1
    INT8 = 2
    INT16 = 3
    INT32 = 4
    INT64 = 5
    FLOAT = 10
    DOUBLE = 11
    STRING = 20
    VARCHAR = 21
    ARRAY = 22
    JSON = 23
    GEOMETRY = 24
    TEXT = 25
    TIMESTAMPTZ = 26
    BINARY_VECTOR = 100
    FLOAT_VECTOR = 101
    FLOAT16_VECTOR = 102
    BFLOAT16_VECTOR = 103
    SPARSE_FLOAT_VECTOR = 104
    INT8_VECTOR = 105
    _ARRAY_OF_VECTOR = 106
    _ARRAY_OF_STRUCT = 200
    STRUCT = 201
    UNKNOWN = 999

    @property
    def is_vector(self) -> bool:
        """Whether values of this type are vectors, dense, binary or sparse."""
        return 100 <= self <= 105

    @property
    def needs_dim(self) -> bool:
        """Whether a field of this type must say how long its vectors are."""
        return self.is_vector and self is not DataType.SPARSE_FLOAT_VECTOR


class FunctionType(IntEnum):
    """The computation of a :class:`~milvusclient.Function`."""

    UNKNOWN = 0
    BM25 = 1
    TEXTEMBEDDING = 2
    RERANK = 3
    MINHASH = 4


class ConsistencyLevel(ProtocolEnum):
    """Freshness of the data that a search or a query sees.

    Example:
        >>> from milvusclient import ConsistencyLevel
        >>> ConsistencyLevel["Bounded"].value, ConsistencyLevel.Value("Strong"), ConsistencyLevel.Name(1)
        (2, 0, 'Session')
    """

    Strong = 0
    Session = 1
    Bounded = 2
    Eventually = 3
    Customized = 4
