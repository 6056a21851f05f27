from __future__ import annotations

import pytest

from edgeguard.waf.faults import RulesError
from edgeguard.waf.yaml_items import Item, read_items


def test_values_know_their_lines() -> None:
    root = read_items("- id: x\n  tags:\n    - a\n    - b\n", "f")
    rule = root.value[0]  # type: ignore[index]  # a list, as written above
    assert rule.value["id"] == Item("x", 1)
    assert [item.line for item in rule.value["tags"].value] == [3, 4]
    assert root.plain == [{"id": "x", "tags": ["a", "b"]}]


def test_scalars_are_those_of_yaml_1_2() -> None:
    assert read_items("[on, no, 12, true, '12', 1.5, 12:30, ~]", "f").plain == ["on", "no", 12, True, "12", 1.5, "12:30", None]


def test_aliases_share_a_value() -> None:
    assert read_items("a: &x [1]\nb: *x", "f").plain == {"a": [1], "b": [1]}


def test_an_empty_file_has_no_rules() -> None:
    assert read_items("# nothing\n", "f").plain == []


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a: 1\nb: 2\na: 3", 3, "stands twice"),
        ("a: [1\n", 2, "no YAML"),
        ("[a]: 1", 1, "must be a word"),
        ("- a\n--- \n- b", 2, "no YAML"),
        ("x: [" * 100 + "]" * 100, 1, "nested too deep"),
    ],
)
def test_faults(text: str, line: int, told: str) -> None:
    with pytest.raises(RulesError) as caught:
        read_items(text, "f.yaml")
    fault = caught.value.faults[0]
    assert fault.file == "f.yaml"
    assert fault.line == line
    assert told in fault.text


def test_aliases_do_not_explode() -> None:
    bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    with pytest.raises(RulesError, match="too many values"):
        read_items(bomb, "f")
