from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from edgeguard.waf.transformations.jwt_header import jwt_header


def _token(header: str, rest: str = ".e30.x") -> bytes:
    return urlsafe_b64encode(header.encode()).rstrip(b"=") + rest.encode()


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ('{"alg":"none"}', "\nalg: none\n"),
        ('{ "ALG" : "\\u006eone", "typ":"JWT"}', "\nalg: none\ntyp: JWT\n"),
        ('{"alg":"RS256","alg":"none"}', "\nalg: RS256\nalg: none\n"),
        ('{"alg":null,"kid":["a\\nb"]}', '\nalg: null\nkid: ["a\\nb"]\n'),
        ('{"kid":"a\\nalg: none"}', "\nkid: a alg: none\n"),
        ('{"jwk":{"kty":"oct"}}', '\njwk: [["kty","oct"]]\n'),
        ("{}", "\n"),
    ],
)
def test_tells_a_header_by_its_members(header: str, lines: str) -> None:
    assert jwt_header(_token(header)) == lines.encode()


def test_a_scheme_may_stand_before_it_and_signatures_may_be_missing() -> None:
    for value in (b"Bearer " + _token("{}"), b"bearer  " + _token("{}", ".e30"), _token("{}", ".e30."), _token("{}", ".a.b.c.d")):
        assert jwt_header(value) == b"\n"


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"eyes.are.blue",
        b"ey.a.b",
        b"https://a.example/b",
        b"e30x.e30.",
        _token("[]"),
        _token('{"a"'),
        _token("{}", ".a.b.c.d.e.f"),
        _token(json.dumps({"a": "x" * 5000})),
        b"eyJ" + b"W" * 4000 + b".a.b",
    ],
)
def test_other_values_are_the_same_object(value: bytes) -> None:
    assert jwt_header(value) is value


def test_deep_nesting_takes_no_more_than_it_may() -> None:
    value = _token('{"a":' + "[" * 1500 + "]" * 1500 + "}")
    assert jwt_header(value) is value or jwt_header(value).startswith(b"\na: [")
