"""All commands together, and one run of them."""

from __future__ import annotations

from collections.abc import Sequence

from milvusclient.cli import (  # noqa: F401 - each adds its commands
    aliases,
    bulk,
    collections,
    connecting,
    convert,
    databases,
    doctor,
    entities,
    indexes,
    maintenance,
    partitions,
    queries,
    resource_groups,
    roles,
    server,
)
from milvusclient.cli.session import Session
from milvusclient.cli.verbs import root

__all__ = ["run"]


def run(words: Sequence[str], session: Session | None = None) -> int:
    """Run one command.

    Args:
        words: the command and its options.
        session: what it shares with others; None makes one, and closes its connections in the end.

    Returns:
        The exit status.
    """
    own = session is None
    session = session or Session()
    session.options = session.base
    try:
        # It always ends with SystemExit: so it does as well for a broken pipe and for Ctrl-C.
        root.main(list(words), "milvusclient", obj=session)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if own:
            session.close()
