from __future__ import annotations

import pytest

from edgeguard.waf.transformations.decode_all import decode_all


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"%2527 or 1", b"' or 1"),
        (b"%25%32%37", b"'"),
        (b"%u003cscript%u003e", b"<script>"),
        (b"%c0%bcscript", b"<script"),
        (b"&lt;script&#x3e;", b"<script>"),
        (b"&amp;lt;script", b"<script"),
        (b"\\u003cscript\\x3e\\u{28}", b"<script>("),
        ("\uff1cscript\uff1e".encode(), b"<script>"),
        ("\U0001d42c\U0001d41e\U0001d425\U0001d41e\U0001d41c\U0001d42d \ufe64b".encode(), b"select <b"),
        ("s\u0435l\u0435\u0441t".encode(), b"select"),
        ("x\u02bc or 1".encode(), b"x' or 1"),
        ("x\u560d\u560aa".encode(), b"x\r\na"),
        (b"u\0n\0i\0o\0n\0", b"union"),
        (b"a%2527+or+1", b"a' or 1"),
        (b"1 %2B 1+2", b"1 + 1+2"),
    ],
)
def test_encodings_are_undone_as_often_as_they_nest(value: bytes, expected: bytes) -> None:
    assert decode_all(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"plain text, it's 1+1",
        b"100% sure",
        b"<p>&lt;script&gt; is a tag</p>",
        b"C:\\users\\temp",
        "l\u2019été — «où» ?".encode(),
        "Прив\u0435т, мир! IT-отд\u0435л".encode(),
        "你好\uff0c世界".replace("\uff0c", "").encode(),
        b"\xff\xfe\xe2",
    ],
)
def test_what_holds_no_encoding_is_the_same_object(value: bytes) -> None:
    assert decode_all(value) is value


def test_rounds_are_bounded() -> None:
    value = b"%" + b"25" * 40 + b"27"
    assert decode_all(value) == b"%" + b"25" * 36 + b"27"


def test_a_character_that_folds_to_many_makes_no_value_long() -> None:
    value = "\ufdfa".encode() * 100
    assert len(decode_all(value)) <= 2 * len(value) + 16


def test_what_is_no_text_is_not_folded() -> None:
    """Folding 15 KB of random octets took four times as long as all rules were given."""
    fancy = "\U0001d4c8elect".encode()  # a letter of mathematics
    assert decode_all(fancy) == b"select"
    assert decode_all(b"\xff" + fancy) == b"\xff" + fancy
    assert decode_all(b"\xff" + "\uff53elect".encode()) == b"\xffselect"  # forms of full width are read in any case
