"""What ModSecurity's reference says of the evaluation of rules, each with a script of its own."""

from __future__ import annotations

from time import gmtime
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.message import Headers
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import build
from edgeguard.waf.seclang import machine
from edgeguard.waf.seclang.machine import last_phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset, Verdict

Make = "Callable[..., Ruleset]"

SHOW = 'SecRule TX:seen "@unconditionalMatch" "id:99,phase:5,log,pass,msg:\'%{tx.seen}\'"'


def ask(ruleset: Ruleset, *, wall: float = 0.0, mode: Any = "enforce", response: Any = None, **description: Any) -> Verdict:
    """The whole exchange, as far as the verdict lets it go on."""
    sample = build(description)
    transaction = ruleset.transaction(sample.request, sample.client, mode, lambda: 0, lambda: 0, lambda: wall)
    verdict = transaction.request_head()
    if sample.body and not verdict.blocked:
        verdict = transaction.request_body(sample.body)
    if response is not None and not verdict.blocked:
        status, fields, body = response
        transaction.response_head(status, Headers(fields))
        transaction.response_body(body)
    return transaction.finish()


def ids(verdict: Verdict) -> list[int]:
    return [int(match.rule) for match in verdict.matches]


def seen(verdict: Verdict) -> str | None:
    """The variable that `SHOW` tells of."""
    return next((match.title for match in verdict.matches if match.rule == "99"), None)


# -- phases and order


def test_rules_are_asked_by_phase_and_then_in_their_order(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS "@rx a" "id:5,phase:5,log,pass"
        SecRule ARGS "@rx a" "id:2,phase:2,log,pass"
        SecRule RESPONSE_BODY "@rx a" "id:4,phase:4,log,pass"
        SecRule ARGS "@rx a" "id:1,phase:1,log,pass"
        SecRule RESPONSE_STATUS "@streq 200" "id:3,phase:3,log,pass"
        SecRule ARGS "@rx a" "id:6,phase:2,log,pass"
        """
    )
    assert ids(ask(one, path="/?x=a", response=(200, [], b"a"))) == [1, 2, 6, 3, 4, 5]


def test_the_body_is_not_known_in_phase_1(seclang: Make) -> None:
    one = seclang('SecRule ARGS "@rx a" "id:1,phase:1,log,pass"\nSecRule ARGS "@rx a" "id:2,phase:2,log,pass"')
    assert ids(ask(one, form={"x": "a"})) == [2]
    assert ids(ask(one, query={"x": "a"}, form={"y": "b"})) == [1, 2]


def test_a_rule_for_logging_alone_is_asked(seclang: Make) -> None:
    one = seclang('SecRule ARGS "@rx a" "id:1,phase:5,log,pass"')
    assert ids(ask(one, path="/?x=a")) == [1]
    assert ids(ask(one, path="/?x=b")) == []


def test_what_is_missing_is_known_at_the_end(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS:x "@rx a" "id:1,phase:1,log,deny"
        SecRule &RESPONSE_HEADERS "@eq 0" "id:2,phase:5,log,pass"
        SecRule &ARGS_POST "@eq 0" "id:3,phase:5,log,pass"
        """
    )
    assert ids(ask(one, path="/?x=a")) == [1, 2, 3]
    assert ids(ask(one, path="/", response=(200, [(b"a", b"b")], b""))) == [3]


def test_rules_are_asked_when_the_body_is_left_out(seclang: Make) -> None:
    one = seclang('SecRule &ARGS "@eq 1" "id:1,phase:3,log,pass"\nSecRule ARGS "@rx a" "id:2,phase:3,log,pass"')
    sample = build({"query": {"x": "a"}, "form": {"y": "b"}})
    transaction = one.transaction(sample.request, sample.client, now=lambda: 0, worked=lambda: 0)
    transaction.request_head()
    transaction.response_head(200, Headers())
    assert ids(transaction.finish()) == [1, 2]


