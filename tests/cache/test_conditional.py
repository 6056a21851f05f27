from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.cache.conditional import matches, opaque


@pytest.mark.parametrize(
    ("tags", "tag", "same"),
    [
        (b'"a"', b'"a"', True),
        (b'W/"a"', b'"a"', True),
        (b'"a"', b'W/"a"', True),
        (b'"a"', b'"A"', False),
        (b'"x", W/"a" ,"y"', b'"a"', True),
        (b'"a,b"', b'"a,b"', True),
        (b'"x, "a"', b'"a"', False),
        (b'"x""a"', b'"a"', True),
        (b"*", b'"a"', True),
        (b"*", None, True),
        (b'"a"', None, False),
        (b"", b'"a"', False),
        (b"a", b'"a"', False),
        (b"a", b"a", True),  # an origin that forgets the quotes, and a client that repeats it
        (b'junk "a"', b'"a"', False),
        (b'"a', b'"a"', False),
    ],
)
def test_matches(tags: bytes, tag: bytes | None, same: bool) -> None:
    assert matches(tags, tag) is same


def test_opaque_forgets_weakness_only() -> None:
    assert opaque(b'W/"a"') == opaque(b'"a"') == b'"a"'
    assert opaque(b'w/"a"') == b'w/"a"'


@given(st.lists(st.text("abcW/,", max_size=4), max_size=6), st.text("abcW/,", max_size=4))
def test_a_list_of_tags_matches_its_members(members: list[str], wanted: str) -> None:
    tags = ", ".join(f'"{member}"' for member in members).encode()
    assert matches(tags, f'"{wanted}"'.encode()) is (wanted in members)


@given(st.binary(max_size=80))
def test_any_bytes_match_only_what_stands_in_them(tags: bytes) -> None:
    assert b'"a"' in tags or matches(tags, b'"a"') is (tags == b"*")
