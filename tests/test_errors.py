from __future__ import annotations

from edgeguard.errors import Blame, ClientFault, EdgeFault, Fault, OriginFault


def test_fault_says_whose_it_is() -> None:
    fault = Fault(Blame.ORIGIN, 502, "refused", "nobody listens", retry=True, close=True)
    assert (fault.blame, fault.status, fault.reason, fault.detail) == (Blame.ORIGIN, 502, "refused", "nobody listens")
    assert (fault.retry, fault.close) == (True, True)
    assert str(fault) == "origin 502 refused: nobody listens"


def test_client_fault_is_never_tried_again() -> None:
    fault = ClientFault(400, "bad-host", close=True)
    assert (fault.blame, fault.status, fault.detail, fault.retry, fault.close) == (Blame.CLIENT, 400, "", False, True)


def test_origin_fault_leaves_the_clients_connection_open() -> None:
    fault = OriginFault(504, "timeout", "first byte", retry=True)
    assert (fault.blame, fault.status, fault.retry, fault.close) == (Blame.ORIGIN, 504, True, False)


def test_edge_fault() -> None:
    fault = EdgeFault(503, "draining", retry=True, close=True)
    assert (fault.blame, fault.status, fault.retry, fault.close) == (Blame.EDGE, 503, True, True)


def test_nothing_is_promised_unless_it_is_said() -> None:
    for fault in (ClientFault(400, "x"), OriginFault(502, "x"), EdgeFault(500, "x")):
        assert isinstance(fault, Fault)
        assert (fault.retry, fault.close) == (False, False)


def test_blame_names_the_label() -> None:
    assert [blame.value for blame in Blame] == ["client", "edge", "origin"]
