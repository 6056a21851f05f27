from __future__ import annotations

from edgeguard.waf.targets.registry import _FAMILIES


def test_no_two_families_share_a_name_or_a_source() -> None:
    names = [kind.name for family in _FAMILIES for kind in family.kinds]
    sources = [source for family in _FAMILIES for source in family.extractors]
    assert len(set(names)) == len(names)
    assert len(set(sources)) == len(sources)
