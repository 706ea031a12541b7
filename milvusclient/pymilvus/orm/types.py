"""Import path of programs written for the reference client: data types and names of consistency levels from."""

from __future__ import annotations

from milvusclient.pymilvus._names import module_names
from milvusclient.schema.enums import ConsistencyLevel, DataType

__all__ = [
    "CONSISTENCY_BOUNDED",
    "CONSISTENCY_CUSTOMIZED",
    "CONSISTENCY_EVENTUALLY",
    "CONSISTENCY_SESSION",
    "CONSISTENCY_STRONG",
    "DataType",
    "infer_dtype_bydata",
    "is_float_datatype",
    "is_integer_datatype",
    "is_numeric_datatype",
    "map_numpy_dtype_to_datatype",
]

__getattr__, __dir__ = module_names(__name__)

CONSISTENCY_STRONG = ConsistencyLevel.Strong.name
CONSISTENCY_BOUNDED = ConsistencyLevel.Bounded.name
CONSISTENCY_SESSION = ConsistencyLevel.Session.name
CONSISTENCY_EVENTUALLY = ConsistencyLevel.Eventually.name
CONSISTENCY_CUSTOMIZED = ConsistencyLevel.Customized.name

_SCALARS = {
    bool: DataType.BOOL,
    int: DataType.INT64,
    float: DataType.DOUBLE,
    str: DataType.VARCHAR,
    bytes: DataType.BINARY_VECTOR,
    dict: DataType.JSON,
}
_OF_NUMPY = {
    "int8": DataType.INT8,
    "int16": DataType.INT16,
    "int32": DataType.INT32,
    "int64": DataType.INT64,
    "float16": DataType.DOUBLE,
    "float32": DataType.FLOAT,
    "float64": DataType.DOUBLE,
}


def infer_dtype_bydata(data: object) -> DataType:
    """Return the type of a field that could hold a value; UNKNOWN for what no field holds.

    Example:
        >>> infer_dtype_bydata("Dune").name, infer_dtype_bydata([0.1, 0.2]).name, infer_dtype_bydata(["a"]).name
        ('VARCHAR', 'FLOAT_VECTOR', 'ARRAY')
    """
    shape, dtype = getattr(data, "shape", None), str(getattr(data, "dtype", ""))
    if shape == ():
        return _OF_NUMPY.get(dtype, DataType.UNKNOWN)
    if shape is not None:
        return DataType.ARRAY if dtype == "bool" or dtype.startswith("<U") else DataType.FLOAT_VECTOR
    if not isinstance(data, list | tuple) or not data:
        return _SCALARS.get(type(data), DataType.UNKNOWN)
    if isinstance(data[0], bool | str):
        return DataType.ARRAY
    return DataType.FLOAT_VECTOR if isinstance(data[0], int | float) or hasattr(data[0], "dtype") else DataType.UNKNOWN


def is_integer_datatype(data_type: DataType) -> bool:
    """Return whether a type is one of the integers."""
    return data_type in (DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64)


def is_float_datatype(data_type: DataType) -> bool:
    """Return whether a type is FLOAT; DOUBLE is none for the reference client."""
    return data_type == DataType.FLOAT


def is_numeric_datatype(data_type: DataType) -> bool:
    """Return whether a type is one of the integers, or FLOAT."""
    return is_integer_datatype(data_type) or is_float_datatype(data_type)


def map_numpy_dtype_to_datatype(d_type: object) -> DataType:
    """Return the type of a field that could hold values of a dtype; UNKNOWN for what no field holds."""
    return _OF_NUMPY.get(str(d_type), DataType.UNKNOWN)
