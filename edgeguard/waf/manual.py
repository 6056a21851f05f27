"""The reference for rule authors, made from the reader's own tables: `python -m edgeguard.waf.manual > docs/rules.md`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from edgeguard.waf import rule_reader, rule_tests
from edgeguard.waf.findings import EVENTS
from edgeguard.waf.model import SCORES
from edgeguard.waf.operators.registry import CLASSES
from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.registry import KINDS
from edgeguard.waf.transformations.registry import TRANSFORMATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.targets.family import Kind

_HEAD: Final = """# Rules

A rule file is a list of rules in YAML. An unknown key is an error with its line and the nearest known name, and so is a rule
whose own tests fail. Editors complete by [rule.schema.json](rule.schema.json). This file is made by `edgeguard/waf/manual.py`.

```yaml
- id: acme-1
  title: GraphQL introspection from outside
  severity: medium
  tags: [owasp-2021/A05, cwe/200]
  phase: request_body
  match:
    path:   {http.request.path|starts_with: /graphql}
    query:  {graphql.fields|any: ["__schema", "__type"]}
    inside: {ip.src|cidr: [10.0.0.0/8]}
  condition: path and query and not inside
  action: {block: {status: 403}}
  tests:
    match: [{method: POST, path: /graphql, json: {query: "{__schema{types{name}}}"}}]
    pass:  [{method: POST, path: /graphql, json: {query: "{allPosts{id}}"}}]
```

A selection is a mapping of terms that must all hold, or a list of such mappings of which one must. A term is
`target|transformations|operator|any or all: arguments`; the operator is `equals` where none is named, and of several arguments
one must fit (`any`) unless the term ends in `all`. Transformations are applied from left to right.
"""


def markdown() -> str:
    """The whole page."""
    scores = ", ".join(f"{severity} {score}" for severity, score in SCORES.items())
    return "\n".join(
        (
            _HEAD,
            table("Keys of a rule", ("key", "meaning"), rule_reader.KEYS.items()),
            f"Scores by severity: {scores}. Phases: {', '.join(f'`{phase.name.lower()}`' for phase in Phase)}.\n",
            table("Targets", ("target", "values"), ((_written(kind), kind.says) for kind in KINDS.values())),
            _blocks("Transformations", {step.name: step.apply for step in TRANSFORMATIONS.values()}),
            _blocks("Operators", CLASSES),
            table("Keys of a test", ("key", "meaning"), rule_tests.KEYS.items()),
            "## What the engine itself finds\n",
            "These are told as matches too; settings of `waf` say what follows.\n",
            "".join(f"- `{event.id}`: {event.title}.\n" for event in EVENTS).rstrip("\n"),
            "",
        )
    )


def table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A section with a table, whose first column is set as code."""
    lines = [f"## {title}\n", f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for name, *cells in rows:
        escaped = [cell.replace("|", chr(92) + "|") for cell in (f"`{name}`", *cells)]
        lines.append(f"| {' | '.join(escaped)} |")
    return "\n".join(lines) + "\n"


def _written(kind: Kind) -> str:
    return f"{kind.name}[:name]" if kind.keyed else kind.name


def _blocks(title: str, made_by: dict[str, object]) -> str:
    """Each thing with the doc block of its file: what it does, then its lines as a list."""
    return "\n".join((f"## {title}\n", *(entry(name, block(made_by[name])) for name in sorted(made_by))))


def entry(name: str, text: str) -> str:
    """A doc block under `name`; the name that it gives itself, before the first colon, is left out."""
    first, _, rest = text.partition("\n\n")
    lines, _, example = rest.strip().partition("\nExample: ")
    lines = lines.replace("\nResult", "\n- Result")
    says = " ".join(first.split()).partition(": ")[2]
    return f"### {name}\n{says}\n\n- {lines}\n- Example: `` {example.strip('`')} ``\n"


def block(maker: object) -> str:
    """The docstring of the file in which a function or class stands."""
    return sys.modules[str(maker.__module__)].__doc__ or ""


def first_line(maker: object) -> str:
    """What a function or class does, in one line: how its doc block begins, without the name that it gives itself."""
    return " ".join(block(maker).partition("\n\n")[0].split()).partition(": ")[2]


if __name__ == "__main__":
    sys.stdout.write(markdown())
