"""Which scripts a configuration means, in which order: one's own files, then the Core Rule Set with settings and exclusions.

Settings become what people write into `crs-setup.conf`, exclusions what they write before and after the rules; so that the rule
set itself stays as it was published.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.waf import rule_files
from edgeguard.waf.faults import RuleFault, RulesError
from edgeguard.waf.seclang.reader import Reader

if TYPE_CHECKING:
    from edgeguard.config.model import Crs, CrsExclusion, Waf
    from edgeguard.waf.seclang.syntax import Program

_SETUPS = ("crs-setup.conf", "crs-setup.conf.example", "../crs-setup.conf", "../crs-setup.conf.example")
_FIRST = 9_990_000  # ids of the rules made here; the Core Rule Set has those from 900,000 to 999,999
_FILE = "<waf.crs>"
NO_WAY_UP = r"!@rx [/\x5c]\.\."  # `/spared/../other` begins like what is spared, and is forwarded as `/other`


def read_scripts(settings: Waf) -> Program | None:
    """The program of `waf.seclang` and `waf.crs`; None where neither says anything.

    Raises:
        RulesError: a script is faulty, or the rule set is not where it should be.
    """
    if settings.crs is None and not settings.seclang:
        return None
    reader = Reader()
    reader.files(*settings.seclang)
    if settings.crs is not None:
        _read_crs(reader, settings.crs)
    return reader.program()


def _read_crs(reader: Reader, crs: Crs) -> None:
    rules = crs.path / "rules" if rule_files.is_folder(crs.path / "rules") else crs.path
    files = rule_files.fitting(rules, "*.conf")
    if not files:
        fault = RuleFault(str(crs.path), 1, "the Core Rule Set is not there; waf.crs.path names the folder of its rules")
        raise RulesError([fault])
    setup = crs.setup or next((crs.path / name for name in _SETUPS if rule_files.is_file(crs.path / name)), None)
    if setup is not None:
        reader.files(setup)
    else:
        reader.text('SecDefaultAction "phase:1,log,pass"\nSecDefaultAction "phase:2,log,pass"\n', _FILE)
    reader.text(_before(crs, has_setup=setup is not None), _FILE)
    reader.files(*files)
    reader.text(_after(crs), _FILE)


def _before(crs: Crs, *, has_setup: bool) -> str:
    detection = crs.detection_paranoia or crs.paranoia
    variables: dict[str, str | int] = {
        "blocking_paranoia_level": crs.paranoia,
        "detection_paranoia_level": detection,
        "paranoia_level": crs.paranoia,  # as 3.3 calls them
        "executing_paranoia_level": detection,
        "inbound_anomaly_score_threshold": crs.threshold,
        "outbound_anomaly_score_threshold": crs.outbound_threshold,
        **crs.variables,
    }
    if not has_setup:
        variables.setdefault("crs_setup_version", 400)
    settings = ",".join("setvar:" + _argument(f"tx.{name}={value}") for name, value in variables.items())
    lines = [f'SecAction "id:{_FIRST},phase:1,pass,nolog,t:none,{settings}"']
    if crs.responses:
        lines += ["SecResponseBodyAccess On", "SecResponseBodyMimeType " + " ".join(crs.responses)]
    number = _FIRST
    for exclusion in crs.exclusions:
        for path in exclusion.paths:
            number += 1
            asked = _word(f"@beginsWith {path}")
            actions = ",".join("ctl:" + _argument(each) for each in _removals(exclusion))
            lines.append(f'SecRule REQUEST_FILENAME {asked} "id:{number},phase:1,pass,nolog,t:none,chain"')
            lines.append(f'SecRule REQUEST_FILENAME "{NO_WAY_UP}" "t:none,{actions}"')
    return "\n".join(lines) + "\n"


def _removals(exclusion: CrsExclusion) -> list[str]:
    """What `ctl` takes, for each rule or tag with each target."""
    kinds = [("Id", str(rule)) for rule in exclusion.rules] + [("Tag", tag) for tag in exclusion.tags]
    if not exclusion.targets:
        return [f"ruleRemoveBy{kind}={what}" for kind, what in kinds]
    return [f"ruleRemoveTargetBy{kind}={what};{target}" for kind, what in kinds for target in exclusion.targets]


def _after(crs: Crs) -> str:
    lines = []
    for exclusion in crs.exclusions:
        if exclusion.paths:
            continue
        kinds = [("Id", str(rule)) for rule in exclusion.rules] + [("Tag", _word(tag)) for tag in exclusion.tags]
        for kind, what in kinds:
            if exclusion.targets:
                left_out = "|".join("!" + target for target in exclusion.targets)
                lines.append(f"SecRuleUpdateTargetBy{kind} {what} {_word(left_out)}")
            else:
                lines.append(f"SecRuleRemoveBy{kind} {what}")
    return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    """One word of a directive."""
    return f'"{_escaped(text, chr(34))}"'


def _argument(text: str) -> str:
    """An action's argument, in a list of actions that is one word."""
    return _escaped(f"'{_escaped(text, chr(39))}'", '"')


def _escaped(text: str, quote: str) -> str:
    """A text within quotes."""
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote)


def files_of(settings: Waf) -> list[Path]:
    """The folders and files that a configuration names, for messages."""
    named = [Path(file) for file in settings.seclang]
    return named if settings.crs is None else [*named, settings.crs.path]
