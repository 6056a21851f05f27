from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.identity import hash_token
from edgeguard.identity.token import read_known

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_hash_is_the_one_that_identity_looks_up(run: Run, config: Path) -> None:
    result = run("token", "-c", config, text="secret-token\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{hash_token(b'a key for tests, long enough to hide tokens', 'secret-token')}\n"


def test_a_whole_line_can_be_added_to_the_file_of_tokens(run: Run, config: Path, tmp_path: Path) -> None:
    result = run("token", "-c", config, "--account", "acme", text="secret-token")
    known = tmp_path / "tokens.yaml"
    known.write_text(result.stdout)
    assert [account.id for account in read_known(known).values()] == ["acme"]


def test_any_name_that_may_stand_in_the_file_is_quoted_so_that_it_can(run: Run, config: Path, tmp_path: Path) -> None:
    result = run("token", "-c", config, "--account", 'a"b:[#', text="secret-token")
    known = tmp_path / "tokens.yaml"
    known.write_text(result.stdout)
    assert [account.id for account in read_known(known).values()] == ['a"b:[#']


@pytest.mark.parametrize("name", ["", "two words", "zwölf", "x" * 129])
def test_a_name_that_the_file_would_not_take_is_refused(run: Run, config: Path, name: str) -> None:
    result = run("token", "-c", config, "--account", name, text="secret-token")
    assert (result.returncode, result.stdout) == (1, "")
    assert "--account" in result.stderr


@pytest.mark.parametrize("text", ["", "two words", "zwölf", "two\nlines", "x" * 9000])
def test_what_can_be_no_token_is_refused_and_not_repeated(run: Run, config: Path, text: str) -> None:
    result = run("token", "-c", config, text=text)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert not text or text not in result.stderr


def test_without_a_key_no_hash_would_fit(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace("identity: {key_file: identity.key}", ""))
    result = run("token", "-c", config, text="secret-token")
    assert result.returncode == 1
    assert "identity.key_file" in result.stderr
    assert "secret-token" not in result.stderr
