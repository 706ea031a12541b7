"""Commands that flush and compact collections, and that show their segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.groups import root, show_group
from milvusclient.cli.framework.parameters import collection_option, option
from milvusclient.cli.framework.progress import run_with_progress
from milvusclient.cli.framework.session import Session

if TYPE_CHECKING:
    from milvusclient.models.infos import CompactionPlans

__all__: list[str] = []


@root.command("flush", cls=Command, nouns=("collection",))
@collection_option
@pass_session
def flush(session: Session, collection: str) -> None:
    """Write the rows in memory to storage, and wait until that is done."""
    client = session.client()
    run_with_progress(f"Flushing {collection}", lambda: client.flush(collection, session.timeout), lambda: None)
    session.report(f"Flushed collection {collection!r}.", flushed=collection)


@root.command("flush_all", cls=Command)
@pass_session
def flush_all(session: Session) -> None:
    """Flush all collections."""
    client = session.client()
    run_with_progress("Flushing", lambda: client.flush_all(session.timeout), lambda: None)
    session.report("Flushed all collections.", flushed="all")


@root.command("compact", cls=Command, nouns=("collection",))
@collection_option
@option("--clustering", is_flag=True, help="Compact by the clustering key.")
@pass_session
def compact(session: Session, collection: str, clustering: bool) -> None:
    """Start merging segments; `show compaction_state` shows the progress."""
    job = session.client().compact(collection, clustering, timeout=session.timeout)
    session.report(f"Started compaction {job} of collection {collection!r}.", compaction_id=job)


@show_group.command("compaction_state")
@option("-id", "--compaction-id", "job", type=int, required=True, help="Id that `compact` printed.")
@pass_session
def compaction_state(session: Session, job: int) -> None:
    """Show the state of a compaction."""
    session.show_record({"compaction_id": job, "state": session.client().get_compaction_state(job, session.timeout)})


@show_group.command("compaction_plans")
@option("-id", "--compaction-id", "job", type=int, default=None, help="Id that `compact` printed.")
@option("-c", "--collection-name", "collection", default=None, help="Name of the collection, in place of an id.")
@pass_session
def compaction_plans(session: Session, job: int | None, collection: str | None) -> None:
    """Show which segments a compaction merges."""
    found: CompactionPlans
    if job is None:
        name = session.ask(collection, "Collection", "--compaction-id")
        found = session.client().list_compaction_tasks(name, session.timeout)
    else:
        found = session.client().get_compaction_plans(job, session.timeout)
    if session.options.output in ("json", "jsonl"):
        session.show_record({"compaction_id": found.compaction_id, "state": found.state, "plans": found.plans})
    else:
        session.show_rows(
            [{"sources": plan.sources, "target": plan.target, "state": plan.state} for plan in found.plans],
            ["sources", "target", "state"],
        )


_SEGMENT = ("segment_id", "partition_id", "num_rows", "state", "level")
_LOADED = ("segment_id", "num_rows", "state", "mem_size", "index_name", "node_ids")


def _query_segments(session: Session, collection: str) -> None:
    found = session.client().list_loaded_segments(collection, session.timeout)
    session.show_rows([{key: getattr(each, key) for key in _LOADED} for each in found], _LOADED)


@show_group.command("query_segment_info")
@collection_option
@pass_session
def query_segment_info(session: Session, collection: str) -> None:
    """Show the segments of a collection in memory."""
    _query_segments(session, collection)


@show_group.command("query_segment", hidden=True)
@collection_option
@pass_session
def query_segment(session: Session, collection: str) -> None:
    """Show the segments of a collection in memory."""
    _query_segments(session, collection)


@show_group.command("flush_state")
@collection_option
@pass_session
def flush_state(session: Session, collection: str) -> None:
    """Show which segments of a collection are written to storage."""
    found = session.client().list_persistent_segments(collection, session.timeout)
    session.show_rows([{key: getattr(each, key) for key in _SEGMENT} for each in found], _SEGMENT)
