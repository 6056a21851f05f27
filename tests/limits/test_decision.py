import pytest

from edgeguard.config.model import Policy
from edgeguard.limits.decision import Decision, Draw
from edgeguard.limits.policy import Rule


def draw(name: str, used: float, *, requests: int = 60, seconds: float = 60, shadow: bool = False) -> Draw:
    """A bucket of 60 tokens, one a second, of which `used` are gone."""
    rule = Rule(Policy(name=name, key="address", requests=requests, seconds=seconds, shadow=shadow), 10)
    return rule, rule.quota, int(used * rule.quota.interval)


def test_fields_of_an_allowed_request_tell_every_policy() -> None:
    decision = Decision([draw("account", 1), draw("address", 10.25)], "memory")
    assert decision.fields == [
        (b"ratelimit-policy", b'"account";q=60;w=60, "address";q=60;w=60'),
        (b"ratelimit", b'"account";r=59;t=1, "address";r=49;t=1'),
    ]


@pytest.mark.parametrize(
    ("used", "item"),
    [(1, b"r=9;t=100"), (1.5, b"r=8;t=50"), (10, b"r=0;t=100"), (9.999, b"r=0;t=100"), (9.001, b"r=0;t=1")],
)
def test_t_is_the_time_until_the_next_token(used: float, item: bytes) -> None:
    fields = dict(Decision([draw("hourly", used, requests=10, seconds=1000)], "redis").fields)
    assert fields[b"ratelimit"] == b'"hourly";' + item


def test_a_refusal_names_the_longest_wait_and_tells_only_empty_buckets() -> None:
    decision = Decision.weighed([draw("short", 60.5), draw("fine", 3), draw("long", 62.001)], "memory")
    assert (decision.allowed, decision.refused, decision.retry_after) == (False, "long", 3)
    assert decision.fields == [
        (b"ratelimit-policy", b'"short";q=60;w=60, "fine";q=60;w=60, "long";q=60;w=60'),
        (b"ratelimit", b'"short";r=0;t=1, "long";r=0;t=3'),
        (b"retry-after", b"3"),
    ]
    assert decision.outcomes == [("short", "refuse", "memory"), ("fine", "allow", "memory"), ("long", "refuse", "memory")]


def test_shadow_policies_are_counted_and_never_told() -> None:
    decision = Decision.weighed([draw("real", 1), draw("dark", 61, shadow=True)], "memory")
    assert (decision.allowed, decision.refused, decision.retry_after, decision.shadowed) == (True, None, 0, ("dark",))
    assert b"dark" not in b"".join(value for _, value in decision.fields)
    assert decision.outcomes == [("real", "allow", "memory"), ("dark", "shadow", "memory")]
    assert "dark" in repr(decision)


def test_nothing_asked_tells_nothing() -> None:
    assert Decision([], "memory").fields == []
    assert Decision([draw("dark", 1, shadow=True)], "memory").fields == []


def test_where_nobody_counts_no_figures_are_told() -> None:
    blocked = Decision.uncounted([draw("account", 0)[0]], 2)
    assert (blocked.allowed, blocked.refused, blocked.retry_after, blocked.store) == (False, "unavailable", 2, "local")
    assert [name for name, _ in blocked.fields] == [b"ratelimit-policy", b"retry-after"]
    assert blocked.outcomes == [("account", "refuse", "local")]
    passed = Decision.uncounted([draw("account", 0)[0]], 0)
    assert (passed.allowed, passed.refused, passed.retry_after) == (True, None, 0)
    assert [name for name, _ in passed.fields] == [b"ratelimit-policy"]
    assert passed.outcomes == [("account", "allow", "local")]
