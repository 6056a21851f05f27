"""Checks that tests mirror sources: `edgeguard/a/b.py` is tested by `tests/a/test_b.py`, and the other way round.

Tests of whole journeys live in `tests/journeys/`, generated ones in `tests/properties/`, those of shell scripts in
`tests/scripts/`; all stand outside the mirror.
"""

from __future__ import annotations

import sys
from pathlib import Path

SOURCES, TESTS = Path("edgeguard"), Path("tests")
OUTSIDE = ("journeys", "properties", "scripts")

# Sources without a test of their own, and tests without a source of theirs, each with the reason.
EXEMPT = {
    "edgeguard/__main__.py": "one call; tests/cli/test_main.py starts it",
    "edgeguard/demo/__main__.py": "one call; tests/demo/test_process.py starts it",
    "edgeguard/gateway/inspector.py": "a protocol; tests/server/test_inspection.py holds what follows it to it",
    "tests/conformance/test_ftw_crs3.py": "runs the tests of the Core Rule Set 3.3.4, which are no source",
    "tests/conformance/test_ftw_crs4.py": "runs the tests of the Core Rule Set 4, which are no source",
    "tests/conformance/test_operator_vectors.py": "runs the shared vectors over all operators of SecLang together",
    "tests/conformance/test_transformation_vectors.py": "runs the shared vectors over all transformations of SecLang together",
    "tests/origin/test_cancellation.py": "cancelled and slow exchanges cut across the room, and have a file of their own",
    "tests/waf/test_bundle.py": "holds the rules that ship, which are no source, against attacks and people of good will",
    "tests/waf/test_gate_safety.py": "proves gate, tries and plan together against brute force",
}


def test_of(source: Path) -> Path:
    """Where the test of a source lives."""
    inner = source.relative_to(SOURCES)
    return TESTS / inner.parent / f"test_{inner.name}"


def source_of(test: Path) -> Path:
    """Which source a test is for."""
    inner = test.relative_to(TESTS)
    return SOURCES / inner.parent / inner.name.removeprefix("test_")


def faults(root: Path) -> list[str]:
    """What is missing or left over below `root`, a sentence each."""
    sources = {path.relative_to(root) for path in (root / SOURCES).rglob("*.py") if path.name != "__init__.py"}
    tests = {path.relative_to(root) for path in (root / TESTS).rglob("test_*.py")}
    exempt = {Path(name) for name in EXEMPT}
    mirrored = {test for test in tests if test.parts[1] not in OUTSIDE}
    return [
        *(f"{s} has no test: write {test_of(s)}" for s in sorted(sources - exempt) if test_of(s) not in tests),
        *(
            f"{t} tests nothing: {source_of(t)} does not exist; rename it, or move it to tests/{' or tests/'.join(OUTSIDE)}"
            for t in sorted(mirrored - exempt)
            if source_of(t) not in sources
        ),
        *(
            f"{path} is exempt in scripts/mirror.py but does not exist; remove the line"
            for path in sorted(exempt - sources - tests)
        ),
        *(
            f"{s} is exempt in scripts/mirror.py but has a test; remove the line"
            for s in sorted(exempt & sources)
            if test_of(s) in tests
        ),
    ]


def main() -> int:
    """Print what is wrong; 1 where something is."""
    found = faults(Path(__file__).resolve().parent.parent)
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
