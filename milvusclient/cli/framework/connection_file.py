"""Named connections, kept between runs in one file that only its owner can read; it never holds a secret."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from milvusclient.cli.framework.failure import Failure

__all__ = ["DEFAULT", "ConnectionFile", "SavedConnection", "default_folder", "variable_of"]

DEFAULT = "default"

#: Seconds to wait for another run that changes the file.
_LOCK_TIMEOUT = 10

#: Where a connection's secret comes from. "none": it has none; "ask": from a hidden prompt, or the variable.
SecretSource = Literal["none", "ask", "environment", "keyring"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedConnection:
    """A connection as it is kept.

    Attributes:
        uri: the address, without credentials.
        user: the user of the password; empty with a token, or without credentials.
        db_name: the database, empty for the default one.
        secure: use TLS whatever the uri says.
        server_pem_path: file with the certificates that the server's is checked against.
        client_pem_path: file with this client's certificate.
        client_key_path: file with its key.
        server_name: the name that the server's certificate must carry.
        secret: where the password or token comes from.
        variable: the environment variable that has it, if that is where it comes from.
    """

    uri: str
    user: str = ""
    db_name: str = ""
    secure: bool = False
    server_pem_path: str = ""
    client_pem_path: str = ""
    client_key_path: str = ""
    server_name: str = ""
    secret: SecretSource = "none"  # noqa: S105 - it says where a secret is
    variable: str = ""


def variable_of(name: str) -> str:
    """Return the environment variable that may hold the secret of a connection of this name."""
    return "MILVUS_SECRET_" + re.sub(r"\W", "_", name).upper()


def default_folder() -> Path:
    """Return the folder for settings: ``$XDG_CONFIG_HOME/milvusclient``, or what the system has in its place."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "milvusclient"
    import platformdirs

    return Path(platformdirs.user_config_dir("milvusclient", appauthor=False))


class ConnectionFile:
    """The file of named connections.

    Args:
        folder: the folder of the file, made with mode 0700 when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "connections.json"

    def read(self) -> dict[str, SavedConnection]:
        """Read all connections by name.

        Raises:
            Failure: the file cannot be read.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Failure(f"cannot read the saved connections: {error}") from error
        try:
            return {name: SavedConnection(**entry) for name, entry in json.loads(text)["connections"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Failure(
                f"{self.path} is not a file of connections as this version writes it; "
                "correct it, or delete it and connect again"
            ) from error

    def save(self, name: str, connection: SavedConnection) -> None:
        """Save a connection under a name, replacing one that has it.

        Raises:
            Failure: the file cannot be read or written.
        """
        with self._locked():
            self._write({**self.read(), name: connection})

    def forget(self, name: str) -> SavedConnection | None:
        """Delete a connection and return it; None if there was none.

        Raises:
            Failure: the file cannot be read or written.
        """
        if name not in self.read():
            return None
        with self._locked():
            known = self.read()
            dropped = known.pop(name, None)
            if dropped is not None:
                self._write(known)
        return dropped

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other runs from changing the file between reading and writing it."""
        from filelock import FileLock, Timeout

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock"), timeout=_LOCK_TIMEOUT, mode=0o600):
                yield
        except Timeout:
            raise Failure(
                f"another run has locked {self.path} for {_LOCK_TIMEOUT} s; wait until it has ended, then try again"
            ) from None
        except OSError as error:
            raise Failure(f"cannot save the connection: {error}") from error

    def _write(self, connections: Mapping[str, SavedConnection]) -> None:
        content = {
            "connections": {
                name: {key: value for key, value in asdict(connection).items() if value not in ("", False)}
                for name, connection in sorted(connections.items())
            }
        }
        import tempfile

        try:
            # mkstemp makes it 0600; replacing is atomic, so that a reader finds a whole file.
            number, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2, ensure_ascii=False)
                file.write("\n")
            Path(temporary).replace(self.path)
        except OSError as error:
            raise Failure(f"cannot save the connection: {error}") from error
