"""Credentials: as a text, as something that is asked for them, or left out of a pickle. And the names made of them."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import MethodType
from typing import NoReturn
from urllib.parse import quote

from milvusclient.exceptions import ConnectionConfigException

__all__ = ["CallableToken", "Hidden", "LeftOut", "Secret", "authorization", "check_encodable"]


class Secret:
    """A text that no ``repr``, ``str``, format or pickle shows. ``reveal()`` gives it."""

    __slots__ = ("_text",)

    #: Whether each request asks for it anew.
    asked_each_time = False

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    @property
    def user(self) -> str:
        """The user's name, empty for an API key or without credentials."""
        user, colon, _ = self._text.partition(":")
        return user if colon else ""

    @property
    def whose(self) -> str:
        """Whose it is, as messages say it."""
        if not self:
            return "none"
        return f"user {self.user!r}" if self.user else "an API key"

    def alias(self, uri: str, database: str) -> str:
        """The alias that follows from a place, these credentials and a database; the same in every process."""
        return _derive_alias(uri, self._text, self.user, database)

    def portable(self, uri: str, database: str) -> Secret:
        """What a pickle holds instead of it."""
        if not self:
            return self
        alias = self.alias(uri, database)
        _remember(alias, self)
        return LeftOut(uri, database, alias)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LeftOut):
            return other == self
        return type(other) is Secret and other._text == self._text

    def __hash__(self) -> int:
        return hash(("Secret", self._text))

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> tuple[Callable[..., Secret], tuple[object, ...]]:
        if self._text:
            raise ConnectionConfigException(message="credentials are not pickled; pickle the client instead")
        return Secret, ("",)

    def __repr__(self) -> str:
        return "Secret(***)" if self else "Secret('')"

    __str__ = __repr__


class CallableToken(Secret):
    """A function that gives the token; it is asked for each request. Equal to another one of the same function."""

    __slots__ = ("_ask",)

    asked_each_time = True

    def __init__(self, ask: Callable[[], str]) -> None:
        super().__init__("")
        self._ask = ask

    def reveal(self) -> str:
        """What the function gives now.

        Raises:
            ConnectionConfigException: it raised, or gave something else than a token.
        """
        try:
            text: object = self._ask()
        except Exception as error:
            raise ConnectionConfigException(
                message=f"the function that was given as token raised {type(error).__name__}; it must return a str"
            ) from error
        if not isinstance(text, str) or not text:
            close = getattr(text, "close", None)  # a coroutine would warn that nobody waited for it
            if callable(close):
                close()
            given = "an empty one" if isinstance(text, str) else type(text).__name__
            raise ConnectionConfigException(
                message=f"the function that was given as token must return a non-empty str, got {given}"
            )
        return check_encodable(text)

    @property
    def user(self) -> str:
        """Not known without asking."""
        return ""

    @property
    def whose(self) -> str:
        """Whose it is, as messages say it."""
        return "a function"

    def alias(self, uri: str, database: str) -> str:
        """As of a text, but only of this process: a function has no name that others know."""
        identity = ".".join(str(number) for number in self._identity())
        return _derive_alias(uri, "", f"function-{identity}", database)

    def portable(self, uri: str, database: str) -> Secret:  # noqa: ARG002 - the shape of the base
        """Itself: a function is pickled by its name."""
        return self

    def _identity(self) -> tuple[int, ...]:
        # A bound method is a new object at each access.
        if isinstance(self._ask, MethodType):
            return id(self._ask.__self__), id(self._ask.__func__)
        return (id(self._ask),)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CallableToken) and other._identity() == self._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __reduce__(self) -> tuple[Callable[..., Secret], tuple[object, ...]]:
        return CallableToken, (self._ask,)


