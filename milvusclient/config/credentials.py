"""Credentials: a static token, a function that returns one, or credentials that a pickle left out."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from types import MethodType
from typing import NoReturn
from urllib.parse import quote

from milvusclient.exceptions import ConnectionConfigException

__all__ = [
    "CallableToken",
    "HiddenStr",
    "OmittedCredentials",
    "Secret",
    "TokenSource",
    "add_candidates",
    "authorization_header",
    "make_token",
    "require_encodable",
]

#: A token, or a function that returns a fresh one for each request.
TokenSource = str | Callable[[], str]


class Secret:
    """A str that no ``repr``, ``str``, format or pickle shows. ``reveal()`` returns it."""

    __slots__ = ("_aliases", "_value")

    #: Whether the value may differ from request to request.
    is_dynamic = False

    def __init__(self, value: str) -> None:
        self._value = value
        # Kept here and not in a cache of this module: what is derived from a password is forgotten with it.
        self._aliases: dict[tuple[str, str], str] = {}

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    @property
    def user(self) -> str:
        """The user name; empty for an API key or without credentials."""
        user, colon, _ = self._value.partition(":")
        return user if colon else ""

    @property
    def description(self) -> str:
        """The credentials as messages describe them."""
        if not self:
            return "none"
        return f"user {self.user!r}" if self.user else "an API key"

    def alias(self, uri: str, database: str) -> str:
        """Derive the alias of a uri, these credentials and a database; it is the same in every process."""
        alias = self._aliases.get((uri, database))
        if alias is None:
            alias = self._aliases[uri, database] = _derive_alias(uri, self._value, self.user, database)
        return alias

    def for_pickle(self, uri: str, database: str) -> Secret:
        """Return what a pickle holds instead of the credentials."""
        if not self:
            return self
        alias = self.alias(uri, database)
        _remember_pickled(alias, self)
        return OmittedCredentials(uri, database, alias)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        # Python asks a subclass first, so one that knows better has been asked.
        return type(other) is Secret and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> tuple[Callable[..., Secret], tuple[object, ...]]:
        if self._value:
            raise ConnectionConfigException(message="credentials are not pickled; pickle the client instead")
        return Secret, ("",)

    def __repr__(self) -> str:
        return "Secret(***)" if self else "Secret('')"

    __str__ = __repr__


class CallableToken(Secret):
    """A function that returns the token, called for each request. Equal to another one of the same function."""

    __slots__ = ("_function",)

    is_dynamic = True

    def __init__(self, function: Callable[[], str]) -> None:
        super().__init__("")
        self._function = function

    def reveal(self) -> str:
        """Return what the function returns now.

        Raises:
            ConnectionConfigException: the function raised, or did not return a token.
        """
        try:
            token: object = self._function()
        except Exception as error:
            raise ConnectionConfigException(
                message=f"the function given as token raised {type(error).__name__}; it must return a str"
            ) from error
        if not isinstance(token, str) or not token:
            close = getattr(token, "close", None)  # a coroutine would warn that it was never awaited
            if callable(close):
                close()
            returned = "an empty one" if isinstance(token, str) else type(token).__name__
            raise ConnectionConfigException(
                message=f"the function given as token must return a non-empty str, got {returned}"
            )
        return require_encodable(token)

    @property
    def user(self) -> str:
        """Empty: the user is unknown until the function is called."""
        return ""

    @property
    def description(self) -> str:
        """The credentials as messages describe them."""
        return "a function"

    def alias(self, uri: str, database: str) -> str:
        """Derive the alias, which holds in this process only: no other process knows the function by its identity."""
        identity = ".".join(str(number) for number in self._identity())
        return _derive_alias(uri, "", f"function-{identity}", database)

    def for_pickle(self, uri: str, database: str) -> Secret:  # noqa: ARG002 - the signature of the base class
        """Return the token itself: pickle stores a function by its name."""
        return self

    def _identity(self) -> tuple[int, ...]:
        # A bound method is a new object at each access, so its two parts identify it.
        if isinstance(self._function, MethodType):
            return id(self._function.__self__), id(self._function.__func__)
        return (id(self._function),)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CallableToken) and other._identity() == self._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __reduce__(self) -> tuple[Callable[..., Secret], tuple[object, ...]]:
        return CallableToken, (self._function,)


class OmittedCredentials(Secret):
    """Credentials that a pickle does not carry, found again in a process that has them from somewhere else.

    Args:
        uri: the uri that they are for.
        database: the database that they were used with.
        alias: the alias derived from uri, credentials and database; it tells the right candidate from the others.
    """

    __slots__ = ("_alias", "_database", "_uri")

    def __init__(self, uri: str, database: str, alias: str) -> None:
        super().__init__("")
        self._uri = uri
        self._database = database
        self._alias = alias

    def reveal(self) -> str:
        """Return the value, if this process has it by now.

        Raises:
            ConnectionConfigException: this process does not have the credentials.
        """
        return self._require_found().reveal()

    @property
    def user(self) -> str:
        """The user name, if this process has the credentials."""
        found = self._find()
        return "" if found is None else found.user

    @property
    def description(self) -> str:
        """The credentials as messages describe them."""
        found = self._find()
        return "those that the pickle left out" if found is None else found.description

    def alias(self, uri: str, database: str) -> str:
        """Return the alias that was pickled; to derive another one needs the credentials."""
        if (uri, database) == (self._uri, self._database):
            return self._alias
        return self._require_found().alias(uri, database)

    def for_pickle(self, uri: str, database: str) -> Secret:  # noqa: ARG002 - the signature of the base class
        """Return itself."""
        return self

    def _require_found(self) -> Secret:
        found = self._find()
        if found is None:
            raise ConnectionConfigException(
                message=(
                    f"the credentials for {self._uri} were left out when this client was pickled, and this process "
                    "does not have them; before using it, set MILVUS_TOKEN here, describe the connection with "
                    "connections.add_connection(), or make a client with the same arguments"
                )
            )
        return found

    def _find(self) -> Secret | None:
        return next((candidate for candidate in _candidates(self._alias) if self._matches(candidate)), None)

    def _matches(self, candidate: Secret) -> bool:
        return (
            type(candidate) is Secret and bool(candidate) and candidate.alias(self._uri, self._database) == self._alias
        )

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, OmittedCredentials):
            return (other._uri, other._database, other._alias) == (self._uri, self._database, self._alias)
        return isinstance(other, Secret) and self._matches(other)

    __hash__ = None  # type: ignore[assignment]  # it equals a Secret whose value it does not know

    def __reduce__(self) -> tuple[Callable[..., Secret], tuple[object, ...]]:
        return _unpickle_omitted, (self._uri, self._database, self._alias)


class HiddenStr(str):
    """A str that its ``repr`` does not show, nor do the lists that contain it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __reduce__(self) -> NoReturn:
        raise ConnectionConfigException(message="credentials are not pickled")


