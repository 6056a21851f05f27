from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config import bundled as module
from edgeguard.config.bundled import bundled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "somewhere" / "edgeguard"
    folder.mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKAGE", folder)
    return folder


def test_this_installation_has_both() -> None:
    assert bundled("rules").is_absolute()
    assert bundled("config").is_dir()


def test_a_wheel_carries_its_own_copy(package: Path) -> None:
    (package.parent / "rules").mkdir()
    (package / "_data" / "rules").mkdir(parents=True)
    assert bundled("rules") == package / "_data" / "rules"


def test_a_checkout_has_them_beside_the_package(package: Path) -> None:
    (package.parent / "rules").mkdir()
    assert bundled("rules") == package.parent / "rules"


def test_an_incomplete_installation_says_so(package: Path) -> None:
    with pytest.raises(FileNotFoundError, match="lacks its folder 'rules'"):
        bundled("rules")
