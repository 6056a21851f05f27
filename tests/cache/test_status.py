from __future__ import annotations

from edgeguard.cache.status import forwarded, hit


def test_hit_tells_its_tier_and_how_long_it_lasts() -> None:
    assert hit(30, "memory") == b"edgeguard; hit; ttl=30; detail=memory"
    assert hit(-5, "redis") == b"edgeguard; hit; ttl=-5; detail=redis"


def test_forwarded_tells_why_and_what_became_of_it() -> None:
    plain = {"reason": "", "status": 0, "stored": False, "collapsed": False, "detail": ""}
    assert forwarded("bypass", **plain) == b"edgeguard; fwd=bypass"  # type: ignore[arg-type]  # a table of keywords
    assert forwarded("miss", **{**plain, "reason": "vary-miss", "detail": "private"}) == (  # type: ignore[arg-type]  # as above
        b"edgeguard; fwd=vary-miss; detail=private"
    )
    assert forwarded("stale", reason="", status=304, stored=True, collapsed=True, detail="") == (
        b"edgeguard; fwd=stale; fwd-status=304; stored; collapsed"
    )
    assert forwarded("unsatisfied", **plain) == b"edgeguard; fwd=miss"  # type: ignore[arg-type]  # as above
