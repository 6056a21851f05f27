from __future__ import annotations

import pytest

from edgeguard.waf.bodies.boundary import Boundary, read


def boundary(field: bytes, body: bytes = b"") -> Boundary:
    return read(b"multipart/form-data" + field, body)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"; boundary=B", Boundary(b"B")),
        (b";boundary=----WebKitFormBoundary7x", Boundary(b"----WebKitFormBoundary7x")),
        (b'; boundary="a b"', Boundary(b"a b", quoted=True)),
        (b"; boundary =B", Boundary(b"B", whitespace=True)),
        (b"; boundary= B", Boundary(b" B", whitespace=True)),
        (b" boundary=B", Boundary(b"B", missing_semicolon=True)),
        (b"; boundary=B; charset=utf-8", Boundary(b"B")),
        (b"; boundary=boundary", Boundary(b"boundary")),
    ],
)
def test_what_modsecurity_takes_and_flags(field: bytes, expected: Boundary) -> None:
    assert boundary(field) == expected


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (b"; charset=utf-8; boundary=B", b"B"),
        (b"; Boundary=B", b"B"),
        (b"; boundary=B; boundary=C", b"B"),
        (b'; boundary="B', b"B"),
        (b"; boundary=B@", b"B@"),
        (b"; boundary-x=B", b"B"),
        (b"; boundary=boundary=1", b"boundary=1"),
        (b"; boundary=B" + b" " * 1024, b"B"),
        (b"; boundary=", b"first"),
        (b'; boundary=""', b"first"),
        (b"", b"first"),
    ],
)
def test_what_modsecurity_refuses_is_made_out_all_the_same(field: bytes, text: bytes) -> None:
    found = boundary(field, b"\r\n--first\r\nX: y")
    assert found.error
    assert found.text == text


def test_another_type_and_no_type_are_errors() -> None:
    assert read(b"text/plain; boundary=B", b"").error
    assert read(b"", b"no dashes").text == b""
