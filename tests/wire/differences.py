"""Where milvusclient deliberately does something else than the reference client did in a recorded call.

Each difference says why. A recorded call that stands here and no longer differs, or differs in more than it says, fails
its test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["requests", "raises", "returns"]

_EVERYTHING: frozenset[Kind] = frozenset({"requests", "raises", "returns"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One deliberate difference.

    Attributes:
        reason: why ours is right.
        what: the kinds of outcome that differ, all of them.
        raises: the class that ours raises, or one of its bases; None when it raises nothing.
        client: constructor arguments to use instead of the recorded ones, ``{host}`` and ``{uri}`` as there.
    """

    reason: str
    what: frozenset[Kind]
    raises: str | None = None
    client: Mapping[str, object] | None = None


DIFFERENCES: dict[str, Difference] = {
    "init/uri_no_scheme": Difference(
        reason="a bare host:port is accepted and means http://host:port, as other Milvus clients have it",
        what=frozenset({"requests", "raises"}),
        # The recorded address is one where nobody, or somebody else's server, listens.
        client={"uri": "{host}"},
    ),
    "init/unknown_kwarg": Difference(
        reason="a misspelt option is an error; the reference swallows it",
        what=_EVERYTHING,
        raises="TypeError",
    ),
    "init/user_only": Difference(
        reason="a user without a password is refused; the reference connects without credentials",
        what=_EVERYTHING,
        raises="MilvusException",
    ),
    "init/password_only": Difference(
        reason="a password without a user is refused; the reference connects without credentials",
        what=_EVERYTHING,
        raises="MilvusException",
    ),
    "schema/vector_no_dim": Difference(
        reason="a vector field without dim is refused here, not by the server",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "schema/default_wrong_type": Difference(
        reason="a default value that its field cannot hold is refused here; the reference sends a text for an INT64",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "schema/partition_key_on_pk": Difference(
        reason="the primary key cannot be the partition key; the reference leaves the refusal to the server",
        what=_EVERYTHING,
        raises="PartitionKeyException",
    ),
    "schema/struct_nullable": Difference(
        reason="nullable=True of a struct array is kept; the reference drops it without a word",
        what=frozenset({"requests"}),
    ),
    "describe/defaults": Difference(
        reason="default values are the same message with the same fields, of our own package name",
        what=frozenset({"returns"}),
    ),
    "describe/null_defaults": Difference(
        reason="default values are the same message with the same fields, of our own package name",
        what=frozenset({"returns"}),
    ),
    "alter_field/none_field": Difference(
        reason="a field without a name is refused here; the reference leaves the refusal to the server",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "add_field/bad_default": Difference(
        reason="a default value that its field cannot hold is refused here; the reference sends a text for an INT64",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "describe_resource_group/plain": Difference(
        reason="the configuration is the ResourceGroupConfig that users build, not a message",
        what=frozenset({"returns"}),
    ),
    "replicate_config/plain": Difference(
        reason="the status is the same message with the same fields, of our own package name",
        what=frozenset({"returns"}),
    ),
    "replicate_config/empty": Difference(
        reason="the status is the same message with the same fields, of our own package name",
        what=frozenset({"returns"}),
    ),
    "get_replicate_config/timeout": Difference(
        reason="the configuration is the same message with the same fields, of our own package name",
        what=frozenset({"returns"}),
    ),
    "get/str_list": Difference(
        reason="a quote inside a key is escaped; the reference sends an expression that ends in the middle of the key",
        what=frozenset({"requests"}),
    ),
    "hybrid/no_reqs": Difference(
        reason="a hybrid search of nothing is refused here",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "insert/vector_dim": Difference(
        reason="a vector of a wrong length is refused here, with row and field; the reference leaves it to the server",
        what=_EVERYTHING,
        raises="DataNotMatchException",
    ),
    "search/bytes_no_field": Difference(
        reason="raw bytes are vectors of the only vector field; the reference calls them binary: refused",
        what=frozenset({"requests"}),
    ),
    "search/name_empty": Difference(
        reason="an empty name of a collection is refused here, as insert and delete of the reference do",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "query/name_none": Difference(
        reason="None as the name of a collection is refused here, as insert and delete of the reference do",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "search_iterator/level": Difference(
        reason="the level counts for the first request; the reference sends it and has the server ignore it",
        what=frozenset({"requests"}),
    ),
    "query_iterator/level": Difference(
        reason="the level counts for the first request; the reference sends it and has the server ignore it",
        what=frozenset({"requests"}),
    ),
    "search_iterator/v1_l2": Difference(
        reason="empty bands of distances grow faster, and then the rest is asked for; the reference ends at a wide gap",
        what=frozenset({"requests"}),
    ),
    "search_iterator/v1_metric_given": Difference(
        reason="empty bands of distances grow faster, and then the rest is asked for; the reference ends at a wide gap",
        what=frozenset({"requests"}),
    ),
    "search_iterator/v1_filter": Difference(
        reason="empty bands of distances grow faster, and then the rest is asked for; the reference ends at a wide gap",
        what=frozenset({"requests"}),
    ),
    "search_iterator/batch_zero": Difference(
        reason="an iterator without rows in its pages is refused",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "query_iterator/batch_zero": Difference(
        reason="an iterator without rows in its pages is refused",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "search_iterator/offset": Difference(
        reason="there is no such argument, as in no iterator over hits",
        what=frozenset({"raises"}),
        raises="TypeError",
    ),
    "search_iterator/filter_not_callable": Difference(
        reason="what cannot be called is refused at once, not at the first page",
        what=_EVERYTHING,
        raises="ParamError",
    ),
    "query_iterator/limit": Difference(
        reason="once the limit is reached nothing more is asked for; the reference fetches a page and drops it",
        what=frozenset({"requests"}),
    ),
    "query_iterator/limit_exact": Difference(
        reason="once the limit is reached nothing more is asked for; the reference fetches a page and drops it",
        what=frozenset({"requests"}),
    ),
    "search_iterator/filter_params": Difference(
        reason="the values of the placeholders are sent; the reference loses them, and the filter cannot be read",
        what=frozenset({"requests"}),
    ),
    "query_iterator/filter_params": Difference(
        reason="the values of the placeholders are sent; the reference loses them, and the filter cannot be read",
        what=frozenset({"requests"}),
    ),
}
"""By scenario id."""

SAME_WITH_MILVUSCLIENT_PYMILVUS = frozenset({"init/unknown_kwarg", "search_iterator/offset"})
"""Differences that ``milvusclient.pymilvus`` does not have."""
