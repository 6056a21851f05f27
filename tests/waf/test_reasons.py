from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.reasons import reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.seen import Seen

RULE = """\
- id: t-1
  title: Two parts
  status: test
  match:
    word:
      - {http.request.query.values|lowercase|url_decode|contains: [one-word, two-words]}
      - {http.request.headers:x-word|exists: true}
    inside: {ip.src|cidr: 10.0.0.0/8}
  condition: word and not inside
"""


def told(seen: Callable[..., Seen], **request: Any) -> list[str]:
    (rule,) = rules_from_text(RULE, Waf()).rules
    return reasons(rule, seen(**request))


def test_each_selection_tells_its_values_their_steps_and_what_they_are_compared_with(seen: Callable[..., Seen]) -> None:
    assert told(seen, path="/?q=ONE%252Dword&r=x") == [
        "    word holds",
        "      alternative 1",
        "        http.request.query.values|lowercase|url_decode|contains: one-word | two-words",
        "          holds: http.request.query.values:q has 'ONE%2Dword' -lowercase-> 'one%2dword' -url_decode-> 'one-word'",
        "          fails: http.request.query.values:r has 'x', unchanged by all steps",
        "      alternative 2",
        "        http.request.headers:x-word|exists: True",
        "          fails: 0 values",
        "    inside does not hold",
        "      ip.src|cidr: 10.0.0.0/8",
        "        fails: ip.src has '203.0.113.7'",
    ]


def test_a_target_without_values_is_told_as_such(seen: Callable[..., Seen]) -> None:
    assert "          fails: http.request.query.values has no value in this request" in told(seen, path="/")


def test_many_and_long_values_are_cut(seen: Callable[..., Seen]) -> None:
    lines = told(seen, query={f"q{number}": "z" * 500 for number in range(9)})
    assert "          and 5 more values" in lines
    assert max(map(len, lines)) < 250
