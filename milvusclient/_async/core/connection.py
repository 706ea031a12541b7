"""One open connection: its settings, its channel or channels, and how they end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from milvusclient._async.core.channel import AsyncChannel
from milvusclient.policy.errors import CloseRecord, is_embedded
from milvusclient.runtime import embedded
from milvusclient.runtime.callsite import next_sequence
from milvusclient.runtime.concurrency import AsyncSignal, async_in_thread
from milvusclient.runtime.descriptors import require_descriptors
from milvusclient.transport.grpc_aio import async_open_transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from milvusclient._async.core.channels import AsyncChannelGroup
    from milvusclient._proto import common_pb2
    from milvusclient.config.settings import ConnectionConfig
    from milvusclient.config.uri import Target
    from milvusclient.models.connection import ConnectionInfo
    from milvusclient.policy.deadline import Deadline

__all__ = ["AsyncConnection"]


class AsyncConnection:
    """A name for the way to a server. Made by :meth:`dial`, held by the pool alone.

    Args:
        alias: name of the connection.
        config: its settings.
        dial: makes a channel to an address; it is not connected yet.
        connect_timeout: seconds that connecting may take.
        holder: stands for this connection among the users of an embedded server; it exists before the connection does.
    """

    def __init__(
        self,
        alias: str,
        config: ConnectionConfig,
        dial: Callable[[Target], AsyncChannel],
        connect_timeout: float,
        holder: object,
    ) -> None:
        self.alias = alias
        self.config = config
        # Clients compare it to notice that their alias was closed and opened again.
        self.generation = next_sequence()
        self.connected_since = time.time()
        self.closed: CloseRecord | None = None
        self.closing = AsyncSignal()
        #: Seconds that the start of the embedded server took.
        self.start_seconds = 0.0
        #: The only channel, which most connections have; None if each call has to :meth:`pick` one.
        self.channel: AsyncChannel | None = None
        self._group: AsyncChannelGroup | None = None
        self._holder = holder
        if config.has_one_lasting_channel:
            self.channel = dial(config.target)
        else:
            from milvusclient._async.core.channels import AsyncChannelGroup

            self._group = AsyncChannelGroup(alias, config, dial, connect_timeout)

    @classmethod
    async def dial(cls, alias: str, config: ConnectionConfig, connect_timeout: float) -> AsyncConnection:
        """Open the channel, and the embedded server before it if it needs one. :meth:`connect` connects it.

        Args:
            alias: name of the connection.
            config: its settings.
            connect_timeout: seconds that connecting may take, also later, when the channel reconnects.

        Raises:
            ConnectError: the embedded server does not start.
            ConnectionConfigException: a certificate file cannot be read, or the embedded server is not installed.
            OutOfResourcesError: too few file descriptors are free.
        """
        require_descriptors(starts_server=is_embedded(config))
        holder = object()
        started = time.monotonic()
        try:
            served_at = ""
            if is_embedded(config):
                # It blocks for seconds, so tasks of an event loop leave it to a thread.
                served_at = await async_in_thread(lambda: embedded.start(config, holder))

            def dial(target: Target) -> AsyncChannel:
                ours = config if target is config.target else config.with_target(target)
                address = served_at or target.address
                return AsyncChannel(alias, ours, lambda: async_open_transport(address, ours, connect_timeout))

            connection = cls(alias, config, dial, connect_timeout, holder)
            if is_embedded(config):
                connection.start_seconds = time.monotonic() - started
            return connection
        except BaseException:
            # Also when the task was cancelled: a server without a connection would keep its file locked.
            if is_embedded(config):
                await async_in_thread(lambda: embedded.stop(config, holder))
            raise

    @property
    def server_info(self) -> common_pb2.ServerInfo:
        """The description that the server gave of itself in the handshake."""
        return self._channels()[0].server_info

    def _channels(self) -> tuple[AsyncChannel, ...]:
        if self.channel is not None:
            return (self.channel,)
        return self._group.channels if self._group is not None else ()

    def pick(self) -> AsyncChannel:
        """Return the channel that the next call takes."""
        return self._channels()[0] if self._group is None else self._group.pick()

    def note_failure(self, channel: AsyncChannel, handshake: int, status: str) -> None:
        """Have a new handshake made before the channel is used again, if the failure casts doubt on its server.

        Args:
            channel: the channel that was used.
            handshake: the handshake under which the failed request was sent.
            status: how it failed, as gRPC names it.
        """
        if self._group is not None:
            self._group.note_failure(channel, handshake, status)
        elif status == "UNAVAILABLE":
            channel.invalidate_handshake(handshake)

    async def connect(self, deadline: Deadline) -> None:
        """Make the first handshake and explain why it fails.

        Raises:
            ConnectError: the server cannot be reached, or refuses.
        """
        if self._group is None:
            await self._channels()[0].connect(deadline)
        else:
            await self._group.connect(deadline)

    async def close(self, closed: CloseRecord) -> None:
        """Close the channel: calls in flight end at once, and so do those that wait for their next attempt."""
        # In this order: a call that fails because the channel closes must find out why.
        self.closed = closed
        self.closing.set()
        await self.release()

    async def release(self) -> None:
        """Give back the channels, and the embedded server."""
        try:
            if self._group is not None:
                await self._group.end()
            if self.channel is not None:
                await self.channel.close()
        finally:
            if is_embedded(self.config):
                await async_in_thread(lambda: embedded.stop(self.config, self._holder))

    def abandon(self) -> None:
        """Give back what outlives a closed event loop; the channel went with the loop."""
        if is_embedded(self.config):
            # In a thread, as this may run while another loop is being set up, which must not wait for the server.
            stop = threading.Thread(target=embedded.stop, args=(self.config, self._holder), name="milvusclient-abandon")
            stop.start()

    def info(self, database: str = "") -> ConnectionInfo:
        """Return the counters of this moment, and what is known of the server.

        Args:
            database: that of the client that asks; empty means the connection's own.
        """
        from milvusclient.models.connection import ConnectionInfo

        group = self._group
        counters = self._channels()[0].counters if group is None else group.totals()
        shown = tuple(channel.info() for channel in self._channels()) if group is None else group.infos()
        target = self.config.target
        return ConnectionInfo(
            alias=self.alias,
            address=target.address,
            host=target.peer,
            port=target.port,
            database=database or self.config.database,
            user=self.config.user,
            server_version=self.server_info.build_tags,
            connected_since=self.connected_since,
            calls=counters.calls,
            errors=counters.errors,
            retries=counters.retries,
            in_flight=counters.in_flight,
            bytes_sent=counters.bytes_sent,
            bytes_received=counters.bytes_received,
            channels=len(self._channels()),
            channel_infos=shown,
            operations=counters.operations(),
        )
