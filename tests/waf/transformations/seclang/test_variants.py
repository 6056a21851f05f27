from __future__ import annotations

from pathlib import Path

from edgeguard.waf.transformations import seclang
from edgeguard.waf.transformations.seclang.variants import VARIANTS


def test_each_file_of_the_folder_that_has_stirs_is_a_variant() -> None:
    folder = Path(seclang.__path__[0])
    files = {path.stem for path in folder.glob("*.py") if "\nSTIRS = " in path.read_text("utf-8")}
    assert {module.__name__.rpartition(".")[2] for module in VARIANTS.values()} == files


def test_a_variant_has_the_name_of_its_file_in_the_spelling_of_seclang() -> None:
    for name, module in VARIANTS.items():
        assert name.lower() == module.__name__.rpartition(".")[2].replace("_", "")
