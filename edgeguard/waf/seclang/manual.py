"""The reference for SecLang, from the engine's own tables: `python -m edgeguard.waf.seclang.manual > docs/seclang.md`.

What is in the tables comes from the modules that do the work. Written by hand are the opening, and here and there a remark on
what is taken without an effect; tests hold the remarks to the code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from edgeguard.waf.actions import ctl, expirevar, initcol, set_id, setenv, setvar
from edgeguard.waf.manual import block, entry, first_line, table
from edgeguard.waf.operators.seclang.registry import LEFT_OUT, SECLANG_OPERATORS
from edgeguard.waf.seclang.directives import DIRECTIVES, IDLE
from edgeguard.waf.seclang.known_actions import KNOWN
from edgeguard.waf.targets.seclang.registry import VARIABLES
from edgeguard.waf.transformations.registry import SECLANG, seclang_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.seclang.directives import Directive

_HEAD: Final = """# SecLang

EdgeGuard reads SecLang, the rule language of ModSecurity, beside its own, into the same engine and the same pass. An OWASP Core
Rule Set, 3.3 or 4, loads as it is published. This file is made by `edgeguard/waf/seclang/manual.py`; [engine.md](engine.md)
tells how it works inside.

## Load the Core Rule Set
```yaml
waf:
  mode: shadow                           # look first, then enforce
  crs:
    path: /opt/coreruleset               # the folder that has `rules/`, or the rules themselves
    paranoia: 1                          # rules up to this level block
    #detection_paranoia: 2               # rules up to this level are told
    threshold: 5
```
The rules are the files `*.conf` of that folder, by name, with the `.data` files beside them. `crs-setup.conf`, or
`crs-setup.conf.example` where there is none, is looked for in `path` and one folder above it; `setup` names another. With
Debian's package it is `path: /usr/share/modsecurity-crs` and `setup: /etc/modsecurity/crs/crs-setup.conf`.

What is set under `waf.crs` comes behind the setup file and before the rules, and so wins over both. `variables` sets whatever
else people set in `crs-setup.conf`, by the names of its variables: `variables: {allowed_methods: GET POST, arg_length: 400}`.
`responses` are the types of responses whose bodies are inspected, and held back for it; an empty list inspects none.

A first start compiles all patterns, which may take a core for a minute; they are kept on disk (`waf.compiled`), so that later
starts and reloads take seconds. `edgeguard check -c FILE` compiles and keeps them too: run it first, as the same user.

## Your own files
`waf.seclang` is a list of files and globs, read in this order, before `waf.crs`:
```yaml
waf:
  seclang: [seclang/local.conf, seclang/exclusions/*.conf]
```
Relative names start at the configuration's folder; in a script, `Include` and data files start at the script's own. Rules are
asked in the order in which they are read: one that must come behind the Core Rule Set is put into that one's folder `rules`, in a
file with a later name. For removals and updates the order does not matter: they hold for rules before and behind them.

Faults are told with file and line, as many at once as can be found. A script with a fault does not load, and nothing with it; in
a reload the rules that run stay.

`SecRuleEngine DetectionOnly`, as `modsecurity.conf-recommended` has it, holds for all of SecLang, the Core Rule Set included:
nothing of it blocks then, while EdgeGuard's own rules go on.

