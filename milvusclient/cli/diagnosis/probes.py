"""The steps of ``doctor``: each looks at one thing and reports what it saw."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from milvusclient import ConnectError, MilvusClient, MilvusException
from milvusclient.cli.diagnosis.advice import Step, failed_step, latency_words
from milvusclient.cli.framework.connection_file import SavedConnection
from milvusclient.cli.framework.session import open_client
from milvusclient.config.uri import Kind, Target
from milvusclient.exceptions import AuthenticationError, PermissionDeniedError
from milvusclient.rest_health import HEALTH_PORT, health

__all__ = ["CALLS", "DoctorTarget", "diagnose"]

CALLS = 50


@dataclass(frozen=True, slots=True)
class DoctorTarget:
    """A connection to diagnose.

    Attributes:
        connection: the connection, without its secret.
        secret: its password or token.
        target: its address.
        timeout: seconds for each step.
        rest_port: the port of its REST health.
    """

    connection: SavedConnection
    secret: str
    target: Target
    timeout: float
    rest_port: int = HEALTH_PORT


def diagnose(doctor_target: DoctorTarget) -> Iterator[Step]:
    """Go through the steps, up to the first that fails; of several addresses, one that answers is enough to go on."""
    if doctor_target.target.kind is Kind.NETWORK:
        answering, members = [], doctor_target.target.members or (doctor_target.target,)
        for target in members:
            steps = list(_until_failure(_network(replace(doctor_target, target=target))))
            yield from steps
            if steps[-1].state != "failed":
                answering.append(target.address)
        if len(members) > 1:
            named = ", ".join(answering) or "none"
            yield Step("addresses", "ok" if answering else "failed", f"{len(answering)} of {len(members)}: {named}")
        if not answering:
            return
    yield from _until_failure(_over_grpc(doctor_target))


def _until_failure(steps: Iterator[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if step.state == "failed":
            return


def _over_grpc(doctor_target: DoctorTarget) -> Iterator[Step]:
    yield from _calls(doctor_target)
    yield _rest(doctor_target)


def _network(doctor_target: DoctorTarget) -> Iterator[Step]:
    """Check name, TCP and TLS without gRPC: each layer tells more when it is asked alone."""
    target = doctor_target.target
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield failed_step("name_not_resolved", f"{target.host}: {error.strerror or error}")
        return
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    yield Step("name", "ok", f"{target.host} is {', '.join(addresses)}")
    try:
        with socket.create_connection((target.host, target.port), doctor_target.timeout):
            pass
    except TimeoutError:
        yield Step(
            "tcp", "failed", f"{target.address}: no answer within {doctor_target.timeout:g} s",
            "packets to this port are dropped",
            "check the host, the firewall and the security group; the port may be open only from inside",
        )  # fmt: skip
        return
    except OSError as error:
        yield failed_step("refused", f"{target.address}: {error.strerror or error}")
        return
    yield Step("tcp", "ok", f"{target.address} accepts connections")
    yield _tls(doctor_target)


def _tls(doctor_target: DoctorTarget) -> Step:
    target, connection = doctor_target.target, doctor_target.connection
    if not target.secure:
        return Step("tls", "skipped", "the address does not ask for TLS")
    try:
        context = ssl.create_default_context(cafile=connection.server_pem_path or None)
        # Python 3.13 refuses certificates without some extensions, which gRPC takes, and calls go through gRPC.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if connection.client_pem_path:
            context.load_cert_chain(connection.client_pem_path, connection.client_key_path or None)
        context.set_alpn_protocols(["h2"])
        with (
            socket.create_connection((target.host, target.port), doctor_target.timeout) as plain,
            context.wrap_socket(plain, server_hostname=connection.server_name or target.host) as secure,
        ):
            return Step(
                "tls", "ok", f"{secure.version()}, the certificate fits {connection.server_name or target.host}"
            )
    except ssl.SSLCertVerificationError as error:
        return Step(
            "tls", "failed", error.verify_message,
            "the server's certificate is not trusted, or is for another name",
            "give the CA that signed it with --ca, or the name that it carries with --server-name",
        )  # fmt: skip
    except OSError as error:
        return failed_step("tls", str(error))


def _calls(doctor_target: DoctorTarget) -> Iterator[Step]:
    """Check gRPC, authentication, database, version and latency over one connection of its own."""
    try:
        client = open_client(
            "doctor", doctor_target.connection, doctor_target.secret, "", doctor_target.timeout, dedicated=True
        )
    except ConnectError as error:
        if error.reason == "authentication":
            yield Step("grpc", "ok", "the server answers")
        yield failed_step(error.reason, error.message)
        return
    with client:
        channels = client.connection_info().channel_infos
        answering = dict.fromkeys(channel.address for channel in channels if channel.state == "ready")
        yield Step("grpc", "ok", f"the server answers at {', '.join(answering)}")
        yield from _permissions(client, doctor_target)


def _permissions(client: MilvusClient, doctor_target: DoctorTarget) -> Iterator[Step]:
    who = doctor_target.connection.user or (
        "the owner of the token" if doctor_target.secret else "anonymous (no credentials given)"
    )
    database = doctor_target.connection.db_name or "default"
    try:
        client.list_collections(doctor_target.timeout)
    except AuthenticationError as error:
        yield failed_step("authentication", error.message)
        return
    except PermissionDeniedError:
        yield Step("authentication", "ok", f"as {who}, without the privilege to list collections")
        yield Step("database", "skipped", f"{who} has no privilege to look into {database!r}")
    except MilvusException as error:
        yield Step("authentication", "ok", f"as {who}")
        yield Step(
            "database", "failed", error.message, f"database {database!r} cannot be used",
            "see `list databases` without --db, and create it with `create database -db NAME`",
        )  # fmt: skip
        return
    else:
        yield Step("authentication", "ok", f"as {who}")
        yield Step("database", "ok", f"{database!r} can be used")
    yield from _measure(client, doctor_target.timeout)


def _measure(client: MilvusClient, timeout: float) -> Iterator[Step]:
    try:
        yield Step("version", "ok", f"Milvus {client.get_server_version(timeout)}")
        seconds = []
        for _ in range(CALLS):
            start = time.perf_counter()
            client.get_server_version(timeout)
            seconds.append(time.perf_counter() - start)
    except MilvusException as error:
        yield Step(
            "latency", "failed", error.message, "some calls fail",
            "look at the server's log, and at the network between",
        )  # fmt: skip
        return
    yield Step("latency", "ok", latency_words(seconds))


def _rest(doctor_target: DoctorTarget) -> Step:
    target = doctor_target.target
    if target.kind is not Kind.NETWORK:
        return Step("rest", "skipped", "a file or a socket has no REST port")
    hosts = dict.fromkeys(each.host for each in target.members or (target,))
    addresses = (f"{f'[{host}]' if ':' in host else host}:{doctor_target.rest_port}" for host in hosts)
    found = health(f"http://{','.join(addresses)}", doctor_target.timeout)
    if found:
        return Step("rest", "ok", f"{found.url} says {found.api or found.healthz}")
    if not (found.api or found.healthz):
        # Managed services and most clusters do not open this port; nothing else needs it.
        return Step("rest", "skipped", f"the health port does not answer: {found.reason}")
    return Step(
        "rest", "failed", found.reason, "the server reports that one of its components is not healthy",
        "look at the log of that component",
    )  # fmt: skip
