from __future__ import annotations

import pytest

from edgeguard.observe.entry import Entry


def test_the_repr_tells_the_outcome(entry: Entry) -> None:
    entry.verdict, entry.status, entry.reason = "refused", 400, "bad-framing"
    assert repr(entry) == "Entry(01HF refused 400 bad-framing 4.0 ms)"


def test_every_attribute_has_a_value_from_the_start() -> None:
    fresh = Entry("id", "a", "b", 1.0)
    assert all(hasattr(fresh, name) for name in Entry.__slots__)


def test_no_attribute_can_be_misspelt(entry: Entry) -> None:
    with pytest.raises(AttributeError):
        entry.verdikt = "pass"  # type: ignore[attr-defined]  # that is the point


def test_entries_share_nothing(entry: Entry) -> None:
    entry.phases.append(("identify", 1.0))
    assert Entry("id", "a", "b", 1.0).phases == []
