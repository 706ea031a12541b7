"""Commands about what a server does with its data: flush, compaction, segments."""

from __future__ import annotations

from collections.abc import Callable

from milvusclient.cli.framework.command import Command, collection_option, option, pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import calc_group, list_group, root, show_group
from milvusclient.cli.framework.progress import watched
from milvusclient.cli.framework.session import Session
from milvusclient.models.infos import CompactionPlans

__all__: list[str] = []


@root.command("flush", cls=Command, nouns=("collection",))
@collection_option
@pass_session
def flush(session: Session, collection: str) -> None:
    """Write what came in to storage, and wait for it."""
    client = session.client()
    watched(f"Flushing {collection}", lambda: client.flush(collection, session.timeout), lambda: None)
    session.done(f"Flushed collection {collection!r}.", flushed=collection)


@root.command("flush_all", cls=Command)
@pass_session
def flush_all(session: Session) -> None:
    """Flush all collections."""
    client = session.client()
    watched("Flushing", lambda: client.flush_all(session.timeout), lambda: None)
    session.done("Flushed all collections.", flushed="all")


@root.command("compact", cls=Command, nouns=("collection",))
@collection_option
@option("--clustering", is_flag=True, help="By the clustering key.")
@pass_session
def compact(session: Session, collection: str, clustering: bool) -> None:
    """Merge segments; `show compaction_state` tells how far it is."""
    job = session.client().compact(collection, clustering, timeout=session.timeout)
    session.done(f"Compaction {job} of collection {collection!r} has started.", compaction_id=job)


@show_group.command("compaction_state")
@option("-id", "--compaction-id", "job", type=int, required=True, help="The job that `compact` told.")
@pass_session
def compaction_state(session: Session, job: int) -> None:
    """Show how far a compaction is."""
    session.record({"compaction_id": job, "state": session.client().get_compaction_state(job, session.timeout)})


@show_group.command("compaction_plans")
@option("-id", "--compaction-id", "job", type=int, default=None, help="The job that `compact` told.")
@option("-c", "--collection-name", "collection", default=None, help="The collection, in place of a job.")
@pass_session
def compaction_plans(session: Session, job: int | None, collection: str | None) -> None:
    """Show which segments a compaction merges."""
    found: CompactionPlans
    if job is None:
        name = session.ask(collection, "Collection", "--compaction-id")
        found = session.client().list_compaction_tasks(name, session.timeout)
    else:
        found = session.client().get_compaction_plans(job, session.timeout)
    if session.options.output == "json":
        session.record({"compaction_id": found.compaction_id, "state": found.state, "plans": found.plans})
    else:
        session.rows(
            [{"sources": plan.sources, "target": plan.target, "state": plan.state} for plan in found.plans],
            ["sources", "target", "state"],
        )


_SEGMENT = ("segment_id", "partition_id", "num_rows", "state", "level")
_LOADED = ("segment_id", "num_rows", "state", "mem_size", "index_name", "node_ids")


def _query_segments(session: Session, collection: str) -> None:
    found = session.client().list_loaded_segments(collection, session.timeout)
    session.rows([{key: getattr(each, key) for key in _LOADED} for each in found], _LOADED)


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
    session.rows([{key: getattr(each, key) for key in _SEGMENT} for each in found], _SEGMENT)


def _gone(why: str) -> Callable[..., None]:
    """A command of older tools that has nothing to do here; it says why."""

    def explain(**_: object) -> None:
        raise Failure(why)

    return explain


_AT_ONCE = (
    "bulk_insert of this tool sends the rows itself and returns when they are inserted; no task is left to ask for"
)
_ANY_WORDS = {"ignore_unknown_options": True, "allow_extra_args": True}
for _group, _name, _why in (
    (show_group, "bulk_insert_state", _AT_ONCE),
    (list_group, "bulk_insert_tasks", _AT_ONCE),
    (root, "load_balance", "servers since Milvus 2.2 balance themselves; see `transfer replica` for resource groups"),
    (
        calc_group,
        "distance",
        "servers since Milvus 2.2 cannot calculate distances; use numpy, or `search`",
    ),
):
    _command = Command(_name, callback=_gone(_why), common="none", hidden=True, context_settings=_ANY_WORDS, help=_why)
    _group.add_command(_command)
