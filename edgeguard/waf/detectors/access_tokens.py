"""Tokens of well-known services in a text, by the beginning that each service gives its own, the length, and what looks random.

What services call public (a publishable key, a key for maps in a browser) is none. Placeholders of manuals are none either: a
token in which one sign stands four times in a row, that counts up, or that says that it is an example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.pattern import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.expression import Expression, Span

_SHAPES: tuple[str, ...] = (
    r"\bA(?:KI|SI)A[A-Z2-7]{16}\b",  # AWS: key's id, and with its name the secret
    r"(?i)\baws_?secret_?(?:access_?)?key[\"'\\\s:=>]{1,12}[A-Z0-9/+]{40}\b",
    r"\bgh[opsru]_[A-Za-z0-9]{36}\b",  # GitHub
    r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b",
    r"\bglpat-[A-Za-z0-9_-]{20,64}",  # GitLab
    r"\bxox[abeoprs]-[0-9]{9,14}-[A-Za-z0-9-]{20,200}",  # Slack
    r"\bhooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}\b",
    r"\b[rs]k_live_[0-9A-Za-z]{24,120}\b",  # Stripe
    r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",  # SendGrid
    r"\bnpm_[A-Za-z0-9]{36}\b",
    r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,400}",
    r"\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,250}",  # OpenAI
    r"\bsk-ant-(?:api|admin)[0-9]{2}-[A-Za-z0-9_-]{80,150}",  # Anthropic
    r"\bdo[opr]_v1_[0-9a-f]{64}\b",  # DigitalOcean
    r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",  # Shopify
    r"\bhf_[A-Za-z]{34}\b",  # Hugging Face
    r"\bya29\.[A-Za-z0-9_-]{60,500}",  # Google: OAuth token, client's secret
    r"\bGOCSPX-[A-Za-z0-9_-]{28}",
    r"\bAccountKey=[A-Za-z0-9+/]{86}==",  # Azure storage
    r"\bhvs\.[A-Za-z0-9_-]{90,200}",  # HashiCorp Vault
    r"\bdckr_pat_[A-Za-z0-9_-]{27}",  # Docker
    r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b",  # Grafana
    r"\bATATT3[A-Za-z0-9_=-]{180,250}",  # Atlassian
    r"\blin_api_[A-Za-z0-9]{40}\b",  # Linear
    r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b",  # Postman
)
_FINDERS = tuple(compile_pattern(shape) for shape in _SHAPES)
GATE: tuple[Expression, ...] | None = (
    None
    if any(finder.gate is None for finder in _FINDERS)
    else tuple(finder.gate for finder in _FINDERS if finder.gate is not None)
)

_DISTINCT = 10  # signs; a random token of 16 has fewer once in thousands
_SAMPLES = (b"example", b"sample", b"placeholder", b"your", b"redacted", b"12345678", b"abcdefgh", b"deadbeef")
_RUN = 4


def tokens(text: bytes) -> Iterator[Span]:
    """Where tokens stand; by service, and for each from left to right."""
    for finder in _FINDERS:
        for begin, end in finder.every(text):
            if is_credible(text[begin:end]):
                yield begin, end


def is_credible(token: bytes) -> bool:
    """Whether a token may be a real one, and no sample."""
    tail = token[-32:]
    lower = token.lower()
    if len(set(tail)) < _DISTINCT or any(word in lower for word in _SAMPLES):
        return False
    return not any(tail[at : at + _RUN] == tail[at : at + 1] * _RUN for at in range(len(tail) - _RUN + 1))
