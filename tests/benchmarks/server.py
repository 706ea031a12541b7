"""The server of the benchmarks: a process that answers every call with bytes that were made before.

It takes commands from its standard input, one JSON array a line, and answers each with a line:
``["use", NAME]`` takes a set of replies, ``["delay", SECONDS]`` makes it wait before each reply from then on,
``["record"]`` begins to keep the requests that come, and ``["recorded", FILE, N]`` writes the first Nth of those into a
file (pickled pairs of path and bytes).
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
import grpc.aio

from tests.benchmarks.replies import Reply, reply_set

OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0)]


class CannedServer(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # generic in the type stubs only
    """Looks replies up by the last part of the path; what it does not know is UNIMPLEMENTED."""

    def __init__(self) -> None:
        self._replies: dict[str, Reply] = {}
        self._handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {}
        self._recorded: list[tuple[str, bytes]] | None = None
        self._delay = 0.0

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        """The handler of a call (gRPC asks this at every call)."""
        return self._handlers.get(handler_call_details.method.rpartition("/")[2])

    def use(self, name: str) -> None:
        """Answer with this set of replies from now on."""
        self._recorded = None
        self._delay = 0.0
        self._replies = reply_set(name)
        self._handlers = {
            rpc: grpc.unary_unary_rpc_method_handler(self._handle(rpc, reply)) for rpc, reply in self._replies.items()
        }

    def _handle(self, rpc: str, reply: Reply) -> Callable[[bytes, object], Awaitable[bytes]]:
        async def handle(request: bytes, context: object) -> bytes:
            if self._recorded is not None:
                self._recorded.append((f"/milvus.proto.milvus.MilvusService/{rpc}", request))
            if self._delay:
                await asyncio.sleep(self._delay)
            return reply if isinstance(reply, bytes) else reply(request)

        return handle

    def command(self, words: list[str]) -> None:
        """Carry out one command."""
        if words[0] == "use":
            self.use(words[1])
        elif words[0] == "delay":
            self._delay = float(words[1])
        elif words[0] == "record":
            self._recorded = []
        elif words[0] == "recorded":
            requests = self._recorded or []
            Path(words[1]).write_bytes(pickle.dumps(requests[: len(requests) // int(words[2])]))
            self._recorded = None


async def serve() -> None:
    """Serve until the standard input ends."""
    canned = CannedServer()
    server = grpc.aio.server(handlers=[canned], options=OPTIONS)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        canned.command(json.loads(line))
        print("done", flush=True)
    await server.stop(None)


if __name__ == "__main__":
    asyncio.run(serve())
