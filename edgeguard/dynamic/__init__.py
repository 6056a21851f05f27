"""Rules with a memory: what is seen over several requests is counted in sliding windows, and acted on for a time.

`Dynamic` is the pure part, which replays use too: `observe(event, now)` and `decision(client, now)`.
"""

from edgeguard.dynamic.engine import Dynamic
from edgeguard.dynamic.loader import load_dynamic, naming_of
from edgeguard.dynamic.model import Decision, Event, Rule, Sanction, Subject

__all__ = ["Decision", "Dynamic", "Event", "Rule", "Sanction", "Subject", "load_dynamic", "naming_of"]
