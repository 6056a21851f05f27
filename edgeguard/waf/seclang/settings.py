"""Values of directives that set something, from the words behind them into a `Configuration`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.seclang.said import number
from edgeguard.waf.seclang.syntax import Configuration
from edgeguard.waf.seclang.words import shown

# Takes the words of a directive and the folder of its file; raises Refused.
Setter: TypeAlias = Callable[[Configuration, Sequence[str], str], None]

_SIZE: Final = 1 << 40  # bytes; far beyond what a body may have
_TYPES: Final = 1000  # of bodies; each response's own is looked for among them
_STANDARD: Final = Configuration().response_body_mime_types


def one_of(field: str, values: dict[str, object]) -> Setter:
    """A word of a few, in any case."""

    def put(configuration: Configuration, given: Sequence[str], _: str) -> None:
        if given[0].lower() not in values:
            raise Refused(unknown("value", shown(given[0]), values))
        setattr(configuration, field, values[given[0].lower()])

    return put


def switch(field: str) -> Setter:
    """On or Off."""
    return one_of(field, {"on": True, "off": False})


def count(field: str, least: int = 0, most: int = _SIZE) -> Setter:
    """A whole number."""

    def put(configuration: Configuration, given: Sequence[str], _: str) -> None:
        setattr(configuration, field, number(given[0], "the value", least, most))

    return put


def text(field: str) -> Setter:
    """A word as it stands."""

    def put(configuration: Configuration, given: Sequence[str], _: str) -> None:
        setattr(configuration, field, given[0])

    return put


def path(field: str) -> Setter:
    """A path; a relative one is taken from the folder of the file that names it."""

    def put(configuration: Configuration, given: Sequence[str], folder: str) -> None:
        setattr(configuration, field, beside(folder, given[0]))

    return put


def beside(folder: str, name: str) -> str:
    """A path as seen from a folder."""
    return name if name.startswith("/") or not folder or folder == "." else f"{folder.rstrip('/')}/{name}"


def character(configuration: Configuration, given: Sequence[str], _: str) -> None:
    """The one character that parts arguments."""
    if len(given[0]) != 1:
        raise Refused(f"one character parts arguments, not '{shown(given[0])}'")
    configuration.argument_separator = given[0]


def unicode_map(configuration: Configuration, given: Sequence[str], folder: str) -> None:
    """A file, and the code page in it."""
    configuration.unicode_map_file = beside(folder, given[0])
    if len(given) > 1:
        configuration.unicode_code_page = number(given[1], "a code page", 1, 65535)


def mime_types(configuration: Configuration, given: Sequence[str], _: str) -> None:
    """More types whose bodies are inspected; the first directive begins anew."""
    before = configuration.response_body_mime_types
    if before is _STANDARD:  # the very tuple: nothing has been said yet
        before = ()
    if len(before) + len(given) > _TYPES:
        raise Refused(f"there are more than {_TYPES} types")
    configuration.response_body_mime_types = tuple(dict.fromkeys((*before, *(one.lower() for one in given))))


def no_mime_types(configuration: Configuration, _: Sequence[str], __: str) -> None:
    """No type at all, until more are added."""
    configuration.response_body_mime_types = ()


def signature(configuration: Configuration, given: Sequence[str], _: str) -> None:
    """One more component."""
    configuration.component_signatures.append(given[0])
