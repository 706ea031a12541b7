"""Connections by name: make, list, forget."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path

import click

from milvusclient.cli.framework.command import Command, no_words, option, pass_session, tls_options, yes_option
from milvusclient.cli.framework.connection_file import DEFAULT, SavedConnection, SecretSource, variable_of
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import delete_group, list_group, root, show_group
from milvusclient.cli.framework.secrets import ask_secret, drop_from_keyring, keep_in_keyring
from milvusclient.cli.framework.session import Options, Session, open_client
from milvusclient.config.settings import make_config
from milvusclient.config.uri import Kind

__all__: list[str] = []


@root.command(
    "connect",
    cls=Command,
    common="output",
    examples=(
        "connect -h localhost -p 19530 -a default",
        "connect -uri ./demo.db -a demo",
        "connect -uri https://milvus.example.com -u root -a prod",
        "connect -D -a prod",
    ),
)
@option("-h", "--host", default=None, help="The server's name or address.  [default: localhost, or MILVUS_URI]")
@option("-p", "--port", type=int, default=None, help="Its port.  [default: 19530]")
@option("-uri", "--uri", default=None, help="The address in one: http://HOST:PORT, or the path of a .db file.")
@option("-a", "--alias", default=DEFAULT, show_default=True, help="The name to keep the connection by.")
@option("-D", "--disconnect", "drop", is_flag=True, help="Close and forget that connection.")
@option("-u", "--user", default="", help="The user; the password is asked for, or taken from MILVUS_PASSWORD.")
@option("-t", "--token", is_flag=True, help="Use a token; it is asked for, or taken from MILVUS_TOKEN.")
@option("--secret-env", default="", metavar="VARIABLE", help="Take the password or token from this variable.")
@option("--store-secret", is_flag=True, help="Keep the password or token in the system's keyring.")
@option("-db", "--db", "db_name", default="", help="The database.")
@tls_options
@option("--timeout", type=float, default=None, metavar="SECONDS", help="Give up after so many seconds.  [default: 10]")
@option("--save-as", default="", hidden=True, help="The same as -a.")
@no_words
@pass_session
def connect(
    session: Session,
    host: str | None,
    port: int | None,
    uri: str | None,
    alias: str,
    drop: bool,
    user: str,
    token: bool,
    secret_env: str,
    store_secret: bool,
    db_name: str,
    tls: int,
    ca: str,
    client_cert: str,
    client_key: str,
    server_name: str,
    timeout: float | None,
    save_as: str,
) -> None:
    """Connect to a server, and keep the connection by name for the commands that follow."""
    name = save_as or alias
    if drop:
        _forget(session, name)
        return
    if uri and (host or port):
        raise click.UsageError("Give either -uri, or -h and -p.")
    from_environment = not uri and host is None and port is None and bool(os.environ.get("MILVUS_URI"))
    address, told_user, told_secret, told_db = split_uri(uri or _address(host, port))
    if told_secret and not from_environment:
        click.echo("Note: other users of this machine may see a password in a command's uri; -u asks for it.", err=True)
    user = user or told_user
    token = token or (from_environment and not user and bool(os.environ.get("MILVUS_TOKEN")))
    secret, source, variable = secret_for(name, user, token, secret_env, told_secret)
    saved = replace(
        with_tls(address, tls, ca, client_cert, client_key, server_name),
        user=user,
        db_name=db_name or told_db,
        secret="keyring" if store_secret and secret else source,
        variable="" if store_secret else variable,
    )
    session.close(name)
    client = open_client(name, saved, secret, "", timeout)
    session.clients[name, "", ""] = client
    session.known_secrets[name] = secret
    info = client.connection_info()
    # Before the file, so that what cannot be kept is not named there.
    if saved.secret == "keyring":  # noqa: S105 - it says where a secret is
        keep_in_keyring(name, secret)
    session.connection_file.save(name, saved)
    session.keep(Options(connection=name, output=session.options.output))
    session.done(
        f"Connected to {info.address} (Milvus {info.server_version or 'of unknown version'}) as {name!r}.",
        connection=name,
        address=info.address,
        database=info.database,
        user=info.user,
        server_version=info.server_version,
    )


def _address(host: str | None, port: int | None) -> str:
    """The address of ``-h`` and ``-p``; of neither, the environment's."""
    if host is None and port is None and (given := os.environ.get("MILVUS_URI")):
        return given
    host = host or "localhost"
    return f"{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port or 19530}"


