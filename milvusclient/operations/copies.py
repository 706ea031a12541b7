"""Copy a collection: its schema, its indexes, and which rows are read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from milvusclient.checks import optional_str, require_name, require_path
from milvusclient.exceptions import ParamError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.models.descriptions import CollectionDescription, FieldDescription, IndexDescription
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import DataType
from milvusclient.schema.index import IndexParams
from milvusclient.schema.type_facts import FACTS, LONGEST_STRING

if TYPE_CHECKING:
    import os

    from milvusclient.models.bulk import BulkProgress

__all__ = [
    "CopyNames",
    "Summed",
    "copied_aliases",
    "copied_indexes",
    "copied_schema",
    "copy_names",
    "generates_keys",
    "left_out",
    "only",
    "page_rows",
    "require_empty",
    "require_no_checkpoint",
    "require_same_fields",
]

#: What a description of an index has beside the parameters with which it was built.
_STATE = frozenset({
    "field_name", "index_name", "index_type", "metric_type", "params",
    "total_rows", "indexed_rows", "pending_index_rows", "state",
})  # fmt: skip
#: What Milvus Lite calls the metric of an index of scalars.
_NO_METRIC = "NONE"
#: The parameters with which Milvus Lite builds an index. It ignores those of create_index, and describes none.
_BUILT_WITH: Mapping[str, Mapping[str, int]] = {
    "HNSW": {"M": 16, "efConstruction": 200},
    "HNSW_SQ": {"M": 16, "efConstruction": 200},
    "IVF_FLAT": {"nlist": 128},
    "IVF_SQ8": {"nlist": 128},
}
#: Pages of this size neither wait long for their bytes nor cost much for their requests.
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
        same_place: whether source and target are in the same database of the same server.
    """

    source: str
    target: str
    checkpoint: str | None
    same_place: bool = False

    def checkpoint_of(self, partition: str) -> str | None:
        """Return the path of a partition's checkpoint: each partition is a source of its own."""
        if self.checkpoint is None:
            return None
        return f"{self.checkpoint}.{partition}" if partition else self.checkpoint


def copy_names(
    collection_name: str, target_name: str | None, checkpoint: str | os.PathLike[str] | None, *, same_place: bool
) -> CopyNames:
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
    return CopyNames(source, target, None if checkpoint is None else require_path("checkpoint", checkpoint), same_place)


def copied_schema(description: CollectionDescription) -> CollectionSchema:
    """Build the schema of the copy from the description of the source.

    Strings of arrays get the longest possible ``max_length`` if the source does not tell theirs.
    """
    raw: Mapping[str, object] = {**description, "fields": [_described_whole(field) for field in description["fields"]]}
    return CollectionSchema.construct_from_dict(raw)


def _described_whole(field: FieldDescription) -> Mapping[str, object]:
    """Add what Milvus Lite leaves out of the description of a field and servers require."""
    if field.get("element_type") is not DataType.VARCHAR:
        return {**field}
    return {**field, "params": {"max_length": LONGEST_STRING, **field["params"]}}


def copied_indexes(descriptions: Iterable[IndexDescription]) -> IndexParams:
    """Build the indexes of the copy from the descriptions of the source's indexes.

    If a source tells none of the parameters that servers require, they are those with which Milvus Lite builds it.
    """
    indexes = IndexParams()
    for described in descriptions:
        values: Mapping[str, object] = {**described}
        params = values.get("params")
        told = {key: value for key, value in values.items() if key not in _STATE}
        told |= params if isinstance(params, Mapping) else {}
        metric = values.get("metric_type")
        index_type = str(values.get("index_type") or "")
        built_with = _BUILT_WITH.get(index_type, {})
        indexes.add_index(
            str(values["field_name"]),
            index_type,
            str(values["index_name"]),
            metric_type=str(metric) if metric and metric != _NO_METRIC else None,
            params=told if built_with.keys() & told.keys() else {**built_with, **told},
        )
    return indexes


def generates_keys(collection: CollectionInfo) -> bool:
    """Return whether the server generates the keys of the rows."""
    return any(field.is_primary and field.auto_id for field in collection.fields)


def left_out(target: CollectionInfo) -> frozenset[str]:
    """Return the fields that are not written: the target's functions compute them, or its server generates them."""
    return frozenset(
        field.name for field in target.fields if field.is_function_output or (field.is_primary and field.auto_id)
    )


