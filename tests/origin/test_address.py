from __future__ import annotations

import pytest

from edgeguard.origin.address import Address, parse


@pytest.mark.parametrize(
    ("url", "address", "shown"),
    [
        ("http://cms.example", (False, "cms.example", 80, b"cms.example"), "http://cms.example"),
        ("https://CMS.example/", (True, "cms.example", 443, b"cms.example"), "https://cms.example"),
        ("https://cms.example:8443", (True, "cms.example", 8443, b"cms.example:8443"), "https://cms.example:8443"),
        ("http://10.0.0.1:8080", (False, "10.0.0.1", 8080, b"10.0.0.1:8080"), "http://10.0.0.1:8080"),
        ("http://[::1]:8080", (False, "::1", 8080, b"[::1]:8080"), "http://[::1]:8080"),
    ],
)
def test_addresses(url, address, shown) -> None:
    assert parse(url) == Address(*address)
    assert str(parse(url)) == shown


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("cms.example", "must begin with"),
        ("ftp://cms.example", "must begin with"),
        ("http://", "names no host"),
        ("http://bücher.example", "names no host in ASCII"),
        ("http://cms.example/api", "must end after its host"),
        ("http://cms.example?a=b", "must end after its host"),
        ("http://cms.example:99999", "out of range"),
        ("http://cms.example:0", "port"),
    ],
)
def test_what_is_refused(url, says) -> None:
    with pytest.raises(ValueError, match=says):
        parse(url)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="user information") as caught:
        parse("http://user:hunter2@cms.example")
    assert "hunter2" not in str(caught.value)
