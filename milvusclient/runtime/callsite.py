"""Find the line of the user's program that a call came from."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from types import FrameType

from milvusclient.policy.errors import CloseRecord

__all__ = ["next_sequence", "record_close"]

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
#: Return a number larger than every earlier one of this process. One step of the interpreter, so it needs no lock.
next_sequence = itertools.count(1).__next__


def record_close(how: str) -> CloseRecord:
    """Build a record of this moment, this thread, and the innermost line of the user's program.

    Args:
        how: the method that closes the connection, as messages show it.
    """
    frame = sys._getframe(1)
    while _is_machinery(frame) and frame.f_back is not None:
        frame = frame.f_back
    where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    return CloseRecord(how, where, threading.current_thread().name, time.monotonic(), next_sequence())


def _is_machinery(frame: FrameType) -> bool:
    """Return whether a frame belongs to this package, a ``with`` statement or an event loop, not to the user."""
    module = frame.f_globals.get("__name__", "")
    return frame.f_code.co_filename.startswith(_PACKAGE) or module.startswith(("asyncio.", "contextlib", "uvloop"))
