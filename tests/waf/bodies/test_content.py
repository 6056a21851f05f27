from __future__ import annotations

from edgeguard.waf.bodies.content import Content


def test_two_bodies_share_nothing() -> None:
    one, other = Content(), Content()
    one.form.append((b"a", b"b"))
    assert other.form == []
