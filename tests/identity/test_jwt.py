from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgeguard.clock import ManualClock
from edgeguard.config.model import FromJWT
from edgeguard.identity.credential import MEMO
from edgeguard.identity.jwt import JWTSource, verifying_key
from edgeguard.message import Account, Headers, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Check = Callable[[bytes], Account | None]

SECRET = b"thirty-two octets of a secret..."
RSA = rsa.generate_private_key(65537, 2048)
SMALL = rsa.generate_private_key(65537, 1024)
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def public(key: Any) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[no-any-return]  # of any kind


def bearing(token: bytes | str) -> Request:
    octets = token.encode() if isinstance(token, str) else token
    return Request(b"GET", b"/", b"/", None, b"https", b"a", Headers([(b"authorization", b"Bearer " + octets)]))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def source(tmp_path: Path, clock: ManualClock) -> Callable[..., JWTSource]:
    def making(content: bytes = SECRET, algorithms: list[str] | None = None, **more: Any) -> JWTSource:
        (tmp_path / "jwt.key").write_bytes(content + b"\n")
        chosen = {"key": tmp_path / "jwt.key", "algorithms": algorithms or ["HS256"], **more}
        return JWTSource(FromJWT.model_validate(chosen), b"key", clock)

    return making


def claims(clock: ManualClock, **more: Any) -> dict[str, Any]:
    return {"sub": "acme", "exp": clock.wall() + 600, **more}


@pytest.mark.parametrize(
    ("key", "algorithm"), [(RSA, "RS256"), (RSA, "RS384"), (RSA, "PS256"), (P256, "ES256"), (P384, "ES384"), (EDWARDS, "EdDSA")]
)
def test_signatures_that_hold(source: Callable[..., JWTSource], clock: ManualClock, key: Any, algorithm: str) -> None:
    checked = source(public(key), [algorithm])
    token = jwt.encode(claims(clock), key, algorithm)
    assert checked.account(bearing(token), trusted=False) == Account("acme", "jwt", verified=True)
    head, body, signature = token.split(".")
    flipped = ("B" if signature[9] == "A" else "A").join((signature[:9], signature[10:]))
    assert checked.account(bearing(f"{head}.{body}.{flipped}"), trusted=False) is None


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_shared_secrets(source: Callable[..., JWTSource], clock: ManualClock, algorithm: str) -> None:
    checked = source(SECRET * 2, [algorithm])
    assert checked.account(bearing(jwt.encode(claims(clock), SECRET * 2, algorithm)), trusted=False) == Account(
        "acme", "jwt", verified=True
    )
    assert checked.account(bearing(jwt.encode(claims(clock), b"x" * 64, algorithm)), trusted=False) is None


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None])
def test_none_is_no_algorithm(source: Callable[..., JWTSource], clock: ManualClock, algorithm: str | None) -> None:
    for signature in ("", "AAAA"):
        token = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims(clock))}.{signature}"
        assert source().account(bearing(token), trusted=False) is None


def test_a_public_key_is_no_secret(source: Callable[..., JWTSource], clock: ManualClock) -> None:
    checked = source(public(RSA), ["RS256"])
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims(clock))}"
    for secret in (public(RSA), public(RSA).strip(), public(RSA) + b"\n"):
        signature = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
        assert checked.account(bearing(f"{signed}.{signature}"), trusted=False) is None


def test_an_algorithm_that_is_not_pinned(source: Callable[..., JWTSource], clock: ManualClock) -> None:
    assert source(public(RSA), ["RS256"]).account(bearing(jwt.encode(claims(clock), RSA, "RS512")), trusted=False) is None


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"exp": -29}, True),
        ({"exp": -30}, False),
        ({"nbf": 30}, True),
        ({"nbf": 31}, False),
        ({"iat": 99_999}, True),
    ],
)
def test_times(source: Callable[..., JWTSource], clock: ManualClock, change: dict[str, int], holds: bool) -> None:
    times = {name: clock.wall() + offset for name, offset in change.items()}
    found = source().account(bearing(jwt.encode(claims(clock, **times), SECRET, "HS256")), trusted=False)
    assert (found is not None) == holds


@pytest.mark.parametrize("expiry", ["soon", True, None, [1], float("nan"), {}])
def test_expiry_must_be_a_time(source: Callable[..., JWTSource], clock: ManualClock, expiry: object) -> None:
    token = jwt.encode(claims(clock, exp=1) | {"exp": expiry}, SECRET, "HS256")
    assert source().account(bearing(token), trusted=False) is None


@pytest.mark.parametrize("start", ["soon", True, [1], float("nan"), {}])
def test_a_start_must_be_a_time(source: Callable[..., JWTSource], clock: ManualClock, start: object) -> None:
    token = jwt.encode(claims(clock, nbf=1) | {"nbf": start}, SECRET, "HS256")
    assert source().account(bearing(token), trusted=False) is None


def test_expiry_is_required(source: Callable[..., JWTSource]) -> None:
    assert source().account(bearing(jwt.encode({"sub": "acme"}, SECRET, "HS256")), trusted=False) is None


