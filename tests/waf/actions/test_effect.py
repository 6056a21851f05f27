from __future__ import annotations

import pytest

from edgeguard.waf.actions.effect import Effect, Removal


@pytest.mark.parametrize(
    ("removal", "meets"),
    [
        (Removal(ids=((1, 4), (5, 5))), True),
        (Removal(ids=((1, 4), (6, 9))), False),
        (Removal(tag="sqli"), True),
        (Removal(tag="SQLI"), False),
        (Removal(message="a mess"), True),
        (Removal(message="no mess"), False),
        (Removal(), False),
    ],
)
def test_which_rules_are_left_out(removal: Removal, meets: bool) -> None:
    assert removal.meets(5, ("attack-sqli", "paranoia-level/1"), "a message") is meets


def test_a_rule_without_a_message_is_not_met_by_one() -> None:
    assert not Removal(message="a").meets(5, (), "")


def test_every_effect_says_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        Effect("nothing").apply(None)  # type: ignore[arg-type]
