"""Requests of operations, and what their replies mean: requests are built and replies are read here, nothing is sent.

A family loads when its first call is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import lazy_attributes

__all__ = [
    "aggregation",
    "aliases",
    "analyzers",
    "bulk",
    "collections",
    "common",
    "consistency",
    "copies",
    "databases",
    "describing",
    "external",
    "fields",
    "function_chains",
    "health",
    "highlighting",
    "hybrid",
    "imports",
    "indexes",
    "iterator_checkpoint",
    "iterators",
    "keys",
    "loading",
    "maintenance",
    "mutations",
    "optimize",
    "partitions",
    "privileges",
    "queries",
    "quick_setup",
    "ranking",
    "replication",
    "resource_groups",
    "schemas",
    "search_params",
    "searches",
    "segments",
    "server",
    "size_units",
    "snapshots",
    "users",
]

if TYPE_CHECKING:
    from milvusclient.operations import (
        aggregation,
        aliases,
        analyzers,
        bulk,
        collections,
        common,
        consistency,
        copies,
        databases,
        describing,
        external,
        fields,
        function_chains,
        health,
        highlighting,
        hybrid,
        imports,
        indexes,
        iterator_checkpoint,
        iterators,
        keys,
        loading,
        maintenance,
        mutations,
        optimize,
        partitions,
        privileges,
        queries,
        quick_setup,
        ranking,
        replication,
        resource_groups,
        schemas,
        search_params,
        searches,
        segments,
        server,
        size_units,
        snapshots,
        users,
    )
else:
    __getattr__, __dir__ = lazy_attributes(__name__, modules=__all__)
