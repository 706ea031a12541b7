"""All commands together, and one run of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

import click

from milvusclient.cli.commands import register_commands
from milvusclient.cli.framework.failure import Failure, show_error
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.session import Session

__all__ = ["run"]

_DEBUG = "MILVUSCLIENT_DEBUG"
register_commands(root)
# An embedded server logs each call that it refuses, with a traceback; here that is told in one line.
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
        return _run(words, session)
    except ImportError:
        raise  # a package of the extra is missing: the entry says which
    except OSError as error:  # the output takes no more; where a command met it, it is a Failure already
        show_error(f"Error: {error}")
        return 1
    except Exception as error:
        # A bug of ours. A shell goes on after it, and a traceback is only for those who ask for one.
        if os.environ.get(_DEBUG):
            raise
        text = f"{type(error).__name__}: {error}\nThis is a bug in milvusclient; set {_DEBUG}=1 to see the traceback."
        show_error(f"Error: {text}")
        return 1
    finally:
        if own:
            session.close()


def _run(words: Sequence[str], session: Session) -> int:
    if "_MILVUSCLIENT_COMPLETE" in os.environ:
        from milvusclient.cli.framework import shell_completion

        shell_completion.install()
    try:
        status = root.main(list(words), "milvusclient", obj=session, standalone_mode=False)
    except click.UsageError as error:
        if session.interactive:
            show_error(f"Error: {error.format_message()}")  # how a command is written is known there
        else:
            error.show()
        return error.exit_code
    except Failure as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        show_error(f"Error: {error.format_message()}")
        return error.exit_code
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return 1
    except SystemExit as end:  # a closed pipe
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return status if isinstance(status, int) else 0


def _start_shell(session: Session) -> int:
    # Loaded when it is used: prompt_toolkit takes as long as all the rest.
    from milvusclient.cli.shell import run_shell

    return run_shell(session, run)
