"""The channels of one connection: which one a call takes, and how one is replaced by another."""

from __future__ import annotations

import itertools
import logging
import random
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from milvusclient._async.core.channel import AsyncChannel
from milvusclient.exceptions import ConnectionConfigException
from milvusclient.policy.channels import AddressBook, casts_doubt, choose_channel, renewal_time, retry_pause
from milvusclient.policy.deadline import Deadline
from milvusclient.policy.errors import connect_error, none_answers_error
from milvusclient.policy.failure import Failure, RpcFailure
from milvusclient.runtime.concurrency import AsyncBackground, AsyncSharedResult, AsyncSignal
from milvusclient.runtime.counters import ConnectionCounters
from milvusclient.runtime.descriptors import require_channel_descriptors
from milvusclient.transport.names import async_look_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.config.uri import Target
    from milvusclient.models.connection import ChannelInfo

__all__ = ["AsyncChannelGroup"]

_logger = logging.getLogger("milvusclient")

#: Seconds that opening a connection waits for further channels once one is open.
_GRACE = 0.5
#: Seconds between two looks whether a replaced channel has calls in flight, at first and at most.
_SHORTEST_LOOK, _LONGEST_LOOK = 0.01, 0.25
#: Seconds after which a name is looked up again when a channel fails or is renewed, and when calls are made at all.
_NAME_AGE, _LONGEST_NAME_AGE = 1.0, 30.0
#: The most channels that are opened at the same time.
_MOST_OPENERS = 16
#: Seconds for dialling an address when there is another one that has no channel; and for it alone, when opening.
_LONGEST_TRY, _LONGEST_SILENCE = 2.0, 1.0
#: Seconds that a channel has for a new handshake before another one is opened in its place.
_LONGEST_RECOVERY = 1.0
_NEVER = float("inf")
_ENDED = Failure("CANCELLED", "the connection is closed", sent=False)
_NOT_LOOKED_UP = Failure("DEADLINE_EXCEEDED", "looking up the name took too long", sent=False)


class _Slot:
    """The place of one channel: the channel, and when something is to be done about it."""

    __slots__ = ("address", "channel", "failures", "is_busy", "not_before", "renew_at")

    def __init__(self) -> None:
        self.channel: AsyncChannel | None = None
        #: The address that was dialled last.
        self.address = ""
        self.renew_at = _NEVER
        #: When it may be tried again after a failure.
        self.not_before = 0.0
        self.failures = 0
        #: Whether work on it goes on in the background.
        self.is_busy = False

    def needs_work(self, now: float) -> bool:
        """Return whether a new channel is wanted here."""
        channel = self.channel
        return channel is None or not channel.valid_handshake or now >= self.renew_at


class _Openers:
    """The work of opening several channels, in shares, and two signals: one is open, and all work has ended."""

    def __init__(self, slots: tuple[_Slot, ...]) -> None:
        self.opened, self.ended = AsyncSignal(), AsyncSignal()
        count = min(len(slots), _MOST_OPENERS)
        self.shares = [slots[number::count] for number in range(count)]
        self._working = set(self.shares)
        for slot in slots:
            slot.is_busy = True

    def finish(self, share: tuple[_Slot, ...]) -> None:
        """Note that the work on some slots has ended."""
        for slot in share:
            slot.is_busy = False
        self._working.discard(share)
        if not self._working:
            self.opened.set()
            self.ended.set()


