"""What this process holds of the things that leak: sockets, threads, memory."""

from __future__ import annotations

import gc
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

#: For tests that look: only Linux tells.
needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")


def sockets() -> int:
    """How many sockets this process has open."""
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            count += os.readlink(entry).startswith("socket:")
        except OSError:
            continue
    return count


def threads() -> int:
    """How many threads the kernel counts for this process, those of gRPC's core included."""
    return len(os.listdir("/proc/self/task"))


def resident() -> float:
    """Megabytes of memory that are in use."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True, slots=True)
class Usage:
    """A reading of all three."""

    sockets: int
    threads: int
    megabytes: float

    @classmethod
    def now(cls) -> Usage:
        """Read them."""
        return cls(sockets(), threads(), resident())

    def settled(self, *, more_sockets: int = 2, more_threads: int = 4, patience: float = 60.0) -> Usage:
        """A reading as soon as it is no more than this one, give or take what gRPC keeps; the last one at worst."""
        over = time.monotonic() + patience
        while True:
            now = Usage.now()
            calm = now.sockets <= self.sockets + more_sockets and now.threads <= self.threads + more_threads
            if calm or time.monotonic() > over:
                return now
            time.sleep(0.1)

    def check(self, now: Usage, *, more_sockets: int = 2, more_threads: int = 4, more_megabytes: float = 16.0) -> None:
        """That a later reading is no more than this one."""
        assert now.sockets <= self.sockets + more_sockets, f"sockets: {self.sockets}, then {now.sockets}"
        assert now.threads <= self.threads + more_threads, f"threads: {self.threads}, then {now.threads}"
        assert now.megabytes <= self.megabytes + more_megabytes, f"MB: {self.megabytes:.1f}, then {now.megabytes:.1f}"
