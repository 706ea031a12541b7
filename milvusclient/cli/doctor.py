"""The command that finds out why a server cannot be used."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from milvusclient.cli.command import Command, option, pass_session
from milvusclient.cli.connecting import split_uri
from milvusclient.cli.diagnosis import Step
from milvusclient.cli.failure import Failure
from milvusclient.cli.probes import Patient, examine
from milvusclient.cli.secrets import secret_of
from milvusclient.cli.session import Session
from milvusclient.cli.store import SavedConnection
from milvusclient.cli.verbs import root
from milvusclient.config import make_config
from milvusclient.rest_health import HEALTH_PORT

__all__: list[str] = []

_COLORS = {"ok": "green", "failed": "red", "skipped": "yellow"}


@root.command("doctor", cls=Command)
@click.argument("address", metavar="[URI]", required=False)
@option("--rest-port", type=int, default=HEALTH_PORT, show_default=True, help="The port of the server's health.")
@pass_session
def doctor(session: Session, address: str | None, rest_port: int) -> None:
    """Find out why a server cannot be used, step by step.

    It looks at the name, TCP, TLS, gRPC, authentication, database, version, latency and REST health, and says for the
    first step that fails what that means and what to do. Without a URI it examines the connection in use; that may have
    a user and TLS settings. The exit status is 1 if a step fails.
    """
    connection, secret = _examined(session, address)
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
    token = os.environ.get("MILVUS_TOKEN", "") if address is None and not session.options.uri else ""
    return SavedConnection(uri=plain, user=user, db_name=session.options.db_name or database), secret or token
