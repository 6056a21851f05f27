from __future__ import annotations

from typing import Any

from edgeguard.waf.bodies.content import Multipart

UPLOADS = {
    "files": [(b"a", b"PNG"), (b"b", b"<?php")],
    "multipart": Multipart(files=[(b"a", b"x.png"), (b"b", b"y.php")], sizes=[(b"a", 3), (b"b", 5)]),
    "processor": "MULTIPART",
}


def test_uploads(state: Any, content: Any, look: Any) -> None:
    seen = state(content=content(**UPLOADS))
    assert look(seen, "FILES") == [(b"FILES:a", b"x.png"), (b"FILES:b", b"y.php")]
    assert look(seen, "FILES_NAMES") == [(b"FILES_NAMES:a", b"a"), (b"FILES_NAMES:b", b"b")]
    assert look(seen, "FILES_SIZES", "b") == [(b"FILES_SIZES:b", b"5")]
    assert look(seen, "FILES_COMBINED_SIZE") == [(b"FILES_COMBINED_SIZE", b"8")]
    assert look(seen, "FILES_TMP_CONTENT", "b") == [(b"FILES_TMP_CONTENT:b", b"<?php")]
    assert look(seen, "FILES_TMPNAMES") == []


def test_none(state: Any, content: Any, look: Any) -> None:
    for seen in (state(), state(content=content(raw=b"a=1"))):
        assert look(seen, "FILES") == look(seen, "FILES_NAMES") == look(seen, "FILES_SIZES") == []
        assert look(seen, "FILES_COMBINED_SIZE") == [(b"FILES_COMBINED_SIZE", b"")]


def test_of_a_body_as_it_comes(seen: Any, look: Any) -> None:
    state = seen(multipart={"a": "1", "f": {"filename": "x.png", "content": "png"}})
    assert look(state, "ARGS") == [(b"ARGS:a", b"1")]
    assert look(state, "FILES") == [(b"FILES:f", b"x.png")]
    assert look(state, "FILES_NAMES") == [(b"FILES_NAMES:f", b"f")]
    assert look(state, "FILES_SIZES") == [(b"FILES_SIZES:f", b"3")]
    assert look(state, "FILES_COMBINED_SIZE") == [(b"FILES_COMBINED_SIZE", b"3")]
    assert look(state, "FILES_TMP_CONTENT") == [(b"FILES_TMP_CONTENT:f", b"png")]
    assert look(state, "MULTIPART_STRICT_ERROR") == [(b"MULTIPART_STRICT_ERROR", b"0")]
