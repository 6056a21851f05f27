from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.ip_match_from_file import IpMatchFromFile

if TYPE_CHECKING:
    from pathlib import Path


def test_entries_and_comments(tmp_path: Path) -> None:
    (tmp_path / "list.data").write_bytes(b"# ours\n192.0.2.0/24 # a net\r\n\n ::1 , 10.1.1.1\n")
    operator = IpMatchFromFile(b"list.data", tmp_path)
    assert operator.find(b"192.0.2.7") == (0, 9)
    assert operator.find(b"10.1.1.1") == (0, 8)
    assert operator.find(b"::2") is None


def test_an_empty_list_never_matches(tmp_path: Path) -> None:
    (tmp_path / "list.data").write_bytes(b"# none yet\n")
    assert IpMatchFromFile(b"list.data", tmp_path).find(b"192.0.2.7") is None


def test_a_bad_entry_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.data").write_bytes(b"192.0.2.0/99\n")
    with pytest.raises(Refused, match=r"192\.0\.2\.0/99"):
        IpMatchFromFile(b"list.data", tmp_path)
