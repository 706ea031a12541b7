"""Encoding search aggregations."""

from __future__ import annotations

from milvusclient._proto import common_pb2
from milvusclient.checks import given
from milvusclient.exceptions import ParamError
from milvusclient.schema.aggregation import SearchAggregation, TopHits

__all__ = ["encode_aggregation"]


def encode_aggregation(aggregation: SearchAggregation) -> common_pb2.SearchAggregationSpec:
    """Encode a search aggregation, nested ones included.

    Raises:
        ParamError: ``aggregation`` is of another type.
    """
    if not isinstance(aggregation, SearchAggregation):
        raise ParamError(message=f"search_aggregation must be a SearchAggregation, got {given(aggregation)}")
    spec = common_pb2.SearchAggregationSpec(fields=aggregation.fields, size=aggregation.size)
    for name, metric in aggregation.metrics.items():
        for operation, field_name in metric.items():
            spec.metrics[name].op = operation
            spec.metrics[name].field_name = field_name
    for entry in aggregation.order:
        for key, direction in entry.items():
            spec.order.add(key=key, direction=direction)
    if aggregation.top_hits is not None:
        spec.top_hits.CopyFrom(_top_hits(aggregation.top_hits))
    if aggregation.sub_aggregation is not None:
        spec.sub_aggregation.CopyFrom(encode_aggregation(aggregation.sub_aggregation))
    return spec


def _top_hits(top_hits: TopHits) -> common_pb2.TopHitsSpec:
    spec = common_pb2.TopHitsSpec(size=top_hits.size)
    for entry in top_hits.sort:
        for field_name, direction in entry.items():
            spec.sort.add(field_name=field_name, direction=direction)
    return spec
