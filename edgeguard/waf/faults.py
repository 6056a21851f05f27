"""What is wrong with rule files, as `config` has it for all rooms, and the word for a part of a rule that makes no sense."""

from __future__ import annotations

from edgeguard.config.rule_faults import RuleFault, RulesError, unknown

__all__ = ["Refused", "RuleFault", "RulesError", "unknown"]


class Refused(ValueError):
    """A part of a rule that does not make sense; the reader adds file and line."""
