from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.runs_as_url import RunsAsUrl


def test_addresses_that_run() -> None:
    operator = RunsAsUrl(argument=True)
    assert operator.find(b"javascript:alert(1)") == (0, 19)
    assert operator.find(b"https://example.com/") is None


@pytest.mark.parametrize("argument", [False, "true", 1.5, None])
def test_other_arguments_are_refused(argument: object) -> None:
    with pytest.raises(Refused, match="takes `true`"):
        RunsAsUrl(argument)
