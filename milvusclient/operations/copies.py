"""Copy a collection: its schema, its indexes, and which rows are read and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from milvusclient.checks import optional_str, require_name
from milvusclient.exceptions import ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.models.descriptions import CollectionDescription, IndexDescription
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.index import IndexParams
from milvusclient.schema.type_facts import FACTS

__all__ = [
    "CopyNames",
    "copied_indexes",
    "copied_schema",
    "copy_names",
    "left_out",
    "page_rows",
    "require_begun",
    "require_same_fields",
]

#: What a description of an index has beside the parameters with which it was built.
_STATE = frozenset({
    "field_name", "index_name", "index_type", "metric_type", "params",
    "total_rows", "indexed_rows", "pending_index_rows", "state",
})  # fmt: skip
#: A page of this size neither waits long for its bytes nor costs much for its request.
_PAGE_BYTES = 8 << 20
_MOST_ROWS = 16_384
_OTHER_BYTES = 64


@dataclass(frozen=True, slots=True)
class CopyNames:
    """The names of a copy.

    Attributes:
        source: name or alias of the source.
        target: name of the copy.
        checkpoint: path of the checkpoint; None without one.
    """

    source: str
    target: str
    checkpoint: str | None

    def checkpoint_of(self, partition: str) -> str | None:
        """Return the path of a partition's checkpoint: each partition is a source of its own."""
        if self.checkpoint is None:
            return None
        return f"{self.checkpoint}.{partition}" if partition else self.checkpoint


def copy_names(collection_name: str, target_name: str | None, checkpoint: str | None, *, same_place: bool) -> CopyNames:
    """Check the names of a copy.

    Args:
        collection_name: name or alias of the source.
        target_name: name of the copy; empty or None means that of the source.
        checkpoint: path of the checkpoint.
        same_place: whether source and target are in the same database of the same server.

    Raises:
        ParamError: a name is invalid, or both are the same in one place.
    """
    source = require_name("collection_name", collection_name)
    target = optional_str("target_name", target_name) or source
    if same_place and target == source:
        raise ParamError(
            message=f"collection {source!r} cannot be copied onto itself; give another target_name or target"
        )
    return CopyNames(source, target, None if checkpoint is None else require_name("checkpoint", checkpoint))


def copied_schema(description: CollectionDescription) -> CollectionSchema:
    """Build the schema of the copy from the description of the source."""
    raw: Mapping[str, object] = {**description}
    return CollectionSchema.construct_from_dict(raw)


def copied_indexes(descriptions: Iterable[IndexDescription]) -> IndexParams:
    """Build the indexes of the copy from the descriptions of the source's indexes."""
    indexes = IndexParams()
    for described in descriptions:
        values: Mapping[str, object] = {**described}
        params = values.get("params")
        more = {key: value for key, value in values.items() if key not in _STATE}
        metric = values.get("metric_type")
        indexes.add_index(
            str(values["field_name"]),
            str(values.get("index_type") or ""),
            str(values["index_name"]),
            metric_type=str(metric) if metric else None,
            params={**more, **(params if isinstance(params, Mapping) else {})},
        )
    return indexes


def left_out(collection: CollectionInfo) -> frozenset[str]:
    """Return the fields that are not written: the target's functions compute them, or its server generates them."""
    return frozenset(
        field.name for field in collection.fields if field.is_function_output or (field.is_primary and field.auto_id)
    )


def page_rows(collection: CollectionInfo) -> int:
    """Return the number of rows of a page, so that it has about 8 MB."""
    return max(1, min(_MOST_ROWS, _PAGE_BYTES // sum(map(_field_bytes, collection.fields))))


def _field_bytes(field: FieldInfo) -> int:
    return FACTS[field.data_type].size(field.dim) or min(field.max_length or _OTHER_BYTES, 4 * _OTHER_BYTES)


def require_begun(names: CopyNames, has_checkpoint: bool) -> None:
    """Check that a target that exists is the target of a copy that was begun.

    Raises:
        ParamError: there is no checkpoint of such a copy.
    """
    if not has_checkpoint:
        raise ParamError(
            message=f"collection {names.target!r} exists; drop it, give another target_name, or give the checkpoint of "
            "the copy that created it"
        )


def require_same_fields(source: CollectionInfo, target: CollectionInfo) -> None:
    """Check that a copy that was begun has the fields of its source.

    Raises:
        ParamError: a field differs.
    """
    ours, theirs = _fields(source), _fields(target)
    for name in [*ours, *theirs]:
        if ours.get(name) != theirs.get(name):
            raise ParamError(
                message=f"collection {target.name!r} exists, but its field {name!r} is not that of {source.name!r}; "
                "drop it, or give another target_name"
            )


def _fields(collection: CollectionInfo) -> dict[str, Sequence[object]]:
    fields: dict[str, Sequence[object]] = {
        field.name: (field.data_type, field.dim, field.element_type, field.nullable, field.is_primary, field.auto_id)
        for field in collection.fields
    }
    return fields | {
        struct.name: [(each.name, each.element_type) for each in struct.fields] for struct in collection.struct_fields
    }
