"""Function: computes fields on the server; FunctionScore: re-ranks the results of a search with functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import given, optional_mapping, require_field_names, require_str
from milvusclient.exceptions import ParamError
from milvusclient.schema.enums import DataType, FunctionType
from milvusclient.schema.type_facts import FACTS

if TYPE_CHECKING:
    from milvusclient.schema.fields import FieldSchema

__all__ = ["Function", "FunctionScore"]

_INPUT_TYPES = tuple(data_type for data_type, facts in FACTS.items() if facts.is_function_input)
_OUTPUT_TYPES = {
    FunctionType.BM25: (DataType.SPARSE_FLOAT_VECTOR,),
    FunctionType.TEXTEMBEDDING: (DataType.FLOAT_VECTOR, DataType.INT8_VECTOR),
}


@suggest_keywords
class Function:
    """A function that the server computes: a field of each row from other fields, or a new order of search results.

    Args:
        name: name of the function, unique in the collection.
        function_type: BM25 and TEXTEMBEDDING compute a vector from a str, MINHASH computes a signature, RERANK orders
            search results.
        input_field_names: the field or the list of fields that the function reads.
        output_field_names: the field or the list of fields that it computes; none for RERANK.
        description: free text for human readers.
        params: parameters of the function, by name.

    Raises:
        ParamError: an argument has the wrong type, a field is named twice, or a field is both input and output.

    Example:
        >>> from milvusclient import Function, FunctionType
        >>> Function("words", FunctionType.BM25, "title", "title_sparse").output_field_names
        ['title_sparse']
    """

    def __init__(
        self,
        name: str,
        function_type: FunctionType | int,
        input_field_names: str | list[str],
        output_field_names: str | list[str] | None = None,
        description: str = "",
        params: Mapping[str, object] | None = None,
    ) -> None:
        self._name = require_str("the name of a function", name)
        at = f"function {name!r}"
        self._description = require_str(f"{at}: description", description)
        self._type = _function_type(function_type, at)
        self._input_field_names = require_field_names(f"{at}: input_field_names", input_field_names)
        outputs = [] if output_field_names is None else output_field_names
        self._output_field_names = require_field_names(f"{at}: output_field_names", outputs)
        for field in self._input_field_names:
            if field in self._output_field_names:
                raise ParamError(message=f"{at}: field {field!r} is both input and output; write to another field")
        self._params = optional_mapping(f"{at}: params", params)

    @property
    def name(self) -> str:
        """Name of the function, unique in the collection."""
        return self._name

    @property
    def description(self) -> str:
        """A comment; the server stores it."""
        return self._description

    @property
    def type(self) -> FunctionType:
        """The computation, such as ``FunctionType.BM25``."""
        return self._type

    @property
    def input_field_names(self) -> list[str]:
        """Names of the fields that the function reads."""
        return self._input_field_names

    @property
    def output_field_names(self) -> list[str]:
        """Names of the fields that the function computes."""
        return self._output_field_names

    @property
    def params(self) -> dict[str, object]:
        """Parameters of the function, by name."""
        return self._params

    def verify(self, fields: Mapping[str, FieldSchema]) -> None:
        """Check that the function matches the fields of its collection.

        Args:
            fields: the fields of the collection, by name.

        Raises:
            ParamError: a field does not exist, or the function cannot use its type.
        """
        at = f"function {self._name!r} ({self._type.name})"
        if self._type is FunctionType.UNKNOWN:
            raise ParamError(message=f"{at}: set function_type, for example to FunctionType.BM25")
        for kind, field_names in (("input", self._input_field_names), ("output", self._output_field_names)):
            for name in field_names:
                if name not in fields:
                    raise ParamError(
                        message=f"{at}: {kind} field {name!r} is not in the schema, which has {', '.join(fields)}"
                    )
        for name in self._output_field_names:
            field = fields[name]
            if field.is_primary or field.is_partition_key or field.is_clustering_key:
                raise ParamError(
                    message=f"{at}: output field {name!r} is the primary, partition or clustering key; "
                    "make another field the output"
                )
        if self._type in _OUTPUT_TYPES:
            self._verify_types(at, fields)

    def _verify_types(self, at: str, fields: Mapping[str, FieldSchema]) -> None:
        counts = (len(self._input_field_names), len(self._output_field_names))
        if counts != (1, 1):
            raise ParamError(message=f"{at}: pass one input and one output field, got {counts[0]} and {counts[1]}")
        source, target = fields[self._input_field_names[0]], fields[self._output_field_names[0]]
        sides = (("input", source, _INPUT_TYPES), ("output", target, _OUTPUT_TYPES[self._type]))
        for kind, field, dtypes in sides:
            if field.dtype not in dtypes:
                raise ParamError(
                    message=f"{at}: {kind} field {field.name!r} must be {' or '.join(t.name for t in dtypes)}, "
                    f"got {field.dtype.name}"
                )

    def to_dict(self) -> dict[str, object]:
        """Return the function as a dict for :meth:`construct_from_dict`."""
        return {
            "name": self._name,
            "description": self._description,
            "type": self._type,
            "input_field_names": list(self._input_field_names),
            "output_field_names": list(self._output_field_names),
            "params": dict(self._params),
        }

    @classmethod
    def construct_from_dict(cls, raw: Mapping[str, object]) -> Function:
        """Build a function from its description.

        Args:
            raw: a dict from :meth:`to_dict`, or an item of ``functions`` in what ``describe_collection`` returns. It
                must have ``name``, ``type`` and ``input_field_names``.

        Returns:
            The function.

        Raises:
            KeyError: one of the three is missing.
            ParamError: a value is invalid, as for the constructor.
        """
        params = raw.get("params")
        return cls(
            require_str("the name of a function", raw["name"]),
            _function_type(raw["type"], f"function {raw['name']!r}"),
            _name_list(raw["input_field_names"]),
            _name_list(raw.get("output_field_names") or []),
            str(raw.get("description") or ""),
            params if isinstance(params, Mapping) else None,
        )

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Function) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its params can be changed, so it cannot be a key of a dict

    def __repr__(self) -> str:
        return str(self.to_dict())


def _function_type(value: object, at: str) -> FunctionType:
    if isinstance(value, int) and value in FunctionType.__members__.values():
        return FunctionType(value)
    raise ParamError(
        message=f"{at}: function_type must be a FunctionType such as FunctionType.BM25, got {given(value)}"
    )


def _function_list(value: object) -> list[Function]:
    if not isinstance(value, list) or not all(isinstance(one, Function) for one in value):
        raise ParamError(message=f"functions must be a Function or a list of Function, got {given(value)}")
    return value


def _name_list(value: object) -> list[str]:
    return require_field_names(
        "field names", list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    )


@suggest_keywords
class FunctionScore:
    """The re-ranking of search results: one or several rerank functions and how to combine their scores.

    Args:
        functions: a function, or a list of them, of type RERANK.
        params: how to combine their scores, such as ``{"boost_mode": "sum", "function_mode": "sum"}``.

    Raises:
        ParamError: ``functions`` is neither a Function nor a list of them, or ``params`` is not a dict.

    Example:
        >>> from milvusclient import Function, FunctionScore, FunctionType
        >>> boost = Function("new", FunctionType.RERANK, [], params={"reranker": "boost", "filter": "y > 2020"})
        >>> FunctionScore(boost, {"boost_mode": "sum"}).functions == [boost]
        True
    """

    def __init__(self, functions: Function | list[Function], params: Mapping[str, object] | None = None) -> None:
        self._functions = _function_list([functions] if isinstance(functions, Function) else functions)
        self._params = None if params is None else optional_mapping("params of a FunctionScore", params)

    @property
    def functions(self) -> list[Function]:
        """The functions."""
        return self._functions

    @property
    def params(self) -> dict[str, object] | None:
        """The way in which the scores are combined; None if not given."""
        return self._params
