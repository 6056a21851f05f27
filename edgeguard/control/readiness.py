"""Whether the edge can do its work, as a load balancer or Kubernetes asks for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from edgeguard.observe.state import is_alive

if TYPE_CHECKING:
    from edgeguard.observe.state import State


def obstacles(state: State | None) -> list[str]:
    """What stands against sending requests here; nothing where it is ready.

    Half of the wanted workers suffice: one that died is replaced within a second, and taking the whole edge out of
    rotation for it would lose what the others can do.
    """
    if state is None:
        return ["the supervisor has not told its state"]
    found = []
    if not is_alive(state.supervisor):
        found.append("the supervisor is gone")
    if state.draining:
        found.append("draining")
    if not state.config:
        found.append("no configuration loaded")
    if not state.ruleset:
        found.append("no ruleset loaded")
    ready = sum(worker.ready for worker in state.living().workers)
    if ready < max(1, (state.wanted + 1) // 2):
        found.append(f"{ready} of {state.wanted} workers ready")
    return found


def details(state: State | None) -> dict[str, Any]:
    """The answer's content, for people."""
    against = obstacles(state)
    answer: dict[str, Any] = {"ready": not against, "obstacles": against}
    if state is None:
        return answer
    living = state.living().workers
    return answer | {
        "version": state.version,
        "ruleset": {
            "digest": state.ruleset,
            "rules": state.rules,
            "version": state.number,
            "since": _moment(state.since),
            "why": state.why,
            "by": state.by or None,
            "pinned": state.pinned,
            "watching": state.watching,
        },
        "config": {"digest": state.config},
        "reload": {"at": _moment(state.reload_at), "ok": state.reload_ok, "error": state.reload_error or None},
        "workers": {
            "wanted": state.wanted,
            "ready": sum(worker.ready for worker in living),
            "restarts": state.restarts,
            "list": [{"pid": worker.pid, "generation": worker.generation, "ready": worker.ready} for worker in living],
        },
        "started": _moment(state.started),
    }


def _moment(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None
