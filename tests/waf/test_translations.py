from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf import translations as under_test
from edgeguard.waf.databases import Databases
from edgeguard.waf.pcre import compile_pcre
from edgeguard.waf.translations import keep_translations, read_translations

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf.pcre import Translation


@pytest.fixture
def kept(tmp_path: Path) -> Databases:
    return Databases(tmp_path / "databases")


@pytest.fixture
def known() -> dict[bytes, Translation]:
    """One with groups, one that is walked, one that takes the empty value, and one with an octet that is no UTF-8."""
    found: dict[bytes, Translation] = {}
    for text in (b"(a)b{3}", rb"(a)\1", b"a*", b"\xff+$"):
        compile_pcre(text, found)
    return found


def test_they_come_back_as_they_were(kept: Databases, known: dict[bytes, Translation]) -> None:
    keep_translations(kept, known, 0)
    assert read_translations(kept) == known


def test_where_nothing_was_kept_there_are_none(kept: Databases) -> None:
    assert read_translations(kept) == {}
    assert read_translations(Databases(None)) == {}


def test_where_none_is_new_nothing_is_written(kept: Databases, known: dict[bytes, Translation]) -> None:
    keep_translations(kept, known, len(known))
    assert read_translations(kept) == {}


def test_too_many_begin_anew(kept: Databases, known: dict[bytes, Translation], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_MOST", len(known) - 1)
    keep_translations(kept, known, 0)
    assert read_translations(kept) == {}


@pytest.mark.parametrize("body", [b"no JSON", b"[[1]]", b"7"])
def test_what_makes_no_sense_is_none(kept: Databases, body: bytes) -> None:
    kept.put(under_test._KEY, body)
    assert read_translations(kept) == {}
