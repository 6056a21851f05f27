from __future__ import annotations

from typing import Any

from edgeguard.waf.bodies.content import Content
from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import EXTRACTORS, make_target
from edgeguard.waf.targets.sources import Source


def values(seen: Any, name: str) -> list[tuple[bytes, bytes]]:
    return [(key, value) for _, key, value in collect(seen, make_target(name))]


def test_forms_and_files(seen: Any) -> None:
    state = seen(multipart={"a": "1", "f": {"filename": "x.png", "content": "png"}})
    assert values(state, "http.request.form.values") == [(b"a", b"1")]
    assert values(state, "http.request.form.names") == [(b"a", b"a")]
    assert values(state, "http.request.files.names") == [(b"f", b"x.png")]
    assert values(state, "http.request.files.contents:f") == [(b"f", b"png")]


def test_nothing_without_a_body(seen: Any) -> None:
    assert values(seen(), "http.request.form.values") == []


def test_what_was_declared_and_what_was_guessed_are_two_lists(seen: Any) -> None:
    state = seen()
    state.content = Content(b"a=1")
    state.content.form = [(b"a", b"1")]
    for processor, full, empty in (
        ("URLENCODED", Source.FORM_VALUE, Source.GUESSED_FORM_VALUE),
        ("", Source.GUESSED_FORM_VALUE, Source.FORM_VALUE),
    ):
        state.content.processor = processor
        assert list(EXTRACTORS[full](state)) == [(b"a", b"1")]
        assert not EXTRACTORS[empty](state)
        assert values(state, "http.request.form.values") == [(b"a", b"1")]


def test_heads_of_parts(seen: Any) -> None:
    state = seen(multipart={"a": "1"})
    assert values(state, "http.request.multipart.headers:a") == [(b"a", b'Content-Disposition: form-data; name="a"')]
