"""Figures of efficacy: detected and false alarms by class and by place, each with its count and its confidence interval."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from efficacy_sets.cases import Case
    from efficacy_sides import Outcome

_Z = 1.96  # 95 %
_EXAMPLES = 3
_SHOWN = 360  # bytes of an example


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; errors stand apart and count for nothing."""

    hits: int
    of: int
    errors: int

    @property
    def percent(self) -> float | None:
        """In hundredths; None where nothing was counted."""
        return 100 * self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 %, in hundredths: what a set of this size can say."""
        if not self.of:
            return 0.0, 100.0
        share, squared = self.hits / self.of, _Z * _Z
        middle = share + squared / (2 * self.of)
        half = _Z * sqrt(share * (1 - share) / self.of + squared / (4 * self.of * self.of))
        below = 1 + squared / self.of
        return max(0.0, 100 * (middle - half) / below), min(100.0, 100 * (middle + half) / below)

    def __str__(self) -> str:
        if self.percent is None:
            return "-" if not self.errors else f"{self.errors} errors"
        low, high = self.interval
        errors = f", {self.errors} errors" if self.errors else ""
        return f"{self.percent:6.2f} % [{low:.2f}, {high:.2f}] {self.hits}/{self.of}{errors}"

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {"hits": self.hits, "of": self.of, "errors": self.errors, "percent": self.percent, "interval": self.interval}


def stopped(outcomes: Iterable[Outcome]) -> Share:
    """How many did not reach the origin."""
    count = Counter(outcomes)
    hits = count["blocked"] + count["refused"]
    return Share(hits, hits + count["passed"], count["error"])


class Report:
    """What the sides did with the cases.

    Args:
        results: outcomes by the side's name, in the order of the cases.
    """

    def __init__(self, cases: list[Case], results: dict[str, list[Outcome]]) -> None:
        self.cases = cases
        self.results = results

    def share(self, side: str, keep: Callable[[Case], bool]) -> Share:
        """How many of the kept cases a side stopped."""
        return stopped(outcome for case, outcome in zip(self.cases, self.results[side], strict=True) if keep(case))

    def titled(self) -> Iterator[tuple[str, str, Callable[[Case], bool]]]:
        """Every line of the report: its section, its name, and which cases it is about."""
        for part in dict.fromkeys(case.part for case in self.cases):
            of_part = [case for case in self.cases if case.part == part]
            for wanted, title in (("block", "detected"), ("pass", "false alarms")):
                found = [case for case in of_part if case.wanted == wanted]
                if not found:
                    continue
                for key in ("group", "kind", "place", "encoding") if wanted == "block" else ("group", "kind"):
                    section = f"{title}, {part}, by {'class' if key == 'kind' else key}"
                    for value in sorted({str(getattr(case, key)) for case in found}):
                        yield section, value, _about(part, wanted, key, value)
                    yield section, "all", _about(part, wanted)

    def text(self) -> str:
        """Tables for people."""
        lines, before = [], ""
        sides = list(self.results)
        for section, name, keep in self.titled():
            if section != before:
                lines += ["", f"## {section}", f"{'':28}" + "".join(f"{side:44}" for side in sides).rstrip()]
                before = section
            lines.append((f"{name:28}" + "".join(f"{self.share(side, keep)!s:44}" for side in sides)).rstrip())
        refused = {side: Counter(outcomes)["refused"] for side, outcomes in self.results.items()}
        lines += [
            "",
            "stopped by another answer than a block: " + ", ".join(f"{side} {count}" for side, count in refused.items()),
        ]
        return "\n".join(lines).lstrip("\n")

    def as_json(self) -> dict[str, object]:
        """The same for programs: figures by side, section and name."""
        return {
            side: {f"{section}: {name}": self.share(side, keep).as_json() for section, name, keep in self.titled()}
            for side in self.results
        }

    def wrong(self, side: str, wanted: str, rules: dict[int, str]) -> str:
        """What a side got wrong, grouped by class, technique, place and encoding, most of them first, with examples."""
        wrong_outcome = {"block": ("passed",), "pass": ("blocked", "refused")}[wanted]
        groups: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
        totals = Counter((case.kind, case.technique, case.place, case.encoding) for case in self.cases if case.wanted == wanted)
        for number, (case, outcome) in enumerate(zip(self.cases, self.results[side], strict=True)):
            if case.wanted == wanted and outcome in wrong_outcome:
                groups[case.kind, case.technique, case.place, case.encoding].append(number)
        lines = []
        for key, numbers in sorted(groups.items(), key=lambda item: (item[0][0], -len(item[1]))):
            lines.append(f"\n### {' / '.join(part for part in key if part)}: {len(numbers)} of {totals[key]}")
            lines += [line for number in numbers[:_EXAMPLES] for line in self._example(number, rules)]
        return "\n".join(lines)

    def _example(self, number: int, rules: dict[int, str]) -> Iterator[str]:
        case = self.cases[number]
        yield f"- {case.sample.name}: {case.shown[:_SHOWN]!r}" if case.shown else f"- {case.sample.name}"
        head, _, body = case.sample.wire().partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        yield f"    sent: {line[:_SHOWN]!r} " + (f"{body[:_SHOWN]!r}" if body else f"{fields[-_SHOWN:]!r}")
        if number in rules:
            yield f"    rules: {rules[number][:400]}"


def _about(part: str, wanted: str, key: str = "", value: str = "") -> Callable[[Case], bool]:
    return lambda case: case.part == part and case.wanted == wanted and (not key or getattr(case, key) == value)
