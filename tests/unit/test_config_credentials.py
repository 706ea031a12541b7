"""Credentials and aliases: what they show and what they hide, functions that give tokens, and what a pickle keeps."""

from __future__ import annotations

import copy
import pickle
import re
import warnings
from collections.abc import Coroutine
from typing import Any

import pytest

from milvusclient.config import credentials
from milvusclient.config.credentials import CallableToken, HiddenStr, OmittedCredentials, Secret
from milvusclient.config.settings import ConnectionConfig, make_config
from milvusclient.exceptions import ConnectionConfigException


def refusal_of(uri: str, **settings: Any) -> str:
    with pytest.raises(ConnectionConfigException) as refused:
        make_config(uri, **settings)
    return refused.value.message


@pytest.mark.parametrize(
    ("uri", "settings", "alias"),
    [
        ("http://a", {}, "a:19530/default"),
        ("https://a", {"token": "key"}, "key@a:443/default"),
        ("a:1", {"token": "bob:p:w"}, "bob@a:1/default"),
        ("a:1", {"token": "b/b:pw", "db_name": "x/y"}, "b%2Fb@a:1/x%2Fy"),
        ("a:1", {"token": "X:pw", "db_name": "X"}, "X@a:1/X"),
        ("dns:///X.example", {}, "x.example:19530/default"),
        ("unix:/a/b", {}, "b/default"),
        ("/a/x.db", {}, "x.db/default"),
        ("/a/\udc80.db", {}, "\udc80.db/default"),
    ],
)
def test_an_alias_can_be_read_and_ends_with_a_digest(uri: str, settings: dict[str, Any], alias: str) -> None:
    name, _, digest = make_config(uri, **settings).alias.rpartition("#")
    assert name == alias
    assert re.fullmatch(r"[0-9a-f]{16}", digest)


def test_of_the_path_of_a_uri_the_first_part_is_the_database() -> None:
    assert make_config("http://a/books/more/of/it").db_name == "books"
    assert refusal_of("http://a", db_name="ü") == "db_name must consist of printable ASCII characters, got 'ü'"


def test_settings_without_any_option_are_those_of_a_uri() -> None:
    config = make_config("http://a")
    assert ConnectionConfig(config.target, config.token) == config


def test_a_secret_shows_whether_there_is_one_and_no_more() -> None:
    assert (repr(Secret("x")), repr(Secret(""))) == ("Secret(***)", "Secret('')")
    assert repr(HiddenStr("x")) == "'***'"
    assert hash(Secret("x")) == hash(Secret("x")) != hash(Secret("y"))
    assert Secret("x") != "x"


def test_a_secret_is_not_pickled_and_nothing_is() -> None:
    with pytest.raises(ConnectionConfigException, match="^credentials are not pickled; pickle the client instead "):
        pickle.dumps(Secret("x"))
    with pytest.raises(ConnectionConfigException, match="^credentials are not pickled "):
        copy.copy(HiddenStr("x"))
    assert not pickle.loads(pickle.dumps(Secret("")))


def test_a_pickle_finds_the_credentials_again_that_this_process_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_pickled", {})
    config = make_config("http://a", token="bob:pw")
    pickled = pickle.dumps(config)
    assert b"pw" not in pickled
    assert pickle.loads(pickled).token.reveal() == "bob:pw"
    assert type(pickle.loads(pickled).token) is Secret


def test_few_credentials_are_kept_for_pickles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_pickled", {})
    monkeypatch.setattr(credentials, "_MOST_PICKLED", 2)
    configs = [make_config("http://a", token=f"key {number}") for number in range(3)]
    pickled = [pickle.dumps(config) for config in configs]
    assert [type(pickle.loads(each).token) is Secret for each in pickled] == [False, True, True]
    assert pickle.loads(pickled[0]) == configs[0], "who has the credentials is recognised"


