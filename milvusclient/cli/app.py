"""All commands together, and one run of them."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from milvusclient.cli.commands import (  # noqa: F401 - each adds its commands
    aliases,
    bulk,
    collections,
    connections,
    convert,
    databases,
    doctor,
    entities,
    history,
    indexes,
    maintenance,
    partitions,
    queries,
    resource_groups,
    roles,
    server,
)
from milvusclient.cli.framework.colors import colored
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.session import Session

__all__ = ["run"]

_DEBUG = "MILVUSCLIENT_DEBUG"
# An embedded server logs each call that it refuses, with a traceback; what it refuses is told in one line.
logging.getLogger().addHandler(logging.NullHandler())


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
    session.start_shell = _start_shell
    try:
        # It always ends with SystemExit: so it does as well for a broken pipe and for Ctrl-C.
        root.main(list(words), "milvusclient", obj=session)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:
        # A mistake of ours. A shell goes on after it, and nobody is shown a traceback who did not ask for one.
        if os.environ.get(_DEBUG):
            raise
        text = f"Error: {type(error).__name__}: {error}\nThis should not happen; {_DEBUG}=1 shows where it did."
        click.echo(colored(text, "red", sys.stderr), err=True)
        return 1
    finally:
        if own:
            session.close()


def _start_shell(session: Session) -> int:
    # Loaded when it is used: prompt_toolkit takes as long as all the rest.
    from milvusclient.cli.shell import run_shell

    return run_shell(session, run)
