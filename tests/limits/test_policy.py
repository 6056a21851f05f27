import pytest

from edgeguard.config.model import Limits, Policy
from edgeguard.limits.policy import LONGEST_KEY, Plans, Quota, Rule, bounded


@pytest.mark.parametrize(
    ("requests", "seconds", "interval"),
    [(60, 1, 16_667), (1, 1, 1_000_000), (1000, 3600, 3_600_000), (10**9, 1, 1), (3, 0.5, 166_667)],
)
def test_interval_is_rounded_up_to_whole_microseconds(requests: int, seconds: float, interval: int) -> None:
    quota = Quota("a", requests, seconds, 7)
    assert (quota.interval, quota.span) == (interval, 7 * interval)


def test_a_rate_is_kept_to_within_one_in_a_hundred_up_to_ten_thousand_a_second() -> None:
    for requests in (1, 7, 59, 999, 3333, 9999, 10_000):
        told = 1_000_000 / Quota("a", requests, 1, 1).interval
        assert 0.99 * requests <= told <= requests


def test_absurd_settings_stay_exact_in_doubles() -> None:
    quota = Quota("a", 1, 1e12, 10**18)
    assert quota.span < 10**15
    assert Quota("a", 10**18, 1, 10**18).span < 10**15
    assert len(Quota("a", 10**18, 1e12, 10**18).policy.split(b";q=")[1].split(b";")[0]) <= 15


@pytest.mark.parametrize(
    ("requests", "seconds", "burst", "item"),
    [
        (60, 1, 60, b'"account";q=60;w=1'),
        (60, 1, 120, b'"account";q=60;w=1;edgeguard-burst=120'),
        (5, 0.5, 10, b'"account";q=10;w=1'),
        (10, 2.5, 12, b'"account";q=12;w=3'),
        (1, 86400, 1, b'"account";q=1;w=86400'),
    ],
)
def test_policy_item_knows_whole_seconds_only(requests: int, seconds: float, burst: int, item: bytes) -> None:
    assert Quota("account", requests, seconds, burst).policy == item


def test_named_accounts_have_their_rate_and_a_burst_in_proportion() -> None:
    rule = Rule(Policy(name="a", key="account", requests=60, burst=120, accounts={"big": 600, "tiny": 1}), 10)
    assert rule.accounts["big"].span == 1200 * rule.accounts["big"].interval
    assert rule.accounts["tiny"].span == 2 * rule.accounts["tiny"].interval
    assert Rule(Policy(name="a", key="account", requests=60, accounts={"big": 600}), 10).accounts["big"].span == 600 * 1667


def test_overrides_hold_for_account_policies_only() -> None:
    assert not Rule(Policy(name="a", key="address", requests=60, accounts={"10.0.0.1": 600}), 10).accounts


def test_default_plan_leaves_out_what_is_keyed_by_route_and_anonymous_what_is_keyed_by_account() -> None:
    policies = [Policy(name=name, key=name, requests=1) for name in ("account", "address", "route")]
    plans = Plans(Limits(policies=policies))
    assert [rule.name for rule in plans.default.known] == ["account", "address"]
    assert [rule.name for rule in plans.default.anonymous] == ["address"]
    named = plans.named(("route", "account", "route"))
    assert [rule.name for rule in named.known] == ["route", "account"]
    assert [rule.name for rule in named.anonymous] == ["route"]
    assert plans.named(("route", "account", "route")) is named


def test_unknown_policy_is_an_error() -> None:
    with pytest.raises(KeyError):
        Plans(Limits()).named(("nothing",))


def test_policies_share_the_room_for_buckets() -> None:
    rules = Plans(Limits(buckets=1001)).default.known
    assert [rule.buckets.room for rule in rules] == [500, 500]
    assert Plans(Limits(buckets=1)).default.known[0].buckets.room == 1


def test_long_names_are_hashed_to_one_length() -> None:
    assert bounded("acme") == "acme"
    assert bounded("x" * LONGEST_KEY) == "x" * LONGEST_KEY
    long = {bounded("x" * size) for size in (LONGEST_KEY + 1, 10_000)} | {bounded("\ud800" * 100)}
    assert {len(name) for name in long} == {32}
    assert len(long) == 3
