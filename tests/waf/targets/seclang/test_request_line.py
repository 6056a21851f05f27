from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.targets.seclang.request_line import unescape


def one(look: Any, seen: Any, name: str) -> bytes:
    ((full, value),) = look(seen, name)
    assert full == name.encode()
    return value  # type: ignore[no-any-return]  # of a fixture


def test_as_sent(state: Any, look: Any) -> None:
    seen = state(b"/a/../b%2ephp?x=%41", method=b"PUT", version=b"1.0")
    assert one(look, seen, "REQUEST_METHOD") == b"PUT"
    assert one(look, seen, "REQUEST_LINE") == b"PUT /a/../b%2ephp?x=%41 HTTP/1.0"
    assert one(look, seen, "REQUEST_PROTOCOL") == b"HTTP/1.0"
    assert one(look, seen, "REQUEST_URI_RAW") == b"/a/../b%2ephp?x=%41"
    assert one(look, seen, "QUERY_STRING") == b"x=%41"


@pytest.mark.parametrize(
    ("target", "uri", "filename", "basename"),
    [
        (b"/a/../b%2ephp?x=%41+1", b"/a/../b.php?x=A+1", b"/a/../b.php", b"b.php"),
        (b"/", b"/", b"/", b""),
        (b"/a/", b"/a/", b"/a/", b""),
        (b"/a\\b.asp", b"/a\\b.asp", b"/a\\b.asp", b"b.asp"),
        (b"/a%2fb", b"/a/b", b"/a/b", b"b"),
        (b"/a%2525", b"/a%25", b"/a%25", b"a%25"),
        (b"/a%zz%4", b"/a%zz%4", b"/a%zz%4", b"a%zz%4"),
        (b"/a?b#c?d", b"/a?b", b"/a", b"a"),
        (b"http://h/a?b", b"/a?b", b"http://h/a", b"a"),
        (b"http://h", b"http://h", b"http://h", b"h"),
        (b"*", b"*", b"*", b""),
    ],
)
def test_escapes_are_undone_once(state: Any, look: Any, target: bytes, uri: bytes, filename: bytes, basename: bytes) -> None:
    seen = state(target)
    assert one(look, seen, "REQUEST_URI") == uri
    assert one(look, seen, "REQUEST_FILENAME") == one(look, seen, "PATH_INFO") == filename
    assert one(look, seen, "REQUEST_BASENAME") == basename


def test_no_query_is_an_empty_value(state: Any, look: Any) -> None:
    assert one(look, state(b"/"), "QUERY_STRING") == b""


def test_plus_signs_stay() -> None:
    assert unescape(b"a+b%2b+%41+") == b"a+b++A+"
    assert unescape(b"%+41") == b"%+41"
    same = b"a+b"
    assert unescape(same) is same
