from __future__ import annotations

import pytest

from edgeguard.cache.vary import MOST_NAMES, merge, parse_vary, variant
from edgeguard.message import Headers


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (None, ()),
        (b"", ()),
        (b"Origin", (b"origin",)),
        (b"Origin , accept-encoding,,origin", (b"accept-encoding", b"origin")),
        (b"*", None),
        (b"origin, *", None),
        (b"Origin, X-Forwarded-For", None),
        (b"two words", None),
        (b",".join(b"x-%d" % n for n in range(MOST_NAMES)), tuple(b"x-%d" % n for n in range(MOST_NAMES))),
        (b",".join(b"x-%d" % n for n in range(MOST_NAMES + 1)), None),
        (b"a," * 5000, None),
    ],
)
def test_names(value: bytes | None, names: tuple[bytes, ...] | None) -> None:
    assert parse_vary(value) == names


def test_merging_never_loses_a_name_of_the_newer_set() -> None:
    assert merge((b"a", b"c"), (b"b",)) == (b"a", b"b", b"c")
    assert merge((), (b"b",)) == (b"b",)
    full = tuple(b"x-%d" % n for n in range(MOST_NAMES))
    assert merge(full, (b"new",)) == (b"new",)


def of(names: tuple[bytes, ...], *fields: tuple[bytes, bytes]) -> bytes:
    return variant(names, Headers(list(fields)))


def test_an_absent_field_is_not_an_empty_one() -> None:
    assert of((b"origin",)) != of((b"origin",), (b"origin", b""))


def test_values_do_not_run_into_each_other() -> None:
    names = (b"a", b"b")
    assert of(names, (b"a", b"1"), (b"b", b"2")) != of(names, (b"a", b"12"))
    assert of(names, (b"a", b"1")) != of(names, (b"b", b"1"))


def test_spelling_of_encodings_does_not_matter_but_their_order_does() -> None:
    names = (b"accept-encoding",)
    plain = of(names, (b"accept-encoding", b"gzip, br"))
    assert plain == of(names, (b"accept-encoding", b"GZIP,br"))
    assert plain != of(names, (b"accept-encoding", b"br, gzip"))


def test_other_values_are_compared_as_they_are() -> None:
    names = (b"x-view",)
    assert of(names, (b"x-view", b"a, b")) != of(names, (b"x-view", b"a,b"))
    assert of(names, (b"x-view", b"A")) != of(names, (b"x-view", b"a"))


def test_repeated_fields_count_as_their_list() -> None:
    names = (b"x-view",)
    assert of(names, (b"x-view", b"a"), (b"x-view", b"b")) == of(names, (b"x-view", b"a, b"))


@pytest.mark.parametrize("name", [b"cookie", b"authorization"])
def test_credentials_do_not_stand_in_the_key(name: bytes) -> None:
    one, other = of((name,), (name, b"secret")), of((name,), (name, b"other"))
    assert b"secret" not in one
    assert one != other


def test_long_values_stand_as_a_digest() -> None:
    one = of((b"x-view",), (b"x-view", b"a" * 10_000))
    assert len(one) == 33
    assert one != of((b"x-view",), (b"x-view", b"a" * 10_001))


@pytest.mark.parametrize(
    "name", [b"Forwarded", b"X-Forwarded-For", b"x-forwarded-proto", b"X-Request-Id", b"Via", b"accept, x-forwarded-port"]
)
def test_parse_vary_by_what_the_edge_writes_fits_no_other_request(name: bytes) -> None:
    assert parse_vary(name) is None
