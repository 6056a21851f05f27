"""A rule while scripts are read, and how its own actions, updates and defaults become one `SecRule`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from edgeguard.waf.seclang.said import Said
from edgeguard.waf.seclang.syntax import Action, Link, SecRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.waf.seclang.syntax import Operation, Place, Variable

PHASE: Final = 2  # where a rule says nothing; ModSecurity's reference and Coraza agree, libmodsecurity takes 1
_PASS: Final = Action("pass")
_NOTHING: Final = Said()


@dataclass(slots=True)
class LinkDraft:
    """One SecRule or SecAction."""

    place: Place
    variables: tuple[Variable, ...]
    operation: Operation | None
    said: Said


@dataclass(slots=True)
class RuleDraft:
    """A rule or a chain.

    Attributes:
        position: how many rules were read before it.
    """

    position: int
    links: list[LinkDraft] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Its number; 0 where a faulty one has none."""
        return self.links[0].said.id or 0

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.links[0].place

    @property
    def phase(self) -> int:
        """Its phase, said or not."""
        return self.links[0].said.phase or PHASE


def laid(over: Said, under: Said) -> Said:
    """Two lists of actions as one: what may stand once is taken from `over` where it says something, the others add up."""
    if under is _NOTHING:
        return over
    return Said(
        over.id or under.id,
        over.phase or under.phase,
        over.disruptive or under.disruptive,
        over.status or under.status,
        over.skip or under.skip,
        over.skip_after or under.skip_after,
        under.severity if over.severity is None else over.severity,
        over.message or under.message,
        over.logdata or under.logdata,
        over.version or under.version,
        over.revision or under.revision,
        over.chained or under.chained,
        over.capture or under.capture,
        over.multi_match or under.multi_match,
        under.tags + over.tags,
        under.logging + over.logging,
        under.transformations + over.transformations,
        under.actions + over.actions,
    )


def updated(draft: RuleDraft, updates: Iterable[Said], targets: Sequence[Iterable[Variable]]) -> RuleDraft:
    """The rule with actions laid over those of its first link, and with more variables for each link."""
    links = [
        replace(link, variables=(*link.variables, *more)) if more else link
        for link, more in zip(draft.links, targets, strict=True)
    ]
    for update in updates:
        links[0] = replace(links[0], said=laid(update, links[0].said))
    return replace(draft, links=links)


def settled(draft: RuleDraft, default: Said | None) -> SecRule:
    """The rule with the defaults of its phase.

    What is said of a match in a chain is the first link's, else the second's, and so on: the order in which ModSecurity runs
    their actions. Defaults count for each link.
    """
    under = default or _NOTHING
    each = [laid(link.said, under) for link in draft.links]
    whole = each[-1]
    for one in reversed(each[:-1]):
        whole = laid(one, whole)
    log, audit_log = _logs(whole.logging)
    own = draft.links[0].said.disruptive
    return SecRule(
        draft.id,
        draft.phase,
        tuple(_link(link, one) for link, one in zip(draft.links, each, strict=True)),
        draft.place,
        own if own is not None and own.name != "block" else under.disruptive or _PASS,
        whole.status,
        whole.skip,
        whole.skip_after,
        whole.severity,
        whole.message,
        whole.logdata,
        tuple(dict.fromkeys(whole.tags)),
        whole.version,
        whole.revision,
        log,
        audit_log,
    )


def _link(link: LinkDraft, one: Said) -> Link:
    transformations = _since_none(one.transformations) if link.operation is not None else ()
    return Link(link.place, link.variables, link.operation, transformations, tuple(one.actions), one.capture, one.multi_match)


def _since_none(names: list[str]) -> tuple[str, ...]:
    """The transformations behind the last `none`."""
    if "none" in names:
        names = names[len(names) - names[::-1].index("none") :]
    return tuple(names)


def _logs(names: Iterable[str]) -> tuple[bool, bool]:
    """Whether a match is told, and whether in the audit log: the last word holds, `log` and `nolog` speak for both."""
    log = audit_log = True
    for name in names:
        audit_log = name in ("log", "auditlog")
        if name in ("log", "nolog"):
            log = audit_log
    return log, audit_log
