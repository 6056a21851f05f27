from __future__ import annotations

import pytest

from edgeguard.waf.bodies.processor import processor_of


@pytest.mark.parametrize(
    ("field", "processor"),
    [
        (b"application/x-www-form-urlencoded", "URLENCODED"),
        (b"Application/X-WWW-Form-Urlencoded ; charset=utf-8", "URLENCODED"),
        (b"application/x-www-form-urlencoded, text/html", "URLENCODED"),
        (b"multipart/form-data; boundary=x", "MULTIPART"),
        (b"multipart/form-data boundary=x", "MULTIPART"),
        (b"application/json", "JSON"),
        (b"application/vnd.api+json;charset=utf-8", "JSON"),
        (b"text/xml", "XML"),
        (b"application/soap+xml; action=x", "XML"),
        (b"image/svg+xml", "XML"),
        (b"multipart/mixed; boundary=x", ""),
        (b"text/plain", ""),
        (b"", ""),
        (None, ""),
    ],
)
def test_processors_by_type(field: bytes | None, processor: str) -> None:
    assert processor_of(field) == processor
