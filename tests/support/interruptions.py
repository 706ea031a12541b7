"""Ctrl-C at a chosen moment: a KeyboardInterrupt before the n-th line that the thread executes in some modules."""

from __future__ import annotations

import dis
import sys
from types import FrameType, ModuleType, TracebackType
from typing import Any, Self

__all__ = ["InterruptAt"]

#: What lines begin with. The end of a ``with`` block is traced as its first line again, but begins differently, and no
#: signal is handled just before it.
_BEGINNINGS = ("LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF")


class InterruptAt:
    """Interrupts what the thread does inside the ``with`` block, at most once; several blocks count on.

    Args:
        place: number of the line, counted from 0.
        modules: the modules whose lines are counted.

    Attributes:
        found: where it was interrupted; empty as long as it was not. It says when a ``page`` was about to be returned.
    """

    def __init__(self, place: int, *modules: ModuleType) -> None:
        self.found = ""
        self._left = place
        self._files = {module.__file__ for module in modules}
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        if not self.found:
            sys.settrace(self._trace)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:  # what sys.settrace wants is recursive
        code = frame.f_code
        # The interpreter drops what a finalizer raises.
        finalizes = frame.f_back is not None and frame.f_back.f_code.co_name == "__del__"
        if code.co_filename not in self._files or code.co_name == "__del__" or finalizes:
            return None
        if event == "line" and dis.opname[code.co_code[frame.f_lasti]].startswith(_BEGINNINGS):
            self._left -= 1
            if self._left < 0:
                returning = ", returning" if frame.f_locals.get("page") is not None else ""
                self.found = f"{code.co_qualname}, line {frame.f_lineno}{returning}"
                sys.settrace(None)
                raise KeyboardInterrupt
        return self._trace
