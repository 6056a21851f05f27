from __future__ import annotations

from typing import Any

from edgeguard.waf.evaluate import collect
from edgeguard.waf.targets.registry import make_target


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
