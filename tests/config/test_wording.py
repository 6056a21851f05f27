from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.wording import dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    Faults = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("identity: {trusted_proxy: []}", "unknown key 'trusted_proxy' in identity; did you mean 'trusted_proxies'?"),
        ("trusted_proxies: []", "unknown key 'trusted_proxies' in the top level; 'trusted_proxies' belongs in identity"),
        ("identity: {accounts: [{cookie: a, zzz: 1}]}", "unknown key 'zzz' in identity.accounts[0]; known are cookie"),
        (
            "limits: {policies: [{name: a, key: route, requests: 1, brust: 2}]}",
            "unknown key 'brust' in limits.policies[0]; did you mean 'burst'?",
        ),
        ("workers: many", "workers must be a whole number or 'auto', but is 'many'"),
        ("workers: 0", "workers must be 1 or more or 'auto', but is 0"),
        ("drain_seconds: 0", "drain_seconds must be greater than 0, but is 0"),
        ("drain_seconds: [1]", "drain_seconds must be a number, but is a list"),
        ("wire: {body: 10 MiBB}", "wire.body: '10 MiBB' is no size; write it like 512, 64KiB or 10MiB"),
        ("waf: {mode: of}", "waf.mode must be 'enforce', 'shadow' or 'off', but is 'of'"),
        ("cache: {enabled: 3}", "cache.enabled must be true or false, but is 3"),
        (
            "admit: {deny: [10.0.0.0/40]}",
            "admit.deny[0] must be a network such as 10.0.0.0/8 or 2001:db8::/32, but is '10.0.0.0/40'",
        ),
        (
            "admit: {deny: [10.1.2.3/8]}",
            "admit.deny[0] must be 10.0.0.0/8, with no bit set after the prefix, but is '10.1.2.3/8'",
        ),
        ("admit: 5", "admit must be keys with values, but is 5"),
        ("admit: {hosts: a.example}", "admit.hosts must be a list, but is 'a.example'"),
        ("harden: {server: 1}", "harden.server must be text, but is 1"),
        ("harden: {server: true}", "harden.server must be text, but is true"),
        ("harden: {server: ~}", "harden.server must be text, but is empty"),
        ("redis: {}", "redis lacks the key 'url'; write it like `url: ${REDIS_URL}`"),
        ("routes: [{paths: [/]}]", "routes[0] lacks the key 'name'; write it like `name: assets`"),
        ("routes: [{name: A}]", "routes[0].name must be text that fits ^[a-z][a-z0-9_-]{0,31}$, but is 'A'"),
        (
            "observe: {level: " + "x" * 100 + "}",
            f"observe.level must be 'debug', 'info', 'warning' or 'error', but is '{'x' * 56}...",
        ),
        ("redis: {url: u, timeout_ms: 5000}", "redis.timeout_ms must be 1000 or less, but is 5000"),
        ("wire: {idle_seconds: soon}", "wire.idle_seconds must be a number, but is 'soon'"),
    ],
)
def test_a_complaint_in_plain_words(faults: Faults, minimum: str, text: str, told: str) -> None:
    assert faults(f"{minimum}{text}\n") == [f"3: {told}"]


def test_the_line_is_that_of_the_value_and_for_keys_that_of_the_key(faults: Faults, minimum: str) -> None:
    text = f"{minimum}wire:\n  body:\n    oops\n  bdy: 1\nadmit:\n  deny:\n    - 10.0.0.0/8\n    - foo\n"
    assert [line.partition(":")[0] for line in faults(text)] == ["5", "6", "10"]


def test_a_missing_section_has_an_example(faults: Faults) -> None:
    assert faults("workers: 1\n") == [
        "1: the file lacks the key 'listeners'; write it like `listeners: [{address: 0.0.0.0, port: 8080}]`",
        "1: the file lacks the key 'origin'; write it like `origin: {url: http://127.0.0.1:8055}`",
    ]
    assert faults("listeners: [{port: 1}]\norigin: {}\n") == [
        "2: origin lacks the key 'url'; write it like `url: http://127.0.0.1:8055`"
    ]
    assert faults("[1]") == ["1: the file must be keys with values, but is a list"]


def test_the_kind_of_an_account_source_is_told_by_its_key(faults: Faults, minimum: str) -> None:
    text = f"""{minimum}identity:
  accounts:
    - {{token: authorization, shceme: x}}
    - {{foo: 1}}
    - {{jwt: sub, algorithms: [RS25, none], key: edge.key, header: authorization}}
    - {{host_label: 99}}
    - 7
    - {{header: x-account, untrusted: perhaps}}
    - {{cookie: [a]}}
"""
    kinds = "an account source with one of the keys token, header, cookie, jwt, host_label, path_segment"
    told = faults(text)
    assert told[0] == "5: unknown key 'shceme' in identity.accounts[0]; did you mean 'scheme'?"
    assert told[1] == f"6: identity.accounts[1] must be {kinds}, but is keys with values"
    assert told[2].startswith("7: identity.accounts[2].algorithms[0] must be 'RS256', ")
    assert told[3].endswith("but is 'none'")
    assert told[4].endswith("edge.key does not exist")
    assert told[5:] == [
        "8: identity.accounts[3] lacks the key 'under'; write it like `under: cms.example`",
        "8: identity.accounts[3].host_label must be 10 or less, but is 99",
        f"9: identity.accounts[4] must be {kinds}, but is 7",
        "10: identity.accounts[5].untrusted must be true or false, but is 'perhaps'",
        "11: identity.accounts[6].cookie must be text, but is a list",
    ]


def test_secrets_are_not_shown(faults: Faults, minimum: str) -> None:
    told = faults(f"{minimum}identity: {{key: [hunter2]}}\nredis: {{url: 4711, ca: }}\n")
    assert told == ["3: identity.key must be text, but is (not shown)", "4: redis.url must be text, but is (not shown)"]


def test_a_secret_that_is_too_short_is_not_shown_either(faults: Faults, minimum: str) -> None:
    assert faults(minimum + "identity: {key: hunter2}\n") == [
        "3: identity.key must be text of 12 characters or more, but is (not shown)"
    ]


def test_what_came_from_the_environment_is_not_shown(faults: Faults, minimum: str) -> None:
    text = f"{minimum}waf: {{mode: '${{A}}'}}\nwire: {{body: 'x${{A}}'}}\nadmin: {{port: '${{A}}'}}\n"
    told = faults(text, A="hunter2")
    assert "hunter2" not in "".join(told)
    assert told == [
        "3: waf.mode must be 'enforce', 'shadow' or 'off', but is what the environment put for ${A}",
        "4: wire.body: 'x${A}' is no size; write it like 512, 64KiB or 10MiB",
        "5: admin.port must be a whole number, but is what the environment put for ${A}",
    ]


def test_a_variable_that_is_not_set_is_one_fault(faults: Faults, minimum: str) -> None:
    assert faults(minimum + "admin: {port: '${GONE}'}\n") == ["3: the environment variable GONE is not set"]


def test_dotted() -> None:
    assert dotted(("listeners", 0, "port")) == "listeners[0].port"
    assert dotted(()) == "the file"
