from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.nodes import Again, Atomic, Chain, Choice, Edge, Group, Look, Node, Octet, Repeat
from edgeguard.waf.pcre.octets import ALL, of
from edgeguard.waf.pcre.reader import read

A, B = Octet(of(b"a")), Octet(of(b"b"))
AA = Octet(of(b"aA"))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a", A),
        ("ab", Chain((A, B))),
        ("a|b", Choice((A, B))),
        ("a|", Choice((A, Chain(())))),
        ("a*", Repeat(A, 0, None)),
        ("a+?", Repeat(A, 1, None, greedy=False)),
        ("(?U)a+", Repeat(A, 1, None, greedy=False)),
        ("a{2,3}", Repeat(A, 2, 3)),
        ("a{2}", Repeat(A, 2, 2)),
        ("a++", Atomic(Repeat(A, 1, None))),
        ("a{0}b", Chain((Chain(()), B))),
        ("a{,3}", Chain(tuple(Octet(of(octet.encode())) for octet in "a{,3}"))),
        ("(a)b", Chain((Group(1, A), B))),
        ("(?:a)", A),
        ("(?<n>a)(?P=n)", Chain((Group(1, A), Again(1, folded=False)))),
        ("(a)\\g{-1}", Chain((Group(1, A), Again(1, folded=False)))),
        ("(?i)(a)\\1", Chain((Group(1, AA), Again(1, folded=True)))),
        ("(?i:a)a", Chain((AA, A))),
        ("(?:(?i)a|a)a", Chain((Choice((AA, AA)), A))),
        ("(?i)a(?-i)a", Chain((AA, A))),
        ("(?=a)b", Chain((Look(A, ahead=True, negated=False), B))),
        ("(?<!a)b", Chain((Look(A, ahead=False, negated=True), B))),
        ("(?>a)", Atomic(A)),
        ("(?#note)a", A),
        ("(?x) a # note\n b", Chain((A, B))),
        ("\\Qab\\E*", Chain((A, Repeat(B, 0, None)))),
        ("^$", Chain((Edge("start"), Edge("end")))),
        ("(?m)^$", Chain((Edge("line_start"), Edge("line_end")))),
        ("\\A\\Z\\z", Chain((Edge("start"), Edge("last_line_end"), Edge("end")))),
        ("^*", Chain(())),
        (".", Octet(ALL)),
        ("(?-s).", Octet(ALL ^ of(b"\n"))),
        ("\xc3\xa4+", Chain((Octet(of(b"\xc3")), Repeat(Octet(of(b"\xa4")), 1, None)))),
        ("\\101", Octet(of(b"A"))),
        ("\\12", Octet(of(b"\n"))),
    ],
)
def test_read(text: str, node: Node) -> None:
    assert read(text)[0] == node


def test_groups_are_counted() -> None:
    assert read("(a)(?:b)(?<n>c)")[1] == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(a", "not closed"),
        ("a)", "none has opened"),
        ("*a", "nothing to repeat"),
        ("a**", "needs parentheses"),
        ("a{3,2}", "no number of times"),
        ("a{70000}", "no number of times"),
        ("(a)\\2", "no group 2"),
        ("(?P=n)", "a group is meant"),
        ("(?R)", "this kind"),
        ("(?1)", "this kind"),
        ("(?|a|b)", "this kind"),
        ("(?(1)a|b)", "this kind"),
        ("(*UTF8)a", "verbs"),
        ("(?C1)a", "this kind"),
        ("(?J)a", "flag J"),
        ("(?<n>a)(?<n>b)", "two groups"),
        ("(?<1>a)", "name"),
        ("\\g<1>", "call of a group"),
        ("(?#a", "does not end"),
        ("a\\", "backslash at the end"),
        ("(" * 200, "within each other"),
        ("\\Kx", "begins"),
    ],
)
def test_what_is_not_taken_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(text)
