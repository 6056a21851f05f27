"""One line on each operator and transformation, from the doc block of its file."""

from __future__ import annotations

import sys

from edgeguard.waf.operators.registry import CLASSES
from edgeguard.waf.operators.seclang.registry import LEFT_OUT, SECLANG_OPERATORS
from edgeguard.waf.transformations.registry import SECLANG, TRANSFORMATIONS


def operator_line(name: str, *, seclang: bool) -> str:
    """What an operator asks, in one line."""
    if seclang and name.lower() in LEFT_OUT:
        return LEFT_OUT[name.lower()]
    return _first_line((SECLANG_OPERATORS if seclang else CLASSES).get(name.lower()))


def transformation_line(name: str) -> str:
    """What a transformation does, in one line; by its name in either language."""
    step = SECLANG.get(name.lower()) or TRANSFORMATIONS.get(name) or SECLANG.get(name.replace("_", ""))
    return "" if step is None else _first_line(step.apply)


def spelled(name: str) -> str:
    """A SecLang operator as its authors write it: `detectSQLi` for `detectsqli`."""
    block = _block(SECLANG_OPERATORS.get(name.lower()))
    written = block.partition("`@")[2].partition("`")[0]
    return written if written.lower() == name.lower() else name


def step_name(name: str, *, seclang: bool) -> str:
    """A transformation as the language writes it: `removeNulls` for `remove_nulls` in SecLang."""
    if not seclang:
        return name
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _first_line(maker: object) -> str:
    return " ".join(_block(maker).partition("\n\n")[0].split()).partition(": ")[2]


def _block(maker: object) -> str:
    module = sys.modules.get(str(getattr(maker, "__module__", "")))
    return (module.__doc__ or "") if module is not None else ""
