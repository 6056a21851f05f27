"""The last step of reading: changes and defaults applied to every rule, and notes on what engines do in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from edgeguard.waf.seclang.draft import RuleDraft, settled, updated
from edgeguard.waf.seclang.syntax import Marker, Note, Place, SecRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edgeguard.waf.seclang.changes import Change, Changes
    from edgeguard.waf.seclang.said import Said

_BLOCKING: Final = frozenset({"deny", "drop", "redirect"})


class Default(NamedTuple):
    """A SecDefaultAction, and how many rules were read before it."""

    said: Said
    place: Place
    position: int


def assembled(
    drafts: Sequence[RuleDraft | Marker], changes: Changes, defaults: Mapping[int, Default]
) -> tuple[list[SecRule | Marker], list[Note]]:
    """Rules and markers that remain, and notes.

    Changes and defaults count for rules read before and after them, as in libmodsecurity.
    """
    items: list[SecRule | Marker] = []
    notes: list[Note] = []
    early = dict.fromkeys(defaults, 0)
    changes.begin()
    for draft in drafts:
        if isinstance(draft, Marker):
            items.append(draft)
            continue
        removed, updates, targets = changes.of_rule(draft)
        if removed:
            continue
        changed = updated(draft, updates, targets) if updates or any(targets) else draft
        default = defaults.get(draft.phase)
        items.append(settled(changed, default.said if default else None))
        notes += _unsaid(changed, default)
        if default is not None and draft.position < default.position:
            early[draft.phase] += 1
    notes += _without_marker(items)
    notes += _idle(changes.all)
    notes += [
        Note(defaults[phase].place, f"it counts for the {rules} rules before it too; ModSecurity 2 would not change them")
        for phase, rules in early.items()
        if rules
    ]
    return items, notes


def _unsaid(draft: RuleDraft, default: Default | None) -> list[Note]:
    """Where a rule leaves something unsaid that engines fill in in different ways."""
    notes = []
    if draft.links[0].said.phase is None:
        notes.append(Note(draft.place, f"no phase is said, so it is {draft.phase}; libmodsecurity takes 1"))
    if default is not None and draft.links[0].said.disruptive is None:
        inherited = default.said.disruptive
        if inherited is not None and inherited.name in _BLOCKING:
            text = (
                f"{inherited.name} comes from {default.place}, while libmodsecurity would let requests pass; write block or pass"
            )
            notes.append(Note(draft.place, text))
    return notes


def _without_marker(items: Sequence[SecRule | Marker]) -> list[Note]:
    last = {item.name: at for at, item in enumerate(items) if isinstance(item, Marker)}
    return [
        Note(item.place, f"no SecMarker '{item.skip_after}' comes behind it, so that its phase ends there")
        for at, item in enumerate(items)
        if isinstance(item, SecRule) and item.skip_after and last.get(item.skip_after, -1) < at
    ]


def _idle(changes: Iterable[Change]) -> list[Note]:
    notes = []
    for change in changes:
        if not change.rules:
            notes.append(Note(change.place, "no rule is met: ids, and whole tags and messages are compared"))
        elif change.later:
            text = f"{change.later} of the rules that it meets stand behind it; ModSecurity 2 would not change them"
            notes.append(Note(change.place, text))
    return notes
