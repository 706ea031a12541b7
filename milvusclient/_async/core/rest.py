"""The base of families that use the REST API of the server, which is on the same port as its gRPC."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Any

from milvusclient._async.core.waiting import AsyncWaiting
from milvusclient._proto import milvus_pb2
from milvusclient.config.uri import Kind, Target, parse_uri
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.filters.servers import server_of
from milvusclient.operations import rest_imports
from milvusclient.policy.errors import ambiguity, rpc_error
from milvusclient.policy.failure import Failure, Safety
from milvusclient.policy.retry import after_failure
from milvusclient.runtime.concurrency import async_in_thread
from milvusclient.runtime.instrumentation import ObservedCall
from milvusclient.transport.rest_call import RestAddress, RestCall, RestFailure, RestReply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from milvusclient.config.tls import TlsConfig
    from milvusclient.policy.deadline import Deadline
    from milvusclient.schema.cloud_import import CloudImport

__all__ = ["AsyncRest"]

#: The longest time of one request; a server answers each of them at once.
_LONGEST_REQUEST = 60.0
#: Not that of the module: a program may have seeded it.
_RANDOM = random.Random()  # noqa: S311 - backoff needs no secrecy
#: The first version whose REST API has imports.
_SINCE = (2, 4, 0)


class AsyncRest(AsyncWaiting):
    """Sends requests to the REST API, with the credentials, the TLS settings and the retries of the client."""

    async def _has_rest(self, deadline: Deadline) -> bool:
        """Return whether the server should have the REST API of imports; older ones and Milvus Lite do not."""
        if self._caller.binding.config.target.kind is not Kind.NETWORK:
            return False
        connection = await self._caller.binding.connection(deadline)
        server = server_of(connection.server_info.build_tags)
        return not server.lite and server.version >= _SINCE

    async def _post(
        self,
        path: str,
        body: Mapping[str, Any],
        deadline: Deadline,
        safety: Safety,
        cloud: CloudImport | None = None,
    ) -> Mapping[str, Any] | None:
        """Send a request until it is answered, its time is up, or a retry makes no sense.

        Args:
            path: path of the request.
            body: the request.
            deadline: that of the operation.
            safety: what happens if the request is carried out twice.
            cloud: ask Zilliz Cloud instead of the server.

        Returns:
            The data of the reply; None if the server has no REST API, or not this path, so that nothing was done.

        Raises:
            MilvusException: the server refuses the request, or there is no answer.
        """
        target = self._caller.binding.config.target if cloud is None else _cloud_target(cloud.api_uri)
        with self._observe(target, path, body) as observed:
            return await self._exchange(target, path, body, deadline, safety, cloud, observed)

    def _observe(self, target: Target, path: str, body: Mapping[str, Any]) -> ObservedCall:
        """Return the context manager that tells observers of a request."""
        options = self._caller.client_options
        subject = milvus_pb2.ImportRequest(
            collection_name=str(body.get("collectionName", "")), db_name=str(body.get("dbName", ""))
        )
        return ObservedCall(
            f"POST {path}", subject, target.peer, target.port, target.address, self._caller.binding.alias,
            self._database, options.request_id, options.slow_call_threshold,
        )  # fmt: skip

    async def _exchange(
        self,
        target: Target,
        path: str,
        body: Mapping[str, Any],
        deadline: Deadline,
        safety: Safety,
        cloud: CloudImport | None,
        observed: ObservedCall,
    ) -> Mapping[str, Any] | None:
        config = self._caller.binding.config
        members = target.members or (target,)
        payload = json.dumps(body).encode()
        policy = self._caller.client_options.retry
        attempts, first_failure, doubt = 0, 0.0, ""
        while True:
            token = config.token.reveal() if config.token else ""
            member = members[attempts % len(members)]
            address = _address(member, config.tls if cloud is None else None)
            attempts += 1
            seconds = deadline.clip(_LONGEST_REQUEST, time.monotonic())
            failure: Failure | None
            try:
                reply = await self._send(address, path, payload, token, seconds, observed, member)
            except RestFailure as failed:
                if failed.is_other_protocol and cloud is None:
                    return None
                is_late = deadline.expired(time.monotonic())
                failure = Failure("DEADLINE_EXCEEDED" if is_late else "UNAVAILABLE", failed.reason, failed.sent)
            else:
                observed.reply_received(len(reply.body))
                if reply.status == 404 and cloud is None:
                    return None
                failure = rest_imports.transient_failure(reply.status)
                if failure is None:
                    try:
                        return rest_imports.parse_body(reply.status, reply.body, rest_imports.secrets(cloud, token))
                    except MilvusException as error:
                        self._tell(error, path, address, attempts)
                        raise
            if failure.sent and safety is Safety.UNSAFE:
                doubt = ambiguity(safety)
            now = time.monotonic()
            first_failure = first_failure or now
            verdict = after_failure(
                policy, failure, safety, attempt=attempts, jitter=_RANDOM.random(),
                elapsed=now - first_failure, remaining=deadline.remaining(now),
            )  # fmt: skip
            if not verdict.again:
                failed_call = rpc_error(failure, f"POST {path}", address.url, timeout=deadline.timeout, doubt=doubt)
                raise self._tell(failed_call, path, address, attempts, ambiguous=bool(doubt))
            observed.retried(f"{failure.status}: {failure.details}")
            await self._pause(verdict.wait or 0.0, deadline, f"the REST API at {address.url}")

    async def _send(
        self,
        address: RestAddress,
        path: str,
        payload: bytes,
        token: str,
        seconds: float,
        observed: ObservedCall,
        member: Target,
    ) -> RestReply:
        if not seconds:
            raise RestFailure("the time was up before the request was sent", sent=False)
        headers = {
            "DB-Name": self._database,
            "Authorization": f"Bearer {token}" if token else "",
            **dict(observed.request_sent(len(payload), member)),
            "client-request-id": observed.request_id,
        }
        call = RestCall(address, path, payload, headers, seconds)
        return await async_in_thread(call.run, call.abort)

    def _tell(
        self, error: MilvusException, path: str, address: RestAddress, attempts: int, *, ambiguous: bool = False
    ) -> MilvusException:
        """Add to an error where its call happened."""
        context = self._caller.context(f"POST {path}", self._caller.client_options.request_id)
        context.address = address.url
        return context.add_to(error, attempts, ambiguous=ambiguous)


def _cloud_target(api_uri: str) -> Target:
    """Return the address of the cloud's API, to which secrets are sent.

    Raises:
        ConnectionConfigException: the address is invalid.
        ParamError: it is an address without TLS.
    """
    target = parse_uri(api_uri).target
    if target.kind is not Kind.NETWORK or not (target.secure or target.is_loopback):
        raise ParamError(message=f"api_uri must begin with https://, as keys are sent there, got {target.uri!r}")
    return target


def _address(member: Target, tls: TlsConfig | None) -> RestAddress:
    """Return the address of a server; of several, any knows all imports."""
    return RestAddress(member.host, member.port, member.secure, tls, member.authority)
