from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.config.model import Identity
from edgeguard.identity.credential import (
    LONGEST_CREDENTIAL,
    LONGEST_NAME,
    Keyed,
    after_scheme,
    credential_of,
    hash_token,
    read_key,
    safe_name,
)
from edgeguard.message import Headers

if TYPE_CHECKING:
    from pathlib import Path


def test_a_hash_depends_on_key_kind_and_credential() -> None:
    digests = {
        Keyed(key, kind).digest(credential)
        for key in (b"a", b"b", b"a" * 200)
        for kind in ("token", "cookie")
        for credential in (b"x", b"y")
    }
    assert len(digests) == 12
    assert {len(digest) for digest in digests} == {16}


def test_a_hash_is_the_same_each_time() -> None:
    keyed = Keyed(b"a", "token")
    assert keyed.digest(b"x") == keyed.digest(b"x") == Keyed(b"a", "token").digest(b"x")


def test_the_hash_of_a_token_never_changes_between_versions() -> None:
    # Files of known tokens hold such hashes: a change here would lock their owners out.
    assert hash_token(b"key", "secret") == "2a577b83aa138d1c5ea85f2449850b07"


def test_where_the_key_comes_from(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"out of a file\n")
    assert read_key(Identity.model_validate({"key": "in the settings"})) == b"in the settings"
    assert read_key(Identity(key_file=tmp_path / "key")) == b"out of a file"
    first, second = read_key(Identity()), read_key(Identity())
    assert first != second
    assert len(first) == 32
    (tmp_path / "key").write_bytes(b"  elevenbytes  \n")
    with pytest.raises(ValueError, match="holds 11 bytes; a key has 12 or more"):
        read_key(Identity(key_file=tmp_path / "key"))
    with pytest.raises(OSError, match="No such file"):
        read_key(Identity(key_file=tmp_path / "gone"))


@pytest.mark.parametrize(
    ("value", "scheme", "credential"),
    [
        (b"Bearer abc", b"bearer ", b"abc"),
        (b"bEARER   abc", b"bearer ", b"abc"),
        (b"abc", b"", b"abc"),
        (b"Bearer", b"bearer ", None),
        (b"Bearer ", b"bearer ", None),
        (b"Bearerabc", b"bearer ", None),
        (b"Basic abc", b"bearer ", None),
        (b"Bearer a, Bearer b", b"bearer ", b"a"),
        (b"Bearer a,b", b"bearer ", b"a"),
        (b"a,b", b"", b"a"),
        (b"Bearer a b", b"bearer ", b"a"),
        (b"Bearer\ta", b"bearer ", b"a"),
        (b"Bearer a\xa0b", b"bearer ", b"a"),
        (b"Bearer ,", b"bearer ", None),
        (b"", b"", None),
        (b"Bearer " + b"a" * LONGEST_CREDENTIAL, b"bearer ", b"a" * LONGEST_CREDENTIAL),
        (b"Bearer " + b"a" * (LONGEST_CREDENTIAL + 1), b"bearer ", None),
    ],
)
def test_the_credential_behind_its_scheme(value: bytes, scheme: bytes, credential: bytes | None) -> None:
    assert after_scheme(value, scheme) == credential


@pytest.mark.parametrize("raw", [b"acme", b"a" * LONGEST_NAME, b"me@example.com", b"a/b:c"])
def test_names_that_are_safe_stay(raw: bytes) -> None:
    assert safe_name(raw, Keyed(b"k", "header")) == raw.decode()


@pytest.mark.parametrize("raw", [b"a" * (LONGEST_NAME + 1), b"a b", b"a\nb", b"\x7f", "\u00e9".encode(), b"", b"\x1b[2J"])
def test_names_that_are_not_safe_are_hashed(raw: bytes) -> None:
    keyed = Keyed(b"k", "header")
    assert safe_name(raw, keyed) == keyed.digest(raw).hex()


@given(st.binary(max_size=300))
def test_names_are_short_and_visible(raw: bytes) -> None:
    name = safe_name(raw, Keyed(b"k", "header"))
    assert 0 < len(name) <= LONGEST_NAME
    assert name.isascii()
    assert name.isprintable()
    assert " " not in name


def test_credential_of_a_field() -> None:
    headers = Headers([(b"authorization", b"Bearer abc")])
    assert credential_of(headers, b"authorization", b"bearer ") == b"abc"
    assert credential_of(headers, b"x-token", b"") is None
