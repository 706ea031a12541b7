"""Uris with several addresses or a name, and the settings ``channels`` and ``max_age``."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

from milvusclient import connections
from milvusclient.config.settings import make_config
from milvusclient.config.uri import Kind
from milvusclient.exceptions import ConnectError, ConnectionConfigException
from milvusclient.policy.errors import none_answers_error


@pytest.mark.parametrize(
    ("uri", "normal"),
    [
        ("http://b:19531,a", "http://a:19530,b:19531"),
        ("a,b", "http://a:19530,b:19530"),
        ("tcp://A,a:19530,B", "http://a:19530,b:19530"),
        ("https://b,a:1", "https://a:1,b:443"),
        ("http://[::1]:1,[0::1]:2,a", "http://[::1]:1,[::1]:2,a:19530"),
        ("http://bob:p%2Cw@b,a/books", "http://a:19530,b:19530"),
        ("http://bob:p,w@a", "http://a:19530"),
        ("http://bob:1%2Cw@a/x%2Cy", "http://a:19530"),
        ("dns:1", "http://dns:1"),
        ("http://a,a:19530", "http://a:19530"),
        ("dns:///Milvus", "dns:///milvus:19530"),
        ("dns:///bob:pw@milvus:1/books", "dns:///milvus:1"),
        ("dns+https:///milvus", "dns+https:///milvus:443"),
        ("DNS+HTTPS:///[::1]:7", "dns+https:///[::1]:7"),
    ],
)
def test_each_form_has_one_normal_form(uri: str, normal: str) -> None:
    config = make_config(uri, token="key")
    assert (config.target.kind, config.target.uri) == (Kind.NETWORK, normal)
    assert make_config(normal, token="key").target == config.target
    assert make_config(normal, token="key").alias == config.with_database("").alias


def test_credentials_and_a_database_stand_once() -> None:
    config = make_config("http://bob:p%2Cw@b,a/books")
    assert (config.token.reveal(), config.db_name) == ("bob:p,w", "books")
    assert config.alias.startswith("bob@a:19530,b:19530/books#")
    named = make_config("dns:///bob:pw@milvus/books")
    assert (named.token.reveal(), named.db_name) == ("bob:pw", "books")
    assert named.alias.startswith("bob@milvus:19530/books#")


def test_the_alias_is_that_of_the_set_of_addresses() -> None:
    alias = make_config("http://a:1,b:2,c").alias
    same = ("c,b:2,a:1", "tcp://A:1,B:2,a:1,C:19530", "http://c,b:2,b:2,a:1")
    assert {make_config(uri).alias for uri in same} == {alias}
    others = ("a:1,b:2", "a:1", "https://a:1,b:2,c:19530", "a:1,b:2,c:3", "dns:///a:1")
    assert len({make_config(uri).alias for uri in others} | {alias}) == 6


def test_the_alias_of_one_address_is_what_it_was() -> None:
    assert make_config("http://x").alias == "x:19530/default#34bf81b3a78fff3f"
    assert make_config("http://x", channels=4, max_age=3).alias == make_config("http://x").alias


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("a,", "an address beside one of its commas is missing"),
        ("http://,a", "an address beside one of its commas is missing"),
        ("http://a,,b", "an address beside one of its commas is missing"),
        ("http://a,b:99999", "port '99999' is not a number"),
        ("http://a,b_:x", "port 'x' is not a number"),
        ("http://a,::1", "an IPv6 address needs brackets"),
        ("http://a, b", "it contains whitespace"),
        ("http://a,http://b", "the scheme stands once, before the first address"),
        ("http://u:p@a:1,u:p@b:1", "the credentials stand once, before the first address"),
        ("http://a:1/,b:2", "credentials and the database stand once"),
        ("http://a/x,b/y", "credentials and the database stand once"),
        ("http://a,u:p@b", "credentials and the database stand once"),
        ("http://a,b:1,u:p@c", "credentials and the database stand once"),
        ("http://127.0.0.1:1,u:p@b", "credentials and the database stand once"),
        ("http://[::1]:1,u:p@b", "credentials and the database stand once"),
        ("http://[::1],u:p@b", "credentials and the database stand once"),
        ("http://u:p@a,v@b", "credentials and the database stand once"),
        ("./a.db,./b.db", "only servers on a network can be several"),
        ("a:1,./b.db", "only servers on a network can be several"),
        ("unix:/a,unix:/b", "only servers on a network can be several"),
        ("dns://milvus", "a name is written with three slashes"),
        ("dns://8.8.8.8/milvus", "a name is written with three slashes"),
        ("dns:milvus", "a name is written with three slashes"),
        ("DNS:milvus:19530", "a name is written with three slashes"),
        ("dns:///a,b", "dns:/// takes one name"),
        ("dns:///", "the host is missing"),
        (",".join(f"h{number}" for number in range(257)), "it has 257 addresses, more than 256"),
    ],
)
def test_a_wrong_one_says_why(uri: str, why: str) -> None:
    with pytest.raises(ConnectionConfigException, match=f"is invalid: {why}") as raised:
        make_config(uri)
    assert "http://HOST:PORT,HOST:PORT" in str(raised.value)
    assert "u:p" not in str(raised.value)


@pytest.mark.parametrize("uri", ["./a,b.db", "unix:/run/a,b"])
def test_a_path_may_contain_commas(uri: str) -> None:
    assert not make_config(uri).target.members


@pytest.mark.parametrize("value", [0, -1, True, 2.5, "4", 257, 10**30, [2], np.float64(2.0)])
def test_channels_must_be_a_number_of_channels(value: Any) -> None:
    with pytest.raises(ConnectionConfigException, match=r"^channels must be (an int|at least 1|at most 256), got "):
        make_config("x", channels=value)


@pytest.mark.parametrize("value", [0, -1, True, "4", math.nan, math.inf, -math.inf, 1e300, 10**400, [2]])
def test_max_age_must_be_a_number_of_seconds(value: Any) -> None:
    words = r"^max_age must be a finite number of seconds above 0 and below 1e\+15, got "
    with pytest.raises(ConnectionConfigException, match=words):
        make_config("x", max_age=value)


def test_numbers_of_numpy_will_do() -> None:
    config = make_config("x", channels=np.int32(3), max_age=np.float64(0.5))  # type: ignore[arg-type]  # as users have them
    assert (config.channels, config.max_age) == (3, 0.5)
    assert make_config("x", max_age=np.float32(2)).max_age == 2.0  # type: ignore[arg-type]  # as users have them


def test_what_is_true_is_not_found_under_one() -> None:
    kept = make_config("x", channels=1, max_age=1)
    with pytest.raises(ConnectionConfigException, match="channels must be an int"):
        make_config("x", channels=True, max_age=1)
    assert make_config("x", channels=1, max_age=1.0) == kept


def test_the_number_of_channels_is_that_of_the_addresses_unless_it_is_given() -> None:
    for uri, count in (("a", 1), ("a,b,c", 3), ("dns:///a", 0)):
        assert make_config(uri).channel_count == count
        assert make_config(uri, channels=2).channel_count == 2
    assert make_config("a").differences(make_config("a", channels=1)) == []
    assert make_config("dns:///a").differences(make_config("dns:///a", channels=2)) == [
        "channels as many as addresses instead of 2"
    ]


def test_only_one_channel_to_one_address_that_stays_takes_the_short_way() -> None:
    assert make_config("a", channels=1).has_one_lasting_channel
    others = [
        make_config("a,b", channels=1),
        make_config("a", max_age=1),
        make_config("a", channels=2),
        make_config("dns:///a"),
    ]
    assert not any(config.has_one_lasting_channel for config in others)


def test_the_settings_survive_what_is_made_of_a_configuration() -> None:
    config = make_config("a,b", channels=3, max_age=7)
    for made in (
        config.with_database("books"),
        config.with_token(config.token),
        make_config(None, base=config),
        pickle.loads(pickle.dumps(config)),
    ):
        assert (made.channels, made.max_age, made.target) == (3, 7.0, config.target)
    assert "channels=3, max_age=7.0" in repr(config)
    assert config != make_config("a,b", channels=3)


def test_a_host_of_the_registry_is_one() -> None:
    with pytest.raises(ConnectionConfigException, match="host must be one host name, got 'a,b'; use uri for several"):
        connections.add_connection(cluster={"host": "a,b", "port": 19531})
    with pytest.raises(ConnectionConfigException, match="got 'a:1,b:2'; use uri for several addresses"):
        connections.add_connection(cluster={"address": "a:1,b:2"})


def test_the_address_of_a_name_keeps_the_name() -> None:
    name = make_config("dns+https:///milvus:7").target
    found = name.found_at("fe80::1")
    assert (found.address, found.authority, found.secure) == ("[fe80::1]:7", "milvus:7", True)


def test_an_error_of_several_addresses_has_the_reason_that_all_have() -> None:
    config = make_config("a,b")
    refused = ConnectError(2, "cannot connect to http://a:19530: nothing listens")
    refused.reason = "refused"
    same = none_answers_error(config, "alias", {"a:19530": refused, "b:19530": refused}, 3.0)
    mixed = none_answers_error(config, "alias", {"a:19530": refused, "b:19530": None}, 2.99995)
    assert (same.reason, mixed.reason) == ("refused", "unavailable")
    assert mixed.message == (
        "cannot connect to http://a:19530,b:19530: none of its addresses answers. a:19530: nothing listens; "
        "b:19530: no answer came within 3 s"
    )


def test_several_channels_to_one_silent_address_fail_in_the_words_of_one() -> None:
    config = make_config("http://a:1", channels=2)
    silent = none_answers_error(config, "alias", {"a:1": None}, 3.0)
    assert (silent.reason, silent.alias, silent.address) == ("timeout", "alias", "a:1")
    assert silent.message.startswith("cannot connect to http://a:1: no answer came within 3 s; ")
