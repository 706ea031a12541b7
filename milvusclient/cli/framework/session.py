"""What the commands of one run share: the connection they use, how they show results, and how they connect."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import click

from milvusclient import MilvusClient
from milvusclient.cli.framework import output
from milvusclient.cli.framework.connection_file import DEFAULT, ConnectionFile, SavedConnection, default_folder
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.output import Format
from milvusclient.cli.framework.secrets import secret_of
from milvusclient.config.settings import make_config
from milvusclient.config.uri import Kind

__all__ = ["Options", "Session", "open_client"]


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen for all commands of a run and again for each command.

    Attributes:
        connection: the name of a saved connection.
        uri: an address, in place of a name.
        db_name: the database, in place of the connection's own.
        output: how results are shown.
        timeout: seconds for an operation.
    """

    connection: str = ""
    uri: str = ""
    db_name: str = ""
    output: Format = "table"
    timeout: float | None = None

    def over(self, base: Options) -> Options:
        """These, and those of ``base`` where nothing was chosen; choosing a uri or a name drops the other."""
        address = self if self.connection or self.uri else base
        return Options(
            address.connection,
            address.uri,
            self.db_name or (base.db_name if address is base else ""),
            base.output,
            base.timeout if self.timeout is None else self.timeout,
        )


def open_client(
    name: str, connection: SavedConnection, secret: str, db_name: str, timeout: float | None, *, dedicated: bool = False
) -> MilvusClient:
    """A client of a saved connection; with ``dedicated`` over a connection that nobody else has."""
    alias = f"{name}/{db_name}" if db_name else name
    return MilvusClient(
        connection.uri,
        user=connection.user,
        password=secret if connection.user else "",
        token="" if connection.user else secret,
        db_name=db_name or connection.db_name,
        timeout=timeout,
        alias=None if dedicated else alias,
        dedicated=dedicated,
        secure=True if connection.secure else None,
        server_pem_path=connection.server_pem_path or None,
        client_pem_path=connection.client_pem_path or None,
        client_key_path=connection.client_key_path or None,
        server_name=connection.server_name,
    )


def _no_shell(session: Session) -> int:
    """Stand for the shell where nobody has said how to start one."""
    del session
    return 0


def token_for(uri: str) -> str:
    """The token of the environment, for an address without credentials; one that goes with MILVUS_URI stays there."""
    asked, home = make_config(uri), os.environ.get("MILVUS_URI")
    if asked.token.reveal() or (home and make_config(home).target != asked.target):
        return ""
    return os.environ.get("MILVUS_TOKEN", "")


