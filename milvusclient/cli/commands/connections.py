"""Commands about connections: connect, disconnect, list and delete what is saved by name."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypedDict, Unpack

import click

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.connection_file import DEFAULT, SavedConnection, SecretSource, variable_of
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import delete_group, list_group, root, show_group
from milvusclient.cli.framework.messages import message_of
from milvusclient.cli.framework.output import for_people
from milvusclient.cli.framework.parameters import PORT, SECONDS, option, refuse_secret_words, tls_options, yes_option
from milvusclient.cli.framework.secrets import ask_secret, drop_from_keyring, keep_in_keyring, secret_of
from milvusclient.cli.framework.session import Options, Session, open_client, version_words
from milvusclient.exceptions import ConnectError

__all__ = ["find_secret", "with_tls"]


class _Login(TypedDict):
    """The options of ``connect`` that say where the server is, and as whom and how to connect."""

    host: str | None
    port: int | None
    uri: str | None
    user: str
    token: bool
    secret_env: str
    store_secret: bool
    db_name: str
    tls: int
    ca: str
    client_cert: str
    client_key: str
    server_name: str


@root.command(
    "connect",
    cls=Command,
    common="output",
    examples=(
        "connect -h localhost -p 19530",
        "connect -uri ./demo.db -a demo",
        "connect -uri https://milvus.example.com -u root -a prod",
        "connect -a demo",
    ),
)
@option("-h", "--host", default=None, help="Name or address of the server.  [default: localhost, or MILVUS_URI]")
@option("-p", "--port", type=PORT, default=None, help="Port of the server.  [default: 19530]")
@option("-uri", "--uri", default=None, help="Address as http://HOST:PORT, or the path of a .db file.")
@option(
    "-a",
    "--alias",
    default=None,
    help="Name to save the connection by; without an address, open the one saved by it.  [default: default]",
)
@option("-D", "--disconnect", "drop", is_flag=True, help="Close the connection and delete its name.")
@option("-u", "--user", default="", help="User; the password is asked for, or taken from MILVUS_PASSWORD.")
@option("-t", "--token", is_flag=True, help="Use a token; it is asked for, or taken from MILVUS_TOKEN.")
@option("--secret-env", default="", metavar="VARIABLE", help="Take the password or token from this variable.")
@option("--store-secret", is_flag=True, help="Store the password or token in the system's keyring.")
@option("-db", "--db", "db_name", default="", help="Name of the database.")
@tls_options
@option(
    "--timeout",
    type=SECONDS,
    default=None,
    metavar="SECONDS",
    help="Give up after this many seconds.  [default: 10]",
)
@option("--save-as", default="", hidden=True, help="The same as -a.")
@refuse_secret_words
@pass_session
def connect(
    session: Session, alias: str | None, drop: bool, timeout: float | None, save_as: str, **login: Unpack[_Login]
) -> None:
    """Connect to a server, and save the connection by name for the commands that follow."""
    given_name = save_as or alias
    name = given_name or DEFAULT
    if drop:
        _forget(session, name)
        return
    if login["uri"] and (login["host"] or login["port"]):
        raise click.UsageError("Give either -uri, or -h and -p.")
    has_address = bool(login["uri"] or login["host"] or login["port"])
    known = None if has_address else _saved(session, name, is_named=bool(given_name))
    saved, secret = _chosen(session, name, known, login)
    try:
        _open(session, name, replace(saved, db_name=login["db_name"] or saved.db_name), secret, timeout)
    except ConnectError as error:
        if known or has_address or not given_name:
            raise
        told = message_of(error, verbose=session.options.verbose)
        raise Failure(
            f"no connection is saved as {name!r}; give its address with -uri, or -h and -p; {told}"
        ) from error


def _chosen(session: Session, name: str, known: SavedConnection | None, login: _Login) -> tuple[SavedConnection, str]:
    """Return the connection to open, saved or described by the options, and its secret."""
    tls = (login["tls"], login["ca"], login["client_cert"], login["client_key"], login["server_name"])
    # What says how to get in; without any of it, a saved connection is opened as it was saved.
    access = (login["user"], login["token"], login["secret_env"], *tls)
    if known is not None and not any(access):
        saved, secret = known, session.known_secrets.get(name) or secret_of(name, known)
    else:
        address, is_own = _address(login["uri"], login["host"], login["port"], known)
        saved, secret = _described(name, address, login["user"], login["token"], login["secret_env"], is_own=is_own)
        if known is None or any(tls):
            saved = with_tls(saved, *tls)
        else:
            saved = replace(known, user=saved.user, secret=saved.secret, variable=saved.variable)
    if login["store_secret"] and secret:
        saved = replace(saved, secret="keyring", variable="")  # noqa: S106 - it says where a secret is
    return saved, secret


def _address(uri: str | None, host: str | None, port: int | None, known: SavedConnection | None) -> tuple[str, bool]:
    """Return the address to connect to, and whether it was given here: not saved, and not in MILVUS_URI."""
    from milvusclient.cli.framework.addresses import join_host_port

    if uri or host or port:
        return uri or join_host_port(host, port), True
    if known is not None:
        return known.uri, False
    from_environment = os.environ.get("MILVUS_URI")
    return from_environment or join_host_port(None, None), False


def _described(
    name: str, address: str, user: str, token: bool, secret_env: str, *, is_own: bool
) -> tuple[SavedConnection, str]:
    """Return the connection that the options describe, without TLS, and its password or token."""
    from milvusclient.cli.framework.addresses import split_uri

    plain, uri_user, uri_secret, uri_db = split_uri(address)
    if uri_secret and is_own:
        click.echo(
            "Note: other users of this machine may see a password in a command's uri; with -u it is asked for.",
            err=True,
        )
    user = user or uri_user
    # MILVUS_TOKEN goes with MILVUS_URI.
    has_token = not is_own and not user and address == os.environ.get("MILVUS_URI") and "MILVUS_TOKEN" in os.environ
    secret, source, variable = find_secret(name, user, token or has_token, secret_env, uri_secret)
    return SavedConnection(uri=plain, user=user, db_name=uri_db, secret=source, variable=variable), secret


def _saved(session: Session, name: str, *, is_named: bool) -> SavedConnection | None:
    """Return the saved connection that a command without an address means; MILVUS_URI comes before ``default``."""
    if not is_named and os.environ.get("MILVUS_URI"):
        return None
    return session.connection_file.read().get(name)


def _open(session: Session, name: str, saved: SavedConnection, secret: str, timeout: float | None) -> None:
    """Open a connection, save it, and use it for the commands that follow."""
    session.close(name)
    client = open_client(name, saved, secret, "", timeout)
    session.clients[name, "", ""] = client
    session.known_secrets[name] = secret
    info = client.connection_info()
    # Before the file, so that what cannot be kept is not named there.
    if saved.secret == "keyring":  # noqa: S105 - it says where a secret is
        keep_in_keyring(name, secret)
    session.connection_file.save(name, saved)
    session.choose(Options(connection=name, output=session.options.output))
    version = info.server_version or ""
    if version == "milvus_lite":  # which version of it, only another call says
        version = client.get_server_version(timeout)
    session.report(
        f"Connected to {info.address} ({version_words(version)}) as {name!r}.",
        connection=name,
        address=info.address,
        database=info.database,
        user=info.user,
        server_version=version,
    )


def with_tls(
    connection: SavedConnection, tls: int, ca: str, client_cert: str, client_key: str, server_name: str
) -> SavedConnection:
    """Add the options of TLS to a connection.

    Raises:
        UsageError: a certificate or its key is missing.
    """
    if tls == 2 and not (client_cert and client_key):
        raise click.UsageError("TLS mode 2 needs --client-cert and --client-key.")
    return replace(
        connection,
        secure=tls > 0,
        server_pem_path=_absolute(ca),
        client_pem_path=_absolute(client_cert),
        client_key_path=_absolute(client_key),
        server_name=server_name,
    )


def _absolute(path: str) -> str:
    """Make a path absolute: a relative one would mean another file in the next folder."""
    return str(Path(path).expanduser().absolute()) if path else ""


def find_secret(name: str, user: str, token: bool, secret_env: str, given: str) -> tuple[str, SecretSource, str]:
    """Return the password or token, where later runs find it, and the variable if it is in one.

    Args:
        name: the connection's name.
        user: the user, if a password is wanted.
        token: whether a token is wanted.
        secret_env: the variable that has it, if one was named.
        given: the secret that was in the uri.
    """
    if secret_env:
        if secret_env not in os.environ:
            raise Failure(f"the environment variable {secret_env} is not set")
        return os.environ[secret_env], "environment", secret_env
    if given:
        return given, "ask", ""
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
        session.choose(Options(output=session.options.output))
    session.report(f"Disconnected {name!r} and deleted its name.", disconnected=name)


@root.command("disconnect", common="output")
@option("-a", "--alias", default=None, help="Name of the connection.  [default: the one in use]")
@pass_session
def disconnect(session: Session, alias: str | None) -> None:
    """Close a connection and delete its name, as `connect -D` does."""
    _forget(session, alias or session.options.connection or DEFAULT)


def _list(session: Session) -> None:
    used = session.chosen()[0]
    session.show_rows(
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
    """List the saved connections."""
    _list(session)


@list_group.command("connection_history", hidden=True)
@pass_session
def list_connection_history(session: Session) -> None:
    """List the saved connections."""
    _list(session)


@show_group.command("connection")
@option("--all", "everything", is_flag=True, help="List all saved connections, as -a without a name does.")
@option(
    "-a",
    "named",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[NAME]",
    help="Show this connection; without a name, list all.",
)
@pass_session
def show_connection(session: Session, everything: bool, named: str | None) -> None:
    """Show the connection in use, and its counters."""
    if everything or named == "":
        _list(session)
        return
    with session.using(Options(connection=named or ""), None):
        _show_info(session)


def _show_info(session: Session) -> None:
    """Show a connection: all of it to programs; to people its channels and its requests as tables, no histograms."""
    found = session.client().connection_info()
    if not for_people(session.options.output):
        session.show_record(asdict(found))
        return
    record = {name: value for name, value in asdict(found).items() if name not in ("operations", "channel_infos")}
    session.show_record({**record, "server_version": version_words(found.server_version or "")})
    if len(found.channel_infos) > 1:  # one is described by the lines above
        session.show_rows([{**asdict(each), "age": round(each.age, 1)} for each in found.channel_infos])
    operations = [
        {
            "request": name,
            "calls": each.calls,
            "errors": each.errors,
            "p50 ms": round((each.p50 or 0) * 1000, 2),
            "p99 ms": round((each.p99 or 0) * 1000, 2),
        }
        for name, each in found.operations.items()
    ]
    if operations:
        session.show_rows(operations)


@delete_group.command("connection")
@option("--name", default=None, help="Name of the connection.  [default: the one in use]")
@yes_option
@pass_session
def delete_connection(session: Session, name: str | None, yes: bool) -> None:
    """Delete a saved connection."""
    name = name or session.options.connection or DEFAULT
    session.confirm(f"Delete the saved connection {name!r}?", yes)
    _forget(session, name)


@delete_group.command("connection_history", common="output")
@option("-uri", "--uri", required=True, help="The address of the connections.")
@yes_option
@pass_session
def delete_connection_history(session: Session, uri: str, yes: bool) -> None:
    """Delete all saved connections to an address."""
    from milvusclient.cli.framework.addresses import split_uri

    address = split_uri(uri)[0]
    names = [name for name, saved in session.connection_file.read().items() if saved.uri == address]
    if not names:
        raise Failure(f"there is no saved connection to {address}")
    session.confirm(f"Delete the saved connections {', '.join(names)}?", yes)
    for name in names:
        _forget(session, name)
