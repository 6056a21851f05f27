from __future__ import annotations

import pytest

from edgeguard.waf.explain.shell_words import shell_words
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("curl  a\tb", ["curl", "a", "b"]),
        ("a 'b c' \"d 'e' \\\"f\\\"\" ''", ["a", "b c", "d 'e' \"f\"", ""]),
        ("a\\\n  b \\\r\n c", ["a", "b", "c"]),
        ("a\\ b 'x'y\"z\"", ["a b", "xyz"]),
        ("$'it\\'s\\n\\u00e9\\x41\\\\'", ["it's\né" + "A\\"]),
        ("'\\n' \"\\n\"", ["\\n", "\\n"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert shell_words(text) == words


def test_bytes_beyond_ascii_are_kept() -> None:
    assert shell_words("$'\\xff'") == [b"\xff".decode("utf-8", "surrogateescape")]


@pytest.mark.parametrize("text", ["'a", 'a"b', "$'a\\'"])
def test_open_quotes_are_told(text: str) -> None:
    with pytest.raises(Refused, match="is not closed"):
        shell_words(text)
