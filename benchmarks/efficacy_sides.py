"""The sides that efficacy is measured of: an edge, started here or running elsewhere, and nginx + libmodsecurity + CRS."""

from __future__ import annotations

import itertools
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import peers
import yaml
from sending import Answer, Client
from verdicts import edge_log

if TYPE_CHECKING:
    import contextlib
    from pathlib import Path

    import crs
    from efficacy_sets.cases import Case

Outcome = Literal["passed", "blocked", "refused", "error"]

_PER_ADDRESS = {"pass": 12, "block": 3}  # requests from one address of loopback before the next one is taken
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
        credentials: the field of an account that it knows.
        events: where it writes its events, if that is known here.
        blocked: statuses that mean a block.
    """

    name: str
    host: str
    port: int
    marked: bool
    credentials: tuple[bytes, bytes] | None = None
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
            sample = case.with_credentials(*self.credentials).sample if self.credentials else case.sample
            answers.append(client.send(sample))
        client.end()
        return answers

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
    return Side(url, parts.hostname, parts.port or 80, marked=False, credentials=_field(account), blocked=blocked)


def _field(account: str | None) -> tuple[bytes, bytes] | None:
    if account is None:
        return None
    name, colon, value = account.partition(":")
    if not colon:
        raise SystemExit("benchmarks/efficacy: --account takes a whole field, such as 'Authorization: Bearer TOKEN'")
    return name.strip().encode(), value.strip().encode()


def started(config: Path | None, folder: Path, stack: contextlib.ExitStack) -> Side:
    """An edge with the given configuration, or the default one, in front of a reflecting origin.

    Listeners, origin and admin are replaced; an account is added whose token editors use here.
    """
    core, other = peers.cores()
    origin = peers.reflector(other, folder)
    stack.callback(origin.stop)
    settings = {} if config is None else yaml.safe_load(config.read_text("utf-8")) or {}
    settings = {
        key: value for key, value in settings.items() if key not in ("listeners", "origin", "admin", "workers", "drain_seconds")
    }
    for section, values in _EDGE.items():
        settings[section] = {**values, **settings[section]} if config is not None and section in settings else dict(values)
    events = folder / "events.json"
    settings["observe"] |= {"event_log": str(events)}
    token = _add_account(settings, folder)
    edge = peers.edge("EdgeGuard", origin, core, folder, yaml.safe_dump(settings, allow_unicode=True))
    stack.callback(edge.stop)
    return Side("EdgeGuard", "127.0.0.1", edge.port, marked=True, credentials=token, events=events)


def _add_account(settings: dict[str, object], folder: Path) -> tuple[bytes, bytes]:
    token, known = secrets.token_hex(16), folder / "tokens.yaml"
    identity = dict(settings.get("identity") or {})  # type: ignore[call-overload]
    identity.setdefault("key", secrets.token_hex(32))
    first = {"token": "authorization", "scheme": "Bearer", "known": str(known), "unknown": "anonymous"}
    identity["accounts"] = [first, *identity.get("accounts", ())]
    settings["identity"] = identity
    known.write_text("")
    draft = folder / "identity.yaml"
    draft.write_text(yaml.safe_dump({"listeners": [{"port": 1}], "origin": {"url": "http://127.0.0.1:1"}, "identity": identity}))
    command = [sys.executable, "-m", "edgeguard", "token", "-c", str(draft), "--account", "editors"]
    made = subprocess.run(command, input=token, capture_output=True, text=True, check=False)
    if made.returncode:
        raise SystemExit(f"benchmarks/efficacy: edgeguard token failed: {made.stderr}")
    known.write_text(made.stdout)
    return b"Authorization", b"Bearer " + token.encode()


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
        f"nginx + {tree.title}", "127.0.0.1", nginx.port, marked=True, credentials=(b"Authorization", b"Bearer " + b"a1" * 16)
    )
