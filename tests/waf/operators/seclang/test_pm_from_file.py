from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.pm_from_file import PmFromFile

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_bytes(b"# list\nCall to \nother\n")
    (tmp_path / "b.data").write_bytes(b"third|20|\n")
    operator = PmFromFile(b"a.data b.data", tmp_path)
    assert operator.find(b"a call to b") == (2, 10)
    assert operator.find(b"a call tob") is None
    assert operator.groups(b"OTHER") == (b"other",)
    assert operator.find(b"third|20|") == (0, 9)
    assert len(operator.gate or ()) == 3


def test_a_file_without_phrases_never_matches(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_bytes(b"#\n\n")
    operator = PmFromFile(b"a.data", tmp_path)
    assert operator.gate is None
    assert operator.find(b"#") is None
    assert operator.groups(b"#") == ()


def test_a_name_is_needed(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="name"):
        PmFromFile(b" ", tmp_path)
