"""Settings of connections word for word: addresses of several servers, refusals in full, and what contradicts what."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from milvusclient.config.credentials import Secret
from milvusclient.config.settings import config_from_environment, make_config
from milvusclient.config.tls import TlsConfig
from milvusclient.config.uri import Kind, parse_uri
from milvusclient.exceptions import ConnectionConfigException

FORMS = (
    "use http://HOST:PORT, https://HOST:PORT, tcp://HOST:PORT, grpc://HOST:PORT, HOST:PORT, unix:/PATH, or the path "
    "of a local file that ends with .db; several servers of a cluster are http://HOST:PORT,HOST:PORT, or "
    "dns:///NAME:PORT for all addresses of a name"
)


def refusal_of(uri: Any, **settings: Any) -> str:
    with pytest.raises(ConnectionConfigException) as refused:
        make_config(uri, **settings)
    return refused.value.message


# --- uris ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("", "it is empty"),
        ("x\ud800", "it contains a character that cannot be encoded"),
        ("x\x01.db", "it contains control characters"),
        ("./x\x1f.db", "it contains control characters"),
        ("Memory://", "Milvus Lite keeps its data in a file, and has no database in memory"),
        ("./data", "it is the path of a file whose name does not end with .db"),
        ("unix:", "the path of the unix socket is missing"),
        ("unix:/a b", "it contains whitespace"),
        ("http://a b", "it contains whitespace"),
        ("ftp://a", "scheme 'ftp' is unknown"),
        ("dns://a", "a name is written with three slashes, as in dns:///NAME:PORT"),
        ("dns:///a,b", "dns:/// takes one name"),
        ("http://a?b", "a query or a fragment has no meaning here (write '?' as %3F and '#' as %23)"),
        ("http://http://a", "it contains '://' twice"),
        ("http://a,http://b", "the scheme stands once, before the first address"),
        ("http://a:1,,b:1", "an address beside one of its commas is missing"),
        ("http://a:1,", "an address beside one of its commas is missing"),
        ("http://a::1", "an IPv6 address needs brackets, as in http://[::1]:19530"),
        ("http://a;b", "'a;b' is not a host name"),
        ("http://:1", "the host is missing"),
        ("http://a:100000", "port '100000' is not a number from 1 to 65535"),
        ("http://a:x", "port 'x' is not a number from 1 to 65535"),
        ("http://a:²", "port '²' is not a number from 1 to 65535"),
        ("http://[::1", "the brackets of its IPv6 address do not close before the port"),
        ("http://[::1]1", "the brackets of its IPv6 address do not close before the port"),
        ("http://[::x]", "'::x' is not an IPv6 address"),
        ("http://[::1]]:1", "the brackets of its IPv6 address do not close before the port"),
        ("http://a:019530", "port '019530' is not a number from 1 to 65535"),
        ("a.db,b:1", "only servers on a network can be several; a file or a unix socket stands alone"),
        ("b:1,unix:/a", "only servers on a network can be several; a file or a unix socket stands alone"),
    ],
)
def test_a_uri_that_is_refused(uri: str, problem: str) -> None:
    assert refusal_of(uri) == f"uri {uri!r} is invalid: {problem}; {FORMS}"


@pytest.mark.parametrize(
    ("uri", "shown", "problem"),
    [
        (
            "http://bob:pw@a:1,bob:pw@b:1",
            "http://***@b:1",
            "the credentials stand once, before the first address (in them, write '@' as %40 and ',' as %2C)",
        ),
        (
            "http://bob:p/w@a",
            "http://***@a",
            "the credentials, or the database name, must be percent-encoded ('/' as %2F, '@' as %40)",
        ),
        ("dns:///bob:pw@a,b", "dns:///***@a,b", "dns:/// takes one name"),
    ],
)
def test_no_credentials_of_a_uri_that_is_refused_are_shown(uri: str, shown: str, problem: str) -> None:
    assert refusal_of(uri) == f"uri {shown!r} is invalid: {problem}; {FORMS}"


def test_at_most_256_addresses() -> None:
    hosts = [f"h{number:03}:1" for number in range(257)]
    assert len(make_config("http://" + ",".join(hosts[1:])).target.members) == 256
    assert "it has 257 addresses, more than 256; use" in refusal_of("http://" + ",".join(hosts))


def test_several_addresses_are_one_target_whatever_their_order() -> None:
    target = make_config("https://b:1,a,[::1]:2,a:443").target
    assert target == make_config("https://[::1]:2,b:1,a").target
    assert (target.kind, target.address, target.uri) == (Kind.NETWORK, "[::1]:2,a:443,b:1", "https://[::1]:2,a:443,b:1")
    assert [member.uri for member in target.members] == ["https://[::1]:2", "https://a:443", "https://b:1"]
    assert target.secure
    assert all(member.secure for member in target.members)
    assert target.peer == "[::1]:2,a:443,b:1"
    assert make_config("http://a:1,a:1").target == make_config("http://a:1").target


def test_tls_is_that_of_all_addresses() -> None:
    plain = make_config("http://a:1,b:1").target
    assert not any(member.secure for member in plain.members)
    tls = make_config("http://a:1,b:1", secure=True).target
    assert tls == make_config("https://a:1,b:1").target
    assert [member.uri for member in tls.members] == ["https://a:1", "https://b:1"]


@pytest.mark.parametrize(
    ("uri", "local"),
    [
        ("http://localhost", True),
        ("http://127.0.0.1", True),
        ("http://127.1.2.3", True),
        ("http://[::1]", True),
        ("unix:/a", True),
        ("a.db", True),
        ("http://127.0.0.1,localhost:2", True),
        ("http://127.0.0.1,a", False),
        ("http://127.example", False),
        ("http://128.0.0.1", False),
        ("http://a", False),
    ],
)
def test_which_addresses_never_leave_this_machine(uri: str, local: bool) -> None:
    assert make_config(uri).target.is_loopback is local


def test_a_name_stands_for_all_of_its_addresses() -> None:
    plain, tls = make_config("dns:///Milvus.example/books"), make_config("dns+https:///milvus.example")
    assert (plain.target.uri, plain.target.host, plain.target.port) == (
        "dns:///milvus.example:19530",
        "milvus.example",
        19530,
    )
    assert plain.db_name == "books"
    assert (tls.target.uri, tls.target.address) == ("dns+https:///milvus.example:443", "dns:///milvus.example:443")
    assert plain.target.is_name
    assert not make_config("http://milvus.example").target.is_name
    assert make_config("dns:///bob:pw@milvus.example").token.reveal() == "bob:pw"
    assert make_config("dns:///dns:1").target.uri == "dns:///dns:1"
    assert make_config("dns+https:///dns:1").target.uri == "dns+https:///dns:1"
    found = tls.target.found_at("::1")
    assert (found.uri, found.host, found.port, found.authority) == (
        "https://[::1]:443",
        "::1",
        443,
        "milvus.example:443",
    )
    assert make_config(tls.target.uri).target == tls.target


def test_a_parsed_uri_does_not_show_its_password() -> None:
    parsed = parse_uri("http://bob:hunter2@a/books")
    assert repr(parsed).endswith("user='bob', database='books')")
    assert "hunter2" not in repr(parsed)


def test_the_peer_is_the_address_without_its_port() -> None:
    assert [make_config(uri).target.peer for uri in ("http://a:1", "unix:/a/b", "/a/x.db")] == ["a", "/a/b", "/a/x.db"]


# --- channels --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "given", "count"),
    [
        ("http://a", {}, 1),
        ("http://a", {"channels": 1}, 1),
        ("http://a", {"channels": 3}, 3),
        ("http://a:1,b:1,c:1", {}, 3),
        ("http://a:1,b:1,c:1", {"channels": 2}, 2),
        ("dns:///a", {}, 0),
        ("dns:///a", {"channels": 2}, 2),
    ],
)
def test_a_channel_for_each_address_unless_a_number_is_given(uri: str, given: dict[str, Any], count: int) -> None:
    config = make_config(uri, **given)
    assert config.channel_count == count
    assert config.has_one_lasting_channel is (count == 1 and "," not in uri)


def test_channels_that_are_renewed_do_not_last() -> None:
    assert not make_config("http://a", max_age=5).has_one_lasting_channel
    assert not make_config("dns:///a", channels=1).has_one_lasting_channel
    assert not make_config("http://a:1,b:1", channels=1).has_one_lasting_channel


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"channels": 0}, "channels"),
        ({"channels": 10**6}, "channels"),
        ({"channels": 1.5}, "channels"),
        ({"max_age": -1}, "max_age"),
        ({"max_age": "5"}, "max_age"),
    ],
)
def test_a_setting_of_channels_that_cannot_be_is_refused_by_name(settings: dict[str, Any], message: str) -> None:
    assert refusal_of("http://a", **settings).startswith(message)
    assert repr(next(iter(settings.values()))).strip("'") in refusal_of("http://a", **settings).replace(",", "")


# --- what contradicts what -------------------------------------------------------------------------------------------
def test_each_setting_that_differs_is_named() -> None:
    one = make_config(
        "http://a",
        token="bob:pw",
        db_name="one",
        server_pem_path="a.pem",
        server_name="a",
        grpc_options={"same": 1, "x": 1, "y": "1"},
        channels=2,
        max_age=60.5,
    )
    other = make_config("http://b", token="key", grpc_options={"same": 1, "x": 2})
    assert one.differences(one) == []
    assert one.differences(other) == [
        "uri https://a:19530 instead of http://b:19530",
        f"other credentials ({one.token.description} instead of {other.token.description})",
        "database 'one' instead of 'default'",
        "other TLS settings (server_pem_path, server_name)",
        "other grpc_options (x, y)",
        "channels 2 instead of 1",
        "max_age 60.5 s instead of none",
    ]
    assert make_config("dns:///a").differences(make_config("dns:///a", channels=1)) == [
        "channels as many as addresses instead of 1"
    ]


def test_settings_that_are_not_given_are_those_of_the_base() -> None:
    base = make_config(
        "https://a",
        token="key",
        db_name="books",
        server_name="x",
        grpc_options={"a": 1},
        channels=3,
        max_age=9,
    )
    assert make_config(None, base=base) == base
    assert make_config("https://a", base=base) == base
    mine = {
        "token": "mine",
        "db_name": "films",
        "server_name": "y",
        "grpc_options": {"b": 1},
        "channels": 5,
        "max_age": 7,
    }
    assert make_config("https://a", base=base, **mine) == make_config("https://a", **mine)  # type: ignore[arg-type]  # of several types
    assert base != "https://a"
    assert hash(base) == hash(make_config(None, base=base)) != hash(make_config("https://a"))


def test_another_database_other_credentials_and_another_address_change_nothing_else() -> None:
    config = make_config("http://a", token="key", db_name="books", grpc_options={"a": 1}, channels=2, max_age=9)
    assert config.with_database("films").differences(config) == ["database 'films' instead of 'books'"]
    assert config.with_token(Secret("new")).token.reveal() == "new"
    assert len(config.with_token(Secret("new")).differences(config)) == 1
    with pytest.raises(ConnectionConfigException, match="^db_name must consist of printable ASCII characters, got 'ü'"):
        config.with_database("ü")
    assert config.with_target(make_config("http://b").target).differences(config) == [
        "uri http://b:19530 instead of http://a:19530"
    ]


def test_without_variables_of_the_environment_nothing_is_given() -> None:
    assert config_from_environment({}) == make_config("http://localhost:19530")
    found = config_from_environment({"MILVUS_URI": "http://a", "MILVUS_TOKEN": "key", "MILVUS_DB_NAME": "books"})
    assert found == make_config("http://a", token="key", db_name="books")


def test_options_of_grpc_fit_into_32_bits() -> None:
    config = make_config("http://a", grpc_options={"least": -(2**31), "most": 2**31 - 1, "on": True, "off": False})
    assert config.grpc_options == (("least", -(2**31)), ("most", 2**31 - 1), ("off", 0), ("on", 1))
    assert [type(value) for _, value in config.grpc_options] == [int] * 4
    assert make_config("http://a", grpc_options={"text": "7"}).grpc_options == (("text", "7"),)
    for value in (-(2**31) - 1, 2**31):
        assert "32 bits" in refusal_of("http://a", grpc_options={"a": value})
    assert refusal_of("http://a", grpc_options=[]) == "grpc_options must be a mapping from names to values, got list"
    message = "grpc_options['a'] must be a str, an int or a bool, got float"
    assert refusal_of("http://a", grpc_options={"a": 1.5}) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"password": "x"},
            "a password is given without a user; give both, or a token",
        ),
        (
            {"user": "bob"},
            "user 'bob' is given without a password; give both, or a token",
        ),
        ({"token": "\ud800"}, "the credentials contain a character that cannot be encoded in UTF-8"),
        ({"token": "key \udfff"}, "the credentials contain a character that cannot be encoded in UTF-8"),
        (
            {"server_pem_path": "a", "ca_pem_path": "b"},
            "server_pem_path and ca_pem_path are two names of one setting, and differ; give one of them",
        ),
        *(
            (
                {name: 5},
                f"{name} must be the path of a PEM file (str or os.PathLike) or its bytes, got int",
            )
            for name in ("server_pem_path", "ca_pem_path", "client_pem_path", "client_key_path")
        ),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], message: str) -> None:
    assert refusal_of("http://a", **settings) == message


def test_a_user_in_the_uri_without_a_password_is_not_shown() -> None:
    assert refusal_of("http://secret@a") == (
        "the uri contains a user without a password; use http://USER:PASSWORD@HOST, or pass the token as an argument "
        "of its own"
    )


@pytest.mark.parametrize("uri", ["localhost", "http://localhost", "http://localhost/"])
def test_a_port_given_as_the_user_is_written_into_the_uri(uri: str) -> None:
    assert refusal_of(uri, user="19530").endswith("write it into the uri: MilvusClient('http://localhost:19530')")


def test_a_host_is_not_shortened_by_a_port_given_as_the_user() -> None:
    assert refusal_of("http://BOX", user="19530").endswith("MilvusClient('http://BOX:19530')")


def test_a_unix_socket_may_have_a_relative_path() -> None:
    assert make_config("unix://a.sock").target == make_config("unix:a.sock").target


def test_a_key_that_is_given_itself_is_not_pickled() -> None:
    config = make_config("a", client_pem_path="cert", client_key_path=b"key")
    message = "^client_key_path holds the key itself, which is not pickled; give the path of its file "
    with pytest.raises(ConnectionConfigException, match=message):
        pickle.dumps(config)


def test_certificates_are_kept_each_for_its_purpose() -> None:
    config = make_config("a", ca_pem_path="ca", client_pem_path="cert", client_key_path=b"key", server_name="name")
    assert config.tls == TlsConfig(ca="ca", client_certificate="cert", client_key=b"key", server_name="name")
    assert make_config("a", server_pem_path="ca", ca_pem_path="ca").tls == TlsConfig(ca="ca")