class LeftOut(Secret):
    """Credentials that a pickle did not carry. They are found again in a process that has them from somewhere else.

    Args:
        uri: where they are for.
        database: the database that they were used with.
        name: the alias that follows from all three, by which candidates are recognised.
    """

    __slots__ = ("_database", "_name", "_uri")

    def __init__(self, uri: str, database: str, name: str) -> None:
        super().__init__("")
        self._uri = uri
        self._database = database
        self._name = name

    def reveal(self) -> str:
        """The text, if this process knows it by now.

        Raises:
            ConnectionConfigException: it does not.
        """
        return self._found().reveal()

    @property
    def user(self) -> str:
        """The user's name, if the credentials are known here."""
        found = self._find()
        return "" if found is None else found.user

    @property
    def whose(self) -> str:
        """Whose it is, as messages say it."""
        found = self._find()
        return "those that were left out of the pickle" if found is None else found.whose

    def alias(self, uri: str, database: str) -> str:
        """The alias that it was pickled with; another one needs the credentials."""
        if (uri, database) == (self._uri, self._database):
            return self._name
        return self._found().alias(uri, database)

    def portable(self, uri: str, database: str) -> Secret:  # noqa: ARG002 - the shape of the base
        """Itself."""
        return self

    def _found(self) -> Secret:
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
        return next((known for known in _candidates(self._name) if self._is(known)), None)

    def _is(self, known: Secret) -> bool:
        return type(known) is Secret and bool(known) and known.alias(self._uri, self._database) == self._name

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LeftOut):
            return (other._uri, other._database, other._name) == (self._uri, self._database, self._name)
        return isinstance(other, Secret) and self._is(other)

    __hash__ = None  # type: ignore[assignment]  # it equals a text that it does not know

    def __reduce__(self) -> tuple[Callable[..., Secret], tuple[object, ...]]:
        return _restored, (self._uri, self._database, self._name)


class Hidden(str):
    """A text that its ``repr`` does not show, so that the lists it stands in do not show it either."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __reduce__(self) -> NoReturn:
        raise ConnectionConfigException(message="credentials are not pickled")


#: Credentials by derived alias, of clients that this process pickled: it, and forks of it, unpickle them whole.
_pickled: dict[str, Secret] = {}
_REMEMBERED = 1_024


def _remember(alias: str, secret: Secret) -> None:
    # Without a lock, which a fork might inherit locked: each step is one operation of the dictionary.
    for oldest in list(_pickled)[: max(0, len(_pickled) - _REMEMBERED + 1)]:
        _pickled.pop(oldest, None)
    _pickled[alias] = secret


def _restored(uri: str, database: str, name: str) -> Secret:
    return _pickled.get(name) or LeftOut(uri, database, name)


def _candidates(name: str) -> Iterator[Secret]:
    from milvusclient.runtime import named_configs  # it knows configurations, which hold secrets

    known = _pickled.get(name)
    if known is not None:
        yield known
    yield Secret(os.environ.get("MILVUS_TOKEN", ""))
    for alias in named_configs.names():
        config = named_configs.registered(alias)
        if config is not None:
            yield config.token


def check_encodable(text: str) -> str:
    """The text, if a header can carry it.

    Raises:
        ConnectionConfigException: it cannot be encoded.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ConnectionConfigException(message="the credentials hold a character that cannot be encoded in UTF-8")
    return text


def authorization(token: Secret) -> str:
    """The value of the ``authorization`` header, empty without credentials."""
    text = token.reveal() if token else ""
    return Hidden(base64.b64encode(text.encode()).decode("ascii")) if text else ""


@lru_cache(maxsize=1024)
def _derive_alias(uri: str, secret: str, user: str, database: str) -> str:
    """A readable name with a digest; the key derivation makes guessing a password from a printed alias costly."""
    salt = f"milvusclient alias\n{uri}\n{database}".encode(errors="surrogateescape")  # a path may hold any bytes
    if secret:
        digest = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, 2_000, dklen=8).hex()
    else:
        digest = hashlib.sha256(salt).hexdigest()[:16]
    place = uri.split("://", 1)[1] if "://" in uri else os.path.basename(uri)
    who = quote(user, safe="") or ("key" if secret else "")
    return f"{who}{'@' if who else ''}{place}/{quote(database, safe='')}#{digest}"
