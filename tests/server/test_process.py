from __future__ import annotations

import os
import signal

from edgeguard.server.process import describe, die_with_parent, fork


def code_of(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_fork_exits_with_what_main_returns() -> None:
    assert code_of(fork(lambda: 3)) == 3


def test_fork_exits_with_70_where_main_raises() -> None:
    def main() -> int:
        os.close(2)  # the traceback is not for this test's output
        raise RuntimeError

    assert code_of(fork(main)) == 70


def test_fork_leaves_the_parents_handlers_behind() -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:

        def main() -> int:
            defaults = all(signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGUSR1))
            ignored = all(signal.getsignal(number) is signal.SIG_IGN for number in (signal.SIGINT, signal.SIGHUP))
            return 0 if defaults and ignored and not signal.pthread_sigmask(signal.SIG_BLOCK, ()) else 1

        assert code_of(fork(main)) == 0
        assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.signal(signal.SIGTERM, before)


def test_die_with_parent_ends_an_orphan_at_once() -> None:
    def main() -> int:
        die_with_parent(os.getpid())  # which is not its parent
        return 1

    assert code_of(fork(main)) == 0


def test_describe() -> None:
    assert describe(0) == "exit code 0"
    assert describe(signal.SIGKILL) == "killed by SIGKILL"
