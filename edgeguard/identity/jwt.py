"""Accounts by signed token (JWT, RFC 7519), verified with a pinned key and pinned algorithms (RFC 8725).

A token that does not hold is as good as none: the request goes on without an account, since refusing it is the origin's
matter. Verified tokens are remembered by keyed hash until they expire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from edgeguard.clock import SystemClock
from edgeguard.identity.credential import MEMO, Keyed, credential_of, safe_name
from edgeguard.message import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.clock import Clock
    from edgeguard.config.model import FromJWT
    from edgeguard.message import Request

# Claims are checked here against the edge's clock; the library checks structure, algorithm, signature, issuer, audience.
_OPTIONS = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
_GARBAGE = (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
_SECRET_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}  # RFC 7518, section 3.2
_RSA_BITS = 2048  # RFC 7518, section 3.3

Key = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey | Ed448PublicKey | bytes


class JWTSource:
    """Reads one field for a signed token, and one of its claims for the account.

    Raises:
        OSError: the key's file can't be read.
        ValueError: the key does not fit each of the algorithms.
    """

    __slots__ = ("_claim", "_clock", "_digest", "_field", "_key", "_keyed", "_memo", "_options", "_scheme", "_settings")

    def __init__(self, settings: FromJWT, key: bytes, clock: Clock | None = None) -> None:
        self._settings = settings
        self._claim = settings.jwt
        self._field = settings.header.lower().encode()
        self._scheme = f"{settings.scheme.lower()} ".encode() if settings.scheme else b""
        self._key = verifying_key(settings.key.read_bytes(), settings.algorithms)
        self._options = {**_OPTIONS, "verify_aud": settings.audience is not None}
        self._keyed = Keyed(key, "jwt")
        self._digest = self._keyed.digest
        self._clock = clock or SystemClock()
        self._memo: dict[bytes, tuple[Account, float]] = {}

    def account(self, request: Request, trusted: bool) -> Account | None:  # noqa: ARG002 - a Source's signature
        """The claim's account where everything holds, else None."""
        token = credential_of(request.headers, self._field, self._scheme)
        if token is None:
            return None
        digest = self._digest(token)
        known = self._memo.get(digest)
        if known is not None:
            if self._clock.wall() < known[1]:
                return known[0]
            del self._memo[digest]
            return None
        return self._verify(token, digest)

    def _verify(self, token: bytes, digest: bytes) -> Account | None:
        settings = self._settings
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=settings.algorithms,
                options=self._options,  # type: ignore[arg-type]  # a TypedDict there, a plain dict here
                issuer=settings.issuer,
                audience=settings.audience,
            )
        except _GARBAGE:
            return None
        name, end = _text(claims.get(self._claim)), self._end(claims)
        if not name or end is None:
            return None
        account = Account(safe_name(name, self._keyed), "jwt", verified=True)
        if len(self._memo) >= MEMO:
            del self._memo[next(iter(self._memo))]
        self._memo[digest] = account, end
        return account

    def _end(self, claims: dict[str, object]) -> float | None:
        """When the token stops to count, in seconds since the epoch; None where it does not count now."""
        leeway, now = self._settings.leeway_seconds, self._clock.wall()
        expiry, start = claims.get("exp"), claims.get("nbf", 0)
        if type(expiry) not in (int, float) or type(start) not in (int, float):
            return None
        holds = start - leeway <= now < expiry + leeway  # type: ignore[operator]  # both are numbers here; NaN compares false
        return expiry + leeway if holds else None  # type: ignore[operator]  # as above


def _text(claim: object) -> bytes:
    """A claim as octets; b"" where it names nobody."""
    if isinstance(claim, str):
        return claim.encode("utf-8", "surrogatepass")
    return str(claim).encode() if type(claim) is int else b""


def verifying_key(content: bytes, algorithms: Sequence[str]) -> Key:
    """A public key from PEM, or a shared secret, that serves every one of `algorithms`.

    Public keys never serve HMAC: an attacker who knows the public key could sign with it (RFC 8725, section 2.1).

    Raises:
        ValueError: it does not fit, with the reason in plain words.
    """
    secret = content.strip()
    wanted = [name for name in algorithms if name in _SECRET_BYTES]
    if wanted:
        if len(wanted) != len(algorithms):
            raise ValueError("HS algorithms need a shared secret and all others a public key; they can't share one file")
        if b"-----BEGIN" in secret or secret.startswith(b"ssh-"):
            raise ValueError(f"{wanted[0]} needs a shared secret, but the file holds a public or private key")
        least = max(_SECRET_BYTES[name] for name in wanted)
        if len(secret) < least:
            raise ValueError(f"the shared secret has {len(secret)} bytes; {', '.join(wanted)} needs {least} at least")
        return secret
    if b"PRIVATE KEY" in secret:
        raise ValueError("the file holds a private key; the edge needs the public one only")
    try:
        key = load_pem_public_key(secret)
    except Exception as error:  # of many types, and each means the same here
        raise ValueError(f"the file holds no PEM public key ({error})") from error
    for name in algorithms:
        if not _serves(key, name):
            raise ValueError(f"{name} can't be verified with the key in the file ({type(key).__name__})")
    return key  # type: ignore[return-value]  # _serves took all other kinds out


def _serves(key: object, algorithm: str) -> bool:
    if algorithm.startswith(("RS", "PS")):
        return isinstance(key, RSAPublicKey) and key.key_size >= _RSA_BITS
    if algorithm == "EdDSA":
        return isinstance(key, Ed25519PublicKey | Ed448PublicKey)
    curve = {"ES256": SECP256R1, "ES384": SECP384R1}.get(algorithm)
    return curve is not None and isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, curve)