def test_logging_follows_a_block_and_can_block_nothing(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS "@rx a" "id:1,phase:1,log,deny,status:406"
        SecRule ARGS "@rx a" "id:2,phase:2,log,pass"
        SecAction "id:3,phase:5,log,deny,status:500"
        """
    )
    verdict = ask(one, path="/?x=a")
    assert ids(verdict) == [1, 3]
    assert verdict.status == 406
    assert not ask(one, path="/").blocked


def test_response_phases(seclang: Make) -> None:
    one = seclang(
        """
        SecResponseBodyAccess On
        SecRule RESPONSE_STATUS "@rx ^5" "id:1,phase:3,log,pass"
        SecRule RESPONSE_HEADERS:Server "@contains old" "id:2,phase:3,log,pass"
        SecRule RESPONSE_BODY "@contains stack trace" "id:3,phase:4,log,deny,status:502"
        SecRule ARGS "@rx a" "id:4,phase:4,log,pass"
        """
    )
    assert one.inspects_responses
    assert one.inspects_response_bodies
    verdict = ask(one, path="/?x=a", response=(500, [(b"server", b"old")], b"a stack trace"))
    assert ids(verdict) == [1, 2, 3]  # and no more of phase 4
    assert verdict.status == 502
    assert ids(ask(one, path="/?x=a", response=(200, [(b"server", b"new")], b"fine"))) == [4]


@pytest.mark.parametrize(
    ("scope", "phase", "last"),
    [
        ("", Phase.REQUEST_HEAD, Phase.RESPONSE_BODY),
        ("phase", Phase.REQUEST_HEAD, Phase.REQUEST_HEAD),
        ("request", Phase.REQUEST_HEAD, Phase.REQUEST_BODY),
        ("request", Phase.RESPONSE_HEAD, Phase.RESPONSE_HEAD),
        ("", Phase.RESPONSE_BODY, Phase.RESPONSE_BODY),
    ],
)
def test_how_far_an_end_goes(scope: str, phase: Phase, last: Phase) -> None:
    assert last_phase(scope, phase) is last


# -- chains


CHAIN = """
SecRule ARGS:x "@rx a" "id:1,phase:2,log,deny,status:418,chain,setvar:tx.first=1"
  SecRule ARGS:y "@rx b" "setvar:tx.second=1,chain"
  SecRule ARGS:z "@rx c" "setvar:tx.third=1"
SecRule TX:first "@eq 1" "id:2,phase:2,log,pass"
SecRule TX:second "@eq 1" "id:3,phase:2,log,pass"
SecRule TX:third "@eq 1" "id:4,phase:5,log,pass"
"""


@pytest.mark.parametrize(
    ("query", "expected", "status"),
    [
        ({"x": "a", "y": "b", "z": "c"}, [1, 4], 418),
        ({"x": "a", "y": "b", "z": "-"}, [2, 3], 0),
        ({"x": "a", "y": "-", "z": "c"}, [2], 0),
        ({"x": "-", "y": "b", "z": "c"}, [], 0),
    ],
)
def test_a_chain_blocks_only_as_a_whole_and_leaves_traces_where_it_fails(
    seclang: Make, query: dict[str, str], expected: list[int], status: int
) -> None:
    verdict = ask(seclang(CHAIN), query=query)
    assert ids(verdict) == expected
    assert verdict.status == status


def test_a_chains_links_see_what_the_ones_before_matched(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS "@rx ^(a+)$" "id:1,phase:2,log,pass,capture,chain,msg:'%{tx.1} in %{matched_var_name}'"
          SecRule MATCHED_VAR "@streq aa" "chain"
          SecRule TX:1 "@streq aa" "chain"
          SecRule MATCHED_VARS_NAMES "@streq TX:1"
        """
    )
    verdict = ask(one, query={"x": "aa"})
    assert [match.title for match in verdict.matches] == ["aa in MATCHED_VARS_NAMES:TX:1"]
    assert ids(ask(one, query={"x": "a"})) == []


def test_all_that_a_link_matched_is_there_for_the_next(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS:x|ARGS:y "@rx a" "id:1,phase:2,log,pass,chain"
          SecRule &MATCHED_VARS "@eq 2" "t:none"
        SecRule ARGS:x|ARGS:y "@rx a" "id:2,phase:2,log,pass,chain"
          SecRule MATCHED_VARS:ARGS:y "@rx b" "t:none"
        SecRule MATCHED_VAR "@rx ." "id:3,phase:2,log,pass"
        """
    )
    assert ids(ask(one, query={"x": "a", "y": "ab"})) == [1, 2]
    assert ids(ask(one, query={"x": "ab", "y": "-"})) == []


def test_settings_of_a_link_count_though_the_chain_fails(seclang: Make) -> None:
    one = seclang(
        """
        SecRule REQUEST_HEADERS:Content-Type "@rx odd" "id:1,phase:1,log,pass,ctl:requestBodyProcessor=JSON,chain"
          SecRule ARGS:x "@rx a"
        SecRule REQBODY_PROCESSOR "@streq JSON" "id:2,phase:2,log,pass"
        SecRule ARGS:json.a "@streq b" "id:3,phase:2,log,pass"
        """
    )
    assert ids(ask(one, body='{"a": "b"}', content_type="odd/type")) == [2, 3]
    assert ids(ask(one, body='{"a": "b"}', content_type="text/plain")) == []


# -- going elsewhere


@pytest.mark.parametrize(
    ("jump", "expected"),
    [
        ("skip:1", [1, 3, 4, 6, 7]),
        ("skip:2", [1, 4, 6, 7]),
        ("skip:9", [1, 7]),
        ("skipAfter:HERE", [1, 4, 6, 7]),
        ("skipAfter:BEFORE", [1, 7]),
        ("skipAfter:NOWHERE", [1, 7]),
        ("skipAfter:4", [1, 6, 7]),
    ],
)
def test_skipping(seclang: Make, jump: str, expected: list[int]) -> None:
    one = seclang(
        f"""
        SecMarker BEFORE
        SecRule ARGS "@rx a" "id:1,phase:1,log,pass,{jump}"
        SecRule ARGS "@rx a" "id:2,phase:1,log,pass,chain"
          SecRule ARGS "@rx a"
        SecRule ARGS "@rx a" "id:7,phase:2,log,pass"
        SecRule ARGS "@rx a" "id:3,phase:1,log,pass"
        SecMarker HERE
        SecRule ARGS "@rx a" "id:4,phase:1,log,pass"
        SecRule ARGS "@rx b" "id:5,phase:1,log,pass"
        SecRule ARGS "@rx a" "id:6,phase:1,log,pass"
        """
    )
    assert ids(ask(one, path="/?x=a")) == expected


def test_a_rule_that_is_passed_over_does_nothing(seclang: Make) -> None:
    one = seclang(
        f"""
        SecRule ARGS:x "@rx a" "id:1,phase:1,nolog,pass,skipAfter:END"
        SecAction "id:2,phase:1,nolog,pass,setvar:tx.seen=1"
        SecMarker END
        SecRule TX:seen "@eq 1" "id:3,phase:2,log,pass"
        {SHOW}
        """
    )
    assert ids(ask(one, path="/?x=a")) == []
    assert ids(ask(one, path="/?x=b")) == [3, 99]


def test_a_settings_jump_that_is_passed_over_is_not_made(seclang: Make) -> None:
    one = seclang(
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1"
        SecRule ARGS:x "@rx a" "id:2,phase:1,nolog,pass,skip:1"
        SecRule TX:level "@lt 2" "id:3,phase:1,nolog,pass,skipAfter:END"
        SecAction "id:4,phase:1,log,pass"
        SecRule ARGS:y "@rx a" "id:5,phase:1,log,pass"
        SecMarker END
        """
    )
    assert ids(ask(one, path="/?x=a&y=a")) == [4, 5]
    assert ids(ask(one, path="/?x=b&y=a")) == []


