from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf import rule_files
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.files import content, found

if TYPE_CHECKING:
    from pathlib import Path


def test_names_and_patterns(tmp_path: Path) -> None:
    for name in ("b.conf", "a.conf", "a.txt", "sub/c.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    folder = str(tmp_path)
    assert [path.name for path in found("*.conf", folder)] == ["a.conf", "b.conf"]
    assert [path.name for path in found("*/*.conf", folder)] == ["c.conf"]
    assert found("a.txt", folder) == [tmp_path / "a.txt"]
    assert found(f"{tmp_path}/[a]*.conf", "/nowhere") == [tmp_path / "a.conf"]
    assert found("z.conf", folder) == found("z*", folder) == []


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"write .*/\*\.conf"):
        found(str(tmp_path), "")


@pytest.mark.parametrize(
    ("name", "told"),
    [("a" * 5000, "can't be looked for: File name too long"), ("**/a.conf", "one by one")],
)
def test_names_that_no_file_has(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(Refused) as caught:
        found(name, str(tmp_path))
    assert told in str(caught.value)
    assert len(str(caught.value)) < 200


def test_bytes_that_are_no_text_come_back(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"\xef\xbb\xbfa\xff\r\n")
    assert content(file).encode("utf-8", "surrogateescape") == b"a\xff\r\n"


def test_what_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="can't be read: No such file"):
        content(tmp_path / "a")
    monkeypatch.setattr(rule_files, "LARGEST", 3)
    (tmp_path / "a").write_text("1234")
    with pytest.raises(Refused, match="more than 3 bytes"):
        content(tmp_path / "a")