def test_credentials_that_a_pickle_left_out_are_found_by_their_alias(monkeypatch: pytest.MonkeyPatch) -> None:
    config = make_config("http://a", token="bob:pw")
    uri, database = config.target.uri, config.database
    left_out = OmittedCredentials(uri, database, config.alias)
    monkeypatch.setattr(credentials, "_sources", [lambda: [Secret("other"), Secret(""), config.token]])
    assert (left_out.reveal(), left_out.user, left_out.description) == ("bob:pw", "bob", "user 'bob'")
    assert left_out.alias(uri, database) == config.alias
    for other in (make_config("http://a", token="bob:pw", db_name="books"), make_config("http://b", token="bob:pw")):
        assert left_out.alias(other.target.uri, other.database) == other.alias
    assert left_out == config.token
    assert config.token == left_out
    monkeypatch.setattr(credentials, "_sources", [])
    monkeypatch.setattr(credentials, "_pickled", {})
    pickle.dumps(config)
    assert left_out.reveal() == "bob:pw", "this process has pickled them itself"
    assert left_out != Secret("other")
    assert Secret("other") != left_out
    assert left_out == OmittedCredentials(uri, database, config.alias)
    assert left_out != OmittedCredentials(uri, "books", config.alias)


def test_credentials_that_no_process_has_are_asked_for_with_every_way_to_give_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(credentials, "_sources", [lambda: [Secret("other")]])
    left_out = OmittedCredentials("http://a:19530", "default", "the alias")
    assert (left_out.user, left_out.description, bool(left_out)) == ("", "those that the pickle left out", True)
    assert left_out.alias("http://a:19530", "default") == "the alias"
    for ask in (left_out.reveal, lambda: left_out.alias("http://a:19530", "books")):
        with pytest.raises(ConnectionConfigException) as refused:
            ask()
        assert refused.value.message == (
            "the credentials for http://a:19530 were left out when this client was pickled, and this process does not "
            "have them; before using it, set MILVUS_TOKEN here, describe the connection with "
            "connections.add_connection(), or make a client with the same arguments"
        )
    assert pickle.loads(pickle.dumps(left_out)) == left_out


async def coroutine() -> str:
    return "token"


def failing() -> str:
    raise OSError("no file")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda: "", "must return a non-empty str, got an empty one"),
        (lambda: None, "must return a non-empty str, got NoneType"),
        (lambda: b"token", "must return a non-empty str, got bytes"),
        (coroutine, "must return a non-empty str, got coroutine"),
        (failing, "raised OSError; it must return a str"),
    ],
)
def test_a_function_that_gives_no_token_is_said_to(function: Any, said: str) -> None:
    token = make_config("http://a", token=function).token
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is left that was never awaited
        with pytest.raises(ConnectionConfigException) as refused:
            token.reveal()
    assert refused.value.message == f"the function given as token {said}"


class Vault:
    """Something whose method returns the token."""

    def __init__(self) -> None:
        self.asked = 0

    def token(self) -> str:
        self.asked += 1
        return f"token {self.asked}"

    def other(self) -> Coroutine[Any, Any, str]:
        raise NotImplementedError


def test_functions_are_the_same_token_when_they_are_the_same_function() -> None:
    vault = Vault()
    first = make_config("http://a", token=vault.token)
    again = make_config("http://a", token=vault.token)
    assert first == again
    assert first.alias == again.alias
    assert hash(first.token) == hash(again.token)
    other: list[ConnectionConfig] = [
        make_config("http://a", token=Vault().token),
        make_config("http://a", token=vault.other),  # type: ignore[arg-type]  # it is never called
        make_config("http://a", token="token 1"),
        make_config("http://a"),
    ]
    assert all(first != one and first.alias != one.alias for one in other)
    assert hash(first.token) != hash(other[0].token)
    assert make_config("http://a", token=failing) != make_config("http://a", token=lambda: "token")
    assert (first.token.reveal(), first.token.reveal()) == ("token 1", "token 2")
    assert (first.user, first.token.description, bool(first.token)) == ("", "a function", True)


def test_a_function_is_pickled_by_its_name() -> None:
    config = make_config("http://a", token=failing)
    assert pickle.loads(pickle.dumps(config)).token == CallableToken(failing)