# -- setvar and macros


@pytest.mark.parametrize(
    ("actions", "value"),
    [
        ("setvar:tx.seen", "1"),
        ("setvar:tx.seen=ab c", "ab c"),
        ("setvar:TX.SEEN=A", "A"),
        ("setvar:tx.seen=5,setvar:tx.seen=+3", "8"),
        ("setvar:tx.seen=+3", "3"),
        ("setvar:tx.seen=5,setvar:tx.seen=-7", "-2"),
        ("setvar:tx.seen=abc,setvar:tx.seen=+1", "1"),
        ("setvar:tx.a=4,setvar:tx.seen=+%{tx.a}", "4"),
        ("setvar:tx.a=4,setvar:tx.seen=%{tx.a}%{TX.A}", "44"),
        ("setvar:tx.seen=%{tx.nothing}-", "-"),
        ("setvar:tx.part=een,setvar:tx.s%{tx.part}=7", "7"),
        ("setvar:tx.seen=%{request_method}", "GET"),
        ("setvar:tx.seen=%{REQUEST_HEADERS.Host}", "cms.example"),
        ("setvar:tx.seen=%{args.x}", "a"),
        ("setvar:tx.seen=100%", "100%"),
        ("setvar:tx.seen=1,setvar:!tx.seen", None),
    ],
)
def test_what_setvar_sets(seclang: Make, actions: str, value: str | None) -> None:
    quoted = ",".join(f"setvar:'{each[7:]}'" for each in actions.split(","))
    always = seclang(f'SecAction "id:1,phase:1,nolog,pass,{quoted}"\n{SHOW}')
    assert seen(ask(always, path="/?x=a")) == value
    perhaps = seclang(f'SecRule ARGS "@rx a" "id:1,phase:1,nolog,pass,{quoted}"\n{SHOW}')
    assert seen(ask(perhaps, path="/?x=a")) == value
    assert seen(ask(perhaps, path="/?x=b")) is None


def test_actions_are_done_for_each_match(seclang: Make) -> None:
    one = seclang(f'SecRule ARGS "@rx a" "id:1,phase:1,nolog,pass,setvar:tx.seen=+2"\n{SHOW}')
    assert seen(ask(one, query={"x": "a", "y": "a", "z": "b"})) == "4"


def test_a_removed_variable_is_not_there(seclang: Make) -> None:
    one = seclang(
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.a=1"
        SecRule ARGS "@rx a" "id:2,phase:1,nolog,pass,setvar:!tx.a"
        SecRule &TX:a "@eq 0" "id:3,phase:1,log,pass"
        SecRule TX:a "!@eq 5" "id:4,phase:1,log,pass"
        """
    )
    assert ids(ask(one, path="/?x=a")) == [3]
    assert ids(ask(one, path="/?x=b")) == [4]


def test_values_are_bounded(seclang: Make) -> None:
    doubling = ",".join(["setvar:'tx.a=%{tx.a}%{tx.a}'"] * 20)
    one = seclang(
        f"""
        SecRule ARGS "@rx a" "id:1,phase:1,nolog,pass,setvar:'tx.a=0123456789abcdef',{doubling}"
        SecRule TX:a "@gt 65536" "id:2,phase:1,log,pass,t:length"
        SecRule TX:a "@ge 65536" "id:3,phase:1,log,pass,t:length"
        """
    )
    assert ids(ask(one, path="/?x=a")) == [3]


def test_variables_are_bounded_in_number(seclang: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_VARIABLES", 40)
    one = seclang(
        """
        SecRule ARGS "@rx ." "id:1,phase:2,nolog,pass,setvar:'tx.%{matched_var}=1'"
        SecRule &TX "@gt 40" "id:2,phase:2,log,pass"
        SecRule &TX "@eq 40" "id:3,phase:2,log,pass"
        """
    )
    assert ids(ask(one, form={f"n{number}": f"v{number}" for number in range(50)})) == [3]


def test_variables_are_bounded_in_what_they_hold_together(seclang: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ROOM", 100)
    one = seclang(
        """
        SecRule ARGS "@rx ." "id:1,phase:2,nolog,pass,setvar:'tx.%{matched_var_name}=%{matched_var}',setvar:'tx.z=%{matched_var}'"
        SecRule &TX "@eq 10" "id:2,phase:2,log,pass"
        """
    )
    assert ids(ask(one, form={f"n{number}": "0123456789" for number in range(50)})) == [2]


def test_no_number_of_arguments_keeps_rules_from_noting_what_they_found(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS_NAMES "@rx ." "id:1,phase:2,nolog,pass,setvar:'tx.a_%{matched_var}=+1',setvar:'tx.b_%{matched_var}=+1'"
        SecRule ARGS "@rx ^(evil)(.)" "id:2,phase:2,log,pass,capture,chain"
          SecRule TX:2 "@streq !" "t:none"
        """
    )
    form = {f"n{number}": "" for number in range(9_900)}
    assert ids(ask(one, form={**form, "a": "evil!"})) == [2]


