from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import FromToken
from edgeguard.identity.credential import MEMO, hash_token
from edgeguard.identity.token import TokenSource, read_known
from edgeguard.message import Account

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.message import Request

    RequestWith = Callable[..., Request]


@pytest.fixture
def known(tmp_path: Path, key: bytes) -> Path:
    path = tmp_path / "tokens.yaml"
    path.write_text(f'"{hash_token(key, "s3cret")}": acme\n{hash_token(key, "other")}: "globex"\n')
    return path


def test_a_known_token_is_a_verified_account(known: Path, key: bytes, request_with: RequestWith) -> None:
    source = TokenSource(FromToken(known=known), key)
    assert source.account(request_with(b"authorization", b"Bearer s3cret"), trusted=False) == Account(
        "acme", "token", verified=True
    )
    assert source.account(request_with(b"authorization", b"bearer other"), trusted=False) == Account(
        "globex", "token", verified=True
    )


def test_an_unknown_token_is_an_account_of_its_own_or_nobody(known: Path, key: bytes, request_with: RequestWith) -> None:
    request = request_with(b"authorization", b"Bearer wrong")
    account = TokenSource(FromToken(known=known), key).account(request, trusted=False)
    assert account == Account(hash_token(key, "wrong"), "token", verified=False)
    assert TokenSource(FromToken(known=known, unknown="anonymous"), key).account(request, trusted=False) is None


def test_another_field_without_a_scheme(known: Path, key: bytes, request_with: RequestWith) -> None:
    source = TokenSource(FromToken(token="X-API-Key", scheme="", known=known, unknown="anonymous"), key)
    assert source.account(request_with(b"x-api-key", b"s3cret"), trusted=False) == Account("acme", "token", verified=True)
    assert source.account(request_with(b"authorization", b"Bearer s3cret"), trusted=False) is None


def test_noise_behind_a_token_does_not_hide_whose_it_is(known: Path, key: bytes, request_with: RequestWith) -> None:
    source = TokenSource(FromToken(known=known), key)
    for value in (b"Bearer s3cret noise", b"Bearer s3cret,", b"Bearer\ts3cret", b"Bearer s3cret\xa0noise"):
        account = source.account(request_with(b"authorization", value), trusted=False)
        assert account == Account("acme", "token", verified=True), value


def test_tokens_are_not_kept_and_the_memo_is_bounded(key: bytes, request_with: RequestWith) -> None:
    source = TokenSource(FromToken(), key)
    for number in range(MEMO + 10):
        source.account(request_with(b"authorization", b"Bearer secret-%d" % number), trusted=False)
    assert len(source._unknown) <= MEMO
    assert "secret" not in repr(source._unknown)


def test_an_empty_file_knows_nobody(tmp_path: Path) -> None:
    (tmp_path / "tokens.yaml").write_text("# none yet\n")
    assert read_known(tmp_path / "tokens.yaml") == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[a]", "must hold lines like"),
        ("abc: acme", "no token hash of 32 hex digits"),
        (f"{'z' * 32}: acme", "no token hash of 32 hex digits"),
        (f"{'a' * 32}: [acme]", "1 to 128 visible ASCII"),
        (f"{'a' * 32}: ''", "1 to 128 visible ASCII"),
        (f"{'a' * 32}: a b", "1 to 128 visible ASCII"),
        (f"{'a' * 32}: {'a' * 129}", "1 to 128 visible ASCII"),
        ("a: b: c", ":1: this is no YAML"),
        ("[a]: b", "no YAML"),
    ],
)
def test_files_that_will_not_do(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "tokens.yaml").write_text(content)
    with pytest.raises(ValueError, match=told):
        read_known(tmp_path / "tokens.yaml")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "tokens.yaml").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(ValueError, match="larger than"):
        read_known(tmp_path / "tokens.yaml")


def test_a_file_that_is_gone(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(OSError, match="No such file"):
        TokenSource(FromToken(known=tmp_path / "gone"), key)
