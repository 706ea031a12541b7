"""Where in the user's program a call came from."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from types import FrameType

from milvusclient.policy.errors import Closed

__all__ = ["closed_here", "next_sequence"]

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
#: A number larger than every one before it, in this process.
next_sequence = itertools.count(1).__next__


def closed_here(how: str) -> Closed:
    """A record of this moment, this thread, and the first line of the user's program that led here."""
    frame = sys._getframe(1)
    while _is_machinery(frame) and frame.f_back is not None:
        frame = frame.f_back
    where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    return Closed(how, where, threading.current_thread().name, time.monotonic(), next_sequence())


def _is_machinery(frame: FrameType) -> bool:
    """This package, or an event loop that steps through a task."""
    module = frame.f_globals.get("__name__", "")
    return frame.f_code.co_filename.startswith(_PACKAGE) or module.startswith(("asyncio.", "contextlib", "uvloop"))
