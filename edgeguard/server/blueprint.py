"""All that is read before a worker starts: the configuration, the rules, and what is made of them once for all workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.config import digest, load_config
from edgeguard.dynamic import load_dynamic, naming_of
from edgeguard.identity.credential import read_key
from edgeguard.identity.learned import learned_slots
from edgeguard.observe.log import get_logger
from edgeguard.observe.samples.keys import read_keys
from edgeguard.server.history import History, Version, sources_digest
from edgeguard.server.watch import Order
from edgeguard.waf import RuleFault, RulesError, load_rules, rule_files
from edgeguard.waf.kept import Kept
from edgeguard.waf.rule_files import Reading

if TYPE_CHECKING:
    from edgeguard.config.model import Config
    from edgeguard.dynamic import Rule as DynamicRule
    from edgeguard.waf import Ruleset


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What workers are made from; shared with them by fork.

    Attributes:
        key: of the keyed hashes, so that all workers name an account alike.
        asked: the configuration as its file says it; `config` has the section `waf` of a version that is pinned.
        reading: the files of the ruleset.
        pinned: the ruleset is that of an earlier version, whatever the files say.
        read: digest of what was read from the disk.
        kept: what loading leaves to the next load.
        dynamic: rules that count over several requests; always those of the files.
    """

    config: Config
    config_digest: str
    ruleset: Ruleset
    key: bytes
    asked: Config
    version: Version
    reading: Reading = field(default_factory=Reading)
    history: History = field(default_factory=lambda: History(None))
    pinned: bool = False
    dynamic: tuple[DynamicRule, ...] = ()
    read: str = ""
    kept: Kept = field(default_factory=Kept)


log = get_logger("server")


def load(path: Path, before: Blueprint | None = None, order: Order | None = None) -> Blueprint:
    """Read everything that `path` asks for.

    Args:
        path: the configuration.
        before: what runs now; a key that was made at random stays, so that accounts keep their names over a reload.
        order: why, and where to note what is read. Settings are read anew at a start and for a signal only: one who changes
            rules has not asked for them.

    Raises:
        ConfigError: the configuration has faults.
        RulesError: the rules have faults, or their own tests fail.
        KeyFault: the keys of samples can't be used.
        OSError: a file can't be read.
    """
    order = order or Order("start")
    config = before.asked if before is not None and order.why not in ("start", "signal") else load_config(path)
    learned_slots(config.waf.content.learn)  # before workers part, who share them
    if config.observe.samples is not None:
        read_keys(config.observe.samples.key_file)
    configured = config.identity.key is not None or config.identity.key_file is not None
    key = before.key if before is not None and not configured else read_key(config.identity)
    kept = Kept() if before is None else before.kept
    history = History.of(path.absolute(), config.waf)
    pin = history.pin()
    if pin is not None and pin.holds(config.waf):
        order.reading.ask_again(pin.aside)
        try:
            return _earlier(config, key, history, pin.version, order, kept)
        except (RulesError, ValueError) as error:
            if before is not None:
                raise
            log.warning("the pinned version can't be restored; the files count", version=pin.version, why=str(error))
    try:
        ruleset, dynamic = _rules(config, order.reading, kept), _dynamic(config, key, order.reading)
    except RulesError as error:
        if pin is None or before is not None:
            raise
        log.warning("rules were changed and don't load; the pinned version stays in force", version=pin.version, why=str(error))
        return _earlier(config, key, history, pin.version, order, kept)
    last = None if before is None else before.version
    version = history.propose(ruleset, sources_digest(order.reading, config.waf), order.why, order.by, last)
    read = order.reading.digest
    return Blueprint(
        config, digest(config), ruleset, key, config, version, order.reading, history, dynamic=dynamic, read=read, kept=kept
    )


def _earlier(config: Config, key: bytes, history: History, number: int, order: Order, kept: Kept) -> Blueprint:
    """With the rules, and the settings for them, of an earlier version; dynamic rules are those of the files.

    Raises:
        RulesError, ValueError: it is not there, or does not load any more.
    """
    version = next((version for version in history.versions() if version.number == number), None)
    settings, reading = history.restore(number)
    if version is None:
        raise RulesError([RuleFault(f"version {number}", 1, "there is no such version")])
    now = config.waf
    settings = settings.model_copy(update={"compiled": now.compiled, "watch": now.watch})
    then = config.model_copy(update={"waf": settings})
    rules, dynamic = _rules(then, reading, kept), _dynamic(config, key, order.reading)
    read = order.reading.digest
    return Blueprint(
        then, digest(then), rules, key, config, version, reading, history, pinned=True, dynamic=dynamic, read=read, kept=kept
    )


def _rules(config: Config, reading: Reading, kept: Kept) -> Ruleset:
    with reading:
        return load_rules([Path(rules) for rules in config.waf.rules], config.waf, routes=config.routes, kept=kept)


def _dynamic(config: Config, key: bytes, reading: Reading | None = None) -> tuple[DynamicRule, ...]:
    settings = config.dynamic
    if settings.mode == "off":
        return ()
    with reading or Reading():
        return load_dynamic([Path(rules) for rules in settings.rules], naming_of(config, key), rule_files)
