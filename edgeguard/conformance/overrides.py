"""Tests that are known to come out otherwise here, each with its reason; the project's own format, and the one others publish.

The own format is a list:
```yaml
- test: 920100-4            # a test, one of its stages (`934120-43-2`), or a glob (`920100-*`)
  reason: CONNECT is answered with 405, because no tunnel leads through the edge
  where: both               # in-process, wire, or both, which is the default
  expect: {status: 405}     # takes the place of the test's `output`; without it, nothing is asked
```
An override that no test needs is told as stale, so that the list shrinks when the engine gets better.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import yaml

from edgeguard.conformance.ftw_format import FormatError, expectation

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.conformance.cases import Expectation

Place = Literal["in-process", "wire"]
Where = Literal["in-process", "wire", "both"]

_KEYS: Final = {"test", "reason", "where", "expect"}


@dataclass(frozen=True, slots=True, eq=False)
class Override:
    """One of them.

    Attributes:
        test: a test's id, that of a stage, or a glob over ids.
        expect: what is expected in place of what the test says; None where nothing is.
    """

    test: str
    reason: str
    where: Where = "both"
    expect: Expectation | None = None

    def covers(self, case: str, stage: int, place: Place) -> bool:
        """Whether it speaks of a stage (counted from 1) of a test, run at `place`."""
        return self.where in ("both", place) and (fnmatchcase(case, self.test) or fnmatchcase(f"{case}-{stage}", self.test))


def read_overrides(file: Path) -> list[Override]:
    """The overrides in a file of either format.

    Raises:
        FormatError: it is of neither.
        OSError: it can't be read.
    """
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - makes text, lists and dicts
        return _published(document) if isinstance(document, dict) else [_own(item) for item in document or ()]
    except (yaml.YAMLError, ValueError, KeyError, TypeError) as error:
        raise FormatError([f"{file}: {' '.join(str(error).split())}"]) from None


def _own(item: dict[str, Any]) -> Override:
    if not isinstance(item, dict) or not {"test", "reason"} <= set(item) <= _KEYS:
        raise ValueError(f"an override has 'test', 'reason', and perhaps 'where' and 'expect'; here stands {item}")
    if not item["reason"].strip():
        raise ValueError(f"the override of {item['test']} gives no reason")
    where = item.get("where", "both")
    if where not in get_args(Where):
        raise ValueError(f"the override of {item['test']} says where: {where}; it may say {', '.join(get_args(Where))}")
    return Override(item["test"], item["reason"], where, _expect(item.get("expect")))


def _expect(output: dict[str, Any] | None) -> Expectation | None:
    return expectation(output) if output else None


def _published(document: dict[str, Any]) -> list[Override]:
    """Those that projects publish beside the Core Rule Set's tests; stages are counted from 0 there."""
    found = []
    for item in document["test_overrides"]:
        expect = _expect(item.get("output"))
        tests = [f"{item['rule_id']}-{number}" for number in item.get("test_ids") or ("*",)]
        names = [f"{test}-{int(stage) + 1}" for test in tests for stage in item["stage_ids"]] if item.get("stage_ids") else tests
        found += [Override(name, item["reason"], "both", expect) for name in names]
    return found