## Exclusions
As YAML, where they can name accounts, methods, routes and a last day, too; [tuning.md](tuning.md#exclusions) has them:
```yaml
waf:
  exclusions:
    - {rules: [942100], targets: ["http.request.json.values:data.body"], paths: [/api/articles], until: 2027-01-31}
```
Or below `crs`, from where they are put into the rules as they load, so that a rule that is left out everywhere costs nothing:
```yaml
waf:
  crs:
    path: /opt/coreruleset
    exclusions:
      - {rules: [942100], targets: ["ARGS:body"], paths: [/api/articles]}
      - {tags: [attack-rce], targets: ["ARGS:/^snippet/"]}
      - {rules: [920420]}
```
The same as SecLang, in a file of `waf.seclang`. The second rule of the chain is there because `/api/articles/../other` begins
with `/api/articles`, too, and is forwarded as `/other`:
```
SecRule REQUEST_FILENAME "@beginsWith /api/articles" \\
    "id:10001,phase:1,pass,nolog,t:none,chain"
    SecRule REQUEST_FILENAME "!@rx [/\\x5c]\\.\\." \\
        "t:none,ctl:ruleRemoveTargetById=942100;ARGS:body"
SecRuleUpdateTargetByTag attack-rce "!ARGS:/^snippet/"
SecRuleRemoveById 920420
```
An exclusion names `rules` or `tags`, or both. `paths` are prefixes of the path as sent, its escapes undone. Without `targets` the
rules are left out altogether; without `paths` everywhere. A tag without `paths` is compared as a whole; with `paths`, as
behind `ctl`, it may be a part of one.

## At the desk
```
edgeguard rules lint -c edgeguard.yaml             # faults, and notes: what has no effect here, what engines read in two ways
edgeguard rules explain -c edgeguard.yaml --event ID
edgeguard rules explain --crs coreruleset --curl "curl 'https://cms.example/?q=1%20or%201=1'"
edgeguard rules show 942100 -c edgeguard.yaml      # a rule, what settings made of it, and how it is asked
edgeguard rules cost -c edgeguard.yaml             # the dearest rules first
```
`explain` takes an event's id, a curl line, a HAR entry or a raw request. It shows each rule that matches, the value through its
transformations, the score at each paranoia level, and the smallest exclusions that let just this request pass, as YAML and as
SecLang, each of them tried. An event is looked for in `observe.event_log` where that is a file, or in `--log FILE`; it holds no
body and few fields, so that what looked at these is missing there.

Begin in shadow, as [operating.md](operating.md#the-core-rule-set) has it, step by step.

## Scores, and EdgeGuard's own rules
The Core Rule Set keeps its scores in variables of its own, and compares them with `waf.crs.threshold` in its rules 949110 and
959100; EdgeGuard's own rules add to a score that is compared with `waf.threshold`. The two are not added up: a request is blocked
where either says so, or where a rule of either blocks by itself. In each phase EdgeGuard's own rules come first. Once a SecLang
rule has blocked, no others are asked but those of phase 5. With `waf.rules: []` SecLang's rules are alone.

`waf.mode: shadow`, or a route's `waf: shadow`, is the last word over both. In an event a match of either stands as any other:
`rule` is the id, `target` the variable, `title` the message, `detail` the logdata; values are masked. `score` there is the larger
of EdgeGuard's score and of the one that the Core Rule Set has added up, of rules that may block; until it has, and of other
scripts, what their rules have added to variables with `anomaly_score` in their names. Where rules have matched and nothing was
blocked, they stand in `rules` of the access log. Shadow mode has an event where the request would have been blocked,
`DetectionOnly` wherever a rule matched.

## Where engines differ
ModSecurity 2, libmodsecurity (ModSecurity 3) and Coraza read some things in different ways. Here ModSecurity's reference manual
decides, then what the tests of the Core Rule Set want, then libmodsecurity.

| matter | here |
| --- | --- |
| a rule without `phase` | it is 2, as in the reference and Coraza; libmodsecurity takes 1 |
| a rule without a disruptive action | it has that of `SecDefaultAction`; in libmodsecurity it passes |
| `SecDefaultAction` | once a phase; for the rules before it too, as in libmodsecurity |
| removals and updates | for rules behind them too, as in libmodsecurity; tags and messages are compared as a whole |
| two backslashes in quotes | are one, as in Apache; libmodsecurity keeps both. `\\x5c` is one for all |
| a line that ends in a backslash | goes on in the next one, whose leading blanks are dropped |
| `@rx` | PCRE's patterns without PCRE: linear in time, over bytes; the dot takes line ends, `$` is the end of the value. \
Recursion, conditions, verbs and `\\p` are refused when rules load; lookaround and groups matched again are taken |
| `@detectSQLi`, `@detectXSS` | EdgeGuard's own detectors, not libinjection: single values come out otherwise |
| `REQUEST_URI`, `REQUEST_FILENAME`, `REQUEST_BASENAME` | escapes undone once, as in libmodsecurity |
| `REQUEST_BODY` | of a form, of JSON, of what no processor takes, of what a processor gave up, and where \
`ctl:forceRequestBodyVariable` asks for it; ModSecurity 2 leaves JSON out, libmodsecurity has it for every body |
| `a=1&&b=2` | has two arguments; ModSecurity counts the empty piece as one |
| `&ARGS` beside `!ARGS:id` | is not made smaller by what is left out; a variable that is dropped as a whole is not counted |
| names | of arguments, fields and cookies are compared without regard to case, by selectors and their patterns alike |
| `deny` with a status below 400 | answers 403; `redirect` with one that is none answers 302 |
| an operator that is not here | its rule loads, is told of, and never holds, negated or not; see below |
| collections (`IP`, `SESSION`, …) | are kept in memory, each worker its own; a reload empties them |
| audit log | there is none; matches stand in events and the access log |

What an HTTP server makes of a request before rules are asked is stricter here: what two readers could take in different ways is
refused or normalised. Some rules of the Core Rule Set against malformed requests have nothing left to match. A body that is not
what its type says is looked at as far as it can be read, and `waf.on_unparsable` holds for it besides; so do `waf.on_budget` and
`waf.on_oversize`, as for EdgeGuard's own rules.

## Limits
| of | limit |
| --- | --- |
| a script | 16 MiB a file, 10,000 files, 16 that include each other, a million characters a statement, 100 rules a chain |
| a request | `waf.inspect_bytes`, `body_values`, `body_depth`, `budget_us`: the same as for EdgeGuard's own rules |
| a transaction | 65,536 variables of `TX`, 64 KiB each and 16 MiB together |
| collections | 50,000 records in each worker, of which the one not opened for the longest goes; 64 variables of 1 KiB in each |
| what is told | 1 KiB of a message with its macros filled in, less in logs |
"""

# Variables that live in the evaluation, and get no value there.
EMPTY: Final = ("DURATION", "GEO")
# Options of `ctl`: what they do, or that they do nothing.
OPTIONS: Final = {
    "ruleEngine": "`On`, `Off`, `DetectionOnly`: for the SecLang rules that follow",
    "ruleRemoveById": "leaves rules out: an id, a range, or several of them",
    "ruleRemoveByTag": "leaves out rules of which a tag has this text in it",
    "ruleRemoveByMsg": "leaves out rules whose message has this text in it",
    "ruleRemoveTargetById": "`id;TARGET`: leaves values of a rule out",
    "ruleRemoveTargetByTag": "`text;TARGET`: the same by a tag",
    "ruleRemoveTargetByMsg": "`text;TARGET`: the same by the message",
    "requestBodyProcessor": "`URLENCODED`, `MULTIPART`, `JSON`, `XML`: reads the body, whatever its type; in phase 1",
    "forceRequestBodyVariable": "`On`: REQUEST_BODY has the body, whatever reads it",
    "requestBodyAccess": "no effect: bodies are always looked at",
    "responseBodyAccess": "no effect: the types of the configuration are looked at",
    "parseXmlIntoArgs": "no effect: values of XML are `XML:/*`, and not `ARGS`",
    "auditEngine, auditLogParts, debugLogLevel": "no effect: the logs of the configuration hold",
    "requestBodyLimit, responseBodyLimit": "no effect: the limits of the configuration hold",
    "hashEngine, hashEnforcement": "no effect: links are not signed",
}
_ALIASES: Final = ("normalizePath", "normalizePathWin")
_REMARKS: Final = {
    "xmlns": "no effect yet: prefixes in XPath stand for nothing; write `local-name()`",
    "auditlog": "no effect: there is no audit log",
    "noauditlog": "no effect: there is no audit log",
}
_DIRECTIVES: Final = (
    ("rule", "Directives: rules and files", ""),
    ("change", "Directives: changes of rules", ""),
    ("setting", "Directives: settings", "Some are taken so that scripts load, and read by nothing; what holds instead is said."),
    ("noted", "Directives without an effect", "Taken, and told of by `edgeguard rules lint`."),
    ("refused", "Directives that are refused", "To take them would change verdicts, or pretend to protect."),
)
_DONE: Final = (ctl.ctl, expirevar.expirevar, initcol.initcol, set_id.set_id, setenv.setenv, setvar.setvar)


def markdown() -> str:
    """The whole page."""
    operators = sorted(set(map(block, SECLANG_OPERATORS.values())), key=_named)
    actions = ((each.name, _action(each.name, each.says)) for each in KNOWN.values())
    parts = (
        _HEAD,
        *(_directives(effect, title, says) for effect, title, says in _DIRECTIVES),
        table("Variables", ("variable", "what", "known from phase"), _variables()),
        "One with a colon takes a selector: `ARGS:id`, `ARGS:/^utm_/`. `&ARGS` is their number, `!ARGS:id` leaves some out.\n",
        table("Variables without a value", ("variable", "why"), _without_value()),
        "## Operators\n",
        "Without a name it is `@rx`; `!` before it asks for a value for which it does not hold.\n",
        *(entry(_named(text), text) for text in operators),
        table("Operators that are not here", ("operator", "why"), (_left_out(name, says) for name, says in LEFT_OUT.items())),
        table("Transformations", ("transformation", "what"), _transformations()),
        table("Actions", ("action", "what"), actions),
        *(entry(_named(text), text) for text in map(block, _DONE)),
        table("Options of ctl", ("option", "what"), OPTIONS.items()),
    )
    return "\n".join(parts)


def _directives(effect: str, title: str, says: str) -> str:
    chosen = [each for each in DIRECTIVES.values() if each.effect == effect]
    if effect == "noted":
        rows = _together((each.name, each.says) for each in chosen)
    else:
        rows = [(f"{each.name} {each.takes}".strip(), _directive(each)) for each in chosen]
    made = table(title, ("directive", "what"), rows)
    return made.replace("\n\n", f"\n\n{says}\n\n", 1) if says else made


def _together(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names of which the same is said in one row."""
    names: dict[str, list[str]] = {}
    for name, says in rows:
        names.setdefault(says, []).append(name)
    return [(", ".join(alike), says) for says, alike in names.items()]


def _directive(each: Directive) -> str:
    idle = IDLE.get(each.name)
    return each.says if idle is None else f"{each.says}; no effect here: {idle[1]}"


def _variables() -> list[tuple[str, str, str]]:
    return [
        (kind.name + (":" if kind.collection else ""), kind.says, str(kind.phase.value + 1) if kind.sources else "")
        for kind in VARIABLES.values()
        if not kind.never and kind.name not in EMPTY
    ]


def _without_value() -> list[tuple[str, str]]:
    silent = [(kind.name, f"{kind.says}: {kind.never}") for kind in VARIABLES.values() if kind.never]
    return _together([*silent, *((name, "always empty: nothing sets it here yet") for name in EMPTY)])


def _left_out(name: str, says: str) -> tuple[str, str]:
    written, _, why = says.partition(" ")
    if written.strip("@").lower() != name:
        raise AssertionError(f"{name}: its reason begins otherwise")
    return written, why


def _transformations() -> list[tuple[str, str]]:
    """Each step once, with all of its names."""
    names: dict[str, list[str]] = {}
    for name, step in SECLANG.items():
        names.setdefault(step.name, []).append(_cased(name))
    says = {step.name: first_line(step.apply) for step in SECLANG.values()}
    return sorted(((", ".join(alike), says[step]) for step, alike in names.items()), key=lambda row: row[0].lower())


def _cased(name: str) -> str:
    """As people write it: `urlDecodeUni`. Names are compared without regard to case."""
    return next((each for each in (seclang_name(SECLANG[name].name), *_ALIASES) if each.lower() == name), name)


def _action(name: str, says: str) -> str:
    known = KNOWN[name.lower()]
    if name in _REMARKS:
        return f"{says}; {_REMARKS[name]}"
    return {"noted": f"no effect: {says}", "refused": f"refused: {says}"}.get(known.sort, says)


def _named(text: str) -> str:
    """The names that a doc block gives itself."""
    return text.partition(": ")[0].replace("`", "")


if __name__ == "__main__":
    sys.stdout.write(markdown())
