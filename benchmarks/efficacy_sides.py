"""The sides that efficacy is measured of: an edge, started here or running elsewhere, and nginx + libmodsecurity + CRS."""

from __future__ import annotations

import itertools
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import peers
import yaml
from sending import Answer, Client
from verdicts import edge_log

from edgeguard.identity import hash_token

if TYPE_CHECKING:
    import contextlib
    from pathlib import Path

    import crs
    from efficacy_sets.cases import Case
    from sample import Sample

Credentials = list[tuple[bytes, bytes]]
Outcome = Literal["passed", "blocked", "refused", "error"]

_PER_ADDRESS = {"pass": 12, "block": 3}  # requests from one address of loopback before the next one is taken
_ACCOUNTS = 60
_NUMBERS = itertools.count()  # of addresses; threads may share it
_THREADS = 6
_SECONDS = 10.0
# Answers that say nothing of what a request holds.
_ERRORS = frozenset({408, 429, 502, 503, 504})

# Beyond the defaults: no limits of rates, which would answer for the rules; no log but events; time on a busy machine.
_EDGE = {
    "limits": {"policies": []},
    "cache": {"enabled": False},
    "waf": {"budget_us": 1_000_000},
    "observe": {"access_log": "off"},
}


@dataclass
class Side:
    """One program that is asked.

    Attributes:
        marked: whether its origin is the reflector, whose mark tells what passed from what did not.
        credentials: the fields of accounts that it knows.
        events: where it writes its events, if that is known here.
        blocked: statuses that mean a block.
    """

    name: str
    host: str
    port: int
    marked: bool
    credentials: Credentials = field(default_factory=list)
    events: Path | None = None
    blocked: frozenset[int] = frozenset({403})
    answers: list[Answer] = field(default_factory=list)

    def outcome(self, answer: Answer) -> Outcome:
        """What became of a request.

        Blocked is the status of a block, or a connection that is ended without an answer; refused is any other answer that
        is not the origin's; an error tells nothing.
        """
        if answer.timed_out or answer.status in _ERRORS:
            return "error"
        if answer.status in self.blocked or answer.status == 0:
            return "blocked"
        if answer.passed or not self.marked:
            return "passed"
        return "refused"

    def ask(self, cases: list[Case]) -> list[Outcome]:
        """Send all cases over a few connections, legitimate ones first; the outcomes in the same order.

        Addresses of attackers are theirs alone, and seldom used twice, so that no ban counts as detected or as a false alarm.
        """
        order = sorted(range(len(cases)), key=lambda number: cases[number].wanted == "block")
        parts = [order[number::_THREADS] for number in range(_THREADS)]
        self.answers = [Answer(0)] * len(cases)
        with ThreadPoolExecutor(_THREADS) as pool:
            for part, answers in zip(
                parts, pool.map(lambda part: self._ask([cases[number] for number in part]), parts), strict=True
            ):
                for number, answer in zip(part, answers, strict=True):
                    self.answers[number] = answer
        return [self.outcome(answer) for answer in self.answers]

    def _ask(self, cases: list[Case]) -> list[Answer]:
        client = Client(self.port, _SECONDS, host=self.host)
        answers, left, before = [], 0, ""
        for case in cases:
            if (left == 0 or case.wanted != before) and self.host.startswith("127."):
                client.move(_address(next(_NUMBERS)))
                left, before = _PER_ADDRESS[case.wanted], case.wanted
            left -= 1
            answers.append(client.send(self._authenticated(case)))
        client.end()
        return answers

    def _authenticated(self, case: Case) -> Sample:
        """The request with an account's field where it comes from one; attacks come from accounts of their own."""
        if not (case.account and self.credentials):
            return case.sample
        half = max(1, len(self.credentials) // 2)
        of = self.credentials[half:] or self.credentials if case.wanted == "block" else self.credentials[:half]
        return case.sample.with_field(*of[next(_NUMBERS) % len(of)])

    def rules(self) -> dict[int, str]:
        """Which rules the side's events name, by the case's place."""
        if self.events is None or not self.events.exists():
            return {}
        log = edge_log(self.events)
        return {
            number: " ".join(f"{rule} ({log[answer.id].notes[rule][:90]})" for rule in sorted(log[answer.id].notes))
            for number, answer in enumerate(self.answers)
            if answer.id in log
        }


def _address(number: int) -> str:
    """An address of loopback that no other number has, nor any program listens on."""
    return f"127.{1 + number // 62500 % 250}.{1 + number // 250 % 250}.{1 + number % 250}"


def running(url: str, account: str | None, blocked: frozenset[int]) -> Side:
    """An edge that runs already.

    Raises:
        SystemExit: the URL or the account can't be read.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise SystemExit(f"benchmarks/efficacy: --edge takes http://host:port, not {url}")
    return Side(url, parts.hostname, parts.port or 80, marked=False, credentials=_fields(account), blocked=blocked)


def _fields(account: str | None) -> Credentials:
    if account is None:
        return []
    name, colon, value = account.partition(":")
    if not colon:
        raise SystemExit("benchmarks/efficacy: --account takes a whole field, such as 'Authorization: Bearer TOKEN'")
    return [(name.strip().encode(), value.strip().encode())]


def started(config: Path | None, folder: Path, stack: contextlib.ExitStack) -> Side:
    """An edge with the given configuration, or the default one, in front of a reflecting origin.

    Listeners, origin and admin are replaced; an account is added whose token editors use here.
    """
    core, other = peers.cores()
    origin = peers.reflector(other, folder)
    stack.callback(origin.stop)
    settings: dict[str, Any] = {} if config is None else yaml.safe_load(config.read_text("utf-8")) or {}
    settings = {
        key: value for key, value in settings.items() if key not in ("listeners", "origin", "admin", "workers", "drain_seconds")
    }
    for section, values in _EDGE.items():
        settings[section] = {**values, **settings[section]} if config is not None and section in settings else dict(values)
    events = folder / "events.json"
    settings["observe"] |= {"event_log": str(events)}
    accounts = _add_accounts(settings, folder)
    edge = peers.edge("EdgeGuard", origin, core, folder, yaml.safe_dump(settings, allow_unicode=True))
    stack.callback(edge.stop)
    return Side("EdgeGuard", "127.0.0.1", edge.port, marked=True, credentials=accounts, events=events)


def _add_accounts(settings: dict[str, Any], folder: Path) -> Credentials:
    """Accounts that the edge knows by their tokens; a key of its own takes the place of a configured one."""
    key, known = secrets.token_hex(32), folder / "tokens.yaml"
    tokens = [secrets.token_hex(16) for _ in range(_ACCOUNTS)]
    known.write_text("".join(f"{hash_token(key.encode(), token)}: editor-{number}\n" for number, token in enumerate(tokens)))
    identity = {name: value for name, value in (settings.get("identity") or {}).items() if name not in ("key", "key_file")}
    first = {"token": "authorization", "scheme": "Bearer", "known": str(known), "unknown": "anonymous"}
    settings["identity"] = {**identity, "key": key, "accounts": [first, *identity.get("accounts", ())]}
    return [(b"Authorization", b"Bearer " + token.encode()) for token in tokens]


def peer(tree: crs.Tree, folder: Path, stack: contextlib.ExitStack) -> Side:
    """Nginx + libmodsecurity with a Core Rule Set, in front of an origin of its own."""
    _, other = peers.cores()
    place = folder / f"peer-{tree.generation}"
    place.mkdir()
    origin = peers.reflector(other, place)
    stack.callback(origin.stop)
    nginx = peers.nginx_modsecurity(origin, other, place, tree, name=f"nginx {tree.title.replace('/', '-')}")
    stack.callback(nginx.stop)
    return Side(
        f"nginx + {tree.title}", "127.0.0.1", nginx.port, marked=True, credentials=[(b"Authorization", b"Bearer " + b"a1" * 16)]
    )