class AsyncChannelGroup:
    """Several channels, or one that is renewed, over one address or several.

    There is one operation, :meth:`_renew`: dial and greet a new channel, put it into the place of the old one, let the
    old one drain. It opens a channel that is missing, renews one that is old, moves one to another address, and
    replaces one whose server does not answer. A call that finds something due starts it in the background, and goes on.

    Args:
        alias: name of the connection.
        config: its settings.
        dial: makes a channel to an address; it is not connected yet.
        connect_timeout: seconds for opening a channel.
    """

    def __init__(
        self, alias: str, config: ConnectionConfig, dial: Callable[[Target], AsyncChannel], connect_timeout: float
    ) -> None:
        self._alias = alias
        self._config = config
        self._dial = dial
        self._connect_timeout = connect_timeout
        self._background = AsyncBackground()
        #: Set when the connection ends.
        self._ending = AsyncSignal()
        self._is_ended = False
        self._turns = itertools.count()
        # A generator of our own leaves the program's random.seed() alone.
        self._random = random.Random()  # noqa: S311 - spreading load needs no secrecy
        target = config.target
        targets = () if target.is_name else target.members or (target,)
        self._book = AddressBook(targets, self._random.randrange(1 << 16))
        self._looked_up = 0.0
        # Guards what follows. It is held for assignments only, and reentrant, because a finalizer or a signal handler
        # may close the client while its own thread holds it.
        self._lock = threading.RLock()
        self._slots: list[_Slot] = []
        #: The channels in use: one tuple, so that calls read it without the lock.
        self.channels: tuple[AsyncChannel, ...] = ()
        #: When a call has to look for work; every call compares it with the time.
        self._next_look = _NEVER
        self._greeting: set[AsyncChannel] = set()
        self._leaving: list[AsyncChannel] = []
        #: The sum of the counters of channels that are closed.
        self._past = ConnectionCounters()

    # --- opening ---------------------------------------------------------------------------------------------------

    async def connect(self, deadline: Deadline) -> None:
        """Open the channels. One that opens is enough; the others get a moment, and then go on in the background.

        Raises:
            MilvusException: none could be opened; it names each address with its reason. Or so many channels would
                leave the program no file descriptors.
        """
        if self._config.target.is_name:
            await self._look_up_within(deadline)
        self._resize()
        errors: dict[str, Exception] = {}
        slots = tuple(self._slots)
        require_channel_descriptors(len(slots), len(slots))
        if len(slots) == 1:
            await self._open(slots[0], deadline, errors)
        else:
            await self._open_all(slots, deadline, errors)
        if not self.channels:
            raise self._none_opened(errors, deadline)
        with self._lock:
            self._next_look = 0.0

    async def _open_all(self, slots: tuple[_Slot, ...], deadline: Deadline, errors: dict[str, Exception]) -> None:
        """Open the channels of several slots at the same time."""
        openers = _Openers(slots)

        async def open_some(share: tuple[_Slot, ...]) -> None:
            try:
                for slot in share:
                    await self._open(slot, deadline, errors)
                    if slot.channel is not None:
                        openers.opened.set()
            finally:
                openers.finish(share)

        for share in openers.shares:
            if not self._background.start(partial(open_some, share)):
                openers.finish(share)
        remaining = deadline.remaining(time.monotonic())
        await openers.opened.wait(self._connect_timeout if remaining is None else remaining)
        if self.channels:
            await openers.ended.wait(deadline.clip(_GRACE, time.monotonic()))

    async def _open(self, slot: _Slot, deadline: Deadline, errors: dict[str, Exception]) -> None:
        """Open the channel of a slot; if its address fails, over each address that no other slot has.

        An address that is silent is still waited for while the next ones are dialled: the first answer counts.
        """
        ends: dict[str, AsyncSignal] = {}
        while slot.channel is None and not self._is_ended:
            target = self._choose(slot)
            if target.address in ends:
                break
            ended = ends[target.address] = AsyncSignal()
            spare = max(0, len(self._book.targets) - len(self._slots) - len(ends) + 1)
            remaining = deadline.remaining(time.monotonic())
            work = partial(self._open_over, target, slot, deadline, errors, ends)
            if (not spare and len(ends) == 1) or not remaining or not self._background.start(work):
                await work()
            elif not await ended.wait(min(_LONGEST_SILENCE, remaining / (spare + 1))):
                self._note_failed(target)  # so that the next one is chosen
        for ended in ends.values():
            if slot.channel is None and not self._is_ended:
                await ended.wait(deadline.remaining(time.monotonic()) or 0.0)

    async def _open_over(
        self,
        target: Target,
        slot: _Slot,
        deadline: Deadline,
        errors: dict[str, Exception],
        ends: dict[str, AsyncSignal],
    ) -> None:
        """Open the channel of a slot over one address, unless another one is faster."""
        try:
            fresh = await self._greet(target, deadline)
        except Exception as error:  # noqa: BLE001 - whatever it is, another address may work
            errors[target.address] = error
            if slot.channel is None:
                self._postpone(slot, error)
        else:
            with self._lock:
                if slot.channel is None:
                    slot.address = target.address
                    unwanted = self._put(slot, fresh)
                else:
                    unwanted = fresh
            for ended in ends.values():
                ended.set()
            if unwanted is not None:
                await self._drain(unwanted)
        finally:
            ends[target.address].set()

    def _none_opened(self, errors: dict[str, Exception], deadline: Deadline) -> Exception:
        """Return the error of a connection of which no channel could be opened."""
        addresses = [target.address for target in self._book.targets]
        for error in errors.values():
            if len(addresses) == 1 or isinstance(error, ConnectionConfigException):
                return error
        causes = {address: errors.get(address) for address in addresses}
        return none_answers_error(self._config, self._alias, causes, deadline.timeout or self._connect_timeout)

    # --- calls -----------------------------------------------------------------------------------------------------

    def pick(self) -> AsyncChannel:
        """Return the channel that the next call takes, and start in the background what is due."""
        now = time.monotonic()
        if now >= self._next_look:
            self._start_due_work(now)
        return choose_channel(self.channels, next(self._turns))

    def note_failure(self, channel: AsyncChannel, handshake: int, status: str) -> None:
        """Take other channels until this one has had a new handshake, if the failure casts doubt on its server.

        Args:
            channel: the channel that was used.
            handshake: the handshake under which the failed request was sent.
            status: how it failed, as gRPC names it.
        """
        if casts_doubt(status):
            channel.invalidate_handshake(handshake)
            with self._lock:  # else the end of a look for work that goes on may overwrite it
                self._next_look = 0.0

    # --- replacing channels ----------------------------------------------------------------------------------------

    def _start_due_work(self, now: float) -> None:
        with self._lock:
            if self._is_ended:
                return
            self._next_look = _NEVER
            following = self._looked_up + _LONGEST_NAME_AGE if self._config.target.is_name else _NEVER
            if now >= following:
                self._looked_up = now
                following = now + _LONGEST_NAME_AGE
                self._background.start(self._follow_name)
            due = []
            for slot in self._slots:
                if slot.is_busy:
                    continue  # its work says when to look again
                at = max(slot.not_before, 0.0 if slot.needs_work(now) else slot.renew_at)
                if now >= at:
                    slot.is_busy = True
                    due.append(slot)
                else:
                    following = min(following, at)
            self._next_look = min(self._next_look, following)  # a finalizer may have asked for one meanwhile
        for slot in due:
            if not self._background.start(partial(self._renew, slot)):
                self._postpone(slot, RuntimeError("no thread can be started"))
                slot.is_busy = False

    async def _renew(self, slot: _Slot) -> None:
        """Replace the channel of a slot: dial and greet a new one first, then let the old one drain."""
        old: AsyncChannel | None = None
        try:
            if self._config.target.is_name and time.monotonic() - self._looked_up > _NAME_AGE:
                await self._follow_name()
            if await self._recovered(slot):
                return
            has_spare = len(self._book.targets) > len(self._slots)
            seconds = min(self._connect_timeout, _LONGEST_TRY) if has_spare else self._connect_timeout
            deadline = Deadline.start(seconds, time.monotonic())
            old = self._put(slot, await self._greet(self._choose(slot), deadline))
        except Exception as error:  # noqa: BLE001 - whatever it is, the old channel stays, and it is tried again
            self._postpone(slot, error)
        finally:
            with self._lock:
                slot.is_busy = False
                self._next_look = 0.0
        if old is not None:
            await self._drain(old)

    async def _recovered(self, slot: _Slot) -> bool:
        """Return whether the channel of a slot is good again after a new handshake, for which it reconnects by itself.

        A server that turned calls away, though it never went away, keeps its connection that way.
        """
        channel = slot.channel
        now = time.monotonic()
        if channel is None or channel.valid_handshake or now >= slot.renew_at:
            return False
        try:
            await channel.ensure_handshake(Deadline.start(_LONGEST_RECOVERY, now))
        except RpcFailure:
            return False
        with self._lock:
            slot.failures, slot.not_before = 0, 0.0
            self._book.answered(slot.address)
        return True

    async def _greet(self, target: Target, deadline: Deadline) -> AsyncChannel:
        """Return a new channel whose server has answered the handshake.

        Raises:
            MilvusException: it does not answer.
        """
        with self._lock:  # one at a time, because the check itself holds what it looks for
            if self.channels:  # opening has seen to the others
                require_channel_descriptors(len(self._slots), 1 + len(self._greeting))
            channel = self._dial(target)
            self._greeting.add(channel)
        try:
            # Looked at after the channel is in the set, and set before the set is read: one of both closes it.
            if self._is_ended:
                raise RpcFailure(_ENDED)
            await channel.connect(deadline)
        except GeneratorExit:  # the event loop is closed, and the channel went with it
            raise
        except BaseException:
            self._note_failed(target)
            await channel.close()
            raise
        finally:
            self._greeting.discard(channel)
        with self._lock:
            self._book.answered(target.address)
        return channel

    def _note_failed(self, target: Target) -> None:
        with self._lock:
            self._book.failed(target.address, time.monotonic(), self._random.random())

    def _put(self, slot: _Slot, channel: AsyncChannel) -> AsyncChannel | None:
        """Put a channel into a slot; return the one that it replaces, which takes no more calls."""
        with self._lock:
            old, slot.channel = slot.channel, channel
            slot.failures, slot.not_before = 0, 0.0
            slot.renew_at = renewal_time(time.monotonic(), self._config.max_age, self._random.random())
            if slot not in self._slots or self._is_ended:  # the name has fewer addresses by now
                old, slot.channel = channel, None
            if old is not None:
                self._leaving.append(old)
            self._list_channels()
        if old is not None:
            old.retire()
        return old

    def _list_channels(self) -> None:
        self.channels = tuple(slot.channel for slot in self._slots if slot.channel is not None)

    def _postpone(self, slot: _Slot, error: Exception) -> None:
        """Try a slot again at once if it has another address now, else later."""
        now = time.monotonic()
        with self._lock:
            slot.failures += 1
            following = self._target_of(slot, now).address
            slot.not_before = self._book.not_before(following)
            if following == slot.address:  # also when something else than the address is to blame
                slot.not_before = max(slot.not_before, now + retry_pause(slot.failures, self._random.random()))
        _logger.debug("no new channel to %s for alias %r: %s", slot.address, self._alias, error)

    def _choose(self, slot: _Slot) -> Target:
        """Return the address that a slot dials next."""
        with self._lock:
            target = self._target_of(slot, time.monotonic())
            slot.address = target.address
            return target

    def _target_of(self, slot: _Slot, now: float) -> Target:
        return self._book.choose(slot.address, [each.address for each in self._slots if each is not slot], now)

    async def _drain(self, channel: AsyncChannel) -> None:
        """Close a replaced channel when its calls are over."""
        pause = _SHORTEST_LOOK
        while channel.counters.in_flight and not await self._ending.wait(pause):
            pause = min(_LONGEST_LOOK, pause * 2)
        await channel.close()
        with self._lock:
            if channel in self._leaving:
                self._leaving.remove(channel)
                self._past.add(channel.counters)

    # --- names -----------------------------------------------------------------------------------------------------

    async def _follow_name(self) -> None:
        """Look up the name again, and have as many channels as its addresses need."""
        self._looked_up = time.monotonic()
        target = self._config.target
        try:
            self._take_addresses(await async_look_up(target.host, target.port))
        except RpcFailure as failed:
            _logger.debug("alias %r keeps the addresses that it has: %s", self._alias, failed)

    async def _look_up_within(self, deadline: Deadline) -> None:
        """Look up the name for the first time.

        Raises:
            ConnectError: it has no address, or the time is up.
        """
        target = self._config.target
        shared = AsyncSharedResult[list[str]]()

        async def ask() -> None:
            try:
                shared.set_result(await async_look_up(target.host, target.port))
            except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
                shared.set_error(error)

        # In the background, because the system may take longer than the deadline.
        if not self._background.start(ask):
            await ask()
        try:
            self._take_addresses(await shared.wait(deadline.remaining(time.monotonic())))
        except (RpcFailure, TimeoutError) as error:
            failure = error.failure if isinstance(error, RpcFailure) else _NOT_LOOKED_UP
            raise connect_error(failure, self._config, self._alias, timeout=deadline.timeout or 0.0) from error
        self._looked_up = time.monotonic()

    def _take_addresses(self, ips: list[str]) -> None:
        with self._lock:
            if self._book.update([self._config.target.found_at(ip) for ip in ips]) and self._slots:
                self._resize()
                self._next_look = 0.0

    def _resize(self) -> None:
        """Have as many slots as the settings and the addresses want, and renew those that belong to another address."""
        with self._lock:
            count = self._config.channel_count or len(self._book.targets)
            self._slots.sort(key=lambda slot: slot.channel is None)  # so that the channels that are open stay
            gone = self._slots[count:]
            self._slots = self._slots[:count] + [_Slot() for _ in range(count - len(self._slots))]
            for slot in self._slots:
                if slot.address and self._target_of(slot, time.monotonic()).address != slot.address:
                    slot.renew_at = 0.0
            leaving = [slot.channel for slot in gone if slot.channel is not None]
            self._leaving += leaving
            self._list_channels()
        for channel in leaving:
            channel.retire()
            self._background.start(partial(self._drain, channel))

    # --- end and figures -------------------------------------------------------------------------------------------

    async def end(self) -> None:
        """Close all channels, those that drain or are being opened, too, and end the work in the background."""
        self._is_ended = True
        self._ending.set()
        for channel in {*self.channels, *self._leaving, *self._greeting}:
            await channel.close()
        await self._background.end()

    def totals(self) -> ConnectionCounters:
        """Return the sum of the counters of all channels, closed ones included."""
        total = ConnectionCounters()
        with self._lock:
            for counters in (self._past, *(channel.counters for channel in (*self.channels, *self._leaving))):
                total.add(counters)
        return total

    def infos(self) -> tuple[ChannelInfo, ...]:
        """Return the state of each channel, and of each place whose server does not answer."""
        from milvusclient.models.connection import ChannelInfo

        with self._lock:
            channels = [slot.channel for slot in self._slots if slot.channel is not None] + self._leaving
            missing = [slot.address for slot in self._slots if slot.channel is None]
        return (*(channel.info() for channel in channels), *(ChannelInfo(each, "unavailable") for each in missing))
