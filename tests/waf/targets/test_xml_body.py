from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target

DOCUMENT = '<?xml version="1.0"?><feed><entry link="x&amp;y">\n<title>a &lt;script&gt;</title></entry></feed>'


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_text_and_attributes(seen: Any) -> None:
    state = seen(method="POST", body=DOCUMENT, headers={"Content-Type": "application/xml"})
    assert values(state, "http.request.xml.values") == [(b"feed.entry.title", b"a <script>")]
    assert values(state, "http.request.xml.values:feed.entry.title") == [(b"feed.entry.title", b"a <script>")]
    assert values(state, "http.request.xml.attributes") == [(b"feed.entry@link", b"x&y")]
    assert (b"feed.entry.title", b"a <script>") in values(state, "http.request.any")


def test_no_xml(seen: Any) -> None:
    assert values(seen(), "http.request.xml.values") == values(seen(form={"a": "1"}), "http.request.xml.attributes") == []
