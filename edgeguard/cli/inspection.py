"""Looks at everything a configuration names, without starting anything: what `check` shows."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.cli.terminal import explain
from edgeguard.config import ConfigError, load_config
from edgeguard.identity import Identifier, read_key
from edgeguard.waf import RulesError, load_rules

if TYPE_CHECKING:
    from edgeguard.config.model import Config


@dataclass(slots=True)
class Findings:
    """What was found; `faults` and `summary` are lines and named figures for a person."""

    faults: list[str] = field(default_factory=list)
    summary: list[tuple[str, str]] = field(default_factory=list)


def inspect(path: Path) -> Findings:
    """Load what the file names, and collect every fault rather than stop at the first."""
    findings = Findings()
    try:
        config = load_config(path)
    except (ConfigError, OSError) as error:
        findings.faults += explain(error)
        return findings
    _listeners(config, findings)
    _rules(config, findings)
    _accounts(config, findings)
    findings.summary += [
        ("origin", ", ".join(config.origin.urls)),
        ("routes", ", ".join(route.name for route in config.routes) or "none"),
        ("limits", ", ".join(policy.name for policy in config.limits.policies) or "none"),
        ("workers", str(config.workers)),
    ]
    return findings


def _listeners(config: Config, findings: Findings) -> None:
    for listener in config.listeners:
        scheme = "http" if listener.tls is None else "https"
        findings.summary.append(("listens", f"{scheme}://{listener.address}:{listener.port}"))
        if listener.tls is None:
            continue
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(listener.tls.certificate, listener.tls.key)
        except ssl.SSLError as error:
            findings.faults.append(
                f"{listener.tls.certificate}: no certificate that fits its key {listener.tls.key} ({error.reason or error})"
            )
        except OSError as error:
            # OpenSSL does not say which of the two it could not open
            findings.faults.append(f"{listener.tls.certificate} or {listener.tls.key}: {error.strerror}")


def _rules(config: Config, findings: Findings) -> None:
    try:
        ruleset = load_rules([Path(rules) for rules in config.waf.rules], config.waf)
    except (RulesError, OSError) as error:
        findings.faults += explain(error)
        return
    findings.summary.append(("rules", str(len(ruleset.rules))))


def _accounts(config: Config, findings: Findings) -> None:
    try:
        Identifier(config.identity, read_key(config.identity))
    except (OSError, ValueError) as error:
        findings.faults += explain(error)
