"""Exclusions as people put them into files: YAML of `waf.crs.exclusions`, SecLang at run time and at load time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edgeguard.config.model import CrsExclusion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.waf.explain.run import Pair
    from edgeguard.waf.model import Rule

FIRST_ID = 10_000  # CRS leaves ids below 100,000 to the site


def exclusions(pairs: Iterable[Pair], paths: Sequence[str] = ()) -> list[CrsExclusion]:
    """Entries of `waf.crs.exclusions`: one for each set of targets that rules share."""
    targets: dict[str, list[str]] = {}
    for pair in pairs:
        targets.setdefault(pair.rule, []).append(pair.target)
    rules: dict[tuple[str, ...], list[int]] = {}
    for rule, wanted in targets.items():
        rules.setdefault(tuple(dict.fromkeys(filter(None, wanted))) if all(wanted) else (), []).append(int(rule))
    return [CrsExclusion(rules=ids, targets=list(wanted), paths=list(paths)) for wanted, ids in rules.items()]


def as_yaml(entries: Iterable[CrsExclusion]) -> str:
    """The entries below `waf: crs:`, to be added to those that are there."""
    lines = ["waf:", "  crs:", "    exclusions:"]
    for entry in entries:
        lines.append(f"      - rules: [{', '.join(map(str, entry.rules))}]")
        for name, texts in (("targets", entry.targets), ("paths", entry.paths)):
            if texts:
                lines.append(f"        {name}: [{', '.join(map(_quoted, texts))}]")
    return "\n".join(lines) + "\n"


def at_run_time(pairs: Iterable[Pair], path: str, number: int) -> str:
    """A rule that leaves the pairs out for paths that begin so; it must be read before the rules it is about."""
    removals = [
        f"ruleRemoveTargetById={pair.rule};{pair.target}" if pair.target else f"ruleRemoveById={pair.rule}" for pair in pairs
    ]
    shown = path.replace("\\", "\\\\").replace('"', '\\"')
    actions = ",\\\n    ".join((f"id:{number},phase:1,pass,nolog,t:none", *map(_action, removals)))
    return f'SecRule REQUEST_FILENAME "@beginsWith {shown}" \\\n    "{actions}"\n'


def at_load_time(pairs: Iterable[Pair]) -> str:
    """Directives that leave the pairs out everywhere; they stand behind the rules they are about."""
    lines = [
        f'SecRuleUpdateTargetById {pair.rule} "!{pair.target}"' if pair.target else f"SecRuleRemoveById {pair.rule}"
        for pair in pairs
    ]
    return "\n".join(lines) + "\n"


def free_id(taken: Iterable[int]) -> int:
    """The first id of the site's own that no rule has."""
    known = set(taken)
    number = FIRST_ID
    while number in known:
        number += 1
    return number


def _action(text: str) -> str:
    """Within quotes where its end would not be plain."""
    return f"ctl:'{text}'" if any(sign in text for sign in " []$") else f"ctl:{text}"


def _quoted(text: str) -> str:
    """A YAML scalar; what is valid JSON is valid YAML."""
    plain = text.isascii() and text.replace("/", "").replace("_", "").replace("-", "").isalnum() and not text.isdigit()
    return text if plain and text[0] != "-" else json.dumps(text)


def shadowed(rules: Iterable[Rule]) -> str:
    """What to change in rules of EdgeGuard's own language."""
    return "\n".join(f"# {rule.source}\n- id: {rule.id}\n  status: shadow\n" for rule in rules)


def as_route(path: str) -> str:
    """A route of its own, to stand before those that fit the path, too."""
    return f"routes:\n  - name: spared\n    paths: [{_quoted(path)}]\n    waf: shadow\n"
