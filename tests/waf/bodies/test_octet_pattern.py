from __future__ import annotations

from edgeguard.waf.bodies.octet_pattern import octet_pattern


def test_a_dot_and_a_negated_class_take_any_byte() -> None:
    every = bytes(range(256))
    for text in (rb".*", rb"(?:[^a]|a)*"):
        assert octet_pattern(text).match(every, 0).end() == 256


def test_a_match_begins_where_it_is_told() -> None:
    assert octet_pattern(rb"b+").match(b"abbb", 1).span() == (1, 4)
    assert octet_pattern(rb"b+").match(b"abbb", 0) is None