def make_token(user: str, password: str, token: str) -> Secret:
    """Build the canonical token: an API key as given, or ``user:password``. A token wins over user and password.

    Raises:
        ConnectionConfigException: a user is given without a password, or a password without a user.
    """
    value = token or (f"{user}:{password}" if user and password else "")
    if value:
        return Secret(require_encodable(value))
    if user:
        raise ConnectionConfigException(message=f"user {user!r} is given without a password; give both, or a token")
    if password:
        raise ConnectionConfigException(message="a password is given without a user; give both, or a token")
    return Secret("")


def require_encodable(value: str) -> str:
    """Return the credentials if a header can carry them.

    Raises:
        ConnectionConfigException: they cannot be encoded.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ConnectionConfigException(message="the credentials contain a character that cannot be encoded in UTF-8")
    return value


def authorization_header(token: Secret) -> str:
    """Return the value of the ``authorization`` header; empty without credentials."""
    value = token.reveal() if token else ""
    return HiddenStr(base64.b64encode(value.encode()).decode("ascii")) if value else ""


#: Credentials by derived alias, of clients that this process pickled: it and its forks unpickle them complete.
_pickled: dict[str, Secret] = {}
_MOST_PICKLED = 1_024
#: Functions that list credentials which this process knows. Others add them (see runtime/named_configs.py), so that
#: this module depends on nothing that holds state or waits.
_sources: list[Callable[[], Iterable[Secret]]] = []


def add_candidates(source: Callable[[], Iterable[Secret]]) -> None:
    """Add a function whose credentials are tried when a pickle left some out.

    Args:
        source: lists the credentials that it knows now.
    """
    _sources.append(source)


def _remember_pickled(alias: str, secret: Secret) -> None:
    # Without a lock, which a fork could inherit while it is held: each step is one operation of the dictionary.
    for oldest in list(_pickled)[: max(0, len(_pickled) - _MOST_PICKLED + 1)]:
        _pickled.pop(oldest, None)
    _pickled[alias] = secret


def _unpickle_omitted(uri: str, database: str, alias: str) -> Secret:
    return _pickled.get(alias) or OmittedCredentials(uri, database, alias)


def _candidates(alias: str) -> Iterator[Secret]:
    pickled = _pickled.get(alias)
    if pickled is not None:
        yield pickled
    for source in _sources:
        yield from source()


def _derive_alias(uri: str, secret: str, user: str, database: str) -> str:
    """Return a readable name with a digest; key derivation makes guessing a password from a printed alias costly."""
    salt = f"milvusclient alias\n{uri}\n{database}".encode(errors="surrogateescape")  # a path may hold any bytes
    if secret:
        digest = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, 2_000, dklen=8).hex()
    else:
        digest = hashlib.sha256(salt).hexdigest()[:16]
    place = uri.split("://", 1)[1].lstrip("/") if "://" in uri else os.path.basename(uri)
    who = quote(user, safe="") or ("key" if secret else "")
    return f"{who}{'@' if who else ''}{place}/{quote(database, safe='')}#{digest}"
