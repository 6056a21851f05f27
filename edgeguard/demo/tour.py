"""Things to try while the demo runs, each with what it should show; plain data, shown by the command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from edgeguard.demo.items import EDITOR_TOKEN
from edgeguard.demo.scene import TRIAL_REQUESTS, TRIAL_TOKEN

if TYPE_CHECKING:
    from edgeguard.demo.scene import Ports


class Stop(NamedTuple):
    """One thing to try."""

    title: str
    command: str
    shows: str


def tour(ports: Ports) -> list[Stop]:
    """The stops, in an order that builds up."""
    https, http = f"https://localhost:{ports.https}", f"http://localhost:{ports.http}"
    article = (
        '{"data":{"type":"items","attributes":{"title":"Injection","body":"Then OR 1=1 -- makes SELECT * FROM users answer."}}}'
    )
    attack = '{"data":{"type":"items","attributes":{"title":"x","body":"-1 UNION SELECT password FROM users-- -"}}}'
    active = '{"data":{"type":"items","attributes":{"title":"x","body":"<p>Hi</p><img src=x onerror=alert(1)>"}}}'
    deep = json.dumps({"query": "{" + "items{" * 8 + "id" + "}" * 9})
    return [
        Stop("A page from the cache", f"curl -ksD - -o /dev/null {https}/api/items", "the second time: Cache-Status: … hit"),
        Stop(
            "An attack",
            f"curl -ki '{https}/api/items?search=%27%20OR%201%3D1%20UNION%20SELECT%20password%20FROM%20users--'",
            "403 with a request id; the event log names the rule",
        ),
        Stop(
            "An editor who writes about attacks",
            f"curl -ki {https}/api/items -H 'Authorization: Bearer {EDITOR_TOKEN}'"
            f" -H 'Content-Type: application/vnd.api+json' -d '{article}'",
            "201: the article is saved",
        ),
        Stop(
            "An attack in an article from nobody",
            f"curl -ki {https}/api/items -H 'Content-Type: application/vnd.api+json' -d '{attack}'",
            "403: what is text for an editor is inspected from others",
        ),
        Stop(
            "An article that would run script",
            f"curl -ki {https}/api/items -H 'Authorization: Bearer {EDITOR_TOKEN}'"
            f" -H 'Content-Type: application/vnd.api+json' -d '{active}'",
            "403: its text is HTML, and has an event handler",
        ),
        Stop(
            "A query that asks too much",
            f"curl -k {https}/graphql -H 'Content-Type: application/json' -d '{deep}'",
            "an error as GraphQL tells them: depth 9 is beyond 8",
        ),
        Stop(
            "An account at its limit",
            f"for i in 1 2 3 4 5 6 7 8; do curl -ks -o /dev/null -w '%{{http_code}} '"
            f" -H 'Authorization: Bearer {TRIAL_TOKEN}' {https}/echo; done; echo",
            f"{TRIAL_REQUESTS} times 200, then 429",
        ),
        Stop("Plain HTTP", f"curl -i {http}/api/items", "a redirect to https"),
        Stop("What the CMS got", f"curl -k {https}/echo", "your request, written anew, with the id it was given"),
        Stop("A stream", f"curl -kN '{https}/events?count=5'", "an event a second, none held back"),
        Stop(
            "A CMS that boasts", f"curl -ksD - -o /dev/null {https}/", "no Server and no X-Powered-By, though the CMS sends both"
        ),
        Stop(
            "What Prometheus sees",
            f"curl -s http://127.0.0.1:{ports.admin}/metrics | grep -E '^edgeguard_requests_total.* [1-9]'",
            "counters of all of the above",
        ),
    ]