def page_rows(collection: CollectionInfo, in_flight: int) -> int:
    """Return the number of rows of a page, so that all pages that are read at the same time have about 8 MB."""
    return max(1, min(_MOST_ROWS, _PAGE_BYTES // in_flight // sum(map(_field_bytes, collection.fields))))


def _field_bytes(field: FieldInfo) -> int:
    return FACTS[field.data_type].size(field.dim) or min(field.max_length or _OTHER_BYTES, 4 * _OTHER_BYTES)


def require_empty(names: CopyNames, rows: int) -> None:
    """Check that a target that exists without a checkpoint has no rows.

    Raises:
        ParamError: it has rows.
    """
    if rows:
        raise ParamError(
            message=f"collection {names.target!r} exists, and has {rows} rows; drop it, give another target_name, or "
            "give the checkpoint of the copy that created it"
        )


def require_no_checkpoint(names: CopyNames, checkpoints: Iterable[str]) -> None:
    """Check that there is no checkpoint of a target that does not exist.

    Raises:
        ParamError: there is one.
    """
    for path in checkpoints:
        raise ParamError(
            message=f"{path} is the checkpoint of another collection, or of one that was dropped: there is no "
            f"collection {names.target!r}; give another file, or delete it to copy all rows"
        )


def only(indexes: IndexParams, is_wanted: Callable[[str], bool]) -> IndexParams:
    """Return the indexes whose fields are wanted."""
    chosen = IndexParams()
    chosen.extend(index for index in indexes if is_wanted(index.field_name))
    return chosen


def copied_aliases(collection_name: str, aliases: tuple[str, ...], *, same_place: bool) -> tuple[str, ...]:
    """Return the aliases that the copy gets.

    Raises:
        ParamError: they are taken, because the copy is in the same database.
    """
    if aliases and same_place:
        raise ParamError(
            message=f"the copy cannot have the aliases of {collection_name!r} in the same database; leave out "
            "with_aliases, and give them to the copy by alter_alias when it is complete"
        )
    return aliases


@dataclass(frozen=True, slots=True)
class Summed:
    """Shows the progress of one part of a copy as that of the whole.

    Args:
        show: function that gets the progress of the whole.
        before: number of rows of the parts before it.
        total: number of rows of all parts.
        begun: when the copy began.
        clock: returns the time.
    """

    show: Callable[[BulkProgress], object]
    before: int
    total: int
    begun: float
    clock: Callable[[], float]

    def __call__(self, part: BulkProgress) -> None:
        """Show the progress of the whole."""
        rows = self.before + part.rows
        self.show(part._replace(rows=rows, total=self.total, rate=rows / max(self.clock() - self.begun, 1e-9)))


def require_same_fields(source: CollectionInfo, target: CollectionInfo) -> None:
    """Check that a target that exists can take the rows of a source; it may take keys that the source generates.

    Raises:
        ParamError: a field differs.
    """
    advice = "drop it, or give another target_name"
    takes_keys = not generates_keys(target)
    ours, theirs = _fields(source, takes_keys=takes_keys), _fields(target)
    for name in [*ours, *theirs]:
        if ours.get(name) != theirs.get(name):
            found, wanted = theirs.get(name, "missing there"), ours.get(name, f"missing in {source.name!r}")
            raise ParamError(
                message=f"collection {target.name!r} exists, but its field {name!r} is not that of {source.name!r}: it "
                f"is {found}, and not {wanted}; {advice}"
            )
    if source.enable_dynamic_field and not target.enable_dynamic_field:
        raise ParamError(
            message=f"collection {target.name!r} exists, but has no dynamic field, and {source.name!r} has; {advice}"
        )
    for mine in source.fields:
        _require_room(mine, target, f"collection {target.name!r} exists, but its field {mine.name!r} has", advice)


def _require_room(mine: FieldInfo, target: CollectionInfo, what: str, advice: str) -> None:
    found = target.field(mine.name) or mine
    for limit, wanted, there in (
        ("max_length", mine.max_length, found.max_length),
        ("max_capacity", mine.max_capacity, found.max_capacity),
    ):
        if wanted and there and there < wanted:
            raise ParamError(message=f"{what} {limit}={there}, and that of the source {limit}={wanted}; {advice}")


def _fields(collection: CollectionInfo, *, takes_keys: bool = False) -> dict[str, str]:
    """Return each field in words that say what must be equal."""
    fields = {
        field.name: _words(replace(field, auto_id=False) if takes_keys else field)
        for field in collection.fields
        if not field.is_dynamic
    }
    return fields | {
        struct.name: f"a struct array of {', '.join(f'{each.name} {_words(each)}' for each in struct.fields)}"
        for struct in collection.struct_fields
    }


def _words(field: FieldInfo) -> str:
    element = field.element_type
    kind = field.data_type.name + (f" of {element.name}" if element else "") + (f"({field.dim})" if field.dim else "")
    flags = {
        "nullable": field.nullable,
        "primary key": field.is_primary,
        "auto_id": field.auto_id,
        "partition key": field.is_partition_key,
        "function output": field.is_function_output,
    }
    return ", ".join([kind, *(name for name, is_set in flags.items() if is_set)])
