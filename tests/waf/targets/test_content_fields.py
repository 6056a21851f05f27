from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.editorial.separate import ContentField
from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target

FIELDS = [
    ContentField(b"a.title", b"TITLE", "auto"),
    ContentField(b"a.body", b"<p>BODY</p>", "auto"),
    ContentField(b"a.html", b"<b>HTML</b>", "html"),
    ContentField(b"a.text", b"x <b>TEXT</b>", "auto"),
    ContentField(b"a.markdown", b"# T\n\nx <b>\n\n<i>BLOCK</i>", "auto"),
    ContentField(b"a.link", b"javascript:LINK", "url"),
]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("http.request.content_fields:a.title", [b"TITLE"]),
        ("http.request.content_fields", [field.value for field in FIELDS]),
        ("http.request.content_fields.html", [b"<b>HTML</b>"]),
        ("http.request.content_fields.likely_html", [b"<p>BODY</p>"]),
        ("http.request.content_fields.maybe_html", [b"x <b>TEXT</b>", b"# T\n\nx <b>\n\n<i>BLOCK</i>"]),
        ("http.request.content_fields.html_in_markdown", [b"<i>BLOCK</i>"]),
        ("http.request.content_fields.urls", [b"javascript:LINK"]),
    ],
)
def test_lists(seen: Any, name: str, values: list[bytes]) -> None:
    state = seen(json={"a": 1})
    assert [value for _, _, value in collect(state, make_target(name))] == []
    state.content.fields = FIELDS
    assert [value for _, _, value in collect(state, make_target(name))] == values
    state.content = None
    assert [value for _, _, value in collect(state, make_target(name))] == []
