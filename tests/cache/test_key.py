from __future__ import annotations

import pytest

from edgeguard.cache.key import both_schemes, related, url_key
from edgeguard.message import Headers, Request


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((b"https", b"a.example:443", b"/", None), (b"https", b"a.example", b"/", None)),
        ((b"http", b"a.example:80", b"/", None), (b"http", b"a.example", b"/", None)),
        ((b"http", b"a.example:", b"/", None), (b"http", b"a.example", b"/", None)),
        ((b"https", b"[::1]:443", b"/", None), (b"https", b"[::1]", b"/", None)),
    ],
)
def test_one_url_has_one_key(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> None:
    assert url_key(*one) == url_key(*other)


def test_different_urls_have_different_keys() -> None:
    urls = [
        (b"https", b"a.example", b"/x", None),
        (b"http", b"a.example", b"/x", None),
        (b"https", b"a.example:8443", b"/x", None),
        (b"https", b"a.example:80", b"/x", None),
        (b"https", b"a.example/x", b"", None),
        (b"https", b"b.example", b"/x", None),
        (b"https", b"a.example", b"/x", b""),
        (b"https", b"a.example", b"/x", b"a=1&b=2"),
        (b"https", b"a.example", b"/x", b"b=2&a=1"),
        (b"https", b"a.example", b"/X", None),
        (b"https", b"[::1]", b"/x", None),
    ]
    assert len({url_key(*url) for url in urls}) == len(urls)


def request(path: bytes = b"/items/articles") -> Request:
    return Request(b"POST", path, path, None, b"https", b"cms.example", Headers())


@pytest.mark.parametrize(
    ("reference", "path", "query"),
    [
        (b"/items/articles/7", b"/items/articles/7", None),
        (b"https://cms.example/items/articles/7?x=1#top", b"/items/articles/7", b"x=1"),
        (b"https://CMS.example:443/items/articles/7", b"/items/articles/7", None),
        (b"//cms.example/items", b"/items", None),
        (b"articles/7", b"/items/articles/7", None),
        (b"../other", b"/other", None),
        (b"?page=2", b"/items/articles", b"page=2"),
        (b"", b"/items/articles", None),
        (b"/%69tems", b"/items", None),
        (b"7?next=http://elsewhere.example/", b"/items/7", b"next=http://elsewhere.example/"),
    ],
)
def test_a_reference_on_the_same_host_leads_to_its_keys(reference: bytes, path: bytes, query: bytes | None) -> None:
    assert related(request(), reference) == both_schemes(b"cms.example", path, query)


@pytest.mark.parametrize(
    "reference",
    [
        b"https://elsewhere.example/items",
        b"http://cms.example:8080/items",
        b"//elsewhere.example/items",
        b"ftp://cms.example/items",
        b"https://cms.example@elsewhere.example/",
        b"/bad%zz",
        b"/with space",
        b"https://",
    ],
)
def test_other_hosts_and_what_is_no_url_lead_nowhere(reference: bytes) -> None:
    assert related(request(), reference) == []