def test_all_that_was_matched_is_there_for_the_next_link_however_much_it_is(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS "@contains run" "id:1,phase:2,log,pass,chain"
          SecRule MATCHED_VARS "@contains evil" "t:none"
        """
    )
    query = {**{f"n{number}": "run" for number in range(300)}, "a": "run evil", "z": "run"}
    assert ids(ask(one, query=query)) == [1]


def test_operators_with_macros(seclang: Make) -> None:
    one = seclang(
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:'tx.allowed=GET POST',setvar:tx.most=3"
        SecRule REQUEST_METHOD "!@within %{tx.allowed}" "id:2,phase:1,log,deny"
        SecRule &ARGS "@gt %{tx.most}" "id:3,phase:2,log,pass"
        SecRule ARGS:again "!@streq %{args.password}" "id:4,phase:2,log,pass"
        """
    )
    assert ids(ask(one, path="/", method="DELETE")) == [2]
    assert ids(ask(one, query={"a": 1, "b": 2, "c": 3, "d": 4})) == [3]
    assert ids(ask(one, query={"again": "x", "password": "x"})) == []
    assert ids(ask(one, query={"again": "x", "password": "y"})) == [4]


def test_macros_that_make_no_operator_hold_for_nothing(seclang: Make) -> None:
    one = seclang(
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:'tx.pattern=('"
        SecRule ARGS:x "@rx %{tx.pattern}" "id:2,phase:2,log,pass"
        SecRule ARGS:x "!@rx %{args.y}" "id:3,phase:2,log,pass"
        SecRule REMOTE_ADDR "@ipMatch %{args.y}" "id:4,phase:2,log,pass"
        """
    )
    assert ids(ask(one, query={"x": "(", "y": "("})) == []
    assert ids(ask(one, query={"x": "(", "y": "a"})) == [3]


# -- captures and forms


def test_captures(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS:x "@rx (\\w)=(\\w)(\\d)?" "id:1,phase:1,log,pass,capture,msg:'%{tx.0}|%{tx.1}|%{tx.2}|%{tx.3}'"
        SecRule ARGS:y "@rx (b)" "id:2,phase:1,log,pass,capture,msg:'%{tx.0}|%{tx.1}|%{tx.2}'"
        SecRule &TX:2 "@eq 0" "id:3,phase:1,log,pass"
        SecRule ARGS:z "@rx (c)" "id:4,phase:1,log,pass,msg:'%{tx.1}'"
        """
    )
    titles = [match.title for match in ask(one, query={"x": "-a=b-", "y": "abc", "z": "c"}).matches]
    assert titles == ["a=b|a|b|", "b|b|", "3", "b"]
    assert ids(ask(one, query={"x": "-a=b-", "z": "c"})) == [1, 4]


def test_multi_match_asks_each_form_and_acts_for_each(seclang: Make) -> None:
    one = seclang(
        f"""
        SecRule ARGS "@rx a" "id:1,phase:1,nolog,pass,t:none,t:lowercase,t:trim,multiMatch,setvar:tx.seen=+1"
        SecRule ARGS "@rx ^A" "id:2,phase:1,log,pass,t:none,t:lowercase,multiMatch"
        SecRule ARGS "@rx ^A" "id:3,phase:1,log,pass,t:none,t:lowercase"
        {SHOW}
        """
    )
    assert ids(ask(one, query={"x": "A "})) == [2, 99]
    assert seen(ask(one, query={"x": "A "})) == "2"  # small, and trimmed
    assert seen(ask(one, query={"x": " a"})) == "2"  # as it is, and trimmed
    assert seen(ask(one, query={"x": "a"})) == "1"


# -- what is looked at


