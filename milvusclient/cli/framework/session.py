"""Common state of the commands of one run: the connection they use, how they show results, and what they ask."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from milvusclient.cli.framework import output, prompting
from milvusclient.cli.framework.connection_file import DEFAULT, ConnectionFile, SavedConnection, default_folder
from milvusclient.cli.framework.failure import Cancelled, Failure
from milvusclient.cli.framework.json_values import as_single
from milvusclient.cli.framework.output import Format
from milvusclient.cli.framework.secrets import secret_of
from milvusclient.exceptions import ParamError

if TYPE_CHECKING:
    from milvusclient import MilvusClient

__all__ = ["LOCALHOST", "Options", "Session", "open_client", "token_for", "version_words"]

LOCALHOST = "http://localhost:19530"


@dataclass(frozen=True, slots=True)
class Options:
    """Settings that can be chosen for all commands of a run and again for each command.

    Attributes:
        connection: the name of a saved connection.
        uri: an address, in place of a name.
        db_name: the database, in place of the connection's own.
        output: format of results.
        timeout: seconds for an operation.
        verbose: whether errors show all details.
    """

    connection: str = ""
    uri: str = ""
    db_name: str = ""
    output: Format = "table"
    timeout: float | None = None
    verbose: bool = False

    def over(self, base: Options) -> Options:
        """Return these, and those of ``base`` where nothing was chosen; choosing a uri or a name drops the other."""
        address = self if self.connection or self.uri else base
        return Options(
            address.connection,
            address.uri,
            self.db_name or (base.db_name if address is base else ""),
            base.output,
            base.timeout if self.timeout is None else self.timeout,
            self.verbose or base.verbose,
        )


def open_client(
    name: str, connection: SavedConnection, secret: str, db_name: str, timeout: float | None, *, dedicated: bool = False
) -> MilvusClient:
    """Open a client of a saved connection; with ``dedicated`` over a connection that is not shared."""
    from milvusclient import MilvusClient

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


def token_for(uri: str) -> str:
    """Return the token of the environment, for an address without credentials; one for MILVUS_URI stays there."""
    from milvusclient.config.settings import make_config

    asked, home = make_config(uri), os.environ.get("MILVUS_URI")
    if asked.token.reveal() or (home and make_config(home).target != asked.target):
        return ""
    return os.environ.get("MILVUS_TOKEN", "")


def version_words(version: str) -> str:
    """Return the name and version of a server as people write them.

    Example:
        >>> version_words("v2.3.5"), version_words("milvus_lite-3.2.2"), version_words("")
        ('Milvus 2.3.5', 'Milvus Lite 3.2.2', 'Milvus of unknown version')
    """
    if version.startswith("milvus_lite"):
        return f"Milvus Lite {version.removeprefix('milvus_lite').lstrip('-')}".rstrip()
    return f"Milvus {version.removeprefix('v') or 'of unknown version'}"


def _no_shell(session: Session) -> int:
    """Stand for the shell where none can be started."""
    del session
    return 0


@dataclass
class Session:
    """One run of the command, or of the shell.

    Attributes:
        connection_file: the saved connections.
        options: what was chosen for all commands.
        interactive: whether this is the shell.
        clients: the open ones, by connection, uri and database.
    """

    connection_file: ConnectionFile = field(default_factory=lambda: ConnectionFile(default_folder()))
    options: Options = field(default_factory=Options)
    interactive: bool = False
    clients: dict[tuple[str, str, str], MilvusClient] = field(default_factory=dict)
    #: The open connection's secret, so that a shell asks once.
    known_secrets: dict[str, str] = field(default_factory=dict, repr=False)
    #: Connections that could not be opened for completion: Tab does not wait for them again.
    unreachable: set[tuple[str, str, str]] = field(default_factory=set)
    #: Starts the shell; given by the code that runs commands, because the shell runs them in turn.
    start_shell: Callable[[Session], int] = field(default=_no_shell, repr=False)
    #: What was chosen for good, by ``connect``, ``use`` and ``set``: a shell's next command begins with it.
    base: Options = field(default_factory=Options)
    #: Whether long results go through a pager on a terminal.
    pager: bool = True
    #: When the command began its work, for the time that is shown after a result.
    started: float = field(default_factory=time.perf_counter)

    @contextmanager
    def using(self, options: Options, form: Format | None) -> Iterator[None]:
        """Run one command with options of its own."""
        before = self.options
        self.options = replace(options.over(before), output=form or before.output)
        self.started = time.perf_counter()
        try:
            yield
        finally:
            self.options = before

    def choose(self, options: Options) -> None:
        """Choose options for the commands that follow, too."""
        self.options = self.base = options

    # --- clients -----------------------------------------------------------------------------------------------------
    @property
    def timeout(self) -> float | None:
        """Seconds for the operation, None for no limit."""
        return self.options.timeout

    def chosen(self) -> tuple[str, SavedConnection | None]:
        """Return the connection that a command uses: its name, and how it was saved; None for one that is not saved.

        In this order: ``-a``, ``--uri``, MILVUS_URI, the connection ``default``, ``http://localhost:19530``.
        """
        options = self.options
        if options.connection:
            known = self.connection_file.read()
            if options.connection not in known:
                others = f"there are {', '.join(known)}" if known else "none is saved"
                raise Failure(
                    f"there is no connection {options.connection!r}; {others}; "
                    f"save it with: connect -uri URI -a {options.connection}"
                )
            return options.connection, known[options.connection]
        if options.uri or os.environ.get("MILVUS_URI"):
            return "", None
        saved = self.connection_file.read().get(DEFAULT)
        return (DEFAULT if saved else "", saved)

    def address(self) -> str:
        """Return the address of the chosen connection, without credentials."""
        from milvusclient.cli.framework.addresses import split_uri

        _, saved = self.chosen()
        return saved.uri if saved else split_uri(self.options.uri or os.environ.get("MILVUS_URI") or LOCALHOST)[0]

    def client(self) -> MilvusClient:
        """Return the client of the chosen connection, opened when it is first asked for."""
        name, saved = self.chosen()
        key = (name, self.options.uri, self.options.db_name)
        if key not in self.clients:
            if saved is None:
                from milvusclient import MilvusClient

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
            self.started = time.perf_counter()  # the time of a result is without that of connecting
        return self.clients[key]

    def silent_client(self) -> MilvusClient | None:
        """Return the client for completion, which must not ask anything and tries once; None if there is none."""
        name, saved = self.chosen()
        key = (name, self.options.uri, self.options.db_name)
        if key in self.clients:
            return self.clients[key]
        would_ask = saved is not None and saved.secret in ("ask", "keyring") and name not in self.known_secrets
        if would_ask or key in self.unreachable:
            return None
        self.unreachable.add(key)
        return self.client()

    def reading_client(self, collection: str) -> MilvusClient:
        """Return the client for a command that reads rows: an embedded server forgets between runs what was loaded."""
        from milvusclient.config.settings import make_config
        from milvusclient.config.uri import Kind

        _, saved = self.chosen()
        uri = saved.uri if saved else (self.options.uri or os.environ.get("MILVUS_URI", ""))
        is_file = bool(uri) and make_config(uri).target.kind is Kind.EMBEDDED
        if is_file and not os.path.exists(make_config(uri).target.address):
            raise Failure(f"there is no file {uri}")  # opening it would create an empty one
        client = self.client()
        if is_file:
            client.load_collection(collection, timeout=self.timeout)
            self.started = time.perf_counter()
        return client

    def close(self, name: str | None = None) -> None:
        """Close the clients of a connection, or all."""
        for key in [key for key in self.clients if name is None or key[0] == name]:
            self.clients.pop(key).close()
        for known in [known for known in self.known_secrets if name is None or known == name]:
            del self.known_secrets[known]

    # --- showing -----------------------------------------------------------------------------------------------------
    def show_rows(
        self,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[str] = (),
        *,
        single: frozenset[str] = frozenset(),
        more: str = "",
        paged: bool = True,
    ) -> None:
        """Show rows, and for people how many they are.

        Args:
            rows: the rows.
            columns: the columns that come first, and those of an empty result.
            single: the columns with numbers of single precision.
            more: what to do to see more rows than these, if there are more.
            paged: whether a result that is too long for the terminal goes through the pager.
        """
        if single:
            rows = [{key: as_single(value) if key in single else value for key, value in row.items()} for row in rows]
        style = output.current_style()
        text = output.render(rows, self.options.output, columns, style)
        if output.for_people(self.options.output):
            text += self._footer(len(rows), more)
        elif more and style.width:
            click.echo(f"There are more rows: {more}.", err=True)
        (output.write_paged if self.pager and paged else output.write)(text)

    def _footer(self, count: int, more: str) -> str:
        # The time only where people look: what a pipe gets is the same each time.
        took = f" ({time.perf_counter() - self.started:.3f} s)" if sys.stdout.isatty() else ""
        return f"{output.count_rows(count)}{took}{f'; there are more: {more}' if more else ''}\n"

    def show_names(self, header: str, names: Sequence[object]) -> None:
        """Show a list of names."""
        style = output.current_style()
        text = output.render_names(header, names, self.options.output, style)
        if output.for_people(self.options.output):
            text += self._footer(len(names), "")
        (output.write_paged if self.pager else output.write)(text)

    def show_record(self, record: Mapping[str, object]) -> None:
        """Show one thing."""
        output.write(output.render_record(record, self.options.output, output.current_style()))

    def report(self, sentence: str, **facts: object) -> None:
        """Report what was done: a sentence for people, the facts for programs."""
        if output.for_people(self.options.output):
            click.echo(sentence)
        else:
            self.show_record(facts)

    def note_end(self, instead: str) -> None:
        """Say that a choice is forgotten after this command, outside of a shell."""
        if not self.interactive:
            click.echo(f"Note: outside of a shell this ends with the command; give {instead} to others.", err=True)

    # --- asking ------------------------------------------------------------------------------------------------------
    def confirm(self, question: str, yes: bool) -> None:
        """Ask before something is destroyed.

        Raises:
            Failure: there is no terminal to ask at.
            Cancelled: the answer is no.
        """
        if yes:
            return
        if not prompting.can_ask():
            raise Failure(f"{question} Nothing was changed: there is no terminal to ask at; confirm with --yes")
        if not prompting.ask_yes(question):
            raise Cancelled

    def ask(self, value: str | None, what: str, option: str, default: str | None = None) -> str:
        """Return a value; one that was not given is asked for on a terminal, and an error elsewhere."""
        if value is not None:
            return value
        if not prompting.can_ask():
            if default is not None:
                return default
            raise click.UsageError(f"Missing option {option!r}: {what}.")
        answer: str = prompting.ask(what, default)
        self.started = time.perf_counter()
        return answer

    def ask_several(self, what: str, option: str) -> list[str]:
        """Ask for values that were not given, up to an empty one; without a terminal that is an error."""
        found = [self.ask(None, what, option)]
        while more := self.ask_optional(None, f"{what}, or Enter"):
            found.append(more)
        return found

    def ask_optional(
        self, value: str | None, what: str, default: str = "", check: Callable[[str], object] | None = None
    ) -> str | None:
        """Return a value that may be left out; on a terminal it is asked for, again if ``check`` refuses the answer."""
        if value is not None or not prompting.can_ask():
            return value

        def checked(text: str) -> str:
            try:
                if text and check is not None:
                    check(text)
            except ParamError as error:
                raise click.BadParameter(error.message) from None
            return text

        answer: str = prompting.ask(what, default, convert=checked)
        self.started = time.perf_counter()
        return answer or None
