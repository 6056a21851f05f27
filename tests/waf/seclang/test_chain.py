from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset


def test_a_chain_has_the_terms_of_all_its_links_and_knows_which_hold_always(seclang: Callable[..., Ruleset]) -> None:
    (rule,) = seclang(
        """
        SecRule ARGS|REQUEST_HEADERS:Referer "@contains a" "id:1,phase:2,pass,t:lowercase,t:trim,chain"
        SecAction "setvar:tx.a=1,chain"
        SecRule TX:a "@eq 1"
        """
    ).chains
    first, second, third = rule.links
    assert rule.terms == first.terms
    assert len(first.terms) == 2
    assert [link.is_action for link in rule.links] == [False, True, False]
    assert (first.form, second.form, third.form) == ("lowercase|trim", "", "")
