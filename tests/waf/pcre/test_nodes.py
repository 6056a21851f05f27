from __future__ import annotations

import pytest

from edgeguard.waf.pcre.nodes import Again, Look, any_inside, first_octets, may_be_empty, widths
from edgeguard.waf.pcre.octets import ALL, of
from edgeguard.waf.pcre.reader import read


@pytest.mark.parametrize(
    ("text", "empty", "width", "first"),
    [
        ("abc", False, (3, 3), b"a"),
        ("a*b", False, (1, None), b"ab"),
        ("(?:a|bc)?", True, (0, 2), b"ab"),
        ("a{2,4}", False, (2, 4), b"a"),
        ("(?:ab){2,}", False, (4, None), b"a"),
        ("(?>a|b)c", False, (2, 2), b"ab"),
        (r"^\ba", False, (1, 1), b"a"),
        ("(?=x)a", False, (1, 1), b"a"),
        ("", True, (0, 0), b""),
    ],
)
def test_what_is_told_of_a_pattern(text: str, empty: bool, width: tuple[int, int | None], first: bytes) -> None:
    node = read(text)[0]
    assert may_be_empty(node) is empty
    assert widths(node) == width
    assert first_octets(node) == of(first)


def test_what_depends_on_what_matched_before() -> None:
    node = read(r"(a)(?:\1)")[0]
    assert widths(node) == (1, None)
    assert any_inside(node, (Again,))
    assert not any_inside(node, (Look,))
    assert first_octets(read(r"(a)?\1")[0]) == ALL
