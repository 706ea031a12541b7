"""Sources of passwords and tokens: a hidden prompt, the environment, or the system's keyring."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

from milvusclient.cli.framework.connection_file import SavedConnection, variable_of
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.prompting import ask_hidden, can_ask

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["ask_secret", "drop_from_keyring", "keep_in_keyring", "secret_of"]

_SERVICE = "milvusclient"


def ask_secret(what: str, instead: str, *, confirm: bool = False) -> str:
    """Ask for a secret without showing it.

    Args:
        what: the question, such as ``Password of root``.
        instead: the environment variable that a program sets instead; named when there is no terminal.
        confirm: ask twice.

    Raises:
        Failure: there is no terminal.
    """
    if not can_ask():
        raise Failure(f"{what} is needed, and there is no terminal to ask at; set {instead}")
    return ask_hidden(what, confirm=confirm)


def secret_of(name: str, connection: SavedConnection) -> str:
    """Return the password or token of a saved connection; empty if it has none.

    Raises:
        Failure: it is not where it was saved.
    """
    if connection.secret == "none":  # noqa: S105 - it says where a secret is
        return ""
    variable = connection.variable or variable_of(name)
    if value := os.environ.get(variable, ""):
        return value
    if connection.secret == "keyring":  # noqa: S105 - it says where a secret is
        stored = _from_keyring(name, variable)
        if stored is None:
            raise Failure(
                f"the keyring has no secret for connection {name!r} any more; connect again, or set {variable}"
            )
        return stored
    if connection.secret == "environment":  # noqa: S105 - it says where a secret is
        raise Failure(f"connection {name!r} takes its secret from {variable}, which is not set")
    whose = f"Password of {connection.user}" if connection.user else "Token"
    return ask_secret(f"{whose} for connection {name!r}", variable)


def _from_keyring(name: str, variable: str) -> str | None:
    backend = _keyring(variable)
    import keyring.errors

    try:
        return backend.get_password(_SERVICE, name)
    except keyring.errors.KeyringError as error:
        raise Failure(
            f"cannot read the secret of connection {name!r} from the keyring ({error}); set {variable}"
        ) from error


def keep_in_keyring(name: str, secret: str) -> None:
    """Store a secret in the system's keyring.

    Raises:
        Failure: there is no keyring; the secret is not stored anywhere else.
    """
    backend = _keyring(variable_of(name))
    import keyring.errors

    try:
        backend.set_password(_SERVICE, name, secret)
    except keyring.errors.KeyringError as error:
        raise Failure(f"the keyring refused the secret, and it is stored nowhere else: {error}") from error


def drop_from_keyring(name: str) -> None:
    """Delete a secret from the keyring; one that is not there is fine."""
    if importlib.util.find_spec("keyring") is None:
        return
    import keyring.errors

    try:
        _keyring(variable_of(name)).delete_password(_SERVICE, name)
    except (keyring.errors.KeyringError, Failure):
        return


def _keyring(variable: str) -> KeyringBackend:
    """Return the system's keyring.

    Raises:
        Failure: there is none that keeps secrets in a safe way.
    """
    refused = Failure(
        f"this system has no keyring to store a secret in, and it is stored nowhere else; set {variable} instead"
    )
    if importlib.util.find_spec("keyring") is None:
        raise refused
    import keyring

    backend = keyring.get_keyring()
    # The backends that are there when nothing else is (fail, null) have a priority below 1.
    if backend.priority < 1:
        raise refused
    return backend