def with_tls(address: str, tls: int, ca: str, client_cert: str, client_key: str, server_name: str) -> SavedConnection:
    """The connection that the options of TLS describe.

    Raises:
        UsageError: a certificate or its key is missing.
    """
    if tls == 2 and not (client_cert and client_key):
        raise click.UsageError("TLS mode 2 needs --client-cert and --client-key.")
    return SavedConnection(
        uri=address,
        secure=tls > 0,
        server_pem_path=_absolute(ca),
        client_pem_path=_absolute(client_cert),
        client_key_path=_absolute(client_key),
        server_name=server_name,
    )


def _absolute(path: str) -> str:
    """A relative path would mean another file in the next folder."""
    return str(Path(path).expanduser().absolute()) if path else ""


def split_uri(uri: str) -> tuple[str, str, str, str]:
    """The uri as it may be kept, and the user, the password or token, and the database that it held."""
    config = make_config(uri)
    target = config.target
    address = target.address if target.kind is Kind.EMBEDDED else target.uri
    token = config.token.reveal()
    user, _, password = token.partition(":") if ":" in token else ("", "", token)
    return address, user, password, config.db_name


def secret_for(name: str, user: str, token: bool, secret_env: str, told: str) -> tuple[str, SecretSource, str]:
    """The password or token, where later runs find it, and the variable if that is one."""
    if secret_env:
        if secret_env not in os.environ:
            raise Failure(f"{secret_env} is not set")
        return os.environ[secret_env], "environment", secret_env
    if told:
        return told, "ask", ""
    if not (user or token):
        return "", "none", ""
    usual = "MILVUS_PASSWORD" if user else "MILVUS_TOKEN"
    for variable in (variable_of(name), usual):
        if value := os.environ.get(variable):
            return value, "environment", variable
    return ask_secret(f"Password of {user}" if user else "Token", usual), "ask", ""


def _forget(session: Session, name: str) -> None:
    session.close(name)
    dropped = session.connection_file.forget(name)
    if dropped is None:
        raise Failure(f"there is no connection {name!r}")
    if dropped.secret == "keyring":  # noqa: S105 - it says where a secret is
        drop_from_keyring(name)
    if session.options.connection == name:
        session.keep(Options(output=session.options.output))
    session.done(f"Disconnected {name!r}.", disconnected=name)


@root.command("disconnect", common="output")
@option("-a", "--alias", default=None, help="The name of the connection.  [default: the one in use]")
@pass_session
def disconnect(session: Session, alias: str | None) -> None:
    """Close a connection and forget its name; the same as `connect -D`."""
    _forget(session, alias or session.options.connection or DEFAULT)


def _list(session: Session) -> None:
    used = session.chosen()[0]
    session.rows(
        [
            {
                "name": name,
                "uri": saved.uri,
                "user": saved.user,
                "database": saved.db_name,
                "secret": saved.variable or saved.secret,
                "used": name == used,
            }
            for name, saved in session.connection_file.read().items()
        ],
        ["name", "uri", "user", "database", "secret", "used"],
    )


@list_group.command("connections")
@pass_session
def list_connections(session: Session) -> None:
    """List the connections that are kept by name."""
    _list(session)


@list_group.command("connection_history", hidden=True)
@pass_session
def list_connection_history(session: Session) -> None:
    """List the connections that are kept by name."""
    _list(session)


@show_group.command("connection")
@option("--all", "everything", is_flag=True, help="All connections that are kept. (-a without a name is the same.)")
@option(
    "-a", "named", is_flag=False, flag_value="", default=None, metavar="[NAME]", help="This one; without a name, all."
)
@pass_session
def show_connection(session: Session, everything: bool, named: str | None) -> None:
    """Show the connection in use, and what went over it."""
    if everything or named == "":
        _list(session)
        return
    with session.using(Options(connection=named or ""), None):
        session.record(asdict(session.client().connection_info()))


@delete_group.command("connection")
@option("--name", default=None, help="The name of the connection.  [default: the one in use]")
@yes_option
@pass_session
def delete_connection(session: Session, name: str | None, yes: bool) -> None:
    """Forget a connection."""
    name = name or session.options.connection or DEFAULT
    session.confirm(f"Forget connection {name!r}?", yes)
    _forget(session, name)


@delete_group.command("connection_history", common="output")
@option("-uri", "--uri", required=True, help="The address of the connections.")
@yes_option
@pass_session
def delete_connection_history(session: Session, uri: str, yes: bool) -> None:
    """Forget all connections to an address."""
    address = split_uri(uri)[0]
    names = [name for name, saved in session.connection_file.read().items() if saved.uri == address]
    if not names:
        raise Failure(f"there is no connection to {address}")
    session.confirm(f"Forget {', '.join(names)}?", yes)
    for name in names:
        _forget(session, name)
