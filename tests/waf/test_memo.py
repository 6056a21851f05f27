from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.message import Body, Client, Headers, Request
from edgeguard.waf.memo import KNOWN, LONGEST, PAIRS
from edgeguard.waf.seclang.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.memo import Memo

# Each name is held against a list by way of a variable of its own.
NAMES = """
SecRule REQUEST_HEADERS_NAMES "@rx ^.*$" "id:1,phase:1,deny,t:lowercase,capture,setvar:'tx.name_%{tx.0}=/%{tx.0}/',chain"
    SecRule TX:/^name_/ "@within /proxy/x-evil/"
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Rules that were asked."""
    found: list[str] = []
    ask = Machine.ask

    def noting(self: Machine, *arguments: object) -> bool:
        found.append(arguments[0].id)  # type: ignore[attr-defined]
        return ask(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Machine, "ask", noting)
    return found


def verdict(rules: Ruleset, *fields: tuple[bytes, bytes]) -> str:
    request = Request(b"GET", b"/", b"/", None, b"https", b"h", Headers([(b"host", b"h"), *fields]), Body(b""))
    return rules.transaction(request, Client("192.0.2.7", "192.0.2.7")).request_head().action


def memo(rules: Ruleset) -> Memo:
    (found,) = [item.memo for item in rules.plan.rules if item.memo is not None]
    return found


def test_names_that_are_known_are_not_asked_about_again(seclang: Callable[..., Ruleset], asked: list[str]) -> None:
    rules = seclang(NAMES)
    assert verdict(rules, (b"accept", b"1")) == "allow"
    assert asked == ["1"]
    assert verdict(rules, (b"accept", b"2")) == "allow"
    assert asked == ["1"]
    assert verdict(rules, (b"accept", b"2"), (b"Proxy", b"x")) == "block"
    assert verdict(rules, (b"accept", b"2"), (b"Proxy", b"x")) == "block"
    assert asked == ["1"] * 3


def test_what_somebody_else_sees_is_done_each_time(seclang: Callable[..., Ruleset]) -> None:
    rules = seclang(NAMES + 'SecRule TX:name_accept "@streq /accept/" "id:2,phase:2,deny"')
    assert [verdict(rules, (b"accept", b"1")) for _ in range(2)] == ["block"] * 2


def test_a_rule_about_bodies_has_none(seclang: Callable[..., Ruleset]) -> None:
    rules = seclang(NAMES.replace("REQUEST_HEADERS_NAMES", "ARGS_POST_NAMES").replace("phase:1", "phase:2"))
    assert all(item.memo is None for item in rules.plan.rules)


def test_it_is_bounded(seclang: Callable[..., Ruleset]) -> None:
    known = memo(seclang(NAMES))
    long, many = ((b"", b"x" * (LONGEST + 1)),), ((b"", b"x"),) * (PAIRS + 1)
    for key in (long, many):
        known.note(key)
        assert not known.knows(key)
    for number in range(KNOWN + 1):
        known.note(((b"", b"%d" % number),))
    assert known.knows(((b"", b"%d" % KNOWN),))
    assert not known.knows(((b"", b"0"),))
