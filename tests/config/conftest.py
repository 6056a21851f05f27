from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from edgeguard.config import ConfigError, load_config_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.config import Config

MINIMUM = "listeners: [{port: 8080}]\norigin: {url: http://127.0.0.1:8055}\n"


@pytest.fixture
def minimum() -> str:
    """The shortest configuration that loads; it has two lines."""
    return MINIMUM


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Config]:
    """Load a text, which `tmp_path` is the folder of; the environment is empty unless given."""

    def loading(text: str, **environment: str) -> Config:
        return load_config_text(text, "edge.yaml", tmp_path, environment)

    return loading


@pytest.fixture
def faults(load: Callable[..., Config]) -> Callable[..., list[str]]:
    """Every fault of a text, as `line: text`."""

    def finding(text: str, **environment: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, **environment)
        return [f"{fault.line}: {fault.text}" for fault in caught.value.faults]

    return finding


@pytest.fixture
def certify(tmp_path: Path) -> Callable[..., None]:
    """Write `NAME.pem` and `NAME.key`, a self-signed pair, valid from and until so many days from now."""

    def writing(name: str, *, start: int = -1, end: int = 30, passphrase: bytes | None = None) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "edge.example")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=start))
            .not_valid_after(now + timedelta(days=end))
            .sign(key, SHA256())
        )
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        (tmp_path / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))

    return writing
