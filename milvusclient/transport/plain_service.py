"""The service with plain messages: the base of a server's class, how it is added to a server, and the stub of a client.

It is what ``milvus_pb2_grpc`` is in code that protoc makes. Milvus Lite's server is built on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import grpc

from milvusclient._proto.milvus_calls import CALLS, SERVICE
from milvusclient._proto.plain import plain_module

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["MilvusServiceServicer", "MilvusServiceStub", "add_MilvusServiceServicer_to_server"]


def _message(name: str) -> type[Message]:
    family, _, message = name.partition(".")
    made: type[Message] = getattr(plain_module(family), message)
    return made


class MilvusServiceServicer:
    """The base of a server's class: every call is answered with UNIMPLEMENTED until a subclass has a method for it."""


def _refusal(name: str) -> Callable[[Any, Any, grpc.ServicerContext], NoReturn]:
    def refuse(self: object, _request: object, context: grpc.ServicerContext) -> NoReturn:
        # Raising an error of Python's would have gRPC log it, once for each call that a newer client tries.
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{name} is not implemented by {type(self).__name__}")
        raise AssertionError("abort raises")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


for _name, *_ in CALLS:
    setattr(MilvusServiceServicer, _name, _refusal(_name))

_HANDLERS = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def add_MilvusServiceServicer_to_server(servicer: object, server: grpc.Server) -> None:  # noqa: N802 - protoc's name
    """Let a server answer the calls of the service.

    Args:
        servicer: has a method for each call.
        server: the server.
    """
    handlers = {
        name: _HANDLERS[sends_many, gets_many](
            getattr(servicer, name),
            request_deserializer=_message(request).FromString,
            response_serializer=_message(reply).SerializeToString,
        )
        for name, request, reply, sends_many, gets_many in CALLS
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))


class MilvusServiceStub:
    """The calls of the service as attributes.

    Args:
        channel: where they go.
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]: ...

    def __init__(self, channel: grpc.Channel) -> None:
        for name, request, reply, sends_many, gets_many in CALLS:
            kind = f"{'stream' if sends_many else 'unary'}_{'stream' if gets_many else 'unary'}"
            call = getattr(channel, kind)(
                f"/{SERVICE}/{name}",
                request_serializer=_message(request).SerializeToString,
                response_deserializer=_message(reply).FromString,
            )
            setattr(self, name, call)
