from __future__ import annotations

from edgeguard.waf.forms import _LONGEST, _REMEMBERED, Trie
from edgeguard.waf.model import Term
from edgeguard.waf.operators.registry import make_operator
from edgeguard.waf.targets.registry import make_target
from edgeguard.waf.transformations.registry import TRANSFORMATIONS


def term(*steps: str) -> Term:
    return Term(make_target("http.request.any"), tuple(TRANSFORMATIONS[step] for step in steps), make_operator("contains", ["x"]))


def trie(*terms: Term) -> Trie:
    return Trie("label", [(each, [0], False) for each in terms])


def test_a_value_that_nothing_changes_has_one_form() -> None:
    forms = trie(term(), term("url_decode"), term("url_decode", "lowercase"), term("remove_nulls")).forms(b"abc")
    assert list(forms) == [b"abc"]
    assert len(forms[b"abc"]) == 4


def test_equal_forms_meet_again() -> None:
    forms = trie(term("url_decode"), term("url_decode_uni"), term("lowercase")).forms(b"%41")
    assert set(forms) == {b"%41", b"A"}
    assert len(forms[b"A"]) == 2


def test_prefixes_of_pipelines_are_shared() -> None:
    one = trie(term("url_decode", "lowercase"), term("url_decode", "remove_nulls"))
    assert len(one.root.steps) == 1
    assert len(one.root.steps[0][1].steps) == 2


def test_calm_bytes_are_those_which_no_step_changes() -> None:
    calm = trie(term("url_decode"), term("lowercase")).calm
    assert b"%" not in calm
    assert b"A" not in calm
    assert b"a" in calm


def test_memory_is_bounded_in_number_and_length() -> None:
    one = trie(term())
    for number in range(_REMEMBERED + 10):
        one.remember(b"%d" % number)
    assert len(one.clean) == 10
    one.remember(b"x" * (_LONGEST + 1))
    assert len(one.clean) == 10