@dataclass
class Session:
    """One run of the command, or of the shell.

    Attributes:
        connection_file: the saved connections.
        options: what was chosen for all commands.
        interactive: whether this is the shell.
        clients: the open ones, by connection and database.
    """

    connection_file: ConnectionFile = field(default_factory=lambda: ConnectionFile(default_folder()))
    options: Options = field(default_factory=Options)
    interactive: bool = False
    clients: dict[tuple[str, str, str], MilvusClient] = field(default_factory=dict)
    #: The open connection's secret, so that a shell asks once.
    known_secrets: dict[str, str] = field(default_factory=dict, repr=False)

    #: Connections that could not be opened for completion: Tab does not wait for them again.
    unreachable: set[tuple[str, str, str]] = field(default_factory=set)
    #: Starts the shell; given by whoever runs commands, because the shell runs them in turn.
    start_shell: Callable[[Session], int] = field(default=_no_shell, repr=False)
    #: What was chosen for good, by ``connect``, ``use`` and ``set``: a shell's next command begins with it.
    base: Options = field(default_factory=Options)

    @contextmanager
    def using(self, options: Options, form: Format | None) -> Iterator[None]:
        """Run one command with options of its own."""
        before = self.options
        self.options = replace(options.over(before), output=form or before.output)
        try:
            yield
        finally:
            self.options = before

    def keep(self, options: Options) -> None:
        """Choose for the commands that follow, too."""
        self.options = self.base = options

    # --- clients -----------------------------------------------------------------------------------------------------
    @property
    def timeout(self) -> float | None:
        """Seconds for the operation, None for no limit."""
        return self.options.timeout

    def chosen(self) -> tuple[str, SavedConnection | None]:
        """The connection that a command uses: its name, and how it was saved; None for an address that is not saved.

        In this order: ``-a``, ``--uri``, MILVUS_URI, the connection ``default``, ``http://localhost:19530``.
        """
        options = self.options
        if options.connection:
            known = self.connection_file.read()
            if options.connection not in known:
                others = f"there are {', '.join(known)}" if known else "none is saved"
                raise Failure(
                    f"there is no connection {options.connection!r}; {others}; "
                    f"make it with: connect -uri URI -a {options.connection}"
                )
            return options.connection, known[options.connection]
        if options.uri or os.environ.get("MILVUS_URI"):
            return "", None
        saved = self.connection_file.read().get(DEFAULT)
        return (DEFAULT if saved else "", saved)

    def client(self) -> MilvusClient:
        """The client of the chosen connection, opened when it is first asked for."""
        name, saved = self.chosen()
        key = (name, self.options.uri, self.options.db_name)
        if key not in self.clients:
            if saved is None:
                # Without a uri the client itself looks at the environment.
                self.clients[key] = MilvusClient(
                    self.options.uri or None,
                    token=token_for(self.options.uri) if self.options.uri else "",
                    db_name=self.options.db_name,
                    timeout=self.timeout,
                )
            else:
                secret = self.known_secrets.get(name) or secret_of(name, saved)
                self.known_secrets[name] = secret
                self.clients[key] = open_client(name, saved, secret, self.options.db_name, self.timeout)
            self.unreachable.discard(key)
        return self.clients[key]

    def silent_client(self) -> MilvusClient | None:
        """The client for completion, which must not ask anything and tries once; None if there is none."""
        name, saved = self.chosen()
        key = (name, self.options.uri, self.options.db_name)
        if key in self.clients:
            return self.clients[key]
        would_ask = saved is not None and saved.secret in ("ask", "keyring") and name not in self.known_secrets
        if would_ask or key in self.unreachable:
            return None
        self.unreachable.add(key)
        return self.client()

    def reading(self, collection: str) -> MilvusClient:
        """The client, for a command that reads data: an embedded server forgets between runs what was loaded."""
        client = self.client()
        _, saved = self.chosen()
        uri = saved.uri if saved else (self.options.uri or os.environ.get("MILVUS_URI", ""))
        if uri and make_config(uri).target.kind is Kind.EMBEDDED:
            client.load_collection(collection, timeout=self.timeout)
        return client

    def close(self, name: str | None = None) -> None:
        """Close the clients of a connection, or all."""
        for key in [key for key in self.clients if name is None or key[0] == name]:
            self.clients.pop(key).close()
        for known in [known for known in self.known_secrets if name is None or known == name]:
            del self.known_secrets[known]

    # --- showing -----------------------------------------------------------------------------------------------------
    def rows(self, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> None:
        """Show rows."""
        output.write(output.render(rows, self.options.output, columns, output.terminal_width()))

    def names(self, header: str, names: Sequence[object]) -> None:
        """Show a list of names."""
        output.write(output.render_names(header, names, self.options.output, output.terminal_width()))

    def record(self, record: Mapping[str, object]) -> None:
        """Show one thing."""
        output.write(output.render_record(record, self.options.output, output.terminal_width()))

    def done(self, sentence: str, **facts: object) -> None:
        """Say what was done: a sentence for people, the facts for programs."""
        if self.options.output == "table":
            click.echo(sentence)
        else:
            self.record(facts)

    def note_end(self, instead: str) -> None:
        """Say that a choice is forgotten after this command, outside of a shell."""
        if not self.interactive:
            click.echo(f"Note: outside of a shell this ends with the command; give {instead} to others.", err=True)

    # --- asking ------------------------------------------------------------------------------------------------------
    def confirm(self, question: str, yes: bool) -> None:
        """Ask before something is destroyed.

        Raises:
            Failure: the answer is no, or there is nobody to ask.
        """
        if yes:
            return
        if not sys.stdin.isatty():
            raise Failure(f"{question} Nothing was done: there is no terminal to ask at; say --yes")
        if not click.confirm(question, err=True):
            raise Failure("nothing was done")

    def ask(self, value: str | None, what: str, option: str, default: str | None = None) -> str:
        """A value that was not given: asked for on a terminal, an error elsewhere."""
        if value is not None:
            return value
        if not sys.stdin.isatty():
            if default is not None:
                return default
            raise click.UsageError(f"Missing option {option!r}: {what}.")
        answer: str = click.prompt(what, default=default, err=True)
        return answer

    def ask_several(self, what: str, option: str) -> list[str]:
        """Values that were not given: asked for on a terminal, up to an empty one; an error elsewhere."""
        found = [self.ask(None, what, option)]
        while more := self.offer(None, f"{what}, or Enter"):
            found.append(more)
        return found

    def offer(self, value: str | None, what: str, default: str = "") -> str | None:
        """A value that may be left out: asked for on a terminal."""
        if value is not None or not sys.stdin.isatty():
            return value
        answer: str = click.prompt(what, default=default, show_default=bool(default), err=True)
        return answer or None
