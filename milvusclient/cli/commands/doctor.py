"""The command that finds out why a server cannot be used."""

from __future__ import annotations

import os
from dataclasses import asdict, replace

import click

from milvusclient.cli.commands.connections import secret_for, split_uri, with_tls
from milvusclient.cli.diagnosis.advice import Step
from milvusclient.cli.diagnosis.probes import Patient, examine
from milvusclient.cli.framework.command import Command, option, pass_session, tls_options
from milvusclient.cli.framework.connection_file import SavedConnection
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.secrets import secret_of
from milvusclient.cli.framework.session import Session, token_for
from milvusclient.config.settings import make_config
from milvusclient.rest_health import HEALTH_PORT

__all__: list[str] = []

_COLORS = {"ok": "green", "failed": "red", "skipped": "yellow"}


@root.command("doctor", cls=Command)
@click.argument("address", metavar="[URI]", required=False)
@option("-u", "--user", default="", help="The user; the password is asked for, or taken from MILVUS_PASSWORD.")
@tls_options
@option("--rest-port", type=int, default=HEALTH_PORT, show_default=True, help="The port of the server's health.")
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
    """Find out why a server cannot be used, step by step.

    It looks at the name, TCP, TLS, gRPC, authentication, database, version, latency and REST health, and says for the
    first step that fails what that means and what to do. Without a URI it examines the connection in use. A token is
    taken from MILVUS_TOKEN. The exit status is 1 if a step fails.
    """
    connection, secret = _examined(session, address)
    if user:
        secret = secret_for("doctor", user, False, "", "")[0]
        connection = replace(connection, user=user)
    if tls or ca or client_cert or client_key or server_name:
        secure = with_tls(connection.uri, max(tls, 1), ca, client_cert, client_key, server_name)
        connection = replace(secure, user=connection.user, db_name=connection.db_name)
    target = make_config(connection.uri, secure=True if connection.secure else None).target
    steps = []
    for step in examine(Patient(connection, secret, target, session.timeout or 5.0, rest_port)):
        steps.append(step)
        if session.options.output == "table":
            click.echo(f"{click.style(f'{step.state:8}', fg=_COLORS[step.state])} {step.name:15} {step.detail}")
    if session.options.output != "table":
        session.rows([asdict(step) for step in steps])
    if steps[-1].state == "failed":
        raise Failure(_words(steps[-1]))


def _words(step: Step) -> str:
    return f"{step.name}: {step.meaning}.\nWhat to do: {step.advice}."


def _examined(session: Session, address: str | None) -> tuple[SavedConnection, str]:
    """The connection to examine, and its secret."""
    if address is None:
        name, saved = session.chosen()
        if saved is not None:
            return saved, secret_of(name, saved)
    uri = address or session.options.uri or os.environ.get("MILVUS_URI") or "http://localhost:19530"
    plain, user, secret, database = split_uri(uri)
    given = address or session.options.uri
    token = token_for(given) if given else os.environ.get("MILVUS_TOKEN", "")
    return SavedConnection(uri=plain, user=user, db_name=session.options.db_name or database), secret or token
