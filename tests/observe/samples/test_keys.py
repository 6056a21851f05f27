from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.samples.keys import KeyFault, add_key, known, read_keys

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_key_stands_on_top_and_older_ones_stay(tmp_path: Path) -> None:
    file = tmp_path / "samples.key"
    assert add_key(file) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    [first] = read_keys(file).secrets
    assert add_key(file) == 2
    newer, older = read_keys(file).secrets
    assert older == first != newer


def test_each_salt_gives_another_key_and_a_name_finds_it(tmp_path: Path) -> None:
    add_key(tmp_path / "k")
    keys = read_keys(tmp_path / "k")
    one, two = (keys.cipher(keys.names[0], salt * 16) for salt in (b"a", b"b"))
    assert one is not None
    assert two is not None
    assert one.encrypt(bytes(12), b"x", b"") != two.encrypt(bytes(12), b"x", b"")
    assert keys.cipher(b"somebody", b"a" * 16) is None


def test_secrets_stay_out_of_what_is_shown(tmp_path: Path) -> None:
    add_key(tmp_path / "k")
    keys = read_keys(tmp_path / "k")
    assert keys.secrets[0].hex() not in repr(keys)
    assert known(keys.names) in repr(keys)


@pytest.mark.parametrize("content", ["", "# nothing\n", "c2hvcnQ=\n", "no base64!\n"])
def test_what_is_no_key_is_refused_with_the_line_and_what_to_do(tmp_path: Path, content: str) -> None:
    file = tmp_path / "k"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(KeyFault, match="edgeguard samples key"):
        read_keys(file)
    if content:
        with pytest.raises(KeyFault):
            add_key(file)
        assert file.read_text() == content


def test_a_file_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    add_key(tmp_path / "k")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(KeyFault, match="chmod"):
        read_keys(tmp_path / "k")
