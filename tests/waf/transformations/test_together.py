from __future__ import annotations

from edgeguard.waf.transformations.lowercase import lowercase
from edgeguard.waf.transformations.registry import SECLANG, url_decode_uni_by
from edgeguard.waf.transformations.together import joined, together


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


def test_a_pipeline_is_joined() -> None:
    names = ["trim", "utf8tounicode", "urldecodeuni", "lowercase"]
    steps = [SECLANG[name].apply for name in names]
    assert joined(steps) == (steps[0], together(steps[1], steps[2]), steps[3])
    assert joined([]) == ()
