"""Commands about indexes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import create_group, delete_group, list_group, root, show_group
from milvusclient.cli.framework.parameters import (
    collection_option,
    option,
    parse_settings,
    settings_option,
    split_list,
    yes_option,
)
from milvusclient.cli.framework.progress import run_with_progress
from milvusclient.cli.framework.session import Session
from milvusclient.schema.enums import DataType

if TYPE_CHECKING:
    from milvusclient import MilvusClient
    from milvusclient.models.descriptions import FieldDescription, IndexDescription

__all__: list[str] = []

_POLL_SECONDS = 0.5


@create_group.command("index")
@collection_option
@option("-f", "--field", default=None, help="Name of the field.")
@option("-in", "--index-name", "name", default="", help="Name of the index.  [default: that of the field]")
@option("-t", "--index-type", "kind", default=None, help="AUTOINDEX, FLAT, HNSW, IVF_FLAT, INVERTED, ...")
@option("-m", "--metric-type", "metric", default=None, help="COSINE, L2, IP, HAMMING, JACCARD or BM25.")
@settings_option("param", "Parameter, such as nlist:128.")
@option("--no-wait", is_flag=True, help="Return without waiting until the index is built.")
@pass_session
def create_index(
    session: Session,
    collection: str,
    field: str | None,
    name: str,
    kind: str | None,
    metric: str | None,
    param: dict[str, object],
    no_wait: bool,
) -> None:
    """Create an index on a field. On a terminal, what is missing is asked for."""
    from milvusclient.schema.index import IndexParams

    field = session.ask(field, "Field", "--field")
    client = session.client()
    usual_kind, usual = _usual(client.describe_collection(collection, session.timeout)["fields"], field)
    if kind is None:
        kind = session.ask(None, "Index type", "--index-type", usual_kind)
        asked = (
            None
            if param
            else session.ask_optional(
                None,
                "Parameters, such as nlist:128, separated by commas, or Enter",
                check=lambda text: parse_settings(split_list(text) or ()),
            )
        )
        param = param or parse_settings(split_list(asked) or ())
    metric = session.ask(metric, "Metric", "--metric-type", usual) if usual else metric
    params = IndexParams()
    params.add_index(field, kind.upper(), name, metric_type=metric and metric.upper(), params=param)
    run_with_progress(
        f"Indexing {field}",
        lambda: client.create_index(collection, params, session.timeout, sync=not no_wait),
        lambda: _fraction(client, collection, name or field),
    )
    session.report(f"Created an index on {field!r} of collection {collection!r}.", created=name or field)


def _usual(fields: Sequence[FieldDescription], name: str) -> tuple[str, str | None]:
    """Return the index that a field gets by default, and its metric, which only vectors have."""
    found = next((field for field in fields if field["name"] == name), None)
    if found is None or not found["type"].is_vector:
        return "AUTOINDEX", None
    if found["type"] is DataType.SPARSE_FLOAT_VECTOR:
        return "SPARSE_INVERTED_INDEX", "BM25" if found.get("is_function_output") else "IP"
    return "AUTOINDEX", "HAMMING" if found["type"] is DataType.BINARY_VECTOR else "COSINE"


def _fraction(client: MilvusClient, collection: str, name: str) -> float | None:
    """Return how much is indexed, from 0 to 1."""
    found = client.describe_index(collection, name)
    return found["indexed_rows"] / found["total_rows"] if found and found["total_rows"] else None


@list_group.command("indexes")
@collection_option
@option("-f", "--field", default="", help="List only indexes of this field.")
@pass_session
def list_indexes(session: Session, collection: str, field: str) -> None:
    """List the indexes of a collection."""
    session.show_names("index", session.client().list_indexes(collection, field, timeout=session.timeout))


def _index(session: Session, collection: str, name: str) -> IndexDescription:
    found = session.client().describe_index(collection, name, session.timeout)
    # Milvus Lite describes another index of the collection when there is none of this name.
    if found is None or name not in (found["index_name"], found["field_name"]):
        raise Failure(f"collection {collection!r} has no index {name!r}")
    return found


_name_option = option("-in", "--index-name", "name", required=True, help="Name of the index.")


@show_group.command("index")
@collection_option
@option("-in", "--index-name", "name", default=None, help="Name of the index; not needed if there is only one.")
@pass_session
def show_index(session: Session, collection: str, name: str | None) -> None:
    """Show an index."""
    session.show_record(_index(session, collection, name or _only_index(session, collection)))


def _only_index(session: Session, collection: str) -> str:
    names = session.client().list_indexes(collection, timeout=session.timeout)
    if len(names) != 1:
        hint = f"has the indexes {', '.join(names)}; choose one with -in" if names else "has no index"
        raise Failure(f"collection {collection!r} {hint}")
    return names[0]


@show_group.command("index_progress")
@collection_option
@option("-in", "--index-name", "name", default="", help="Name of the index.")
@pass_session
def index_progress(session: Session, collection: str, name: str) -> None:
    """Show how many rows are indexed."""
    names = [name] if name else session.client().list_indexes(collection, timeout=session.timeout)
    keys = ("index_name", "state", "total_rows", "indexed_rows", "pending_index_rows")
    rows = [dict(_index(session, collection, each)) for each in names]
    session.show_rows([{key: row.get(key) for key in keys} for row in rows], keys)


@root.command("wait_for_index", cls=Command)
@collection_option
@option("-in", "--index-name", "name", required=True, help="Name of the index.")
@pass_session
def wait_for_index(session: Session, collection: str, name: str) -> None:
    """Wait until an index is built."""
    limit = None if session.timeout is None else time.monotonic() + session.timeout

    def work() -> None:
        while (found := _index(session, collection, name))["state"] != "Finished":
            if found["state"] == "Failed":
                raise Failure(f"the server failed to build index {name!r}")
            if limit is not None and time.monotonic() > limit:
                raise Failure(
                    f"index {name!r} was not built within {session.timeout:g} s; the server continues to build it"
                )
            time.sleep(_POLL_SECONDS)

    run_with_progress(f"Indexing {name}", work, lambda: _fraction(session.client(), collection, name))
    session.report(f"Index {name!r} is built.", built=name)


@delete_group.command("index")
@collection_option
@_name_option
@yes_option
@pass_session
def delete_index(session: Session, collection: str, name: str, yes: bool) -> None:
    """Delete an index."""
    _index(session, collection, name)  # before the question
    session.confirm(f"Delete index {name!r} of collection {collection!r}?", yes)
    session.client().drop_index(collection, name, session.timeout)
    session.report(f"Deleted index {name!r} of collection {collection!r}.", deleted=name)
