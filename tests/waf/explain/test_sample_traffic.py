from __future__ import annotations

from edgeguard.waf.explain.sample_traffic import sample_traffic
from edgeguard.wire.request import HeadLimits, RequestParser


def test_the_edge_takes_each_of_them() -> None:
    methods = set()
    for given in sample_traffic():
        parser = RequestParser(HeadLimits(), b"https")
        parser.receive(given.raw)
        request = parser.next_request()
        assert request is not None, given.source
        assert parser.decoder is None, given.source
        methods.add(request.method)
    assert methods == {b"GET", b"POST", b"PUT", b"DELETE", b"OPTIONS"}


def test_it_is_the_same_each_time_and_of_many_kinds() -> None:
    assert [given.raw for given in sample_traffic()] == [given.raw for given in sample_traffic()]
    assert len({given.raw for given in sample_traffic()}) > 60
