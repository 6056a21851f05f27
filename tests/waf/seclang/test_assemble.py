from __future__ import annotations

import pytest

from edgeguard.waf.seclang.reader import Reader, read_seclang_text

DENY = 'SecDefaultAction "phase:2,deny"\n'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('SecRule ARGS "@rx a" "id:1,deny"', 1, "no phase is said, so it is 2"),
        (f'{DENY}SecRule ARGS "@rx a" "id:1,phase:2"', 2, "deny comes from <text>:1"),
        (f'SecRule ARGS "@rx a" "id:1,phase:2,pass"\n{DENY}', 2, "it counts for the 1 rules before it too"),
        ('SecAction "id:1,phase:1,pass,skipAfter:END"', 1, "no SecMarker 'END' comes behind it"),
        ('SecMarker END\nSecAction "id:1,phase:1,pass,skipAfter:END"', 2, "no SecMarker 'END' comes behind it"),
    ],
)
def test_notes(text: str, line: int, told: str) -> None:
    (note,) = read_seclang_text(text).notes
    assert note.place.line == line
    assert told in note.text


@pytest.mark.parametrize(
    "text",
    [
        f'{DENY}SecRule ARGS "@rx a" "id:1,phase:2,pass"',
        f'{DENY}SecRule ARGS "@rx a" "id:1,phase:2,block"',
        'SecDefaultAction "phase:2,pass"\nSecRule ARGS "@rx a" "id:1,phase:2"',
        'SecAction "id:1,phase:1,pass,skipAfter:END"\nSecMarker END',
        f"SecRuleRemoveById 1\n{DENY}",
    ],
)
def test_nothing_to_note(text: str) -> None:
    assert [note for note in read_seclang_text(text).notes if "no rule is met" not in note.text] == []


def test_a_program_can_be_had_twice() -> None:
    reader = Reader()
    reader.text('SecRuleRemoveById 1\nSecAction "id:1,phase:1,pass"')
    assert reader.program() == reader.program()
