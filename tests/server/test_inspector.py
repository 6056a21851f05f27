from __future__ import annotations

import marshal
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.server import inspector as module
from edgeguard.server.inspector import FRAME, Inspecting, receive, run_inspector, send
from edgeguard.server.process import fork
from edgeguard.waf import rules_from_text
from edgeguard.waf.handover import Handover
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf import Ruleset


@pytest.fixture
def ruleset(rules: str) -> Ruleset:
    return rules_from_text(rules.replace("http.request.query.values", "http.request.any"), Waf(budget_us=1_000_000))


@pytest.fixture
def near(ruleset: Ruleset) -> Iterator[socket.socket]:
    """The worker's end of a running inspector."""
    ours, theirs = socket.socketpair()

    def run() -> int:
        ours.close()
        return run_inspector(ruleset, theirs)

    pid = fork(run)
    theirs.close()
    ours.settimeout(20)
    with ours:
        yield ours
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0  # it goes with its worker


def answer(near: socket.socket) -> Any:
    size, *others = FRAME.unpack(near.recv(FRAME.size, socket.MSG_WAITALL))
    assert others == [0, 0]
    return marshal.loads(near.recv(size, socket.MSG_WAITALL)) if size else None


def test_it_answers_one_question_after_the_other(near: socket.socket, ruleset: Ruleset) -> None:
    handover = Handover(ruleset)
    for content, rules in ((b"x" * 100_000 + b" attackword", ["t-1"]), (b"y" * 100_000, [])):
        made = build({"method": "POST", "body": "x"})
        transaction = ruleset.transaction(made.request, made.client, now=lambda: 0, worked=lambda: 0)
        head = marshal.dumps(handover.question(transaction, Phase.REQUEST_BODY, complete=True))
        near.sendall(FRAME.pack(len(head), len(content), 0) + head)
        near.sendall(content)
        verdict = handover.adopt(transaction, Phase.REQUEST_BODY, [content], complete=True, answer=answer(near))
        assert [match.rule for match in verdict.matches] == rules


def test_what_it_can_not_inspect_it_says_and_goes_on(near: socket.socket) -> None:
    for head in (b"no head at all", marshal.dumps(("another", "shape"))):
        near.sendall(FRAME.pack(len(head), 3, 0) + head + b"abc")
        assert answer(near) is None


def test_half_a_question_is_an_end(near: socket.socket) -> None:
    near.sendall(FRAME.pack(10, 0, 0) + b"abc")


def test_an_answer_that_is_too_long_is_none(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_BYTES", 10)
    handover = Handover(ruleset)
    made = build({"method": "POST", "body": "x"})
    head = marshal.dumps(handover.question(ruleset.transaction(made.request, made.client), Phase.REQUEST_BODY, complete=True))
    assert module._answer(handover, head, b"x", b"") == FRAME.pack(0, 0, 0)


def test_an_inspector_is_told_through_a_channel() -> None:
    here, there = socket.socketpair()
    ours, theirs = socket.socketpair()
    with here, there, ours, theirs:
        send(here.fileno(), Inspecting(ours, 42))
        told = receive(there.fileno())
        assert told is not None
        assert told.pid == 42
        with told.sock:
            told.sock.sendall(b"hello")
            assert theirs.recv(5) == b"hello"
        here.close()
        assert receive(there.fileno()) is None


def test_signals_to_all_do_not_end_it(ruleset: Ruleset) -> None:
    ours, theirs = socket.socketpair()

    def run() -> int:
        ours.close()
        return run_inspector(ruleset, theirs)

    pid = fork(run)
    theirs.close()
    ours.sendall(FRAME.pack(1, 0, 0) + b"?")
    ours.recv(FRAME.size, socket.MSG_WAITALL)  # it runs
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        os.kill(pid, number)
    ours.sendall(FRAME.pack(1, 0, 0) + b"?")
    assert ours.recv(FRAME.size, socket.MSG_WAITALL) == FRAME.pack(0, 0, 0)
    ours.close()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
