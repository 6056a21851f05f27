"""Looks at everything a configuration names, without starting anything: what `check` shows."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.cli.terminal import explain
from edgeguard.config import ConfigError, load_config
from edgeguard.config.bundled import bundled
from edgeguard.dynamic import load_dynamic, naming_of
from edgeguard.identity import Identifier, read_key
from edgeguard.observe.samples.keys import KeyFault, read_keys
from edgeguard.waf import RulesError, load_rules
from edgeguard.waf.explain.catalogue import catalogue
from edgeguard.waf.seclang.scripts import files_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.config.model import Config
    from edgeguard.waf import Ruleset


_MODES = {
    "enforce": "enforce",
    "shadow": "shadow: blocks nothing, records what it would block",
    "off": "off: no request is inspected",
}


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
    _dynamic(config, findings)
    _accounts(config, findings)
    _samples(config, findings)
    findings.summary += [
        ("origin", ", ".join(config.origin.urls)),
        ("routes", ", ".join(route.name for route in config.routes) or "none"),
        ("limits", _limits(config)),
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
        ruleset = load_rules([Path(rules) for rules in config.waf.rules], config.waf, routes=config.routes)
    except (RulesError, OSError) as error:
        findings.faults += explain(error)
        return
    own = str(bundled("rules"))
    folders = ", ".join(config.waf.rules) or "no folder"
    left_out = "" if any(path.startswith(own) for path in config.waf.rules) else "; those of EdgeGuard are not among them"
    findings.summary.append(("rules", f"{len(ruleset.rules)} from {folders}{left_out}"))
    scripts = files_of(config.waf)
    if scripts:
        findings.summary.append(("seclang", _scripts(ruleset, scripts)))
    findings.summary.append(("waf", _MODES[config.waf.mode]))


def _scripts(ruleset: Ruleset, scripts: Sequence[Path]) -> str:
    """How many rules SecLang scripts have, and how many of them are asked of requests with these settings."""
    active = sum(entry.status == "active" for entry in catalogue(ruleset))
    count = len(ruleset.notes)
    notes = f"; {count} note{'' if count == 1 else 's'} (edgeguard rules lint shows them)" if count else ""
    return f"{len(ruleset.chains)} rules of SecLang from {', '.join(map(str, scripts))}, {active} of them active{notes}"


def _dynamic(config: Config, findings: Findings) -> None:
    settings = config.dynamic
    if settings.mode == "off":
        findings.summary.append(("dynamic", "off: nothing is counted over several requests, and nobody is held"))
        return
    try:
        rules = load_dynamic([Path(path) for path in settings.rules], naming_of(config, b"only to look at them"))
    except (RulesError, OSError) as error:
        findings.faults += explain(error)
        return
    where = "shared through Redis" if settings.store == "redis" else "in memory"
    findings.summary.append(("dynamic", f"{len(rules)} rules that count over several requests, {where}; {settings.mode}"))


def _accounts(config: Config, findings: Findings) -> None:
    try:
        Identifier(config.identity, read_key(config.identity))
    except OSError as error:
        findings.faults += explain(error)
    except ValueError as error:
        findings.faults.append(str(error))


def _samples(config: Config, findings: Findings) -> None:
    samples = config.observe.samples
    if samples is None:
        return
    try:
        read_keys(samples.key_file)
    except KeyFault as error:
        findings.faults.append(str(error))
    rate = f"{samples.rate:.2%}".replace(".00%", "%")
    findings.summary.append(("samples", f"{rate} of all exchanges, kept for {samples.keep_days} days in {samples.folder}"))


def _limits(config: Config) -> str:
    if not config.limits.policies:
        return "none"
    names = ", ".join(policy.name for policy in config.limits.policies)
    if config.limits.store == "redis":
        return f"{names}; counted in Redis"
    return names if config.workers == 1 else f"{names}; each worker counts for itself"
