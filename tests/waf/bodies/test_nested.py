from __future__ import annotations

import base64
import json

import pytest

from edgeguard.waf.bodies.nested import joined_pairs, nested_pairs, texts_within


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'{"a": {"b": "1\' or 1=1"}}', [b"1' or 1=1"]),
        (b'["<b>", "plain", 12]', [b"<b>"]),
        (b'{"$ne": ""}', [b"$ne"]),
        (b"{'a': \"<svg>\", b: 1}", [b"<svg>"]),
        (base64.b64encode(b"<script>alert(1)</script>"), [b"<script>alert(1)</script>"]),
        (base64.urlsafe_b64encode(b"x' or 1=1 -- ??>").rstrip(b"="), [b"x' or 1=1 -- ??>"]),
        (b"+ADw-script+AD4-alert(1)", [b"<script>alert(1)"]),
        (b" ADw-script AD4-alert(1)", [b"<script>alert(1)"]),
        (b"+ADw-script+AD4-alert+ACg-1+ACk-", [b"<script>alert(1)"]),
    ],
)
def test_texts_that_a_reader_would_take_out(value: bytes, expected: list[bytes]) -> None:
    assert texts_within(value) == expected


def test_claims_of_a_token() -> None:
    def part(claims: dict[str, str]) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")

    assert b"x' or 1=1" in texts_within(part({"alg": "none"}) + b"." + part({"sub": "x' or 1=1"}) + b".c2ln")


def test_levels_are_followed_and_bounded() -> None:
    value = b"<script>"
    for _ in range(3):
        value = base64.b64encode(value + b"  ")
    assert texts_within(value)[-1].startswith(b"<script>")
    for _ in range(3):
        value = base64.b64encode(value)
    assert not any(b"<script>" in text for text in texts_within(value))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"plain text",
        b"5f4dcc3b5aa765d61d8327deb882cf99",
        b"550e8400-e29b-41d4-a716-446655440000",
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        b"[1, 2, 3, 4, 5]",
        b"[[wiki link]]",
        b"{{ moustache }}",
        base64.b64encode(b"only words here"),
        b'{"theme": "dark", "lang": "en"}',
    ],
)
def test_what_holds_nothing_of_note_gives_nothing(value: bytes) -> None:
    assert texts_within(value) == []


def test_texts_are_few_however_many_there_are() -> None:
    value = json.dumps([f"<b>{number}" for number in range(5000)]).encode()
    assert len(texts_within(value)) <= 512


def test_names_are_kept() -> None:
    assert nested_pairs([(b"a", b'{"x": "<b>"}'), (b"b", b"plain")]) == [(b"a", b"<b>")]


def test_what_is_nested_may_be_encoded_as_a_whole() -> None:
    assert nested_pairs([(b"a", b"%7B%22x%22:%20%22%253Cb%253E%22%7D")]) == [(b"a", b"<b>")]


def test_values_of_one_name_are_joined() -> None:
    pairs = [(b"a", b"1 union/*"), (b"b", b"x"), (b"a", b"*/select 1")]
    assert joined_pairs(pairs) == [(b"a", b"1 union/*,*/select 1"), (b"a", b"1 union/**/select 1")]
    assert joined_pairs([(b"a", b"1"), (b"a", b"2")]) == []
    assert joined_pairs([(b"a", b"<"), (b"b", b">")]) == []
