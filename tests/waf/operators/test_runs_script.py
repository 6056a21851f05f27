from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.runs_script import RunsScript

IN_CODE = b"<code><img src=x onerror=alert(1)></code>"


def test_it_tells_where_the_tag_stands() -> None:
    assert RunsScript("high").find(b"a<img src=x onerror=alert(1)>b") == (1, 29)
    assert RunsScript("high").find(b"<b>alert(1)</b>") is None


def test_confidence_and_code() -> None:
    assert RunsScript("high").find(IN_CODE)
    assert RunsScript("high outside code").find(IN_CODE) is None
    assert RunsScript("medium outside code").find(IN_CODE)


@pytest.mark.parametrize("argument", ["", "certain", "faint", True, 3, "high early", "outside code"])
def test_other_arguments_are_refused(argument: object) -> None:
    with pytest.raises(Refused, match="least confidence"):
        RunsScript(argument)
