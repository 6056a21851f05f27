from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.transformations.lowercase import lowercase
from edgeguard.waf.transformations.registry import SECLANG, url_decode_uni_by
from edgeguard.waf.transformations.together import Steps, together


def test_two_steps_in_one() -> None:
    first, second = SECLANG["utf8tounicode"].apply, SECLANG["urldecodeuni"].apply
    both = together(first, second)
    assert both is not None
    assert both("é+%41".encode()) == second(first("é+%41".encode())) == b"\xe9 A"


def test_by_a_map() -> None:
    first, second = SECLANG["utf8tounicode"].apply, url_decode_uni_by(1, {0xE9: b"e"}).apply
    both = together(first, second)
    assert both is not None
    assert both("é+ñ".encode()) == second(first("é+ñ".encode())) == b"e \xf1"


def test_others_stay_two() -> None:
    assert together(lowercase, SECLANG["urldecodeuni"].apply) is None
    assert together(SECLANG["utf8tounicode"].apply, lowercase) is None


@given(st.lists(st.sampled_from(["é", "\uff0541", "+", "%41", " ", "A", "\0"]), max_size=8).map("".join))
def test_a_joined_pipeline_makes_the_same_forms(text: str) -> None:
    value = text.encode()
    pipeline = [SECLANG[name].apply for name in ("trim", "utf8tounicode", "urldecodeuni", "lowercase")]
    steps = Steps(pipeline)
    assert len(steps.whole) == 3
    forms = [value]
    for apply in pipeline:
        forms.append(apply(forms[-1]))
    assert steps.last(value) == forms[-1]
    assert list(steps.forms(value)) == [value, *(form for before, form in pairwise(forms) if form != before)]


def test_no_steps_make_nothing() -> None:
    assert (Steps([]).last(b"a"), list(Steps([]).forms(b"a"))) == (b"a", [b"a"])
