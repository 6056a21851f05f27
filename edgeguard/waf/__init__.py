"""The rule engine: rules in, verdicts out. No I/O while requests run, no clock but the one handed in."""

from __future__ import annotations

from edgeguard.waf.bodies.inspect import may_be_text, needs_body
from edgeguard.waf.faults import RuleFault, RulesError
from edgeguard.waf.loader import load_rules, rules_from_text
from edgeguard.waf.model import VERDICT_ALLOW, Match, Rule, Verdict
from edgeguard.waf.ruleset import Ruleset
from edgeguard.waf.transaction import Transaction

__all__ = [
    "VERDICT_ALLOW",
    "Match",
    "Rule",
    "RuleFault",
    "RulesError",
    "Ruleset",
    "Transaction",
    "Verdict",
    "load_rules",
    "may_be_text",
    "needs_body",
    "rules_from_text",
]
