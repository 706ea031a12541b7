"""Go on over a new TCP connection when packets on the old one vanished and pass again.

TCP repeats what was not acknowledged after pauses that double: after an outage of 8 s it may be silent for 5 s more.
A server that is only slow looks the same. So when calls wait for more than a second and none of them ends, the server
is asked something over the same connection. If it does not answer, plain connects find out when packets pass, and a
new channel is greeted. Whichever answers first is used.
"""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING

from milvusclient.config.uri import Kind
from milvusclient.exceptions import MilvusException
from milvusclient.policy.deadline import UNBOUNDED
from milvusclient.policy.failure import RpcFailure
from milvusclient.policy.silence import Silence, Verdict, attempt_seconds
from milvusclient.runtime.concurrency import Background, Signal
from milvusclient.runtime.ticking import Ticker
from milvusclient.transport.tcp_probe import reaches

if TYPE_CHECKING:
    from milvusclient._sync.core.channel import Channel

__all__ = ["Healer"]

#: Any answer to this call, also a refusal, shows that the server is there. gRPC servers know it or refuse it at once.
_PROBE = "/grpc.health.v1.Health/Check"
#: Seconds that the answer may take.
_PROBE_TIMEOUT = 1.0
#: Seconds that the handshake over a new TCP connection may take, once packets pass.
_GREETING_TIMEOUT = 10.0
#: Statuses that gRPC itself reports when nothing comes back.
_NO_ANSWER = ("DEADLINE_EXCEEDED", "UNAVAILABLE", "CANCELLED")


class Healer:
    """Watches a channel while calls wait on it, and gives it a new transport when the old one is stuck.

    Args:
        channel: the channel.
    """

    def __init__(self, channel: Channel) -> None:
        # Weak, so that a channel is freed with its event loop, and not by the garbage collector later: uvloop never
        # frees what a channel holds then.
        self._reference = weakref.ref(channel)
        # A server on this machine is never out of reach, and behind a proxy a plain connect proves nothing.
        may_vanish = channel.config.target.kind is Kind.NETWORK and not channel.has_proxy
        # Guards the flags of watching; reentrant, because a signal handler may make a call.
        self._lock = threading.RLock()
        self._silence = Silence()
        self._ticker = Ticker(self._look)
        self._background = Background()
        self._ending = Signal()
        self._is_ended = False
        self._is_busy = False
        #: The channel that is being greeted.
        self._fresh: Channel | None = None
        #: Whether the channel is being watched, or need not be.
        self._is_watching = not may_vanish
        self.settle()

    def watch(self) -> None:
        """Begin to watch, unless that is done already."""
        with self._lock:
            if self._is_watching or self._is_ended:
                return
            self._is_watching = True
            self.settle()
        self._ticker.start()

    def settle(self) -> None:
        """Have the calls of the channel know whether they have to see to something."""
        channel = self._reference()
        if channel is not None:
            with self._lock:
                channel.is_settled = self._is_watching and not channel.is_retired

    def end(self) -> None:
        """Stop watching and healing; the channel is about to be closed."""
        self._is_ended = True
        self._ticker.stop()
        self._ending.set()
        fresh = self._fresh
        if fresh is not None:
            fresh.close()
        self._background.end()

    def _look(self) -> bool:
        """Look at the channel once; return whether to look again."""
        channel = self._reference()
        if self._is_ended or channel is None:
            return False
        if self._is_busy:
            return True
        if channel.has_drained:
            self._begin(channel, is_stuck=False)
            return True
        verdict = self._silence.look(time.monotonic(), channel.is_waited_for, channel.answers)
        if verdict is Verdict.END:
            with self._lock:
                # In this order: a call counts itself before it reads the flag.
                self._is_watching = False
                self.settle()
                if not channel.is_waited_for:
                    return False
                self._is_watching = True
                self.settle()
        elif verdict is Verdict.PROBE:
            self._begin(channel, is_stuck=True)
        return not self._is_ended

    def _begin(self, channel: Channel, *, is_stuck: bool) -> None:
        """Begin to heal or drain the channel in the background; until that ends, it is not looked at."""
        # Set before the start: a thread may be done with its work by the time that start() returns.
        self._is_busy = True
        if not self._background.start(lambda: self._see_to(channel, is_stuck=is_stuck)):
            self._is_busy = False

    def _see_to(self, channel: Channel, *, is_stuck: bool) -> None:
        try:
            if is_stuck:
                self._heal(channel)
            else:
                channel.drain()
        finally:
            self._is_busy = False

    def _heal(self, channel: Channel) -> None:
        answers = channel.answers
        if self._is_there(channel):
            self._silence.answered(time.monotonic())
        elif self._packets_pass(channel, answers):
            self._go_on_over_a_new_one(channel, answers)

    def _is_there(self, channel: Channel) -> bool:
        """Return whether the server answers over the transport at hand."""
        if channel.is_handshaking:
            return False  # what is asked would wait for the same
        answers = channel.answers
        try:
            channel.transport.call(_PROBE, b"", (), _PROBE_TIMEOUT)
        except RpcFailure as failed:
            return failed.failure.status not in _NO_ANSWER or channel.answers != answers
        return True

    def _packets_pass(self, channel: Channel, answers: int) -> bool:
        """Wait until a plain connect succeeds; return False if that has become needless."""
        number = 0
        while not self._is_needless(channel, answers):
            seconds = attempt_seconds(number)
            until = time.monotonic() + seconds
            if reaches(channel.config.target, seconds, lambda: self._is_needless(channel, answers)):
                return True
            number += 1
            # A refusal comes at once.
            self._ending.wait(max(0.0, until - time.monotonic()))
        return False

    def _is_needless(self, channel: Channel, answers: int) -> bool:
        """Return whether the old transport answered meanwhile, or nothing waits for it any more."""
        return self._is_ended or channel.answers != answers or not channel.is_waited_for

    def _go_on_over_a_new_one(self, channel: Channel, answers: int) -> None:
        """Greet the server over a new TCP connection, and have calls use it."""
        try:
            fresh = self._fresh = channel.another()
        except (MilvusException, OSError):  # such as a certificate file that is gone by now
            self._silence.answered(time.monotonic())
            return
        try:
            fresh.greet(UNBOUNDED.bounded(_GREETING_TIMEOUT, time.monotonic()))
        except (RpcFailure, MilvusException):
            # The server is too slow for that, too, or refuses. The calls will see.
            self._silence.answered(time.monotonic())
            fresh.close()
        except BaseException:
            fresh.close()
            raise
        else:
            if self._is_needless(channel, answers):
                fresh.close()
            else:
                channel.take_over(fresh)
        finally:
            self._fresh = None
