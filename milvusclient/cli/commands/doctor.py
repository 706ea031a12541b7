"""The command that diagnoses a connection."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, replace

import click

from milvusclient.cli.commands.connections import find_secret, with_tls
from milvusclient.cli.diagnosis.advice import Step
from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.connection_file import SavedConnection
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.json_values import escape_controls
from milvusclient.cli.framework.messages import without_grpc_words
from milvusclient.cli.framework.output import for_people
from milvusclient.cli.framework.parameters import option, tls_options
from milvusclient.cli.framework.secrets import secret_of
from milvusclient.cli.framework.session import LOCALHOST, Session, token_for
from milvusclient.cli.framework.terminal import colored

__all__: list[str] = []

_COLORS = {"ok": "green", "failed": "red", "skipped": "yellow"}


@root.command("doctor", cls=Command)
@click.argument("address", metavar="[URI]", required=False)
@option("-u", "--user", default="", help="User; the password is asked for, or taken from MILVUS_PASSWORD.")
@tls_options
@option("--rest-port", type=int, default=9091, show_default=True, help="HTTP port where the server reports its health.")
@pass_session
def doctor(
    session: Session,
    address: str | None,
    user: str,
    tls: int,
    ca: str,
    client_cert: str,
    client_key: str,
    server_name: str,
    rest_port: int,
) -> None:
    """Diagnose a connection step by step.

    The steps are name, TCP, TLS, gRPC, authentication, database, version, latency and REST health. The first that fails
    is explained, with what to do; of several addresses, one that answers is enough to go on. Without a URI, the
    connection in use is diagnosed. A token is taken from MILVUS_TOKEN. The exit status is 1 if a step fails.
    """
    from milvusclient.cli.diagnosis.probes import DoctorTarget, diagnose
    from milvusclient.config.settings import make_config

    connection, secret = _target(session, address)
    if user:
        secret = find_secret("doctor", user, False, "", "")[0]
        connection = replace(connection, user=user)
    if tls or ca or client_cert or client_key or server_name:
        connection = with_tls(connection, max(tls, 1), ca, client_cert, client_key, server_name)
    target = make_config(connection.uri, secure=True if connection.secure else None).target
    steps = []
    for step in diagnose(DoctorTarget(connection, secret, target, session.timeout or 5.0, rest_port)):
        steps.append(step)
        if for_people(session.options.output):
            detail = step.detail if session.options.verbose else without_grpc_words(step.detail)
            state = colored(f"{step.state:8}", _COLORS[step.state], sys.stdout)
            click.echo(f"{state} {step.name:15} {escape_controls(detail)}")
    if not for_people(session.options.output):
        session.show_rows([asdict(step) for step in steps])
    failed = next((step for step in steps if step.state == "failed"), None)
    if failed is not None:
        raise Failure(_explain(failed))


def _explain(step: Step) -> str:
    return f"{step.name}: {step.meaning}.\nWhat to do: {step.advice}."


def _target(session: Session, address: str | None) -> tuple[SavedConnection, str]:
    """Return the connection to diagnose, and its secret."""
    from milvusclient.cli.framework.addresses import split_uri

    if address is None:
        name, saved = session.chosen()
        if saved is not None:
            return saved, secret_of(name, saved)
    uri = address or session.options.uri or os.environ.get("MILVUS_URI") or LOCALHOST
    plain, user, secret, database = split_uri(uri)
    given = address or session.options.uri
    token = token_for(given) if given else os.environ.get("MILVUS_TOKEN", "")
    return SavedConnection(uri=plain, user=user, db_name=session.options.db_name or database), secret or token
