"""What an operation sends and what its reply means: requests are built and replies are read here, nothing is sent.

A family loads when its first call is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient._lazy import LazyModule

if TYPE_CHECKING:
    from milvusclient.operations import (
        aggregation,
        aliases,
        analyzers,
        collections,
        common,
        consistency,
        databases,
        describing,
        external,
        fields,
        function_chains,
        health,
        highlighting,
        hybrid,
        indexes,
        iterator_checkpoint,
        iterators,
        keys,
        listing,
        loading,
        maintenance,
        mutations,
        optimize,
        partitions,
        privileges,
        queries,
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
    aggregation = LazyModule(f"{__name__}.aggregation")
    aliases = LazyModule(f"{__name__}.aliases")
    analyzers = LazyModule(f"{__name__}.analyzers")
    iterator_checkpoint = LazyModule(f"{__name__}.iterator_checkpoint")
    collections = LazyModule(f"{__name__}.collections")
    common = LazyModule(f"{__name__}.common")
    consistency = LazyModule(f"{__name__}.consistency")
    databases = LazyModule(f"{__name__}.databases")
    describing = LazyModule(f"{__name__}.describing")
    external = LazyModule(f"{__name__}.external")
    fields = LazyModule(f"{__name__}.fields")
    function_chains = LazyModule(f"{__name__}.function_chains")
    health = LazyModule(f"{__name__}.health")
    highlighting = LazyModule(f"{__name__}.highlighting")
    hybrid = LazyModule(f"{__name__}.hybrid")
    indexes = LazyModule(f"{__name__}.indexes")
    iterators = LazyModule(f"{__name__}.iterators")
    keys = LazyModule(f"{__name__}.keys")
    listing = LazyModule(f"{__name__}.listing")
    loading = LazyModule(f"{__name__}.loading")
    maintenance = LazyModule(f"{__name__}.maintenance")
    mutations = LazyModule(f"{__name__}.mutations")
    optimize = LazyModule(f"{__name__}.optimize")
    partitions = LazyModule(f"{__name__}.partitions")
    privileges = LazyModule(f"{__name__}.privileges")
    queries = LazyModule(f"{__name__}.queries")
    ranking = LazyModule(f"{__name__}.ranking")
    replication = LazyModule(f"{__name__}.replication")
    resource_groups = LazyModule(f"{__name__}.resource_groups")
    schemas = LazyModule(f"{__name__}.schemas")
    search_params = LazyModule(f"{__name__}.search_params")
    searches = LazyModule(f"{__name__}.searches")
    segments = LazyModule(f"{__name__}.segments")
    server = LazyModule(f"{__name__}.server")
    size_units = LazyModule(f"{__name__}.size_units")
    snapshots = LazyModule(f"{__name__}.snapshots")
    users = LazyModule(f"{__name__}.users")

__all__ = [
    "aggregation",
    "aliases",
    "analyzers",
    "collections",
    "common",
    "consistency",
    "databases",
    "describing",
    "external",
    "fields",
    "function_chains",
    "health",
    "highlighting",
    "hybrid",
    "indexes",
    "iterator_checkpoint",
    "iterators",
    "keys",
    "listing",
    "loading",
    "maintenance",
    "mutations",
    "optimize",
    "partitions",
    "privileges",
    "queries",
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
