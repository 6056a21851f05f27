from __future__ import annotations

import random
import string

import pytest

from edgeguard.waf.detectors.access_tokens import GATE, is_credible, tokens

_RANDOM = random.Random(7)


def some(length: int, signs: str = string.ascii_letters + string.digits) -> str:
    """Signs as a service would draw them, from a fixed seed."""
    while True:
        text = "".join(_RANDOM.choices(signs, k=length))
        if len(set(text[-32:])) >= min(10, length // 2) and not any(sign * 4 in text for sign in signs):
            return text


HEX = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
TOKENS = [
    "AKIA" + some(16, BASE32),
    "aws_secret_access_key = " + some(40),
    "ghp_" + some(36),
    "github_pat_" + some(22) + "_" + some(59),
    "glpat-" + some(20),
    "xoxb-847362910485-" + some(24),
    "hooks.slack.com/services/T" + some(9, BASE32) + "/B" + some(9, BASE32) + "/" + some(24),
    "sk_live_" + some(24),
    "SG." + some(22) + "." + some(43),
    "npm_" + some(36),
    "pypi-AgEIcHlwaS5vcmc" + some(60),
    "sk-proj-" + some(48),
    "sk-ant-api03-" + some(90),
    "dop_v1_" + some(64, HEX),
    "shpat_" + some(32, HEX),
    "hf_" + some(34, string.ascii_letters),
    "ya29." + some(80),
    "GOCSPX-" + some(28),
    "AccountKey=" + some(86) + "==",
    "hvs." + some(95),
    "dckr_pat_" + some(27),
    "glsa_" + some(32) + "_" + some(8, HEX),
    "ATATT3" + some(186),
    "lin_api_" + some(40),
    "PMAK-" + some(24, HEX) + "-" + some(34, HEX),
]


@pytest.mark.parametrize("token", TOKENS, ids=[token[:10] for token in TOKENS])
def test_each_kind_is_found_where_it_stands(token: str) -> None:
    text = f'{{"value": "{token}"}}'.encode()
    spans = list(tokens(text))
    assert [text[slice(*span)].decode() for span in spans] == [token]


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_" + "x" * 36,
        "ghp_1234567890abcdefghijklmnopqrstuvwxyz",
        "sk_live_your_key_goes_here",
        "sk_test_" + some(24),
        "pk_live_" + some(24),
        "AIza" + some(35),
        "npm_config_registry",
        "hf_hub_download",
        "glpat-" + "ab" * 10,
        "A GitHub token begins with ghp_ and has forty signs.",
    ],
)
def test_samples_and_public_keys_are_none(text: str) -> None:
    assert list(tokens(text.encode())) == []


def test_one_that_stands_within_another_word_is_none() -> None:
    assert list(tokens(("x" + TOKENS[2]).encode())) == []


def test_the_gate_can_look_for_all_of_them() -> None:
    assert GATE is not None
    assert len(GATE) == len(TOKENS)


def test_what_is_credible() -> None:
    assert is_credible(TOKENS[2].encode())
    assert not is_credible(b"ghp_aaaabcdefghijklmnopqrstuvwxyz0123456")
