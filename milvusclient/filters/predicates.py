"""Conditions: what is true or false of a row, and how conditions are joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from milvusclient.checks import given, require_str
from milvusclient.exceptions import ParamError
from milvusclient.filters.nodes import And, Constant, Not, Or, PredicateNode, Raw, Sample

if TYPE_CHECKING:
    from milvusclient.filters.values import Value

__all__ = ["Compiled", "Predicate", "all_of", "any_of", "deeper", "raw", "sample"]

#: How deep conditions and values may be nested. Milvus Lite's parser gives up somewhat above a hundred parentheses.
_DEEPEST = 60


class Compiled(NamedTuple):
    """A condition as servers read it.

    Attributes:
        filter: the expression, for ``filter`` of any client.
        filter_params: the values of its placeholders.
    """

    filter: str
    filter_params: dict[str, object]


class Predicate:
    """A condition that rows satisfy or not. Comparisons of :data:`~milvusclient.filters.F` make it.

    ``a & b`` is both, ``a | b`` any of the two, ``~a`` the opposite. Each side of ``&`` and ``|`` that is a comparison
    needs parentheses. Predicates are immutable, can be compared, hashed, copied and pickled, and hold no reference to a
    client.

    A row is found if the condition is true of it. Where a value is missing, a comparison is neither true nor false,
    and so is its opposite: neither ``F.year > 1990`` nor ``~(F.year > 1990)`` finds a row without a year.

    Example:
        >>> from milvusclient.filters import F
        >>> recent = (F.year >= 1990) & F.genre.in_(["sf", "crime"]) & ~F.title.startswith("The ")
        >>> print(recent)
        year >= 1990 and genre in ["sf", "crime"] and not (title like "The %")
    """

    __slots__ = ("_depth", "_node")
    __array_ufunc__ = None  # numpy leaves the operators to this class

    def __init__(self, node: PredicateNode, depth: int = 1) -> None:
        self._node = node
        self._depth = depth

    # --- joined -------------------------------------------------------------------------------------------------------
    def __and__(self, other: Predicate) -> Predicate:
        return _joined(And, (self, _other(other, "&")))

    def __or__(self, other: Predicate) -> Predicate:
        return _joined(Or, (self, _other(other, "|")))

    def __rand__(self, other: object) -> NoReturn:
        _other(other, "&")
        raise AssertionError("only what is not a predicate comes here")

    def __ror__(self, other: object) -> NoReturn:
        _other(other, "|")
        raise AssertionError("only what is not a predicate comes here")

    def __invert__(self) -> Predicate:
        node = self._node
        if isinstance(node, Not):
            return Predicate(node.part, self._depth)
        if isinstance(node, Constant):
            return Predicate(Constant(not node.value))
        return Predicate(Not(node), self._depth)

    def __bool__(self) -> NoReturn:
        raise ParamError(
            message=f"the condition {given_node(self)} is true or false of a row, not of a program: write & for 'and', "
            "| for 'or', ~ for 'not' (with parentheses around each comparison), between(low, high) for low <= x <= "
            "high, and in_([...]) for 'in'"
        )

    # --- as a value ---------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        return self._node == other._node if isinstance(other, Predicate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._node)

    def __reduce__(self) -> tuple[type[Predicate], tuple[PredicateNode, int]]:
        return Predicate, (self._node, self._depth)

    def __copy__(self) -> Predicate:
        return self

    def __deepcopy__(self, memo: object) -> Predicate:
        return self

    def __repr__(self) -> str:
        from milvusclient.filters.reprs import predicate_repr

        return predicate_repr(self._node)

    # --- as text ------------------------------------------------------------------------------------------------------
    def __str__(self) -> str:
        from milvusclient.filters.render import compile_node
        from milvusclient.filters.servers import NEWEST

        return compile_node(self._node, NEWEST._replace(templates=False)).filter

    def compile(self, *, server_version: str = "", primary_field: str = "") -> Compiled:
        """Write the condition down for a server; clients do it by themselves.

        Args:
            server_version: as ``get_server_version()`` returns it; without one, for the newest Milvus.
            primary_field: the name of the primary key, which conditions that no row satisfies are written with.

        Returns:
            The expression, and the values of its placeholders: lists of more than 64 values, where the server has
            placeholders.

        Raises:
            ServerVersionIncompatibleException: the server is too old for a part of the condition.
            ParamError: the server cannot be asked for it.

        Example:
            >>> from milvusclient.filters import F
            >>> F.year.in_(range(100)).compile(server_version="2.6.0").filter
            'year in {in_0}'
            >>> F.year.between(1990, 1999).compile(server_version="2.3.5")
            Compiled(filter='year >= 1990 and year <= 1999', filter_params={})
        """
        from milvusclient.filters.render import compile_node
        from milvusclient.filters.servers import server_of

        server = server_of(require_str("server_version", server_version))
        return compile_node(self._node, server, primary_field=require_str("primary_field", primary_field))


def given_node(value: Predicate | Value) -> str:
    """Return how messages show a condition or a value: its repr, cut."""
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def deeper(*depths: int) -> int:
    """Return how deep something is nested that has parts of these depths.

    Raises:
        ParamError: it is deeper than servers can read.
    """
    depth = max(depths) + 1
    if depth > _DEEPEST:
        raise ParamError(
            message=f"a filter cannot be nested more than {_DEEPEST} levels deep; all_of(...) and any_of(...) of many "
            "conditions are one level"
        )
    return depth


def node_of(predicate: Predicate) -> PredicateNode:
    """Return the tree of a condition."""
    return predicate._node


def _other(value: object, operator: str) -> Predicate:
    if isinstance(value, Predicate):
        return value
    from milvusclient.filters.values import Value

    if isinstance(value, Value):
        raise ParamError(
            message=f"{given_node(value)} is a value, not a condition, beside {operator}: put each comparison in "
            f"parentheses, and write a field of type BOOL as ({given_node(value)} == True)"
        )
    raise ParamError(
        message=f"what stands beside {operator} must be a condition, got {given(value)}; put each comparison in "
        f"parentheses: (F.a == 1) {operator} (F.b == 2)"
    )


def _joined(kind: type[And | Or], parts: tuple[Predicate, ...]) -> Predicate:
    nodes: list[PredicateNode] = []
    depth = 0
    for part in parts:
        node = part._node
        if type(node) is kind:
            nodes.extend(node.parts)
            depth = max(depth, part._depth - 1)
        else:
            nodes.append(node)
            depth = max(depth, part._depth)
    return Predicate(kind(tuple(nodes)), deeper(depth))


def all_of(*predicates: Predicate) -> Predicate:
    """Return the condition that all of some conditions are true; without any, every row satisfies it.

    Raises:
        ParamError: one of them is not a condition.

    Example:
        >>> from milvusclient.filters import F, all_of
        >>> wanted = {"author": "Ada", "year": 1990}
        >>> print(all_of(*(F(name) == value for name, value in wanted.items())))
        author == "Ada" and year == 1990
    """
    return _of_many(And, "all_of", predicates)


def any_of(*predicates: Predicate) -> Predicate:
    """Return the condition that any of some conditions is true; without any, no row satisfies it.

    Raises:
        ParamError: one of them is not a condition.

    Example:
        >>> from milvusclient.filters import F, any_of
        >>> print(any_of(F.year == 1990, F.title.endswith("!")))
        year == 1990 or title like "%!"
    """
    return _of_many(Or, "any_of", predicates)


def _of_many(kind: type[And | Or], name: str, predicates: tuple[Predicate, ...]) -> Predicate:
    for index, predicate in enumerate(predicates):
        given_one: object = predicate
        if not isinstance(given_one, Predicate):
            hint = f"; write {name}(*conditions)" if isinstance(given_one, list | tuple) else ""
            raise ParamError(message=f"{name}: argument {index} must be a condition, got {given(given_one)}{hint}")
    if not predicates:
        return Predicate(Constant(kind is And))
    return predicates[0] if len(predicates) == 1 else _joined(kind, predicates)


def sample(fraction: float) -> Predicate:
    """Return the condition that a random part of the rows satisfies.

    It can be joined to others by ``&`` only, and is drawn from the rows that satisfy those. Milvus 2.6 or newer.

    Args:
        fraction: how large the part is, between 0 and 1 (exclusive).

    Raises:
        ParamError: it is not such a number.

    Example:
        >>> from milvusclient.filters import F, sample
        >>> print(sample(0.01) & (F.year > 1990))
        year > 1990 and random_sample(0.01)
    """
    from milvusclient.filters.literals import literal

    number = literal("sample", fraction)
    if number.kind != "float" or not isinstance(number.value, float) or not 0 < number.value < 1:
        raise ParamError(message=f"sample must be a float between 0 and 1 (exclusive), got {given(fraction)}")
    return Predicate(Sample(number.value))


def raw(text: str, /, **values: object) -> Predicate:
    """Return an expression that the program writes itself as a condition, with values that are inserted safely.

    Args:
        text: the expression; ``{name}`` outside of quotes stands for a value. It is sent as it is otherwise, and no
            server's grammar is taken into account.
        **values: the values, by name.

    Raises:
        ParamError: the text is empty, its quotes or parentheses do not match, a value has no placeholder or a
            placeholder no value, or a filter cannot hold a value.

    Example:
        >>> from milvusclient.filters import F, raw
        >>> print(raw("year > {y}", y=1990) | (F.author == "Ada"))
        (year > 1990) or author == "Ada"
    """
    from milvusclient.filters.templates import check_balance, expand

    if not require_str("raw: the expression", text).strip():
        raise ParamError(message="raw: the expression must not be empty")
    check_balance(text)
    return Predicate(Raw(expand(text, values, where="raw", all_used=True)))


def from_mapping(conditions: Mapping[str, object]) -> Predicate:
    """Return the condition of a mapping: each field has the value, or one of the values of a list.

    Raises:
        ParamError: a name is not a str, or a filter cannot hold a value.
    """
    from milvusclient.filters.values import equality

    return all_of(*(equality(name, value) for name, value in conditions.items()))