@pytest.mark.parametrize(
    ("more", "change", "holds"),
    [
        ({"issuer": "https://a"}, {"iss": "https://a"}, True),
        ({"issuer": "https://a"}, {"iss": "https://b"}, False),
        ({"issuer": "https://a"}, {}, False),
        ({"audience": "cms"}, {"aud": ["cms", "x"]}, True),
        ({"audience": "cms"}, {"aud": "x"}, False),
        ({"audience": "cms"}, {}, False),
        ({}, {"aud": "anyone", "iss": "anyone"}, True),
    ],
)
def test_issuer_and_audience(
    source: Callable[..., JWTSource], clock: ManualClock, more: dict[str, str], change: dict[str, object], holds: bool
) -> None:
    found = source(**more).account(bearing(jwt.encode(claims(clock, **change), SECRET, "HS256")), trusted=False)
    assert (found is not None) == holds


@pytest.mark.parametrize(
    ("claim", "name"),
    [("acme", "acme"), (42, "42"), ("", None), (None, None), (True, None), (1.5, None), (["a"], None), ({"a": 1}, None)],
)
def test_claims(source: Callable[..., JWTSource], clock: ManualClock, claim: object, name: str | None) -> None:
    found = source(jwt="tenant").account(bearing(jwt.encode(claims(clock, tenant=claim), SECRET, "HS256")), trusted=False)
    assert (found and found.id) == name


def test_a_claim_that_is_not_safe_to_log_is_hashed(source: Callable[..., JWTSource], clock: ManualClock) -> None:
    found = source().account(bearing(jwt.encode(claims(clock, sub="a\nb\ud800"), SECRET, "HS256")), trusted=False)
    assert found is not None
    assert len(bytes.fromhex(found.id)) == 16


def test_a_verified_token_is_remembered_until_it_expires(source: Callable[..., JWTSource], clock: ManualClock) -> None:
    checked = source()
    request = bearing(jwt.encode(claims(clock), SECRET, "HS256"))
    first = checked.account(request, trusted=False)
    assert first is not None
    assert checked.account(request, trusted=False) is first
    clock.advance(629)
    assert checked.account(request, trusted=False) is first
    clock.advance(1)
    assert checked.account(request, trusted=False) is None
    assert checked._memo == {}


def test_the_memo_is_bounded_and_keeps_no_token(source: Callable[..., JWTSource], clock: ManualClock) -> None:
    checked = source()
    for number in range(MEMO + 5):
        checked._memo[b"%d" % number] = (Account("x", "jwt", verified=True), clock.wall() + 1)
    while len(checked._memo) > MEMO:
        checked._memo.popitem()
    token = jwt.encode(claims(clock), SECRET, "HS256")
    assert checked.account(bearing(token), trusted=False) is not None
    assert len(checked._memo) == MEMO
    assert b"0" not in checked._memo
    assert token not in repr(checked._memo)


def test_no_token(source: Callable[..., JWTSource]) -> None:
    assert source().account(Request(b"GET", b"/", b"/", None, b"https", b"a", Headers([])), trusted=False) is None


DEEP = base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=")


@pytest.mark.parametrize(
    "token",
    [
        b".",
        b"..",
        b"a.b.c",
        DEEP + b"." + DEEP + b".AAAA",
        b"e30.e30.",
        b"bnVsbA.bnVsbA.",
        b"\xff.\xff.\xff",
        b"MQ.MQ.MQ",
        b"W10.W10.W10",
        b"a" * 9000,
    ],
)
def test_garbage_is_no_account(source: Callable[..., JWTSource], token: bytes) -> None:
    assert source().account(bearing(token), trusted=False) is None


def test_a_signed_token_whose_claims_are_too_deep(source: Callable[..., JWTSource]) -> None:
    signed = part({"alg": "HS256"}).encode() + b"." + DEEP
    signature = base64.urlsafe_b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).rstrip(b"=")
    assert source().account(bearing(signed + b"." + signature), trusted=False) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.dictionaries(st.sampled_from(
    ["alg", "typ", "kid", "crit", "b64", "jwk", "x5c"]), inner, max_size=4)), payload=st.binary(max_size=60))  # fmt: skip
def test_headers_of_any_shape_never_raise(source: Callable[..., JWTSource], header: object, payload: bytes) -> None:
    signed = part(header).encode() + b"." + base64.urlsafe_b64encode(payload).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).rstrip(b"=")
    assert source().account(bearing(signed + b"." + signature), trusted=False) is None


@pytest.mark.parametrize(
    ("content", "algorithms", "told"),
    [
        (public(RSA), ["HS256"], "needs a shared secret, but the file holds a public or private key"),
        (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", ["HS256"], "needs a shared secret"),
        (SECRET, ["RS256"], "holds no PEM public key"),
        (public(RSA), ["RS256", "HS256"], "can't share one file"),
        (SECRET, ["HS512"], "has 32 bytes; HS512 needs 64 at least"),
        (public(RSA), ["ES256"], "ES256 can't be verified with the key"),
        (public(P256), ["ES256", "ES384"], "ES384 can't be verified with the key"),
        (public(P256), ["RS256"], "RS256 can't be verified with the key"),
        (public(RSA), ["EdDSA"], "EdDSA can't be verified with the key"),
        (public(SMALL), ["RS256"], "RS256 can't be verified with the key"),
        (RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), ["RS256"], "needs the public one only"),
        (b"", ["HS256"], "has 0 bytes"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", ["RS256"], "holds no PEM public key"),
    ],
)
def test_keys_that_do_not_fit(content: bytes, algorithms: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        verifying_key(content, algorithms)
