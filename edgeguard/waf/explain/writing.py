"""Exclusions as people put them into files: YAML of `waf.exclusions`, SecLang at run time and at load time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edgeguard.config.model import Exclusion
from edgeguard.waf.seclang.scripts import NO_WAY_UP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.waf.explain.run import Pair
    from edgeguard.waf.model import Rule

_IN_PATHS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%!$&'()+,;=:@")
FIRST_ID = 10_000  # CRS leaves ids below 100,000 to the site


def exclusions(pairs: Iterable[Pair], paths: Sequence[str] = ()) -> list[Exclusion]:
    """Entries of `waf.exclusions`: one for each set of targets that rules share."""
    targets: dict[str | int, list[str]] = {}
    for pair in pairs:
        targets.setdefault(int(pair.rule) if pair.language == "seclang" else pair.rule, []).append(pair.target)
    rules: dict[tuple[str, ...], list[str | int]] = {}
    for rule, wanted in targets.items():
        rules.setdefault(tuple(dict.fromkeys(filter(None, wanted))) if all(wanted) else (), []).append(rule)
    return [Exclusion(rules=ids, targets=list(wanted), paths=list(paths)) for wanted, ids in rules.items()]


def as_yaml(entries: Iterable[Exclusion]) -> str:
    """The entries below `waf:`, to be added to those that are there."""
    lines = ["waf:", "  exclusions:"]
    for entry in entries:
        lines.append(f"    - rules: [{', '.join(map(str, entry.rules))}]")
        for name, texts in (("targets", entry.targets), ("paths", entry.paths)):
            if texts:
                lines.append(f"      {name}: [{', '.join(map(_quoted, texts))}]")
    return "\n".join(lines) + "\n"


def as_pattern(path: bytes) -> str:
    """A path as `paths` has it: what is neither plain nor an escape there is escaped, and a star means just itself."""
    plain = path.decode("latin-1")
    return "".join(sign if sign in _IN_PATHS else f"%{ord(sign):02X}" for sign in plain) or "/"


def at_run_time(pairs: Iterable[Pair], path: str, number: int) -> str:
    """A rule that leaves the pairs out for paths that begin so; it must be read before the rules it is about."""
    removals = [
        f"ruleRemoveTargetById={pair.rule};{pair.target}" if pair.target else f"ruleRemoveById={pair.rule}" for pair in pairs
    ]
    shown = path.replace("\\", "\\\\").replace('"', '\\"')
    actions = ",\\\n        ".join(("t:none", *map(_action, removals)))
    begins = f'SecRule REQUEST_FILENAME "@beginsWith {shown}" \\\n    "id:{number},phase:1,pass,nolog,t:none,chain"\n'
    # `/spared/../other` begins like what is spared, and is forwarded as `/other`.
    return f'{begins}    SecRule REQUEST_FILENAME "{NO_WAY_UP}" \\\n        "{actions}"\n'


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
