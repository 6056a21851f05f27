"""With which settings a rule set is tested: those that the Core Rule Set's project runs its own tests with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.config.model import Crs, Waf
from edgeguard.waf import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf import Ruleset

PARANOIA: Final = 4
VARIABLES: Final[dict[str, str | int]] = {
    "crs_validate_utf8_encoding": 1,
    "arg_name_length": 100,
    "arg_length": 400,
    "total_arg_length": 64_000,
    "max_num_args": 255,
    "max_file_size": 64_100,
    "combined_file_sizes": 65_535,
}
RESPONSES: Final = ["text/plain", "text/html", "text/xml", "application/json"]
_BUDGET_US: Final = 60_000_000  # a test asks what is right, not how fast it comes
_INSPECT_BYTES: Final = 1024 * 1024


def waf_settings(crs: Path, *, setup: Path | None = None, paranoia: int = PARANOIA) -> Waf:
    """The section `waf` of a configuration for tests of the rule set in the folder `crs`."""
    return Waf(
        rules=[],
        budget_us=_BUDGET_US,
        inspect_bytes=_INSPECT_BYTES,
        crs=Crs(path=crs, setup=setup, paranoia=paranoia, variables=VARIABLES, responses=RESPONSES),
    )


def ruleset_for(crs: Path, *, setup: Path | None = None, paranoia: int = PARANOIA) -> Ruleset:
    """The rule set in the folder `crs`, compiled.

    Raises:
        RulesError: it does not load.
    """
    return load_rules([], waf_settings(crs, setup=setup, paranoia=paranoia))
