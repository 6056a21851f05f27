from __future__ import annotations

from edgeguard.waf.targets.seclang.state import FAMILY


def test_the_evaluation_supplies_them() -> None:
    assert FAMILY.kinds
    assert all(kind.dynamic and not kind.sources and not kind.never for kind in FAMILY.kinds)


def test_collections_take_selectors() -> None:
    collections = {kind.name for kind in FAMILY.kinds if kind.collection}
    assert {"TX", "IP", "GLOBAL", "SESSION", "USER", "RESOURCE", "ENV", "GEO", "RULE", "MATCHED_VARS"} <= collections
    assert {"MATCHED_VAR", "TIME_HOUR", "DURATION", "SESSIONID"}.isdisjoint(collections)
