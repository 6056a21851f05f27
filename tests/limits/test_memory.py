from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.clock import ManualClock
from edgeguard.config.model import Limits, Policy
from edgeguard.limits.memory import MemoryLimiter


class Reference:
    """Token buckets by the book: tokens and the time they were last counted at, refilled at every look, in exact fractions."""

    def __init__(self, policies: list[Policy]) -> None:
        self.policies = policies
        self.tokens: dict[tuple[str, str], tuple[Fraction, int]] = {}

    def decide(
        self, now: int, account: str | None, address: str, route: str, names: tuple[str, ...] | None
    ) -> tuple[bool, set[str]]:
        chosen = [p for p in self.policies if (p.key != "route" if names is None else p.name in names)]
        keys = {"account": account, "address": address, "route": route}
        left, lacking = {}, set()
        for policy in chosen:
            key = keys[policy.key]
            if key is None:
                continue
            requests = policy.accounts.get(key, policy.requests) if policy.key == "account" else policy.requests
            burst = requests if policy.burst is None else max(1, policy.burst * requests // policy.requests)
            gap = -(-int(policy.seconds * 1_000_000) // requests)
            tokens, then = self.tokens.get((policy.name, key), (Fraction(burst), now))
            tokens = min(Fraction(burst), tokens + Fraction(now - then, gap))
            if tokens < 1:
                lacking.add(policy.name)
            left[policy.name, key] = tokens
        allowed = not any(policy.name in lacking and not policy.shadow for policy in chosen)
        for at, tokens in left.items():
            self.tokens[at] = (tokens - 1 if allowed and tokens >= 1 else tokens, now)
        return allowed, lacking


POLICIES = st.lists(
    st.builds(
        Policy,
        name=st.sampled_from(["a", "b", "c", "d"]),
        key=st.sampled_from(["account", "address", "route"]),
        requests=st.integers(1, 7),
        seconds=st.sampled_from([1, 2, 10]),
        burst=st.none() | st.integers(1, 5),
        accounts=st.sampled_from([{}, {"x": 1}, {"x": 20, "y": 3}]),
        shadow=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda policy: policy.name,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 0.001, 0.1, 0.5, 3, 20]),
        st.sampled_from([None, "x", "y"]),
        st.sampled_from(["192.0.2.1", "192.0.2.2"]),
        st.sampled_from(["pages", "api"]),
        st.booleans(),
    ),
    max_size=60,
)


@given(POLICIES, STEPS)
def test_memory_decides_as_token_buckets_do(
    policies: list[Policy], steps: list[tuple[float, str | None, str, str, bool]]
) -> None:
    clock = ManualClock()
    limiter, reference = MemoryLimiter(Limits(policies=policies), clock), Reference(policies)
    every = tuple(policy.name for policy in policies)
    for pause, account, address, route, named in steps:
        clock.advance(pause)
        names = every if named else None
        decision = limiter.decide(account, address, route, names)
        allowed, lacking = reference.decide(int(clock.monotonic() * 1_000_000), account, address, route, names)
        assert decision.allowed is allowed
        refusing = {name for name, outcome, _ in decision.outcomes if outcome != "allow"}
        assert refusing == lacking
        assert set(decision.shadowed) == {policy.name for policy in policies if policy.shadow} & lacking


def limiter(clock: ManualClock, *policies: Policy, **settings: int) -> MemoryLimiter:
    return MemoryLimiter(Limits(policies=list(policies), **settings), clock)  # type: ignore[arg-type]  # ints by name


def test_a_burst_passes_and_then_the_rate() -> None:
    clock = ManualClock()
    account = limiter(clock, Policy(name="account", key="account", requests=60, seconds=60, burst=3))
    assert [account.decide("acme", "192.0.2.1", "r").allowed for _ in range(4)] == [True, True, True, False]
    refused = account.decide("acme", "192.0.2.1", "r")
    assert (refused.refused, refused.retry_after, refused.store) == ("account", 1, "memory")
    clock.advance(1)
    assert [account.decide("acme", "192.0.2.1", "r").allowed for _ in range(2)] == [True, False]


def test_waiting_as_told_is_enough() -> None:
    clock = ManualClock()
    hourly = limiter(clock, Policy(name="hourly", key="address", requests=7, seconds=3600, burst=1))
    for _ in range(5):
        assert hourly.decide(None, "192.0.2.1", "r").allowed
        clock.advance(hourly.decide(None, "192.0.2.1", "r").retry_after)


def test_when_one_policy_refuses_the_others_are_not_charged() -> None:
    clock = ManualClock()
    both = limiter(
        clock,
        Policy(name="account", key="account", requests=1, seconds=60),
        Policy(name="address", key="address", requests=3, seconds=60),
    )
    assert both.decide("acme", "192.0.2.1", "r").allowed
    assert {both.decide("acme", "192.0.2.1", "r").refused for _ in range(50)} == {"account"}
    assert [both.decide(None, "192.0.2.1", "r").allowed for _ in range(3)] == [True, True, False]


def test_an_overfull_shadow_policy_refuses_nobody() -> None:
    clock = ManualClock()
    dark = limiter(clock, Policy(name="dark", key="address", requests=1, seconds=60, shadow=True))
    decisions = [dark.decide(None, "192.0.2.1", "r") for _ in range(3)]
    assert [(decision.allowed, decision.shadowed) for decision in decisions] == [(True, ()), (True, ("dark",)), (True, ("dark",))]


def test_accounts_addresses_and_networks_have_buckets_of_their_own() -> None:
    clock = ManualClock()
    one = limiter(clock, Policy(name="address", key="address", requests=1, seconds=60))
    assert one.decide("a", "192.0.2.1", "r").allowed
    assert not one.decide("b", "::ffff:192.0.2.1", "r").allowed
    assert one.decide("a", "2001:db8::1", "r").allowed
    assert not one.decide("a", "2001:db8::2", "r").allowed
    assert one.decide("a", "2001:db8:0:1::2", "r").allowed


def test_no_client_decides_how_long_a_key_is() -> None:
    clock = ManualClock()
    plain = limiter(clock, Policy(name="account", key="account", requests=1, seconds=60, accounts={"v" * 100: 2}))
    assert plain.decide("x" * 30_000, "y" * 30_000, "r").allowed
    assert not plain.decide("x" * 30_000, "192.0.2.1", "r").allowed
    assert plain.decide("x" * 30_001, "192.0.2.1", "r").allowed
    assert [plain.decide("v" * 100, "192.0.2.1", "r").allowed for _ in range(3)] == [True, True, False]
    assert max(len(key) for key in plain._plans.default.known[0].state) <= 64


def test_the_table_stays_bounded_and_an_attacker_stays_refused() -> None:
    clock = ManualClock()
    bounded = limiter(clock, Policy(name="account", key="account", requests=10, seconds=3600), buckets=200)
    while bounded.decide("attacker", "192.0.2.1", "r").allowed:
        pass
    for number in range(5_000):
        bounded.decide(f"junk-{number}", "192.0.2.1", "r")
    assert len(bounded._plans.default.known[0].state) == 200
    assert not bounded.decide("attacker", "192.0.2.1", "r").allowed


def test_a_name_that_no_policy_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        limiter(ManualClock()).decide(None, "192.0.2.1", "r", ("nothing",))