@pytest.mark.parametrize(
    ("variables", "query", "expected"),
    [
        ("ARGS", {"a": "evil"}, True),
        ("ARGS|!ARGS:a", {"a": "evil"}, False),
        ("ARGS|!ARGS:A", {"a": "evil"}, False),
        ("ARGS|!ARGS:a", {"b": "evil"}, True),
        ("!ARGS:a|ARGS", {"a": "evil"}, False),
        ("ARGS|!ARGS:/^utm_/", {"utm_x": "evil"}, False),
        ("ARGS|!ARGS:/^utm_/", {"x_utm_": "evil"}, True),
        ("ARGS:/^p/", {"pass": "evil"}, True),
        ("ARGS:/^p/", {"xpass": "evil"}, False),
        ("ARGS:a|ARGS:b", {"b": "evil"}, True),
        ("ARGS_NAMES", {"evil": "x"}, True),
        ("ARGS_NAMES|ARGS|!ARGS:a", {"a": "evil"}, False),
        ("ARGS_GET|!ARGS:a", {"a": "evil"}, True),
        ("REQUEST_URI|!ARGS:a", {"a": "evil"}, True),
    ],
)
def test_which_values_are_looked_at(seclang: Make, variables: str, query: dict[str, str], expected: bool) -> None:
    one = seclang(f'SecRule {variables} "@rx evil" "id:1,phase:2,log,pass"')
    assert ids(ask(one, query=query)) == ([1] if expected else [])
    assert ids(ask(one, query=query)) == ([1] if expected else [])  # as it is remembered


@pytest.mark.parametrize(
    ("asked", "query", "expected"),
    [
        ('&ARGS "@eq 0"', {}, True),
        ('&ARGS "@eq 0"', {"a": "1"}, False),
        ('&ARGS:a "@gt 1"', {"a": ["1", "2"]}, True),
        ('&ARGS:a "@gt 1"', {"a": "1", "b": "2"}, False),
        ('&ARGS:/^a/ "@eq 2"', {"a1": "1", "a2": "2", "b": "3"}, True),
        ('&REQUEST_HEADERS:Referer "!@eq 0"', {}, False),
        ('ARGS:a "!@rx ^\\d+$"', {"a": "x"}, True),
        ('ARGS:a "!@rx ^\\d+$"', {"a": "1"}, False),
        ('ARGS:a "!@rx ^\\d+$"', {}, False),
        ('ARGS "!@rx ^\\d+$"', {"a": "1", "b": "x"}, True),
    ],
)
def test_counts_and_negations(seclang: Make, asked: str, query: dict[str, Any], expected: bool) -> None:
    one = seclang(f'SecRule {asked} "id:1,phase:2,log,pass"')
    assert ids(ask(one, query=query)) == ([1] if expected else [])


# -- ctl


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("ruleRemoveById=2", [1, 3]),
        ("ruleRemoveById=2-3", [1]),
        ("ruleRemoveByTag=sqli", [1, 3]),
        ("ruleRemoveByMsg=Second", [1, 3]),
        ("ruleRemoveTargetById=2;ARGS:x", [1, 3]),
        ("ruleRemoveTargetById=2;ARGS:other", [1, 2, 3]),
        ("ruleRemoveTargetById=2;ARGS:/^x/", [1, 3]),
        ("ruleRemoveTargetById=2;ARGS", [1, 3]),
        ("ruleRemoveTargetById=2;ARGS_GET:x", [1, 2, 3]),
        ("ruleRemoveTargetByTag=sqli;ARGS:x", [1, 3]),
        ("ruleRemoveTargetByMsg=Second;ARGS:x", [1, 3]),
        ("ruleEngine=Off", [1]),
    ],
)
def test_leaving_rules_out(seclang: Make, control: str, expected: list[int]) -> None:
    one = seclang(
        f"""
        SecRule ARGS:x "@rx a" "id:1,phase:1,log,pass,ctl:{control}"
        SecRule ARGS "@rx a" "id:2,phase:2,log,pass,tag:attack-sqli,msg:Second"
        SecRule ARGS "@rx a" "id:3,phase:2,log,pass,tag:other"
        """
    )
    assert ids(ask(one, query={"x": "a"})) == expected
    assert ids(ask(one, query={"x": "b", "y": "a"})) == [2, 3]
    assert ids(ask(one, query={"x": "a"})) == expected


def test_settings_can_be_left_out_too(seclang: Make) -> None:
    one = seclang(
        f"""
        SecRule ARGS:x "@rx a" "id:1,phase:1,nolog,pass,ctl:ruleRemoveById=2"
        SecAction "id:2,phase:1,nolog,pass,setvar:tx.seen=1"
        SecRule TX:seen "@eq 1" "id:3,phase:2,log,pass"
        {SHOW}
        """
    )
    assert ids(ask(one, path="/?x=a")) == []
    assert ids(ask(one, path="/")) == [3, 99]


def test_a_gate_can_be_left_out_and_what_is_behind_it_is_asked(seclang: Make) -> None:
    one = seclang(
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1"
        SecRule ARGS:x "@rx a" "id:2,phase:1,nolog,pass,ctl:ruleRemoveById=3"
        SecRule TX:level "@lt 2" "id:3,phase:1,nolog,pass,skipAfter:END"
        SecRule ARGS:y "@rx a" "id:4,phase:1,log,pass"
        SecMarker END
        """
    )
    assert ids(ask(one, path="/?x=a&y=a")) == [4]
    assert ids(ask(one, path="/?x=b&y=a")) == []


def test_a_variable_can_be_taken_from_a_gate(seclang: Make) -> None:
    one = seclang(
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1"
        SecRule ARGS:x "@rx a" "id:2,phase:1,nolog,pass,ctl:ruleRemoveTargetById=3;TX:level"
        SecRule TX:level "@lt 2" "id:3,phase:1,nolog,pass,skipAfter:END"
        SecRule ARGS:y "@rx a" "id:4,phase:1,log,pass"
        SecMarker END
        """
    )
    assert ids(ask(one, path="/?x=a&y=a")) == [4]
    assert ids(ask(one, path="/?x=b&y=a")) == []


