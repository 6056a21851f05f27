from edgeguard.clock import ManualClock
from edgeguard.config.model import Limits
from edgeguard.limits import Decision, make_limiter


def test_memory_decides_at_once_and_takes_no_notice_of_redis() -> None:
    decision = make_limiter(Limits(), ManualClock(), None, None).decide("acme", "192.0.2.1", "default")
    assert isinstance(decision, Decision)
    assert decision.store == "memory"
