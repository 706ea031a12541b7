"""A scripted server in a network of its own, between which and this process packets can vanish without a word.

A program that uses it runs in a network namespace itself: ``run_apart`` starts it there.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

from tests.support.forks import ROOT
from tests.support.patience import HANG
from tests.support.scripted import ScriptedServer

_APART = ("unshare", "--map-root-user", "--net")
_NEAR, _FAR = "10.11.0.1", "10.11.0.2"
#: Addresses of two network cards, and one that no card has: what is sent there is dropped.
_CARDS = {_NEAR: "02:00:00:00:00:01", _FAR: "02:00:00:00:00:02"}
_NO_CARD = "02:00:00:00:00:99"


@functools.cache
def may_have_a_network_of_its_own() -> bool:
    """Whether this machine lets its users make network namespaces."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    trial = "ip link set lo up && ip link add near type veth peer name far"
    return subprocess.run([*_APART, "sh", "-c", trial], capture_output=True, check=False).returncode == 0


def run_apart(program: str, timeout: float = 2 * HANG) -> str:
    """Run a Python program in a network namespace of its own; what it printed.

    Raises:
        AssertionError: it failed.
    """
    result = subprocess.run(
        [*_APART, sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


class FarServer:
    """A scripted server in another namespace than this process, and the cable between them."""

    def __enter__(self) -> Self:
        _ip("link", "set", "lo", "up")
        self._process = subprocess.Popen(
            ["unshare", "--net", sys.executable, "-m", "tests.support.network"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._tell("hello")
        _ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(self._process.pid))
        _connect("near", _NEAR)
        self.uri = self._tell("listen")
        self.heal()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate("stop\n", timeout=HANG)

    def drop(self) -> None:
        """From now on every packet vanishes, in both directions, as with a firewall that drops."""
        self._tell("drop")
        _lead("near", _FAR, _NO_CARD)

    def heal(self) -> None:
        """Let packets pass again."""
        self._tell("heal")
        _lead("near", _FAR, _CARDS[_FAR])

    def accepted(self) -> int:
        """How many TCP connections were accepted so far."""
        return int(self._tell("accepted"))

    def requests(self, rpc: str) -> int:
        """How many requests of a call arrived so far."""
        return int(self._tell(f"requests {rpc}"))

    def slow(self, rpc: str, seconds: float) -> None:
        """Let every call of a kind take that long from now on."""
        self._tell(f"slow {rpc} {seconds}")

    def drop_for(self, seconds: float) -> None:
        """Drop, wait, and heal."""
        self.drop()
        time.sleep(seconds)
        self.heal()

    def _tell(self, command: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


def _connect(device: str, address: str) -> None:
    _ip("link", "set", device, "address", _CARDS[address])
    _ip("addr", "add", f"{address}/24", "dev", device)
    _ip("link", "set", device, "up")


def _lead(device: str, address: str, card: str) -> None:
    _ip("neigh", "replace", address, "lladdr", card, "dev", device, "nud", "permanent")


def _serve() -> None:
    """Be the server, and do what is asked line by line."""
    server: ScriptedServer | None = None
    for line in sys.stdin:
        answer = "done"
        match line.split():
            case ["listen"]:
                _ip("link", "set", "lo", "up")
                _connect("far", _FAR)
                server = ScriptedServer(host=_FAR)
                answer = server.uri
            case ["drop"]:
                _lead("far", _NEAR, _NO_CARD)
            case ["heal"]:
                _lead("far", _NEAR, _CARDS[_NEAR])
            case ["accepted"] if server is not None:
                answer = str(server.proxy.accepted)
            case ["requests", rpc] if server is not None:
                answer = str(len(server.calls(rpc)))
            case ["slow", rpc, seconds] if server is not None:
                server.on(rpc).then(delay=float(seconds)).forever()
            case ["stop"]:
                break
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()
    if server is not None:
        server.stop()


if __name__ == "__main__":
    _serve()
