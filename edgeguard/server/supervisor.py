"""The first process: it holds the ports, forks the workers, and sees to it that there are always enough of them.

It serves nothing itself, so there is little in it that can break. A reload builds anew beside what runs; only when every
new worker accepts connections are the old ones asked to finish and go. What can't be built, or does not start, never
replaces what runs.

    SIGTERM, SIGINT  drain and stop (twice: at once)        SIGHUP  reload        SIGUSR1  reopen log files
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edgeguard import __version__
from edgeguard.observe import runtime
from edgeguard.observe.cells import cells_path
from edgeguard.observe.layout import Layout, Names
from edgeguard.observe.log import get_logger
from edgeguard.observe.state import State, WorkerState, write_state
from edgeguard.observe.totals import retire
from edgeguard.server.companions import Companions, wanted
from edgeguard.server.exclusion_use import ExclusionUse
from edgeguard.server.fleet import Fleet
from edgeguard.server.inspector import send
from edgeguard.server.ports import Ports
from edgeguard.server.process import describe, fork
from edgeguard.server.sockets import bind
from edgeguard.server.watch import Order, Watch
from edgeguard.server.worker import run_worker
from edgeguard.waf.exclusions import names_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.config.model import Admin
    from edgeguard.server.blueprint import Blueprint
    from edgeguard.server.fleet import Child
    from edgeguard.server.inspector import Inspecting

    ControlMain = Callable[[Admin, Path, socket.socket], None]

log = get_logger("server")

READY_SECONDS = 30.0  # for a new worker to accept connections; everything slow is done before the fork
YOUNG_SECONDS = 5.0  # a worker that dies younger than this is replaced only after
BACKOFF_SECONDS = 1.0
KILL_AFTER_SECONDS = 3.0  # beyond the drain
TURN_SECONDS = 0.5  # how often, without any signal, the clock is looked at


@dataclass(frozen=True, slots=True)
class Generation:
    """One loaded configuration and what belongs to its workers."""

    number: int
    blueprint: Blueprint
    layout: Layout
    sockets: list[socket.socket]
    order: Order

    @property
    def wanted(self) -> int:
        """How many workers there should be."""
        workers = self.blueprint.config.workers
        return len(os.sched_getaffinity(0)) if workers == "auto" else workers


class Supervisor:
    """See the module.

    Args:
        load: reads configuration and rules anew; called at the start, and with what runs when it is to be replaced.
        control: main function of the process that serves health and metrics; None for none.
        source: path of the configuration, to be known by.
        announce: called once, when the first workers accept connections.
    """

    def __init__(
        self,
        load: Callable[[Blueprint | None, Order], Blueprint],
        control: ControlMain | None,
        announce: Callable[[], None] | None = None,
        source: str = "",
    ) -> None:
        self._load = load
        self._watch = Watch()
        self._exclusions = ExclusionUse()
        self._control = control
        self._announce = announce
        self._ports = Ports()
        self._fleet = Fleet()
        self._companions = Companions()
        self._current: Generation | None = None
        self._last_good: Generation | None = None  # while a new generation starts
        self._generations = 0
        self._in_force = 0  # the number of the generation that was ready last
        self._admin: socket.socket | None = None
        self._control_pid = 0
        self._due: list[tuple[float, Callable[[], None]]] = []  # what is to be forked later
        self._stopping = False
        self._exit_code = 0
        self._signals: list[int] = []
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._runtime, self._lock = runtime.make()
        self._state = State(os.getpid(), __version__, time.time(), source=source)
        self._told: State | None = None

    def run(self) -> int:
        """Serve until told to stop.

        Returns:
            the exit code: 0 after an orderly stop, 1 when workers would not start.

        Raises:
            ConfigError, RulesError, BindError, OSError: the start failed; nothing runs.
        """
        try:
            self._listen_to_signals()
            order = Order("start")
            blueprint = self._load(None, order)
            sockets = self._ports.take(blueprint.config)
            admin = blueprint.config.admin
            if admin.enabled and self._control is not None:
                self._admin = bind(admin.address, admin.port, "admin")
            self._adopt(blueprint, sockets, order)
            self._follow(blueprint, order)
            self._fork_control()
            while not self._stopping or len(self._fleet) or len(self._companions):
                self._turn()
            return self._exit_code
        finally:
            self._clean_up()

    # -- the loop

    def _turn(self) -> None:
        pipes = self._fleet.starting()
        readable, _, _ = select.select([self._woken, *pipes], [], [], min(TURN_SECONDS, self._watch.wait))
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        self._fleet.hear([pipe for pipe in pipes if pipe in readable])
        signals, self._signals = self._signals, []
        for number in signals:
            self._on_signal(number)
        self._reap()
        for child in self._fleet.kill_overdue(READY_SECONDS):
            log.warning("a worker did not start or leave in time and is killed", pid=child.pid)
        self._settle()
        if not self._stopping and (order := self._watch.due()) is not None:
            self._reload(order)
        now = time.monotonic()
        due = [action for at, action in self._due if at <= now]
        self._due = [item for item in self._due if item[0] > now]
        for action in due:
            action()
        if (current := self._current) is not None and current.number == self._in_force:
            self._exclusions.turn(current.blueprint.config.waf, current.blueprint.history.folder, self._runtime)
        self._tell()

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(number, lambda number, _: self._signals.append(number))
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _on_signal(self, number: int) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._stop()
        elif number == signal.SIGHUP and not self._stopping:
            self._reload(Order("signal"))
        elif number == signal.SIGUSR1:
            for child in self._fleet:
                self._fleet.signal(child, signal.SIGUSR1)

    def _stop(self) -> None:
        for child in self._fleet:
            if self._stopping:
                self._fleet.signal(child, signal.SIGKILL)
            else:
                self._let_go(child)
        self._stopping = True
        self._ports.keep_only([])  # the last worker to stop accepting closes them for good
        self._due.clear()

    # -- generations

    def _adopt(self, blueprint: Blueprint, sockets: list[socket.socket], order: Order) -> None:
        """Start workers of a new generation beside those that run."""
        names = Names(
            rules=tuple(blueprint.ruleset.rule_ids),
            packs=blueprint.ruleset.packs,
            exclusions=names_of(blueprint.config.waf),
            policies=tuple(policy.name for policy in blueprint.config.limits.policies),
            routes=tuple(route.name for route in blueprint.config.routes),
            dynamic=tuple(rule.id for rule in blueprint.dynamic),
            accounts=blueprint.config.observe.accounts,
        )
        layout = Layout.build(names)
        layout.publish(self._runtime)
        if self._last_good is None:
            self._last_good = self._current
        self._generations += 1
        self._current = Generation(self._generations, blueprint, layout, sockets, order)
        gc.unfreeze()  # rings among the objects of a former generation would else stay for good
        gc.collect()
        gc.freeze()  # pages stay shared: in a worker, the collector would write to each object it looks at
        self._fill()

    def _reload(self, order: Order) -> None:
        before = None if self._current is None else self._current.blueprint
        blueprint = None
        try:
            blueprint = self._load(before, order)
            if order.why == "watch" and before is not None and self._same(before, blueprint):
                self._state = replace(self._state, reload_at=time.time(), reload_ok=True, reload_error="")
                log.info("rule files are again as those that run", version=before.version.number)
                return
            sockets = self._ports.take(blueprint.config)
            if self._current is not None and blueprint.config.admin != self._current.blueprint.config.admin:
                log.warning("the section admin has changed; that takes effect at the next start only")
            self._adopt(blueprint, sockets, order)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the new, the old goes on
            self._refused(str(error) or type(error).__name__, order)
        finally:
            self._follow(blueprint or before, order)

    def _same(self, before: Blueprint, blueprint: Blueprint) -> bool:
        """Whether files say again what is in force, after they had said something that does not load."""
        good = self._last_good is None and self._current is not None and self._in_force == self._current.number
        parts = [(each.version.number, each.pinned, each.read, each.config_digest) for each in (before, blueprint)]
        return good and parts[0] == parts[1]

    def _follow(self, blueprint: Blueprint | None, order: Order) -> None:
        """Watch what was read for the last try, whatever came of it."""
        if blueprint is not None:
            read = order.reading if order.reading.answers else blueprint.reading
            self._watch.follow(read if blueprint.asked.waf.watch else None, blueprint.history)

    def _settle(self) -> None:
        """Once all of the current generation are ready, it is the good one, and others go."""
        current = self._current
        if current is None or self._stopping or self._fleet.ready(current.number) < current.wanted:
            return
        if self._in_force == current.number:
            return
        self._in_force = current.number
        self._exclusions.loaded()
        self._last_good = None
        for child in self._fleet:
            if child.generation != current.number:
                self._let_go(child)
        self._ports.keep_only(current.sockets)
        self._note(current.blueprint, current.order)
        log.info(
            "in force",
            config=self._state.config[:12],
            ruleset=self._state.ruleset[:12],
            version=self._state.number,
            why=self._state.why,
            workers=current.wanted,
        )
        if self._announce is not None:
            announce, self._announce = self._announce, None
            announce()

    def _note(self, blueprint: Blueprint, order: Order) -> None:
        """What is in force, for others to know, and to have it once more."""
        version, history = blueprint.version, blueprint.history
        try:
            version = history.commit(version, blueprint.ruleset, blueprint.reading, blueprint.config.waf)
        except OSError as error:
            log.warning("the version can't be kept", version=version.number, error=error.strerror)
        if not blueprint.pinned and self._watch.let_go():
            log.warning("rules were changed: the version that was pinned is so no more")
        if self._state.number != version.number or self._state.pinned is not blueprint.pinned:
            self._state = replace(self._state, since=time.time(), why=order.why, by=order.by)
        self._state = replace(
            self._state,
            ruleset=blueprint.ruleset.digest,
            config=blueprint.config_digest,
            rules=len(blueprint.ruleset.rules),
            number=version.number,
            pinned=blueprint.pinned,
            watching=self._watch.watching,
            history=str(history.folder or ""),
            reload_at=time.time(),
            reload_ok=True,
            reload_error="",
            reloads=self._state.reloads + (order.why != "start"),
        )

    def _roll_back(self, why: str) -> None:
        """A new generation's worker would not start: the last good one stays."""
        order = None if self._current is None else self._current.order
        good = self._current = self._last_good
        self._last_good = None
        for child in self._fleet:
            if good is not None and child.generation != good.number:
                self._let_go(child)
        if good is not None:
            self._ports.keep_only(good.sockets)  # nobody would accept on those that only the failed one has
        self._fill()  # one that died meanwhile was not replaced
        self._refused(why, order)

    def _refused(self, why: str, order: Order | None) -> None:
        log.error("reload refused; what ran before goes on", cause=None if order is None else order.why, why=why)
        refusals = self._state.refusals + 1
        self._state = replace(self._state, reload_at=time.time(), reload_ok=False, reload_error=why, refusals=refusals)

    # -- processes

    def _fill(self) -> None:
        """Fork the workers that the current generation lacks."""
        current = self._current
        if current is None or self._stopping:
            return
        staying = sum(child.generation == current.number and not child.leaving for child in self._fleet)
        try:
            for _ in range(current.wanted - staying):
                self._fork_worker(current)
        except OSError as error:  # no room for another process right now
            log.warning("a worker can't be forked; trying again", error=error.strerror)
            self._due.append((time.monotonic() + BACKOFF_SECONDS, self._fill))

    def _fork_worker(self, current: Generation) -> None:
        home, admin = self._runtime, self._admin
        inspecting = self._fork_inspector(current, self._fleet.next_number) if wanted(current.blueprint) else None

        def main(number: int, pipe: int) -> int:
            if admin is not None:
                admin.close()
            self._ports.keep_only(current.sockets)  # a port that is given up would stay open here, with nobody accepting
            return run_worker(current.blueprint, current.sockets, current.layout, home, number, pipe, inspecting)

        try:
            self._fleet.spawn(current.number, main)
        finally:
            if inspecting is not None:
                inspecting.sock.close()

    def _fork_inspector(self, current: Generation, number: int) -> Inspecting:
        def leave() -> None:
            if self._admin is not None:
                self._admin.close()
            self._ports.keep_only([])
            for pipe in self._fleet.pipes:
                os.close(pipe)

        return self._companions.spawn(current.blueprint, number, leave)

    def _replace_inspector(self, number: int) -> None:
        """Give a worker another inspector."""
        child = self._fleet.find(number)
        generation = next(
            (one for one in (self._current, self._last_good) if child and one and one.number == child.generation), None
        )
        if child is None or generation is None or child.leaving:
            return  # it does without for the rest of its life
        try:
            inspecting = self._fork_inspector(generation, number)
        except OSError as error:
            log.warning("an inspector can't be forked; trying again", error=error.strerror)
            self._due.append((time.monotonic() + BACKOFF_SECONDS, lambda: self._replace_inspector(number)))
            return
        with inspecting.sock, contextlib.suppress(OSError):  # a worker that is gone needs none, and neither stays
            send(child.pipe, inspecting)

    def _fork_control(self) -> None:
        control, sock, current = self._control, self._admin, self._current
        if control is None or sock is None or current is None or self._stopping:
            return
        self._tell()

        def main() -> int:
            self._ports.keep_only([])
            control(current.blueprint.config.admin, self._runtime, sock)
            return 0

        try:
            self._control_pid = fork(main)
        except OSError as error:
            log.warning("the admin process can't be forked; trying again", error=error.strerror)
            self._due.append((time.monotonic() + BACKOFF_SECONDS, self._fork_control))

    def _let_go(self, child: Child) -> None:
        drain = self._current.blueprint.config.drain_seconds if self._current is not None else 0.0
        self._fleet.ask_to_leave(child, drain + KILL_AFTER_SECONDS)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self._control_pid:
                    self._control_gone(status)
                elif (child := self._fleet.remove(pid)) is not None:
                    self._companions.end(child.number)
                    self._worker_gone(child, status)
                elif (number := self._companions.remove(pid)) is not None:
                    self._inspector_gone(number, pid, status)

    def _control_gone(self, status: int) -> None:
        self._control_pid = 0
        if not self._stopping:
            log.error("the admin process died and is started again", how=describe(status))
            self._due.append((time.monotonic() + BACKOFF_SECONDS, self._fork_control))

    def _worker_gone(self, child: Child, status: int) -> None:
        if self._current is None:
            return
        try:
            retire(cells_path(self._runtime, child.number), self._current.layout)
        except OSError as error:
            log.warning("what a worker counted can't be kept", error=error.strerror)
        if child.leaving or self._stopping:
            return
        log.error("a worker died", pid=child.pid, how=describe(status))
        if child.generation != self._current.number:
            return  # it would have been asked to go in a moment
        if not child.ready and self._last_good is not None:
            self._roll_back(f"a worker with the new configuration did not start: {describe(status)}")
        elif not child.ready and not self._in_force:
            self._exit_code = 1
            self._stop()
        else:
            self._state = replace(self._state, restarts=self._state.restarts + 1)
            young = time.monotonic() - child.started < YOUNG_SECONDS
            self._due.append((time.monotonic() + (BACKOFF_SECONDS if young else 0.0), self._fill))

    def _inspector_gone(self, number: int, pid: int, status: int) -> None:
        child = self._fleet.find(number)
        if self._stopping or child is None or child.leaving or status == 0:  # 0: its worker has let it go, or is gone itself
            return
        log.error("an inspector died", pid=pid, how=describe(status))
        self._due.append((time.monotonic() + BACKOFF_SECONDS, lambda: self._replace_inspector(number)))

    # -- what others see

    def _tell(self) -> None:
        workers = tuple(WorkerState(child.pid, child.generation, child.ready) for child in self._fleet if not child.leaving)
        wanted = self._current.wanted if self._current is not None else 0
        state = replace(self._state, wanted=wanted, workers=workers, draining=self._stopping)
        if state != self._told:
            try:
                write_state(self._runtime, state)
            except OSError as error:  # memory is full; what serves must not end because nobody can be told
                log.warning("the state can't be told", error=error.strerror)
            else:
                self._told = state

    def _clean_up(self) -> None:
        if self._control_pid:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._control_pid, signal.SIGTERM)
                os.waitpid(self._control_pid, 0)
        self._ports.keep_only([])
        if self._admin is not None:
            self._admin.close()
        shutil.rmtree(self._runtime, ignore_errors=True)
        os.close(self._lock)
