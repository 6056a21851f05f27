from __future__ import annotations

import pytest

from edgeguard.waf.transformations.canonical_path import canonical_path


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (b"%2e%2e%2fetc", b"../etc"),
        (b"%252e%25252e/", b"../"),
        (b"%%32%65%2e/", b"../"),
        (b"..%c0%afetc", b"../etc"),
        (b"%c0%ae%c0%2e%e0%80%ae/", b".../"),
        (b"..%u2215..%uff0fa", b"../../a"),
        ("\uff0e\uff0e\uff0fa\u2025\u2215b".encode(), b"../a../b"),
        (b"..\\..\\win.ini", b"../../win.ini"),
        (b"..\\u002fa\\x2e", b"../a."),
        (b"a%00.png", b"a.png"),
        (b"/etc/./././passwd", b"/etc/passwd"),
        (b"/etc////passwd/", b"/etc/passwd/"),
        (b"https://a.example//b", b"https://a.example/b"),
        (b"%zz%2", b"%zz%2"),
    ],
)
def test_undoes_what_readers_undo(value: bytes, path: bytes) -> None:
    assert canonical_path(value) == path


@pytest.mark.parametrize("value", [b"/a/b", b"https://a.example/b?c=d", b"../a", b"100%", b"a.b/c", b""])
def test_what_is_plain_stays_the_same_object(value: bytes) -> None:
    assert canonical_path(value) is value


def test_only_so_many_layers_are_undone() -> None:
    assert canonical_path(b"%" + b"25" * 9 + b"2e") == b"%" + b"25" * 5 + b"2e"
