from __future__ import annotations

from edgeguard.dynamic.hashing import MEMO, Hasher


def test_hashes_have_a_key_and_a_kind() -> None:
    one = Hasher(b"key one")
    assert one.name("token", b"secret") == Hasher(b"key one").name("token", b"secret")
    assert len(one.name("token", b"secret")) == 16
    assert one.name("token", b"secret") != one.name("session", b"secret")
    assert one.name("token", b"secret") != Hasher(b"key two").name("token", b"secret")


def test_the_memo_is_bounded_and_keeps_no_secret() -> None:
    hasher = Hasher(b"key")
    for number in range(2 * MEMO):
        hasher.name("token", b"secret %d" % number)
    assert len(hasher._memo) <= MEMO
    assert not any(b"secret" in str(item).encode() for item in hasher._memo.items())


def test_long_names_become_hashes() -> None:
    hasher = Hasher(b"key")
    assert hasher.bounded("short", 64) == "short"
    assert len(hasher.bounded("x" * 10_000, 64)) == 16
    assert hasher.number("a") != hasher.number("b")
