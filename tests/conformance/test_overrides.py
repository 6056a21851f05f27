from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.conformance.cases import Expectation
from edgeguard.conformance.ftw_format import FormatError
from edgeguard.conformance.overrides import Override, read_overrides

if TYPE_CHECKING:
    from pathlib import Path

OWN = """\
- test: 100-4
  reason: no tunnel leads through the edge
  where: wire
  expect: {status: 405, log: {no_expect_ids: [100]}}
- test: 200-*
  reason: they ask for what is not here
"""
PUBLISHED = """\
version: v0.0.0
meta: {engine: other}
test_overrides:
  - rule_id: 100
    test_ids: [4, 5]
    stage_ids: [0]
    reason: elsewhere
    output: {status: 200}
  - rule_id: 200
    reason: all of them
"""


def read(folder: Path, text: str) -> list[Override]:
    file = folder / "overrides.yaml"
    file.write_text(text)
    return read_overrides(file)


def test_the_own_format(tmp_path: Path) -> None:
    first, second = read(tmp_path, OWN)
    assert (first.test, first.reason, first.where) == ("100-4", "no tunnel leads through the edge", "wire")
    assert first.expect == Expectation(status=(405,), no_expect_ids=("100",))
    assert (second.where, second.expect) == ("both", None)


def test_the_published_format(tmp_path: Path) -> None:
    found = read(tmp_path, PUBLISHED)
    assert [item.test for item in found] == ["100-4-1", "100-5-1", "200-*"]
    assert [item.expect for item in found] == [Expectation(status=(200,)), Expectation(status=(200,)), None]


@pytest.mark.parametrize("text", ["", "[]", "# none yet\n"])
def test_there_may_be_none(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == []


@pytest.mark.parametrize(
    ("test", "where", "covered"),
    [
        ("100-1", "both", True),
        ("100-1", "in-process", True),
        ("100-1", "wire", False),
        ("100-1-2", "both", True),
        ("100-1-1", "both", False),
        ("100-*", "both", True),
        ("100-11", "both", False),
    ],
)
def test_which_stages_an_override_covers(test: str, where: str, covered: bool) -> None:
    assert Override(test, "r", where).covers("100-1", 2, "in-process") == covered


@pytest.mark.parametrize(
    "text",
    [
        "- {test: 1-1}",
        "- {test: 1-1, reason: '  '}",
        "- {test: 1-1, reason: r, where: here}",
        "- {test: 1-1, reason: r, expect: {ids: 1}}",
        "- {test: 1-1, reason: r, because: x}",
        "- just text",
        "just text",
        "other: format",
        "- [",
    ],
)
def test_what_is_of_neither_format_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(tmp_path, text)
    assert "overrides.yaml" in caught.value.faults[0]
