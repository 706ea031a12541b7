"""TLS that does not work: each failure is told from the others, says which setting it is about, and what to do."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from milvusclient.config.settings import make_config
from milvusclient.policy.failure import Failure
from milvusclient.policy.tls_diagnosis import ProbeResult, explain_tls_failure, find_pem_fault, needs_probe

HANDSHAKE = "Security handshaker failed"


def explained(
    details: str, probed: ProbeResult = ProbeResult.TLS, uri: str = "https://db.example", **settings: Any
) -> str:
    words = explain_tls_failure(Failure("UNAVAILABLE", details), make_config(uri, **settings), probed)
    return "; ".join(words) if words else ""


@pytest.mark.parametrize(
    ("details", "settings", "words"),
    [
        (
            "CERTIFICATE_VERIFY_FAILED: certificate has expired",
            {},
            "the server's certificate has expired; renew it on the server, or check the clock of this machine",
        ),
        (
            "CERTIFICATE_VERIFY_FAILED: certificate is not yet valid",
            {},
            "the server's certificate is not valid yet; check the clocks of the server and of this machine",
        ),
        (
            "Hostname Verification Check failed",
            {"server_name": "other.example"},
            "the server's certificate is not for 'other.example', the server_name that is given; "
            "give a name that the certificate contains",
        ),
        (
            "Hostname Verification Check failed",
            {},
            "the server's certificate is not for 'db.example', the host of the uri; "
            "give a name that the certificate contains as server_name",
        ),
        (
            "CERTIFICATE_VERIFY_FAILED: self signed",
            {},
            "the server's certificate was not issued by an authority that gRPC knows; "
            "give the certificate of its authority as server_pem_path",
        ),
        (
            "CERTIFICATE_VERIFY_FAILED: self signed",
            {"server_pem_path": "ca.pem"},
            "the server's certificate was not issued by the authority in server_pem_path 'ca.pem'; "
            "give the certificate of the authority that issued it",
        ),
        (
            "WRONG_VERSION_NUMBER",
            {},
            "the server does not speak TLS at this port; use http:// in the uri, without secure and without "
            "certificates, or the server's TLS port",
        ),
        (
            HANDSHAKE,
            {},
            "gRPC cannot use its own certificates; give the certificate of the authority that issued the server's",
        ),
        (
            HANDSHAKE,
            {"server_pem_path": b"pem", "client_pem_path": "me.pem", "client_key_path": "me.key"},
            "gRPC cannot use server_pem_path (given as bytes), client_pem_path 'me.pem', client_key_path 'me.key'; "
            "give certificates and keys that belong together",
        ),
        (
            HANDSHAKE,
            {"server_pem_path": "ca.pem"},
            "gRPC cannot use server_pem_path 'ca.pem'; give the certificate of the authority that issued the server's",
        ),
        ("Connection refused", {}, ""),
    ],
)
def test_a_failed_handshake_names_the_setting_and_says_what_to_do(
    details: str, settings: dict[str, Any], words: str
) -> None:
    assert explained(details, **settings) == words


@pytest.mark.parametrize("host", ["milvus.example", "[fe80::1]"])
def test_a_certificate_is_compared_with_the_name_of_the_uri_and_not_with_an_address_that_it_has(host: str) -> None:
    config = make_config(f"dns+https:///{host}:7")
    one = config.with_target(config.target.found_at("10.0.0.1"))
    words = explain_tls_failure(Failure("UNAVAILABLE", "Hostname Verification Check failed."), one, ProbeResult.TLS)
    assert words is not None
    assert words[0] == f"the server's certificate is not for '{host}', the host of the uri"


def test_a_server_that_asks_for_a_client_certificate() -> None:
    wants = ProbeResult.WANTS_CERTIFICATE
    assert explained("Socket closed", wants) == (
        "the server asks for a client certificate (mutual TLS), and none is given; "
        "give client_pem_path and client_key_path"
    )
    assert explained("Socket closed", wants, client_pem_path="me.pem", client_key_path="me.key") == (
        "the server refused the client certificate, client_pem_path 'me.pem'; "
        "give one that the authority of the server issued and that has not expired"
    )


@pytest.mark.parametrize(
    ("probed", "words"),
    [
        (ProbeResult.NOTHING, ""),
        (ProbeResult.TLS, "the server expects TLS; use https:// in the uri, or secure=True"),
        (
            ProbeResult.WANTS_CERTIFICATE,
            "the server expects TLS; use https:// in the uri, or secure=True with client_pem_path and client_key_path",
        ),
    ],
)
def test_a_plain_connection_to_a_server_that_expects_tls(probed: ProbeResult, words: str) -> None:
    assert explained("Socket closed", probed, "http://db.example") == words


@pytest.mark.parametrize(
    ("status", "details", "uri", "open_question"),
    [
        ("UNAVAILABLE", "Socket closed", "http://x", True),
        ("UNAVAILABLE", "Unwrap failed", "http://x", True),
        ("UNAVAILABLE", "GOAWAY received", "http://x", False),
        ("UNAVAILABLE", "Too many open files", "http://x", False),
        ("UNAVAILABLE", "Connection refused", "http://x", False),
        ("UNAVAILABLE", "Socket closed", "x.db", False),
        ("INTERNAL", "Socket closed", "http://x", False),
    ],
)
def test_a_server_is_only_probed_when_grpc_leaves_open_why_it_hung_up(
    status: str, details: str, uri: str, open_question: bool
) -> None:
    assert needs_probe(Failure(status, details), make_config(uri)) is open_question


# --- files that are not what they should be --------------------------------------------------------------------------
def pem(der: bytes, label: str = "CERTIFICATE", header: str = "") -> bytes:
    return f"-----BEGIN {label}-----\n{header}{base64.b64encode(der).decode()}\n-----END {label}-----\n".encode()


@pytest.mark.parametrize(
    "der",
    [b"0\x02ab", b"0\x00", b"0\x7f" + b"x" * 0x7F, b"0\x81\x80" + b"x" * 0x80, b"0\x82\x01\x00" + b"x" * 0x100],
    ids=["short", "empty", "longest short", "long", "longer"],
)
def test_a_whole_certificate_has_no_fault(der: bytes) -> None:
    assert find_pem_fault(pem(der), "CERTIFICATE") == ""
    assert find_pem_fault(pem(der, "RSA PRIVATE KEY"), "PRIVATE KEY") == ""


@pytest.mark.parametrize(
    "data",
    [
        pem(b""),
        pem(b"0"),
        pem(b"0\x02a"),
        pem(b"0\x02abc"),
        pem(b"1\x02ab"),
        pem(b"0\x81\x80" + b"x" * 0x7F),
        pem(b"0\x80" + b"x" * 0x80),
        pem(b"0\x02ab").replace(b"\nM", b"\n!M"),
        pem(b"0\x02ab").replace(b"=", b""),
    ],
    ids=["empty", "one byte", "cut", "too long", "another type", "long and cut", "no length", "a stray sign", "odd"],
)
def test_a_certificate_that_is_not_whole_is_called_damaged(data: bytes) -> None:
    assert find_pem_fault(data, "CERTIFICATE") == "a CERTIFICATE in it is damaged or cut off"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x30\x82", "it is not in PEM form: no '-----BEGIN' line in it"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA", "it does not contain a PRIVATE KEY, but an unfinished block"),
        (
            pem(b"0\x00") + pem(b"0\x00", "X509 CRL"),
            "it does not contain a PRIVATE KEY, but CERTIFICATE, X509 CRL",
        ),
        (
            pem(b"0\x00", "ENCRYPTED PRIVATE KEY"),
            "it is encrypted, and gRPC cannot ask for a passphrase; decrypt it first",
        ),
        (
            pem(b"0\x00", "RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\n"),
            "it is encrypted, and gRPC cannot ask for a passphrase; decrypt it first",
        ),
    ],
    ids=["no PEM", "unfinished", "others", "encrypted", "encrypted as long ago"],
)
def test_a_file_that_holds_something_else_says_what_it_holds(data: bytes, fault: str) -> None:
    assert find_pem_fault(data, "PRIVATE KEY") == fault
