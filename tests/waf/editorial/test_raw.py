from __future__ import annotations

import pytest

from edgeguard.waf.editorial.json_paths import compile_paths
from edgeguard.waf.editorial.raw import form_without, values_without, without_strings
from edgeguard.waf.editorial.separate import Separated


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (rb'{"a" : {"b": "x\"y" }, "c":"z", "n": 12}', rb'{"a" : {"b": "" }, "c":"z", "n": 12}'),
        (rb'{"a": ["x", 1, "y", {"k": "\\"}]}', rb'{"a": ["", 1, "", {"k": ""}]}'),
        (rb'{"\u0061": "x"}', rb'{"\u0061": ""}'),
        (rb'{"n": -1.5e3, "a": "x", "m": "y"}', rb'{"n": -1.5e3, "a": "", "m": "y"}'),
    ],
)
def test_json_without_content(text: bytes, left: bytes) -> None:
    assert without_strings(text, Separated(text, compile_paths({"a.**": "auto"})).numbers) == left


def test_no_numbers_take_nothing() -> None:
    assert without_strings(b'["a", "b"]', ()) == b'["a", "b"]'


def test_a_form_without_content() -> None:
    assert form_without(b"title=a%20b&x=1&%74itle=c&slug=s&&flag", {b"title": "text", b"slug": "inspect"}) == (
        b"title=&x=1&%74itle=&slug=s&&flag"
    )


def test_a_multipart_body_without_values() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="t"\r\n\r\nTEXT\r\n--b\r\n\r\nTEXTS\r\n--b--\r\n'
    assert values_without(body, [b"TEXT", b""]) == body.replace(b"TEXT\r\n--b\r\n", b"\r\n--b\r\n", 1)
