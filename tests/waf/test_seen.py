from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgeguard.waf.targets import form, headers, query

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_is_parsed_is_parsed_once(seen: Callable[..., Any]) -> None:
    state = seen(path="/?a=1")
    assert query.values(state) is query.values(state)
    assert query.names(state) is query.names(state)
    assert headers.names(state) is headers.names(state)


def test_names_of_a_form_wait_for_the_body(seen: Callable[..., Any]) -> None:
    state = seen(form={"a": "1"})
    content, state.content = state.content, None
    assert not form.names(state)
    state.content = content
    assert form.names(state) is form.names(state)
    assert form.names(state) == [(b"a", b"a")]
