from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.cache.control import LONGEST, CacheControl, delta_seconds, parse_cache_control

UNREADABLE = CacheControl(no_store=True)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (None, CacheControl()),
        (b"", CacheControl()),
        (b"max-age=60", CacheControl(max_age=60)),
        (b" Max-Age = 60 ,PUBLIC", CacheControl(max_age=60, public=True)),
        (b'max-age="60"', CacheControl(max_age=60)),
        (b"s-maxage=1, stale-while-revalidate=59", CacheControl(s_maxage=1, stale_while_revalidate=59)),
        (b"stale-if-error=86400", CacheControl(stale_if_error=86400)),
        (b"no-store, no-cache, must-revalidate", CacheControl(no_store=True, no_cache=True, must_revalidate=True)),
        (b"proxy-revalidate", CacheControl(proxy_revalidate=True)),
        # A list of fields counts as the whole response.
        (b'private="set-cookie, x-user", max-age=5', CacheControl(private=True, max_age=5)),
        (b'no-cache="set-cookie"', CacheControl(no_cache=True)),
        # Within quotes nothing is a directive.
        (b'ext="no-store, private", max-age=5', CacheControl(max_age=5)),
        (b'ext="a\\", no-store", max-age=5', CacheControl(max_age=5)),
        (b"immutable, unknown=1, max-age=5", CacheControl(max_age=5)),
        # In doubt less, never more.
        (b"max-age=60, max-age=10", CacheControl(max_age=10)),
        (b"max-age=10, max-age=60", CacheControl(max_age=10)),
        (b"max-age=1.5", CacheControl(max_age=0)),
        (b"max-age=-1", CacheControl(max_age=0)),
        (b"max-age=", CacheControl(max_age=0)),
        (b"max-age", CacheControl(max_age=0)),
        (b"max-age=99999999999999999999", CacheControl(max_age=2**31)),
        (b'ext="never closed, max-age=5', UNREADABLE),
        (b'ext="ends escaped\\"', UNREADABLE),
        (b"max-age=5," + b" " * LONGEST, UNREADABLE),
    ],
)
def test_meaning(value: bytes | None, meaning: CacheControl) -> None:
    assert parse_cache_control(value) == meaning


def test_huge_numbers_are_not_read_as_numbers() -> None:
    assert delta_seconds(b"9" * 100_000) == 2**31


@given(st.lists(st.sampled_from([b'"', b"\\", b",", b"=", b"max-age", b"1", b"private", b" "])))
def test_whatever_is_said_means_an_age_within_bounds_or_nothing(pieces: list[bytes]) -> None:
    said = parse_cache_control(b"".join(pieces))
    assert said.max_age is None or 0 <= said.max_age <= 2**31
    assert said == UNREADABLE or said.private <= (b"private" in pieces)
    assert (said.s_maxage, said.public) == (None, False)  # what was not said is not meant
