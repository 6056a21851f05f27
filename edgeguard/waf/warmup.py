"""Taking a ruleset to the core that will ask it: what a process touches first costs it thousands of page faults.

Without it the first request on a machine that has just started spends its budget on reading databases from the disk, and is
blocked for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.message import Body, Client, Headers, Request
from edgeguard.waf.records import Records

if TYPE_CHECKING:
    from edgeguard.waf.ruleset import Ruleset

_CLIENT = Client("192.0.2.1", "192.0.2.1")
_VALUE = b"<p class=\"warm\">select 'one', 2 from /etc/motd; $(id) {{3}} %41\\x41</p>"
_FIELDS = (
    (b"host", b"warm.invalid"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
    (b"accept", b"text/html,application/json;q=0.9,*/*;q=0.8"),
    (b"cookie", b"session=warm; other=" + _VALUE.replace(b";", b",")),
)
_BODIES = (
    (b"application/json", b'{"data": {"title": "Warm", "tags": ["a", 1, true, null]}}'),
    (b"application/x-www-form-urlencoded", b"title=Warm&body=a+%3Cb%3E"),
)


def warm(ruleset: Ruleset) -> None:
    """Ask the ruleset about requests of all kinds, and every list's trie about a value; nothing of it is kept or counted."""
    kept, ruleset.records = ruleset.records, Records(0)
    try:
        for phase in ruleset.plan.phases:
            for trie in phase.tries():
                trie.ask(_VALUE, _unhurried)
        _exchange(ruleset, Body(b""), b"", b"")
        for kind, text in _BODIES:
            _exchange(ruleset, Body(text), kind, text)
    finally:
        ruleset.records = kept


def _exchange(ruleset: Ruleset, body: Body, kind: bytes, text: bytes) -> None:
    fields = [*_FIELDS, (b"content-type", kind), (b"content-length", b"%d" % len(text))] if text else list(_FIELDS)
    query = b"page=1&q=warm+up"
    method = b"POST" if text else b"GET"
    request = Request(method, b"/warm?" + query, b"/warm", query, b"https", b"warm.invalid", Headers(fields), body)
    transaction = ruleset.transaction(request, _CLIENT, "shadow", _still, _still)
    transaction.request_head()
    if text:
        transaction.request_body(text)
    transaction.response_head(200, Headers([(b"content-type", b"application/json")]))
    transaction.response_body(b'{"data": []}')
    transaction.finish()


def _still() -> int:
    return 0


def _unhurried() -> None:
    pass
