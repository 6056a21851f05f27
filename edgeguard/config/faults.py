"""What is wrong with a configuration, told so that a person can put it right: file, line, what stands there, what may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class ConfigFault:
    """One thing that is wrong.

    Attributes:
        file: the configuration file as it was named.
        line: counted from 1.
        column: counted from 1.
        text: one sentence; it holds no secrets.
    """

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class ConfigError(Exception):
    """A configuration that can't be used.

    Attributes:
        faults: everything that is wrong, by line.
    """

    def __init__(self, faults: Iterable[ConfigFault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
