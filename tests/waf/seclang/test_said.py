from __future__ import annotations

import pytest

from edgeguard.waf.seclang.said import said
from edgeguard.waf.seclang.syntax import Action


def test_a_list_is_settled() -> None:
    one = said(
        "id:'10',phase:request,block,status:406,severity:'CRITICAL',msg:'m',logdata:'d',tag:a,tag:b,ver:1,rev:2,maturity:5,"
        "capture,multiMatch,chain,t:none,t:urlDecode,nolog,auditlog,setvar:tx.a=1,ctl:ruleEngine=Off,skipAfter:END"
    )
    assert (one.id, one.phase, one.disruptive, one.status, one.severity) == (10, 2, Action("block"), 406, 2)
    assert (one.message, one.logdata, one.tags, one.version, one.revision) == ("m", "d", ["a", "b"], "1", "2")
    assert (one.capture, one.multi_match, one.chained, one.skip_after) == (True, True, True, "END")
    assert one.transformations == ["none", "urldecode"]
    assert one.logging == ["nolog", "auditlog"]
    assert one.actions == [Action("setvar", "tx.a=1"), Action("ctl", "ruleEngine=Off")]
    assert not one.faults
    assert not one.notes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dney", "unknown action 'dney'; did you mean 'deny'?"),
        ("# why", "a comment can't stand within a rule"),
        ("id:0", "an id is a number from 1"),
        ("id:12a", "not '12a'"),
        ("id:1234567890123456789", "an id is"),
        ("id", "needs something behind a colon"),
        ("msg:''", "needs something behind a colon"),
        ("deny:403", "deny takes nothing behind a colon; it has '403'"),
        ("phase:0", "a phase is 1 to 5"),
        ("phase:6", "a phase is 1 to 5"),
        ("severity:critcal", "did you mean 'critical'?"),
        ("severity:8", "unknown severity"),
        ("status:99", "a status is a number from 100 to 599"),
        ("skip:0", "what is skipped is a number from 1"),
        ("allow:all", "allow takes 'phase' or 'request'"),
        ("exec:/bin/true", "exec is not taken"),
        ("proxy:http://a", "write deny or redirect"),
        ("deprecatevar:ip.a=1/2", "write expirevar"),
        ("xmlns:soap", "written xmlns:prefix=url"),
    ],
)
def test_faults(text: str, told: str) -> None:
    (fault,) = said(text).faults
    assert told in fault.text


def test_all_faults_are_told_each_at_its_place() -> None:
    assert [fault.at for fault in said("id:x,deny,phase:9,log,lgo").faults] == [0, 10, 22]


def test_faults_have_an_end() -> None:
    assert len(said(",".join(["nothing"] * 1000)).faults) == 50


def test_notes() -> None:
    assert [note.text for note in said("append:'a',msg:a,msg:b,deny,block,pass,tag:a,tag:a").notes] == [
        "append has no effect: bodies of responses are not written into",
        "msg stands twice; the last one holds",
        "a disruptive action stands twice; the last one holds",
    ]


def test_the_last_disruptive_action_holds() -> None:
    assert said("deny,block").disruptive == Action("block")
    assert said("block,allow:REQUEST").disruptive == Action("allow", "request")


def test_block_means_nothing_in_a_default() -> None:
    assert said("phase:1,deny,block", "default").disruptive == Action("deny")


@pytest.mark.parametrize("name", ["id:1", "chain", "skip:1", "skipAfter:a", "ver:1"])
def test_what_a_default_can_not_have(name: str) -> None:
    assert "can't stand in a SecDefaultAction" in said(name, "default").faults[0].text


@pytest.mark.parametrize("name", ["id:1", "phase:1", "chain"])
def test_what_an_update_can_not_have(name: str) -> None:
    assert "can't stand in an update" in said(name, "update").faults[0].text


def test_an_empty_list_says_nothing() -> None:
    assert said(" ") == said("")
