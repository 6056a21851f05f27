from __future__ import annotations

from edgeguard.waf.seclang.draft import laid
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.said import said
from edgeguard.waf.seclang.syntax import Action, SecRule


def rule(text: str) -> SecRule:
    """The last rule of a text."""
    found = [item for item in read_seclang_text(text).items if isinstance(item, SecRule)]
    return found[-1]


def transformations(own: str, default: str = "") -> tuple[str, ...]:
    head = f'SecDefaultAction "phase:2,pass{default}"\n'
    return rule(f'{head}SecRule ARGS "@rx a" "id:1,phase:2{own}"').links[0].transformations


def test_transformations_are_those_since_none_defaults_first() -> None:
    assert transformations(",t:urlDecode,t:lowercase") == ("urldecode", "lowercase")
    assert transformations(",t:lowercase", ",t:trim") == ("trim", "lowercase")
    assert transformations(",t:none,t:lowercase", ",t:trim") == ("lowercase",)
    assert transformations(",t:trim,t:none,t:lowercase,t:none") == ()


def test_an_action_that_always_holds_has_no_transformations() -> None:
    assert rule('SecAction "id:1,phase:1,t:lowercase"').links[0].transformations == ()


def disruptive(own: str, default: str) -> Action:
    return rule(f'SecDefaultAction "phase:1,{default}"\nSecAction "id:1,phase:1,{own}"').disruptive


def test_block_and_saying_nothing_are_what_the_default_says() -> None:
    assert disruptive("block", "deny") == Action("deny")
    assert disruptive("log", "redirect:http://a/") == Action("redirect", "http://a/")
    assert disruptive("pass", "deny") == Action("pass")
    assert disruptive("drop", "deny") == Action("drop")
    assert rule('SecAction "id:1,phase:1,block"').disruptive == Action("pass")


def test_a_default_is_of_its_phase_only() -> None:
    assert rule('SecDefaultAction "phase:2,deny"\nSecAction "id:1,phase:1,block"').disruptive == Action("pass")


def test_the_status_is_the_rules_or_the_defaults() -> None:
    default = 'SecDefaultAction "phase:1,deny,status:406"\n'
    assert rule(f'{default}SecAction "id:1,phase:1,block"').status == 406
    assert rule(f'{default}SecAction "id:1,phase:1,block,status:400"').status == 400
    assert rule('SecAction "id:1,phase:1,deny"').status is None


def test_the_last_word_on_logging_holds() -> None:
    def logs(own: str, default: str = "pass") -> tuple[bool, bool]:
        found = rule(f'SecDefaultAction "phase:1,{default}"\nSecAction "id:1,phase:1{own}"')
        return found.log, found.audit_log

    assert logs("") == (True, True)
    assert logs(",nolog") == (False, False)
    assert logs(",nolog,auditlog") == (False, True)
    assert logs(",noauditlog") == (True, False)
    assert logs("", "pass,nolog") == (False, False)
    assert logs(",log", "pass,nolog") == (True, True)


def test_a_chain_is_one_rule() -> None:
    found = rule(
        'SecRule ARGS "@rx a" "id:1,phase:2,deny,capture,chain,setvar:tx.a=1"\n'
        'SecRule ARGS "@rx b" "t:lowercase,chain"\n'
        'SecAction "setvar:tx.b=1"'
    )
    assert [link.place.line for link in found.links] == [1, 2, 3]
    assert [link.capture for link in found.links] == [True, False, False]
    assert [link.transformations for link in found.links] == [(), ("lowercase",), ()]
    assert [link.actions for link in found.links] == [(Action("setvar", "tx.a=1"),), (), (Action("setvar", "tx.b=1"),)]


def test_what_a_chain_tells_is_the_first_links_else_the_next_ones() -> None:
    found = rule(
        'SecRule ARGS "@rx a" "id:1,phase:2,msg:first,tag:a,chain"\n'
        'SecRule ARGS "@rx b" "chain,msg:second,logdata:second"\n'
        'SecRule ARGS "@rx c" "logdata:third,severity:3,nolog,skipAfter:END,tag:c"\n'
        "SecMarker END"
    )
    assert (found.message, found.logdata, found.severity, found.skip_after) == ("first", "second", 3, "END")
    assert not found.log
    assert set(found.tags) == {"a", "c"}


def test_defaults_count_for_each_link() -> None:
    found = rule(
        'SecDefaultAction "phase:2,pass,t:trim,tag:host,setvar:tx.d=1"\n'
        'SecRule ARGS "@rx a" "id:1,phase:2,chain"\nSecRule ARGS "@rx b" "t:lowercase"'
    )
    assert [link.transformations for link in found.links] == [("trim",), ("trim", "lowercase")]
    assert all(link.actions == (Action("setvar", "tx.d=1"),) for link in found.links)
    assert found.tags == ("host",)


def test_severity_0_is_something_said() -> None:
    assert laid(said("severity:0"), said("severity:5")).severity == 0
