"""Certificates for TLS tests, made anew for each run: authorities, servers, clients; good ones and bad ones."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, as files in PEM form.

    Attributes:
        certificate: path of the certificate.
        key: path of its key.
    """

    certificate: Path
    key: Path

    @property
    def pem(self) -> bytes:
        """The certificate itself."""
        return self.certificate.read_bytes()

    @property
    def key_pem(self) -> bytes:
        """The key itself."""
        return self.key.read_bytes()


class Authority:
    """A certificate authority that keeps what it issues in a directory.

    Args:
        directory: where the files go.
        name: what it is called; also a part of the names of its files.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        own = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(now + 30 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.own = self._save(name, own, self._key)

    def issue(self, name: str, *, hosts: tuple[str, ...] = (), expired: bool = False) -> Certificate:
        """A certificate of a server (for its hosts, by name or address) or of a client.

        Args:
            name: what its owner is called.
            hosts: names and addresses that it holds for.
            expired: it ended yesterday.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        begin, end = (now - 20 * _DAY, now - _DAY) if expired else (now - _DAY, now + 20 * _DAY)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
        )
        if hosts:
            names = [_general_name(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return self._save(name, builder.sign(self._key, hashes.SHA256()), key)

    def _save(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Certificate:
        saved = Certificate(self._directory / f"{name}.pem", self._directory / f"{name}.key")
        saved.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        saved.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return saved


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@dataclass(frozen=True, slots=True)
class Certificates:
    """What the TLS tests need.

    Attributes:
        authority: issued ``server``, ``elsewhere``, ``expired`` and ``client``.
        server: for localhost and 127.0.0.1.
        elsewhere: of a server that has another name, milvus.example.
        expired: for localhost and 127.0.0.1, until yesterday.
        client: of a client.
        stranger: an authority that issued nothing of these but ``foreign_client``.
        foreign_client: of a client, from the other authority.
    """

    authority: Certificate
    server: Certificate
    elsewhere: Certificate
    expired: Certificate
    client: Certificate
    stranger: Certificate
    foreign_client: Certificate


def make_certificates(directory: Path) -> Certificates:
    """Make the whole set in a directory."""
    authority = Authority(directory, "authority")
    stranger = Authority(directory, "stranger")
    local = ("localhost", "127.0.0.1")
    return Certificates(
        authority=authority.own,
        server=authority.issue("server", hosts=local),
        elsewhere=authority.issue("elsewhere", hosts=("milvus.example",)),
        expired=authority.issue("expired", hosts=local, expired=True),
        client=authority.issue("client"),
        stranger=stranger.own,
        foreign_client=stranger.issue("foreign_client"),
    )
