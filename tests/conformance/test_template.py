from __future__ import annotations

import pytest

from edgeguard.conformance.template import expand


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ('{{ "1" | repeat 3 }}', "111"),
        ('a{{ "xy"|repeat 2 }}b{{ "z" | repeat 0 }}c', "axyxybc"),
        ("a}}b", "a}}b"),
    ],
)
def test_a_template_is_written_out(text: str, expanded: str) -> None:
    assert expand(text) == expanded


@pytest.mark.parametrize(
    "text", ["{{ .Payload }}", '{{ "1" | upper }}', '{{ "1" | repeat x }}', "{{ 1 | repeat 2 }}", '{{ "1" | repeat 2']
)
def test_any_other_template_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="template"):
        expand(text)


def test_a_template_is_bounded() -> None:
    with pytest.raises(ValueError, match="more than"):
        expand('{{ "abcd" | repeat 999999999 }}')
