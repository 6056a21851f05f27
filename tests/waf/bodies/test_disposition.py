from __future__ import annotations

import pytest

from edgeguard.waf.bodies.disposition import Disposition, read


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'form-data; name="a"', Disposition(b"a")),
        (b'form-data;name = "a" ; filename="b.txt";', Disposition(b"a", b"b.txt")),
        (b'form-data; name="a"; filename=""', Disposition(b"a", b"")),
        (b"form-data; name=a", Disposition(b"a")),
        (b'form-data; name="a\\"b\\\\c\\d"', Disposition(b'a"b\\c\\d')),
        (b'form-data; name="it\'s"', Disposition(b"it's")),
        (b'form-data; name="\xff\\"\\\\"', Disposition(b'\xff"\\')),
        (b"form-data; name='a'", Disposition(b"a", invalid_quoting=True)),
        (b"form-data; name=it's", Disposition(b"it's", invalid_quoting=True)),
        (b"form-data; name=a; filename=x; filename*=UTF-8'en'%e2%82%ac+.php", Disposition(b"a", b"x", b"\xe2\x82\xac+.php")),
    ],
)
def test_what_modsecurity_takes(value: bytes, expected: Disposition) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'attachment; name="a"', Disposition(b"a")),
        (b'Form-Data; NAME="a"', Disposition(b"a")),
        (b'form-data name="a"', Disposition(b"a")),
        (b'form-data; name="a"; x=y; filename=b', Disposition(b"a", b"b")),
        (b'form-data; name="a"; name="b"', Disposition(b"a")),
        (b'form-data; name="a"b; filename="c"', Disposition(b"a", b"c", invalid_quoting=True)),
        (b'form-data; name="a', Disposition(b"a")),
        (b"form-data; name=a; filename*=utf-8''b%2Ephp", Disposition(b"a", None, b"b.php")),
        (b"form-data; name=a; filename*=b.php", Disposition(b"a", None, b"b.php")),
        (b'form-data; name="a"; ', Disposition(b"a")),
        (b'form-data; filename="b"', Disposition(b"", b"b")),
        (b"form-data", Disposition()),
        (b"", Disposition()),
    ],
)
def test_what_modsecurity_refuses_is_read_all_the_same(value: bytes, expected: Disposition) -> None:
    found = read(value)
    assert found.error
    found.error = ""
    assert found == expected


def test_many_parameters_and_backslashes_are_no_burden() -> None:
    assert read(b"form-data; " + b"x=y;" * 100_000).error
    assert read(b'form-data; name="' + b'\\"' * 100_000 + b'"').name == b'"' * 100_000
    assert read(b'form-data; name="' + b"\\x" * 100_000 + b'"').name == b"\\x" * 100_000
