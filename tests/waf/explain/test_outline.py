from __future__ import annotations

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.explain.outline import changes, outline

RULE = "- {{id: {name}, title: x, status: test, match: {{a: {{http.request.query|contains: {word}}}}}}}\n"


def rules(**words: str) -> dict[str, str]:
    text = "".join(RULE.format(name=name, word=word) for name, word in words.items())
    return outline(rules_from_text(text, Waf(compiled="off")))


def test_what_changed_in_one_line() -> None:
    before = rules(a="one", b="two", c="three")
    assert changes(before, before) == ""
    assert changes(before, rules(a="one", b="other", d="four")) == "1 added (d); 1 removed (c); 1 changed (b)"
    many = rules(a="one", b="two", c="three", d="1", e="2", f="3", g="4")
    assert changes(before, many) == "4 added (d, e, f, …)"
