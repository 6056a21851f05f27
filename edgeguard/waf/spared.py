"""Which values an exclusion keeps from a rule: a target as rules name it, whose key may have wildcards, or a SecLang variable.

`http.request.json.values:data.*.title` has keys joined by dots: `*` is one of them or a part of one, `**` any number, none
included. For rules in SecLang the same target is put into their words, where they have one. Names are compared without regard to
case, in linear time, for a client chooses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.seclang.variable_list import variable_list
from edgeguard.waf.targets.registry import KINDS
from edgeguard.waf.targets.seclang.registry import VARIABLES
from edgeguard.waf.targets.seclang.selection import Exclusion, exclusion
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable

# Sources of EdgeGuard's own language, and the SecLang variables that hold the same values. A JSON path begins with `json.` there.
_IN_SECLANG: dict[Source, tuple[str, ...]] = {
    Source.QUERY_VALUE: ("ARGS", "ARGS_GET"),
    Source.QUERY_NAME: ("ARGS_NAMES", "ARGS_GET_NAMES"),
    Source.FORM_VALUE: ("ARGS", "ARGS_POST"),
    Source.FORM_NAME: ("ARGS_NAMES", "ARGS_POST_NAMES"),
    Source.JSON_VALUE: ("ARGS", "ARGS_POST"),
    Source.JSON_PATH: ("ARGS_NAMES", "ARGS_POST_NAMES"),
    Source.HEADER_VALUE: ("REQUEST_HEADERS",),
    Source.HEADER_NAME: ("REQUEST_HEADERS_NAMES",),
    Source.COOKIE_VALUE: ("REQUEST_COOKIES",),
    Source.COOKIE_NAME: ("REQUEST_COOKIES_NAMES",),
    Source.FILE_NAME: ("FILES",),
    Source.BODY: ("REQUEST_BODY",),
    Source.RESPONSE_BODY: ("RESPONSE_BODY",),
    Source.RESPONSE_HEADER_VALUE: ("RESPONSE_HEADERS",),
    Source.STATUS: ("RESPONSE_STATUS",),
}
_JSON = (Source.JSON_VALUE, Source.JSON_PATH)
_IN_LISTS = r"(?:\.array_\d+)*"  # how SecLang names places in a list; a path of EdgeGuard's has none


@dataclass(frozen=True, slots=True)
class Spared:
    """Values that a rule is not shown.

    Attributes:
        labels: of the sources that the target is made of; empty for a SecLang variable.
        covers: whether a value of that name, in lower case, is meant; None for all.
        left_out: the same in SecLang's words; empty where it has none.
    """

    labels: frozenset[str]
    covers: Callable[[bytes], bool] | None
    left_out: tuple[Exclusion, ...]

    def hides(self, label: str, name: bytes) -> bool:
        """Whether a value of the source with this label is kept from the rule."""
        return label in self.labels and (self.covers is None or self.covers(name.lower()))


def spared(written: str) -> Spared:
    """What a target in an exclusion means.

    Raises:
        Refused: nobody knows it, or it takes no key.
    """
    name, colon, key = written.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        if name.strip("!&").upper() not in VARIABLES:
            raise Refused(unknown("target", name, (*KINDS, *VARIABLES)))
        return Spared(frozenset(), None, tuple(exclusion(variable) for variable in variable_list(written)))
    if colon and not kind.keyed:
        raise Refused(f"{name} takes no name after a colon")
    if colon and not key:
        raise Refused(f"{name}: a name is missing after the colon")
    sources = (Source.HEADER_VALUE,) if name == "http.user_agent" else kind.sources
    key = "user-agent" if name == "http.user_agent" else key.lower()
    covers = _glob("", key, lists=False) if key else None
    return Spared(frozenset(source.value for source in sources), covers, tuple(_in_seclang(sources, key)))


def _in_seclang(sources: tuple[Source, ...], key: str) -> list[Exclusion]:
    made: dict[tuple[str, str | None], Exclusion] = {}
    for source in sources:
        for variable in _IN_SECLANG.get(source, ()):
            if variable not in VARIABLES:
                continue
            is_json = source in _JSON
            if not key and not is_json:
                made[variable, None] = Exclusion(variable)
                continue
            covers = _glob("json", key or "**", lists=True) if is_json else _glob("", key, lists=False)
            selector = f"/{'json:' if is_json else ''}{key or '**'}/"  # no rule of theirs is written so
            made[variable, selector] = Exclusion(variable, None, _as_search(covers), selector)
    return list(made.values())


def _as_search(covers: Callable[[bytes], bool]) -> Callable[[bytes], tuple[int, int] | None]:
    return lambda name: (0, len(name)) if covers(name.lower()) else None


def _glob(first: str, key: str, *, lists: bool) -> Callable[[bytes], bool]:
    """Whether a name, in lower case, is one that the key means."""
    between = _IN_LISTS if lists else ""
    if "*" not in key and not lists:
        text = key.encode()
        return lambda name: name == text
    parts = [r"\." + re2.escape(first) + between] if first else []
    for segment in key.split("."):
        if segment == "**":
            parts.append(r"(?:\.[^.]*)*")
        elif segment == "*":
            parts.append(r"\.[^.]+" + between)
        else:
            parts.append(r"\." + "[^.]*".join(re2.escape(piece) for piece in segment.split("*")) + between)
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    options.never_capture = True
    fullmatch = re2.compile("".join(parts).encode(), options).fullmatch
    return lambda name: fullmatch(b"." + name) is not None
