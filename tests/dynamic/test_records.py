from __future__ import annotations

import orjson
import pytest

from edgeguard.dynamic.records import SIZE, from_json, pack, to_json, unpack


def test_there_and_back(sanction) -> None:
    full = sanction(
        "2001:db8:1:2::/64",
        "network",
        act="tighten",
        count=3,
        reason="Many é",
        by="ann@host",
        requests=5,
        seconds=60.0,
        shadow=True,
    )
    assert len(pack(full)) == SIZE
    assert unpack(pack(full)) == full
    assert from_json(to_json(full)) == full


def test_long_texts_are_cut_at_a_character(sanction) -> None:
    found = unpack(pack(sanction(reason="é" * 100, by="ß" * 100)))
    assert found is not None
    assert set(found.reason) == {"é"}
    assert set(found.by) == {"ß"}


def test_what_was_written_half_is_none(sanction) -> None:
    whole = pack(sanction())
    assert unpack(whole[:200] + bytes(SIZE - 200)) is None
    assert unpack(bytes(SIZE)) is None
    assert unpack(b"short") is None


@pytest.mark.parametrize(
    ("key", "value"), [("kind", "moon"), ("act", "hug"), ("until", "soon"), ("value", 7), ("of a later version", 1)]
)
def test_json_of_another_kind_is_none(sanction, key, value) -> None:
    assert from_json(orjson.dumps({**orjson.loads(to_json(sanction())), key: value})) is None
    assert from_json(b"{") is None
    assert from_json(b"[]") is None
