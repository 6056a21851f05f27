from __future__ import annotations

import pytest

from edgeguard.waf.detectors.quoted import is_quoted


@pytest.mark.parametrize("text", [b'"key"', b"x='key'", b'{"a": "key"}', b"`key`"])
def test_the_whole_of_a_text_in_quotes(text: bytes) -> None:
    begin = text.index(b"key")
    assert is_quoted(text, (begin, begin + 3))


@pytest.mark.parametrize("text", [b"key", b'"key', b'key"', b'"a key"', b"\"key'", b'"say \\"key\\""', b"&quot;key&quot;"])
def test_what_is_not(text: bytes) -> None:
    begin = text.index(b"key")
    assert not is_quoted(text, (begin, begin + 3))
