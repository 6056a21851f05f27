from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from edgeguard.waf.bodies.content import Multipart

FLAGS = {
    "MULTIPART_BOUNDARY_QUOTED": "boundary_quoted",
    "MULTIPART_BOUNDARY_WHITESPACE": "boundary_whitespace",
    "MULTIPART_CRLF_LF_LINES": "crlf_lf_lines",
    "MULTIPART_DATA_AFTER": "data_after",
    "MULTIPART_DATA_BEFORE": "data_before",
    "MULTIPART_FILE_LIMIT_EXCEEDED": "file_limit_exceeded",
    "MULTIPART_HEADER_FOLDING": "header_folding",
    "MULTIPART_INVALID_HEADER_FOLDING": "invalid_header_folding",
    "MULTIPART_INVALID_PART": "invalid_part",
    "MULTIPART_INVALID_QUOTING": "invalid_quoting",
    "MULTIPART_LF_LINE": "lf_line",
    "MULTIPART_MISSING_SEMICOLON": "missing_semicolon",
    "MULTIPART_SEMICOLON_MISSING": "missing_semicolon",
    "MULTIPART_STRICT_ERROR": "strict_error",
    "MULTIPART_UNMATCHED_BOUNDARY": "unmatched_boundary",
}


@pytest.mark.parametrize("name", FLAGS)
def test_flags(state: Any, content: Any, look: Any, name: str) -> None:
    clean = Multipart()
    marked = replace(clean, **{FLAGS[name]: 1})
    assert look(state(), name) == [(name.encode(), b"0")]
    assert look(state(content=content(multipart=clean)), name) == [(name.encode(), b"0")]
    assert look(state(content=content(multipart=marked)), name) == [(name.encode(), b"1")]


def test_a_count_of_boundaries_is_told_as_it_is(state: Any, content: Any, look: Any) -> None:
    seen = state(content=content(multipart=Multipart(unmatched_boundary=2)))
    assert look(seen, "MULTIPART_UNMATCHED_BOUNDARY") == [(b"MULTIPART_UNMATCHED_BOUNDARY", b"2")]


def test_parts(state: Any, content: Any, look: Any) -> None:
    lines = [(b"a", b'Content-Disposition: form-data; name="a"'), (b"a", b"Content-Type: text/plain")]
    seen = state(content=content(multipart=Multipart(part_headers=lines, names=[b"a"], file_names=[b"x.txt"])))
    assert look(seen, "MULTIPART_PART_HEADERS") == [(b"MULTIPART_PART_HEADERS:a", line) for _, line in lines]
    assert look(seen, "MULTIPART_NAME") == [(b"MULTIPART_NAME:a", b"a")]
    assert look(seen, "MULTIPART_FILENAME") == [(b"MULTIPART_FILENAME:x.txt", b"x.txt")]
    assert look(state(), "MULTIPART_PART_HEADERS") == look(state(), "MULTIPART_NAME") == look(state(), "MULTIPART_FILENAME") == []
