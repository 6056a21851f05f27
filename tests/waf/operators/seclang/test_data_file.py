from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf import rule_files
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.data_file import read_lines

if TYPE_CHECKING:
    from pathlib import Path


def test_lines(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_bytes(b"# comment\n  # another\n\n one \r\ntwo # not one\n \t\nl\xff")
    assert read_lines(b"a.data", tmp_path) == [b" one ", b"two # not one", b"l\xff"]
    assert read_lines(str(tmp_path / "a.data").encode(), None) == read_lines(b" a.data ", tmp_path)


@pytest.mark.parametrize("name", [b"", b"none.data", b"https://example.com/list", b"a\0b", b"."])
def test_what_can_not_be_read_is_refused(name: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        read_lines(name, tmp_path)


def test_a_file_may_not_be_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_files, "LARGEST", 3)
    (tmp_path / "a.data").write_bytes(b"abcd")
    with pytest.raises(Refused, match="larger than 3"):
        read_lines(b"a.data", tmp_path)
