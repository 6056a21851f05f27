from __future__ import annotations

import pytest

from edgeguard.waf.transformations.opening import opening

WORDS = b" ".join(b"word%d" % number for number in range(40))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"nice post <script>alert(1)</script>",
        b"the same " * 500 + b"<script>",
        b" " * 5000,
        b"1 2 3 4 " * 50,
        b"a`b`c",
        WORDS[:150],
    ],
)
def test_what_is_no_article_is_the_same_object(value: bytes) -> None:
    assert opening(value) is value


def test_an_article_ends_at_its_24th_word() -> None:
    assert opening(WORDS + b" <script>") == b" ".join(b"word%d" % number for number in range(24)) + b" "
    assert opening("слово%d ".encode() * 3 + WORDS).count(b" ") == 26


def test_a_fenced_block_ends_it() -> None:
    assert opening(b"a\n```\n<script>") == b"a\n"
    assert opening(b"``` html\n<b>") == b""
