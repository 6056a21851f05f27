"""Rules written back as SecLang. Everything is spelled out, so that nothing depends on defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.waf.seclang.syntax import Marker

if TYPE_CHECKING:
    from edgeguard.waf.seclang.syntax import Action, Link, SecRule, Variable

_PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/%{}=+-@*!&;#$()[]?<>~^|`")
_SELECTOR: Final = _PLAIN - frozenset("|")
_SPELLING: Final = {"multimatch": "multiMatch", "skipafter": "skipAfter"}


def spell(item: SecRule | Marker) -> str:
    """A rule or marker on one line; two rules that say the same are spelled the same, wherever they stand."""
    return " ".join(_lines(item))


def script(item: SecRule | Marker) -> str:
    """The same with a line for each rule of a chain. Reading it gives the rule again, but for its places."""
    return "\n".join(_lines(item))


def _lines(item: SecRule | Marker) -> list[str]:
    if isinstance(item, Marker):
        return [f"SecMarker {_word(item.name)}"]
    last = len(item.links) - 1
    lines = []
    for at, link in enumerate(item.links):
        actions = [*(_head(item) if at == 0 else ()), *_link(link), *(("chain",) if at < last else ())]
        tail = _word(",".join(actions or ["t:none"]))
        if link.operation is None:
            lines.append(f"SecAction {tail}")
        else:
            looked = "|".join(map(_variable, link.variables))
            asked = link.operation
            text = f"{'!' * asked.negated}@{asked.name} {asked.argument}" if asked.argument else str(asked)
            lines.append(f"SecRule {_word(looked, bare=True)} {_word(text)} {tail}")
    return lines


def _head(rule: SecRule) -> list[str]:
    log = {(True, True): "log", (True, False): "log,noauditlog", (False, True): "nolog,auditlog", (False, False): "nolog"}
    parts = [f"id:{rule.id}", f"phase:{rule.phase}", _action(rule.disruptive), log[rule.log, rule.audit_log]]
    if rule.status is not None:
        parts.append(f"status:{rule.status}")
    if rule.skip:
        parts.append(f"skip:{rule.skip}")
    if rule.severity is not None:
        parts.append(f"severity:{rule.severity}")
    texts = [
        ("skipAfter", rule.skip_after),
        ("msg", rule.message),
        ("logdata", rule.logdata),
        *(("tag", tag) for tag in rule.tags),
        ("ver", rule.version),
        ("rev", rule.revision),
    ]
    return parts + [f"{name}:{_argument(text)}" for name, text in texts if text]


def _link(link: Link) -> list[str]:
    parts = ["capture"] * link.capture + ["multiMatch"] * link.multi_match
    if link.operation is not None:
        parts += ["t:none", *(f"t:{name}" for name in link.transformations)]
    return parts + [_action(action) for action in link.actions]


def _action(action: Action) -> str:
    name = _SPELLING.get(action.name, action.name)
    return name if action.argument is None else f"{name}:{_argument(action.argument)}"


def _argument(text: str) -> str:
    """Bare where that is certain to be read back, else in quotes."""
    if text and _PLAIN.issuperset(text):
        return text
    return f"'{_escaped(text, chr(39))}'"


def _variable(variable: Variable) -> str:
    if variable.selector is None or (not variable.pattern and _SELECTOR.issuperset(variable.selector)):
        return str(variable)
    inner = f"/{variable.selector}/" if variable.pattern else variable.selector
    if variable.pattern and _SELECTOR.issuperset(variable.selector) and "/" not in variable.selector:
        return str(variable)
    return f"{str(variable).partition(':')[0]}:'{_escaped(inner, chr(39))}'"


def _word(text: str, *, bare: bool = False) -> str:
    """One word of a line; `bare` spares the quotes where they are not needed."""
    if bare and text and _PLAIN.issuperset(text):
        return text
    return f'"{_escaped(text, chr(34))}"'


def _escaped(text: str, quote: str) -> str:
    """Quotes and those backslashes doubled that would be read as something else."""
    if "\\" not in text and quote not in text:
        return text
    parts = []
    for at, sign in enumerate(text):
        if sign == quote or (sign == "\\" and text[at + 1 : at + 2] in ("\\", quote, "")):
            parts.append("\\")
        parts.append(sign)
    return "".join(parts)