@pytest.mark.parametrize("processor", ["JSON", "URLENCODED"])
def test_the_processor_of_a_body_can_be_chosen(seclang: Make, processor: str) -> None:
    one = seclang(
        f"""
        SecAction "id:1,phase:1,nolog,pass,ctl:requestBodyProcessor={processor}"
        SecRule ARGS:json.a "@streq b" "id:2,phase:2,log,pass"
        SecRule ARGS_NAMES "@contains {{" "id:3,phase:2,log,pass"
        """
    )
    expected = [2] if processor == "JSON" else [3]
    assert ids(ask(one, body='{"a":"b"}', content_type="text/plain")) == expected


# -- what a match leads to


def test_deny_drop_and_redirect(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS:do "@streq deny" "id:1,phase:1,log,deny"
        SecRule ARGS:do "@streq teapot" "id:2,phase:1,log,deny,status:418"
        SecRule ARGS:do "@streq drop" "id:3,phase:1,log,drop"
        SecRule ARGS:do "@streq go" "id:4,phase:1,log,redirect:https://%{request_headers.host}/no,status:307"
        SecRule ARGS:do "@streq move" "id:5,phase:1,log,redirect:/elsewhere"
        SecRule ARGS:do "@rx ." "id:6,phase:1,log,pass"
        """
    )
    for what, action, status, location in (
        ("deny", "block", 403, b""),
        ("teapot", "block", 418, b""),
        ("drop", "drop", 403, b""),
        ("go", "redirect", 307, b"https://cms.example/no"),
        ("move", "redirect", 302, b"/elsewhere"),
        ("nothing", "allow", 0, b""),
    ):
        verdict = ask(one, query={"do": what})
        assert (verdict.action, verdict.status, verdict.location) == (action, status, location)
        assert (6 in ids(verdict)) is (what == "nothing")


def test_block_is_what_the_default_says(seclang: Make) -> None:
    rule = 'SecRule ARGS "@rx a" "id:1,phase:2,block"'
    assert ask(seclang(f'SecDefaultAction "phase:2,log,deny,status:409"\n{rule}'), path="/?x=a").status == 409
    assert not ask(seclang(f'SecDefaultAction "phase:2,log,pass"\n{rule}'), path="/?x=a").blocked


ALLOWS = """
SecRule ARGS:ok "@streq 1" "id:1,phase:1,log,allow{scope}"
SecRule ARGS "@rx a" "id:2,phase:1,log,pass"
SecRule ARGS "@rx a" "id:3,phase:2,log,pass"
SecRule ARGS "@rx a" "id:4,phase:3,log,pass"
SecRule ARGS "@rx a" "id:5,phase:5,log,pass"
"""


@pytest.mark.parametrize(("scope", "expected"), [("", [1, 5]), (":phase", [1, 3, 4, 5]), (":request", [1, 4, 5])])
def test_allow(seclang: Make, scope: str, expected: list[int]) -> None:
    one = seclang(ALLOWS.format(scope=scope))
    assert ids(ask(one, query={"ok": "1", "x": "a"}, response=(200, [], b""))) == expected
    assert ids(ask(one, query={"ok": "2", "x": "a"}, response=(200, [], b""))) == [2, 3, 4, 5]


def test_what_allow_passes_over_is_not_set(seclang: Make) -> None:
    one = seclang(
        f"""
        SecRule ARGS:ok "@streq 1" "id:1,phase:1,nolog,allow:phase"
        SecAction "id:2,phase:1,nolog,pass,setvar:tx.seen=2"
        SecRule TX:seen "@eq 2" "id:3,phase:2,log,pass"
        {SHOW}
        """
    )
    assert ids(ask(one, query={"ok": "1"})) == []
    assert ids(ask(one, query={"ok": "2"})) == [3, 99]


def test_what_a_block_passes_over_is_not_set(seclang: Make) -> None:
    one = seclang(f'SecRule ARGS "@rx a" "id:1,phase:1,log,deny"\nSecAction "id:2,phase:2,nolog,pass,setvar:tx.seen=2"\n{SHOW}')
    assert ids(ask(one, path="/?x=a")) == [1]
    assert ids(ask(one, path="/?x=b")) == [99]


def test_detection_only_blocks_nothing_and_lets_nothing_pass(seclang: Make) -> None:
    rules = """
    SecRule ARGS:x "@rx a" "id:1,phase:1,log,deny"
    SecRule ARGS:ok "@streq 1" "id:2,phase:1,log,allow"
    SecRule ARGS:x "@rx a" "id:3,phase:2,log,deny"
    """
    verdict = ask(seclang("SecRuleEngine DetectionOnly\n" + rules), query={"x": "a", "ok": "1"})
    assert ids(verdict) == [1, 2, 3]
    assert not verdict.blocked
    assert not verdict.would_block
    assert {match.mode for match in verdict.matches} == {"shadow"}


def test_the_engine_can_be_changed_on_the_way(seclang: Make) -> None:
    rules = """
    SecRule ARGS:mode "@streq off" "id:1,phase:1,nolog,pass,ctl:ruleEngine=Off"
    SecRule ARGS:mode "@streq detect" "id:2,phase:1,nolog,pass,ctl:ruleEngine=DetectionOnly"
    SecRule ARGS:mode "@streq on" "id:3,phase:1,nolog,pass,ctl:ruleEngine=On"
    SecRule ARGS:x "@rx a" "id:4,phase:2,log,deny"
    SecRule ARGS:x "@rx a" "id:5,phase:5,log,pass"
    """
    on, detecting = seclang(rules), seclang("SecRuleEngine DetectionOnly\n" + rules)
    for mode, expected, blocked in (("off", [], False), ("detect", [4, 5], False), ("on", [4, 5], True)):
        verdict = ask(on, query={"mode": mode, "x": "a"})
        assert (ids(verdict), verdict.blocked) == (expected, blocked)
        verdict = ask(detecting, query={"mode": mode, "x": "a"})
        assert (ids(verdict), verdict.blocked) == (expected, blocked)


def test_an_engine_that_is_off_asks_nothing(seclang: Make) -> None:
    assert ids(ask(seclang('SecRuleEngine Off\nSecAction "id:1,phase:1,log,deny"'), path="/")) == []


def test_in_shadow_mode_all_rules_are_told_of(seclang: Make) -> None:
    one = seclang('SecRule ARGS "@rx a" "id:1,phase:1,log,deny"\nSecRule ARGS "@rx a" "id:2,phase:2,log,deny,status:500"')
    verdict = ask(one, mode="shadow", path="/?x=a")
    assert ids(verdict) == [1, 2]
    assert (verdict.blocked, verdict.would_block) == (False, True)


def test_nolog_blocks_in_silence(seclang: Make) -> None:
    verdict = ask(seclang('SecRule ARGS "@rx a" "id:1,phase:1,nolog,deny"'), path="/?x=a")
    assert verdict.blocked
    assert not verdict.matches


def test_the_highest_severity_is_the_lowest_number_so_far(seclang: Make) -> None:
    one = seclang(
        """
        SecRule HIGHEST_SEVERITY "@eq 255" "id:1,phase:1,log,pass"
        SecRule ARGS "@rx a" "id:2,phase:1,nolog,pass,severity:WARNING"
        SecRule ARGS "@rx b" "id:3,phase:1,nolog,pass,severity:CRITICAL"
        SecRule ARGS "@rx c" "id:4,phase:1,nolog,pass,severity:NOTICE"
        SecRule HIGHEST_SEVERITY "@le 2" "id:5,phase:2,log,deny"
        SecRule HIGHEST_SEVERITY "@eq 4" "id:6,phase:2,log,pass"
        """
    )
    assert ids(ask(one, path="/?x=a")) == [1, 6]
    assert ids(ask(one, path="/?x=abc")) == [1, 5]
    settled = seclang('SecAction "id:1,phase:1,nolog,pass,severity:3"\nSecRule HIGHEST_SEVERITY "@eq 3" "id:2,phase:1,log,pass"')
    assert ids(ask(settled, path="/")) == [2]


# -- persistent collections


COUNTING = """
SecCollectionTimeout 600
SecAction "id:1,phase:1,nolog,pass,initcol:ip=%{remote_addr}"
SecRule ARGS:x "@rx a" "id:2,phase:1,nolog,pass,setvar:ip.count=+1,expirevar:ip.count=60"
SecRule IP:count "@ge 2" "id:3,phase:1,log,deny"
"""


def test_records_outlive_requests_and_belong_to_a_key(seclang: Make) -> None:
    one = seclang(COUNTING)
    assert not ask(one, path="/?x=a", wall=0).blocked
    assert ask(one, path="/?x=a", wall=30).blocked
    assert not ask(one, path="/?x=a", ip="10.0.0.9", wall=30).blocked
    assert ask(one, path="/", wall=59).blocked


def test_variables_of_records_end(seclang: Make) -> None:
    one = seclang(COUNTING)
    ask(one, path="/?x=a", wall=0)
    assert ask(one, path="/?x=a", wall=1).blocked
    assert not ask(one, path="/", wall=62).blocked


def test_records_end_that_nobody_opens(seclang: Make) -> None:
    one = seclang(COUNTING.replace(",expirevar:ip.count=60", ""))
    ask(one, path="/?x=a", wall=0)
    assert ask(one, path="/?x=a", wall=500).blocked
    assert ask(one, path="/", wall=1000).blocked
    assert not ask(one, path="/", wall=1700).blocked


def test_without_its_record_a_collection_is_empty_and_keeps_nothing(seclang: Make) -> None:
    one = seclang('SecAction "id:1,phase:1,nolog,pass,setvar:ip.a=1"\nSecRule &IP:a "@eq 0" "id:2,phase:1,log,pass"')
    assert ids(ask(one, path="/")) == [2]
    assert len(one.records) == 0


def test_users_sessions_and_resources(seclang: Make) -> None:
    one = seclang(
        """
        SecRule REQUEST_COOKIES:sid "@rx ." "id:1,phase:1,nolog,pass,setsid:%{request_cookies.sid}"
        SecRule ARGS:user "@rx ." "id:2,phase:1,nolog,pass,setuid:%{args.user}"
        SecAction "id:3,phase:1,nolog,pass,setrsc:%{request_filename}"
        SecRule SESSIONID "@streq s1" "id:4,phase:1,log,pass"
        SecRule USERID "@streq ann" "id:5,phase:1,log,pass"
        SecRule RESOURCE:hits "@ge 2" "id:6,phase:2,log,pass"
        SecRule SESSION:bad "@eq 1" "id:7,phase:2,log,deny"
        SecRule ARGS:evil "@rx ." "id:8,phase:2,nolog,pass,setvar:session.bad=1"
        SecAction "id:9,phase:1,nolog,pass,setvar:resource.hits=+1"
        """
    )
    assert ids(ask(one, path="/a", cookies={"sid": "s1"}, query={"user": "ann", "evil": "1"})) == [4, 5]
    assert ids(ask(one, path="/a", cookies={"sid": "s1"})) == [4, 6, 7]
    assert ids(ask(one, path="/b", cookies={"sid": "s2"})) == []


# -- what only the moment tells


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TIME_EPOCH", "1700000000"),
        ("TIME_YEAR", "2023"),
        ("TIME_MON", "11"),
        ("TIME_DAY", "14"),
        ("TIME_HOUR", "22"),
        ("TIME_MIN", "13"),
        ("TIME_SEC", "20"),
        ("TIME_WDAY", "2"),
        ("TIME", "22:13:20"),
    ],
)
def test_the_time(seclang: Make, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setattr("edgeguard.waf.seclang.machine.localtime", gmtime)
    one = seclang(f'SecRule {variable} "@streq {value}" "id:1,phase:1,log,pass"')
    assert ids(ask(one, path="/", wall=1_700_000_000)) == [1]
    assert ids(ask(one, path="/", wall=1_000_000_000)) == []


def test_what_a_rule_says_of_itself(seclang: Make) -> None:
    one = seclang(
        'SecRule RULE:id "@streq 7" "id:7,phase:1,log,pass,severity:2,rev:3,msg:\'%{rule.id} %{rule.rev} %{rule.severity}\'"'
    )
    assert [match.title for match in ask(one, path="/").matches] == ["7 3 2"]


def test_variables_of_the_environment_are_the_transactions_own(seclang: Make) -> None:
    one = seclang(
        'SecRule ARGS "@rx a" "id:1,phase:1,nolog,pass,setenv:flag=on"\nSecRule ENV:flag "@streq on" "id:2,phase:1,log,pass"'
    )
    assert ids(ask(one, path="/?x=a")) == [2]
    assert ids(ask(one, path="/?x=b")) == []


def test_removed_rules_are_not_there(seclang: Make) -> None:
    one = seclang(
        """
        SecRule ARGS "@rx a" "id:1,phase:1,log,pass"
        SecRule ARGS "@rx a" "id:2,phase:1,log,pass"
        SecRuleRemoveById 1
        """
    )
    assert ids(ask(one, path="/?x=a")) == [2]


# -- the order of magnitude


def test_a_spent_budget_is_told_and_decided_by_policy(seclang: Make, ticking: Callable[[int], Callable[[], int]]) -> None:
    script = 'SecRule ARGS "@rx evil" "id:1,phase:2,log,deny,status:418"\nSecRule TX:never "@rx ." "id:2,phase:2,log,pass"'
    fields = {f"n{number}": f"v{number}" for number in range(500)}
    for policy, status in (("block", 403), ("score", 0), ("pass", 0)):
        one = seclang(script, Waf(budget_us=100, on_budget=policy))
        sample = build({"query": fields})
        clock = ticking(1000)
        verdict = one.transaction(sample.request, sample.client, "enforce", clock, clock).request_head()
        assert verdict.budget_spent
        assert [match.rule for match in verdict.matches] == ["eg-0001"]
        assert verdict.status == status


def test_what_was_found_before_the_budget_was_spent_is_decided(
    seclang: Make, ticking: Callable[[int], Callable[[], int]]
) -> None:
    one = seclang('SecRule ARGS "@rx evil" "id:1,phase:2,log,deny,status:418"', Waf(budget_us=100, on_budget="pass"))
    sample = build({"query": {"first": "evil", **{f"n{number}": f"v{number}" for number in range(500)}}})
    clock = ticking(1000)
    verdict = one.transaction(sample.request, sample.client, "enforce", clock, clock).request_head()
    assert verdict.budget_spent
    assert verdict.status == 418


def test_evaluation_has_a_budget_as_well(seclang: Make, ticking: Callable[[int], Callable[[], int]]) -> None:
    script = "\n".join(f'SecRule ARGS "@rx evil" "id:{number},phase:2,log,pass"' for number in range(1, 200))
    one = seclang(script, Waf(budget_us=100, on_budget="block"))
    sample = build({"query": {"first": "evil"}})
    clock = ticking(1000)
    verdict = one.transaction(sample.request, sample.client, "enforce", clock, clock).request_head()
    assert verdict.budget_spent
    assert verdict.status == 403
    assert 0 < len(verdict.matches) < 199
