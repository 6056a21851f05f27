from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Content
from edgeguard.waf.bodies.deferred import Deferred


def test_it_is_parsed_once_when_it_is_asked() -> None:
    parsed: list[Content] = []

    def parse() -> Content:
        content = Content(b"a=1")
        content.form, content.processor = [(b"a", b"1")], "URLENCODED"
        parsed.append(content)
        return content

    deferred = Deferred(parse)
    assert (deferred.parsed, parsed) == (False, [])
    assert deferred.arguments == [(b"a", b"1")]
    assert (deferred.raw, deferred.fault, deferred.json_values, deferred.multipart) == (b"a=1", "", [], None)
    assert (deferred.parsed, len(parsed)) == (True, 1)


def test_what_no_body_has_is_not_parsed_for() -> None:
    deferred = Deferred(lambda: pytest.fail("nobody asked for the body"))
    with pytest.raises(AttributeError):
        deferred.colour  # noqa: B018 - reading it is the test
    assert not deferred.parsed
