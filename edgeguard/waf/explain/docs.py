"""One line on each operator and transformation, from the doc block of its file."""

from __future__ import annotations

from edgeguard.waf.manual import block, first_line
from edgeguard.waf.operators.registry import CLASSES
from edgeguard.waf.operators.seclang.registry import LEFT_OUT, SECLANG_OPERATORS
from edgeguard.waf.transformations.registry import SECLANG, TRANSFORMATIONS


def operator_line(name: str, *, seclang: bool) -> str:
    """What an operator asks, in one line."""
    if seclang and name.lower() in LEFT_OUT:
        return LEFT_OUT[name.lower()]
    maker = (SECLANG_OPERATORS if seclang else CLASSES).get(name.lower())
    return "" if maker is None else first_line(maker)


def transformation_line(name: str) -> str:
    """What a transformation does, in one line; by its name in either language."""
    step = SECLANG.get(name.lower()) or TRANSFORMATIONS.get(name) or SECLANG.get(name.replace("_", ""))
    return "" if step is None else first_line(step.apply)


def spelled(name: str) -> str:
    """A SecLang operator as its authors write it: `detectSQLi` for `detectsqli`."""
    maker = SECLANG_OPERATORS.get(name.lower())
    written = "" if maker is None else block(maker).partition("`@")[2].partition("`")[0]
    return written if written.lower() == name.lower() else name
