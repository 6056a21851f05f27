"""Dynamic rules in a replay: they count recorded requests on the recorded clock, and hold later ones as they would have then.

What the edge alone knows stays out: no challenge is passed here, so that one counts as a refusal, and nobody learns credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.config.model import Config
from edgeguard.dynamic import Dynamic, naming_of
from edgeguard.dynamic.login import LONGEST, LoginReader
from edgeguard.dynamic.model import Event
from edgeguard.identity.networks import NetworkSet
from edgeguard.replay.judgement import Held, Judgement
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.dynamic import Rule
    from edgeguard.message import Client, Request
    from edgeguard.observe.samples.recorded import Recorded

SWEEP_SECONDS: Final = 1.0
_SHORTEST: Final = {"listeners": [{"port": 0}], "origin": {"url": "http://127.0.0.1"}}
_NONE: Final = ("", "")


def plain_config() -> Config:
    """Every setting at its default, for rules that come without a configuration."""
    return Config.model_validate(_SHORTEST)


class Counting:
    """One side's.

    Args:
        rules: dynamic ones; their keys were made with `naming_of(config, key)`.
        config: has the section `dynamic`.
        key: of the keyed hashes.
        as_enforced: whether rules act although `dynamic.mode` is `shadow`.
    """

    def __init__(self, rules: Iterable[Rule], config: Config, key: bytes, *, as_enforced: bool = False) -> None:
        settings, naming = config.dynamic, naming_of(config, key)
        self._dynamic = Dynamic(
            rules,
            naming,
            room=settings.counters,
            sanctions=settings.sanctions,
            never=NetworkSet(settings.never) if settings.never else None,
            shadow=settings.mode == "shadow" and not as_enforced,
        )
        self._logins = LoginReader(settings.login, naming.hasher)
        self._login_paths = PathPatterns(settings.login.paths)
        self._swept = 0.0

    def login(self, request: Request, content: bytes) -> tuple[str, str]:
        """What a try to log in tries; empty where the request is none."""
        if request.method != b"POST" or not content or len(content) > LONGEST or not self._login_paths.fits(request.path):
            return _NONE
        return self._logins.read(content)

    def before(self, request: Request, client: Client, login: tuple[str, str], now: float) -> Judgement | None:
        """What holds a request; `shadow` where it is only counted, None where nothing does."""
        if now - self._swept >= SWEEP_SECONDS:
            self._swept = now
            self._dynamic.sweep(now)
        decision = self._dynamic.decision(client, now, request.headers)
        if (decision is None or decision.sanction.shadow) and login[0]:
            decision = self._dynamic.login(login[0], now) or decision
        if decision is None:
            return None
        sanction = decision.sanction
        title = f"{sanction.act}: {sanction.reason}" if sanction.reason else sanction.act
        held = (Held(sanction.rule, title, str(sanction.subject.kind), sanction.subject.value, blocks=not sanction.shadow),)
        if sanction.shadow:
            return Judgement("shadow", held=held)
        return Judgement("blocked", 429 if sanction.act == "tighten" else 403, held=held)

    def after(
        self,
        recorded: Recorded,
        request: Request,
        client: Client,
        route: str,
        login: tuple[str, str],
        judgement: Judgement,
        now: float,
    ) -> None:
        """Count what came of a request that nothing held."""
        answered, then = recorded.answered, recorded.then
        status = answered.status if answered is not None and answered.status else 200
        verdict = judgement.outcome if judgement.outcome != "pass" or then is None else then.verdict
        if judgement.stopped:
            status = judgement.status or 403
        elif then is not None and then.verdict == "blocked":
            status, verdict = 200, judgement.outcome  # the origin was not asked then, and nobody knows what it would have said
        self._dynamic.observe(
            Event(
                address=client.address,
                account=client.account.id if client.account is not None else "",
                verified=client.authenticated,
                method=request.method.decode("latin-1"),
                host=request.host.decode("latin-1"),
                path=request.path.decode("latin-1"),
                route=route,
                status=status,
                verdict=verdict,
                reason="rule" if judgement.stopped else then.reason if then is not None else "",
                cache=answered.cache if answered is not None else "",
                origin_seconds=max(0.0, answered.origin_seconds) if answered is not None else 0.0,
                rules=[held.rule for held in judgement.held],
                tags=[tag for held in judgement.held for tag in held.tags],
                cost=judgement.cost,
                login=login[0],
                password=login[1],
                headers=request.headers,
            ),
            now,
        )
